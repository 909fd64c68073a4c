/* SPDX-License-Identifier: MIT */
/*
 * clickhouse-server PORT: executes itself again without LD_PRELOAD, as ClickHouse does,
 * and then answers with the family of whoever asks, as it sees it.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_in local = {.sin_family = AF_INET};
	const char *preload = getenv("LD_PRELOAD");
	int fd, one = 1;

	if (argc != 2)
		return 2;
	if (preload != NULL && preload[0] != '\0') {
		setenv("LD_PRELOAD", "", 1);
		execvp(argv[0], argv);
		return 1;
	}
	fd = socket(AF_INET, SOCK_STREAM, 0);
	local.sin_port = htons((uint16_t)atoi(argv[1]));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (struct sockaddr *)&local, sizeof local) != 0 || listen(fd, 16) != 0)
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
				peer.ss_family == AF_INET ? "AF_INET" : "AF_INET6");
		close(client);
	}
}
