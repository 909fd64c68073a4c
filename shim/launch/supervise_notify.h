/*
 * One notified call after the other: decide as the library does, swap, answer.
 */
#ifndef DUALBIND_SUPERVISE_NOTIFY_H
#define DUALBIND_SUPERVISE_NOTIFY_H

#include "settings.h"
#include "supervise_target.h"

#include <linux/seccomp.h>
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

/* What is to be said of a call, and done about it. *MAKING tells of a bind before
 * it is made: whoever finds that it was may give its answer. */
struct answer notify_decide(int listener, const struct seccomp_notif *notification, const struct settings *settings,
			    struct making *making);

void notify_send(int listener, uint64_t id, struct answer answer);

/*
 * Before Linux 5.19 a signal may interrupt a call after it was made, even after
 * it was answered (the kernel tells us nothing of that), and the program makes
 * it again. From now on what a thread has bound last is remembered for then.
 */
void notify_expect_interruptions(void);

/* A line at LEVEL about no port in particular, with the error unless it is 0. */
void notify_say(const struct settings *settings, enum log_level level, const char *words, int error);

#endif
