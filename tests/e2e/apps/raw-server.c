/* SPDX-License-Identifier: MIT */
/*
 * raw-server PORT: bind(2) and listen(2) past the C library, accept(3) through it. It
 * answers with the family of whoever asks, as it sees it.
 */
#include "base/sys.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_in local = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	if (argc != 2)
		return 2;
	local.sin_port = htons((uint16_t)atoi(argv[1]));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (sys_call(SYS_bind, fd, &local, sizeof local) != 0 || sys_call(SYS_listen, fd, 16) != 0)
		return 1;
	for (;;) {
		struct sockaddr_storage peer;
		socklen_t length = sizeof peer;
		char request[2048];
		int client = accept(fd, (struct sockaddr *)&peer, &length);

		if (client < 0)
			return 1;
		if (read(client, request, sizeof request) > 0)
			dprintf(client, "HTTP/1.0 200 OK\r\n\r\n%s",
				peer.ss_family == AF_INET ? "AF_INET" : "other");
		close(client);
	}
}
