/* SPDX-License-Identifier: MIT */
/*
 * Programs that the kernel starts with more rights than their caller has: their
 * loader ignores LD_PRELOAD.
 */
#ifndef DUALBIND_INSPECT_PRIVILEGE_H
#define DUALBIND_INSPECT_PRIVILEGE_H

#include <stdbool.h>

enum privilege { PRIVILEGE_NONE, PRIVILEGE_SETUID, PRIVILEGE_SETGID, PRIVILEGE_CAPABILITIES };

/* What the file at PATH, which need not be readable, would be given that this
 * process does not have (AT_SECURE in getauxval(3)). */
enum privilege privilege_of(const char *path);

/* "set-user-ID" and the like. */
const char *privilege_name(enum privilege privilege);

/* Whether a seccomp filter can be had without no_new_privs, which takes such
 * programs their rights away: CAP_SYS_ADMIN. */
bool privilege_keeps(void);

#endif
