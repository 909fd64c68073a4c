/* SPDX-License-Identifier: MIT */
/* What the exported functions have in common. */
#ifndef DUALBIND_PRELOAD_HOOK_H
#define DUALBIND_PRELOAD_HOOK_H

#include "preload/next.h"

#include <errno.h>

/* Hooks are exported symbols; everything else in the library is hidden. */
#define HOOK __attribute__((visibility("default")))

/*
 * Returns RESULT, which is negative if the call has failed. After a call that succeeds, errno is as it was
 * BEFORE, whatever the core's own system calls have set; a call that fails has set it last.
 */
static inline long keep_errno_long(int before, long result)
{
	if (result >= 0)
		errno = before;
	return result;
}

static inline int keep_errno(int before, int result)
{
	return (int)keep_errno_long(before, result);
}

#endif
