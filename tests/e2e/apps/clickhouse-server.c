/* SPDX-License-Identifier: MIT */
/*
 * clickhouse-server PORT: executes itself again without LD_PRELOAD, as ClickHouse does,
 * and then answers with the family of whoever asks, as it sees it.
 */
#include "answer-family.h"

int main(int argc, char **argv)
{
	const char *preload = getenv("LD_PRELOAD");
	struct sockaddr_in local;
	int fd;

	if (argc != 2)
		return 2;
	if (preload != NULL && preload[0] != '\0') {
		setenv("LD_PRELOAD", "", 1);
		execvp(argv[0], argv);
		return 1;
	}
	fd = family_socket(&local, argv[1]);
	if (bind(fd, (struct sockaddr *)&local, sizeof local) == 0 && listen(fd, 16) == 0)
		answer_family(fd);
	return 1;
}
