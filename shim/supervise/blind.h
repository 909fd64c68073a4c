/* SPDX-License-Identifier: MIT */
/*
 * What can be done if the kernel, or a container runtime, does not let the
 * supervisor take a program's sockets (pidfd_getfd(2) without CAP_SYS_PTRACE).
 *
 * A bind that a rule covers is noted and goes on natively. At listen a new socket
 * replaces the one that was bound, of which only the number, the flags and that
 * address are known.
 */
#ifndef DUALBIND_SUPERVISE_BLIND_H
#define DUALBIND_SUPERVISE_BLIND_H

#include "base/address.h"
#include "supervise/answer.h"
#include "supervise/target.h"

struct answer blind_bind(const struct target *target, int number, const struct address *asked);

/* ERROR says why the target's sockets cannot be taken. */
struct answer blind_listen(struct target *target, int number, int error);

/* Logs WHAT of the target cannot be seen, and what is missing for that (NULL: CAP_SYS_PTRACE): one line
 * for each program, not one for each call. */
void blind_say(const struct target *target, const char *what, const char *missing, int error);

#endif
