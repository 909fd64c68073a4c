/* SPDX-License-Identifier: MIT */
/*
 * What a notified call is answered (seccomp_unotify(2)).
 */
#ifndef DUALBIND_SUPERVISE_ANSWER_H
#define DUALBIND_SUPERVISE_ANSWER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What bind has left at a program's number, and where the program makes that
 * call; THREAD 0: nothing. */
struct bound {
	pid_t thread;
	int number;
	ino_t inode;
	uint64_t place;
};

/* Either the kernel goes on with the call, or it has been made for the program:
 * ERROR is 0 or an errno. */
struct answer {
	bool continues;
	int error;
	struct bound bound;
};

void answer_send(int listener, uint64_t id, struct answer answer);

/*
 * Before Linux 5.19 a signal may interrupt a call after it was made, even after
 * it was answered (the kernel tells us nothing of that), and the program makes
 * it again. From now on what a thread has bound last is remembered for then.
 */
void answer_expect_interruptions(void);

/* Whether that call has been made already, and its answer was lost. */
bool answer_was_lost(struct bound now);

#endif
