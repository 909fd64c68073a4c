/* SPDX-License-Identifier: MIT */
/*
 * RTLD_DEEPBIND: a module that is loaded with it finds the functions of the C library
 * before those of this library, since the module needs the C library. For such modules
 * the C library's own tables are changed, so that they lead to the hooks.
 */
#ifndef DUALBIND_PRELOAD_REDIRECT_H
#define DUALBIND_PRELOAD_REDIRECT_H

#include <stdint.h>

/*
 * From now on the loader, when it looks in the C library for one of NAMES (one after another, each
 * with its NUL; at most 32), finds this library's function. The functions themselves are not
 * changed. A name that another library has between this one and the C library is left as it is:
 * that library would find the hook that has called it.
 *
 * Several threads may call this at once. Returns a bit for each name that is left as it is; if nothing
 * can be changed, all bits, with errno.
 */
uint32_t redirect_libc(const char *names);

#endif
