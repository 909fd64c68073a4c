/* SPDX-License-Identifier: MIT */
/*
 * RTLD_DEEPBIND: a module that is loaded so finds the functions of the C library
 * before those of this one, since the C library is among what it needs. For it the
 * C library's own tables are made to say where the hooks are.
 */
#ifndef DUALBIND_PRELOAD_REDIRECT_H
#define DUALBIND_PRELOAD_REDIRECT_H

#include <stdint.h>

/*
 * Whoever looks in the C library for one of NAMES (one after another, each with its NUL; at
 * most 32) finds this library's function of that name. The functions themselves are
 * as they were. A name that another library has between this one and the C library
 * stays: that library would find the hook that called it.
 *
 * Any number of threads may do so at once. A bit for each that stays; all of them with errno
 * where it cannot be done.
 */
uint32_t redirect_libc(const char *names);

#endif
