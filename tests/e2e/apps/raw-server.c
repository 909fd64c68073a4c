/* SPDX-License-Identifier: MIT */
/*
 * raw-server PORT: bind(2) and listen(2) past the C library, accept(3) through it. It
 * answers with the family of whoever asks, as it sees it.
 */
#include "base/sys.h"

#include "answer-family.h"

#include <sys/syscall.h>

int main(int argc, char **argv)
{
	struct sockaddr_in local;
	int fd;

	if (argc != 2)
		return 2;
	fd = family_socket(&local, argv[1]);
	if (sys_call(SYS_bind, fd, &local, sizeof local) == 0 && sys_call(SYS_listen, fd, 16) == 0)
		answer_family(fd);
	return 1;
}
