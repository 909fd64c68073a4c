/* SPDX-License-Identifier: MIT */
/* What the program and the module of deep.c do alike, each with its own calls. */
#ifndef DUALBIND_TESTS_DEEP_H
#define DUALBIND_TESTS_DEEP_H

#include <err.h>
#include <netinet/in.h>
#include <sys/socket.h>

enum { PORT = 8080 };

static inline int bound(int type)
{
	struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	int fd = socket(AF_INET, type, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	if (bind(fd, (struct sockaddr *)&local, sizeof local) != 0 || (type == SOCK_STREAM && listen(fd, 5) != 0))
		err(1, "bind");
	return fd;
}

const char *whose(void);
const char *module_calls(void);
int module_bound(int type);
int module_hears(int fd, int type);

#endif
