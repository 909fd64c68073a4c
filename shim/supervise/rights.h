/* SPDX-License-Identifier: MIT */
/*
 * The target's rights, for a moment: a socket that the supervisor makes for a program
 * belongs to the program's user, and gets no port that the program could not have.
 */
#ifndef DUALBIND_SUPERVISE_RIGHTS_H
#define DUALBIND_SUPERVISE_RIGHTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct target;

struct rights {
	uid_t uid;
	gid_t gid;
	uint32_t effective[2];
	bool changed;
};

/* For this thread only. False, with EPERM and everything as before, if it is not allowed.
 * TARGET NULL: nothing changes. */
bool rights_take(struct rights *own, const struct target *target);
void rights_give_back(const struct rights *own);

bool rights_can_be_taken(const struct target *target);

#endif
