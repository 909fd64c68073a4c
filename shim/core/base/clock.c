/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/clock.h"

#include "base/sys.h"

#include <stddef.h>
#include <sys/syscall.h>

static int (*of_vdso)(clockid_t, struct timespec *);

void clock_use(int (*gettime)(clockid_t, struct timespec *))
{
	of_vdso = gettime;
}

__attribute__((hot)) uint32_t clock_seconds(void)
{
	struct timespec now = {0};

	if (of_vdso == NULL || of_vdso(CLOCK_MONOTONIC_COARSE, &now) != 0)
		sys_call(SYS_clock_gettime, CLOCK_MONOTONIC_COARSE, &now);
	return (uint32_t)now.tv_sec + 1;
}
