/* SPDX-License-Identifier: MIT */
/* A module for deep.c. whose() is in the program as well: it is weak, since clang takes any other function of a module
 * to be the one that the module calls. */
#include "deep.h"

#include <netinet/in.h>
#include <sys/socket.h>

__attribute__((weak)) const char *whose(void)
{
	return "the module's";
}

const char *module_calls(void)
{
	return whose();
}

int module_bound(int type)
{
	return bound(type);
}

/* The family of the client that comes first. */
int module_hears(int fd, int type)
{
	struct sockaddr_in peer = {.sin_family = AF_UNSPEC};
	socklen_t length = sizeof peer;
	char byte;

	if (type == SOCK_STREAM)
		accept(fd, (struct sockaddr *)&peer, &length);
	else
		recvfrom(fd, &byte, 1, 0, (struct sockaddr *)&peer, &length);
	return peer.sin_family;
}
