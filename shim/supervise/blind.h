/* SPDX-License-Identifier: MIT */
/*
 * What can be done where the kernel, or a container runtime, refuses to hand
 * over a program's sockets (pidfd_getfd(2) without CAP_SYS_PTRACE).
 *
 * A bind that a rule covers is noted and goes on natively. At listen a new
 * socket takes the place of the one that was bound, of which nothing but its
 * number, its flags and that address is known.
 */
#ifndef DUALBIND_SUPERVISE_BLIND_H
#define DUALBIND_SUPERVISE_BLIND_H

#include "base/address.h"
#include "supervise/answer.h"
#include "supervise/target.h"

struct answer blind_bind(const struct target *target, int number, const struct address *asked);

/* ERROR is why its sockets cannot be had. */
struct answer blind_listen(struct target *target, int number, int error);

/* WHAT of it cannot be had, and what is missing for that (NULL: CAP_SYS_PTRACE). One line
 * for each program, not one for each call. */
void blind_say(const struct target *target, const char *what, const char *missing, int error);

#endif
