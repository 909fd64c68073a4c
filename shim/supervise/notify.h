/* SPDX-License-Identifier: MIT */
/*
 * Handles one notified call after the other: decides as the library does, swaps, answers.
 */
#ifndef DUALBIND_SUPERVISE_NOTIFY_H
#define DUALBIND_SUPERVISE_NOTIFY_H

#include "config/settings.h"
#include "supervise/answer.h"
#include "supervise/target.h"

#include <linux/seccomp.h>

/* Does what is to be done for a call, and returns the answer. *MAKING is set before a bind is made: if this
 * worker ends, another one can see whether it was made, and give the answer. */
struct answer notify_decide(int listener, const struct seccomp_notif *notification, const struct settings *settings,
			    struct making *making);

#endif
