/* SPDX-License-Identifier: MIT */
/* Of servers that answer with the family of whoever asks, as they see it. */
#ifndef DUALBIND_TEST_ANSWER_FAMILY_H
#define DUALBIND_TEST_ANSWER_FAMILY_H

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* A socket that may be bound to the port that TEXT names, of 0.0.0.0: *LOCAL. */
static inline int family_socket(struct sockaddr_in *local, const char *text)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	*local = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(text))};
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	return fd;
}

/* Returns where accept(2) fails. */
static inline void answer_family(int listener)
{
	struct sockaddr_storage peer;
	socklen_t length = sizeof peer;
	char request[2048];
	int client;

	while ((client = accept(listener, (struct sockaddr *)&peer, &length)) >= 0) {
		if (read(client, request, sizeof request) > 0)
			dprintf(client, "HTTP/1.0 200 OK\r\n\r\n%s",
				peer.ss_family == AF_INET ? "AF_INET" : "AF_INET6");
		close(client);
		length = sizeof peer;
	}
}

#endif
