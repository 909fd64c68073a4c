#define _GNU_SOURCE
#include "clock.h"

#include "sys.h"

#include <errno.h>
#include <sys/syscall.h>
#include <time.h>

uint32_t clock_seconds(void)
{
	struct timespec now = {0};
	int saved = errno;

	sys_call(SYS_clock_gettime, CLOCK_MONOTONIC_COARSE, &now);
	errno = saved;
	return (uint32_t)now.tv_sec + 1;
}
