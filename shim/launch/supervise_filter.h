/*
 * The seccomp filter that makes bind(2) and listen(2) wait for the supervisor.
 */
#ifndef DUALBIND_SUPERVISE_FILTER_H
#define DUALBIND_SUPERVISE_FILTER_H

#include <stdbool.h>

/*
 * Install it in this process and what it starts. The listener, close-on-exec,
 * or -1 with errno: EBUSY where a supervisor or a container runtime already
 * listens. *NO_NEW_PRIVILEGES tells whether that had to be set for it,
 * *INTERRUPTIBLE whether any signal interrupts a call that is being looked at.
 */
int filter_install(bool *no_new_privileges, bool *interruptible);

#endif
