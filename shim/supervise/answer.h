/* SPDX-License-Identifier: MIT */
/*
 * The answer to a notified call (seccomp_unotify(2)).
 */
#ifndef DUALBIND_SUPERVISE_ANSWER_H
#define DUALBIND_SUPERVISE_ANSWER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The socket that a bind has left at a number of the program, and the place of the call in
 * the program; THREAD 0: none. */
struct bound {
	pid_t thread;
	int number;
	ino_t inode;
	uint64_t place;
};

/* Either the kernel goes on with the call; or it was made for the program, and ERROR
 * is 0 or an errno. */
struct answer {
	bool continues;
	int error;
	struct bound bound;
};

void answer_send(int listener, uint64_t id, struct answer answer);

/*
 * Before Linux 5.19 a signal may interrupt a call after it was made, and even after
 * it was answered (which the kernel does not tell us), and the program makes it again.
 * From now on the last bind of each thread is remembered for that case.
 */
void answer_expect_interruptions(void);

/* Whether that call was made already, and its answer was lost. */
bool answer_was_lost(struct bound now);

#endif
