/* SPDX-License-Identifier: MIT */
/*
 * The exit statuses of the command.
 */
#ifndef DUALBIND_INSPECT_EXIT_STATUS_H
#define DUALBIND_INSPECT_EXIT_STATUS_H

/* These are the command's own; `run` otherwise exits with the status of its
 * program. */
enum {
	STATUS_DONE = 0,
	STATUS_UNSERVED = 1, /* check: the program would not be served */
	STATUS_USAGE = 2,    /* wrong usage, a malformed rule */
	STATUS_FAILED = 125, /* dualbind failed, or refuses */
	STATUS_NOT_EXECUTABLE = 126,
	STATUS_NOT_FOUND = 127,
};

#endif
