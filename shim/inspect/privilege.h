/* SPDX-License-Identifier: MIT */
/*
 * Programs that the kernel starts with more rights than their caller has: their
 * loader ignores LD_PRELOAD.
 */
#ifndef DUALBIND_INSPECT_PRIVILEGE_H
#define DUALBIND_INSPECT_PRIVILEGE_H

#include <stdbool.h>

enum privilege { PRIVILEGE_NONE, PRIVILEGE_SETUID, PRIVILEGE_SETGID, PRIVILEGE_CAPABILITIES };

/* The rights that the program at PATH, which need not be readable, would have and this
 * process has not (AT_SECURE in getauxval(3)). */
enum privilege privilege_of(const char *path);

/* "set-user-ID" and the like. */
const char *privilege_name(enum privilege privilege);

/* Whether a seccomp filter can be set without no_new_privs, by which such programs would
 * lose their rights: this takes CAP_SYS_ADMIN. */
bool privilege_keeps(void);

#endif
