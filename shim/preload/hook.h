/* SPDX-License-Identifier: MIT */
/* What the exported functions have in common. */
#ifndef DUALBIND_PRELOAD_HOOK_H
#define DUALBIND_PRELOAD_HOOK_H

#include "preload/next.h"

#include <errno.h>

/* Every hook is an exported symbol; all else in the library is hidden. */
#define HOOK __attribute__((visibility("default")))

/*
 * RESULT, which is negative where the call failed. A call that succeeds leaves errno as it was
 * BEFORE, whatever the core's own system calls have made of it; one that fails has set it last.
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
