/* SPDX-License-Identifier: MIT */
/*
 * su-exec UID COMMAND...: what su-exec does, which Debian 12 has not: take that user's
 * and group's number for good, and execute the rest of the line. Linked statically.
 */
#define _GNU_SOURCE
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned id;

	if (argc < 3)
		return 2;
	id = (unsigned)strtoul(argv[1], NULL, 10);
	if (setgroups(0, NULL) != 0 || setgid(id) != 0 || setuid(id) != 0) {
		perror(argv[1]);
		return 1;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
