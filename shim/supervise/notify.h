/* SPDX-License-Identifier: MIT */
/*
 * One notified call after the other: decide as the library does, swap, answer.
 */
#ifndef DUALBIND_SUPERVISE_NOTIFY_H
#define DUALBIND_SUPERVISE_NOTIFY_H

#include "config/settings.h"
#include "supervise/answer.h"
#include "supervise/target.h"

#include <linux/seccomp.h>

/* What is to be said of a call, and done about it. *MAKING tells of a bind before
 * it is made: another worker that finds that it was made may give its answer. */
struct answer notify_decide(int listener, const struct seccomp_notif *notification, const struct settings *settings,
			    struct making *making);

#endif
