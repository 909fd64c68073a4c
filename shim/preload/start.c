/* SPDX-License-Identifier: MIT */
/* The library's constructor: what is done when a program starts. */
#include "base/clock.h"
#include "config/settings.h"
#include "peers/mapper.h"
#include "preload/next.h"
#include "preload/symbols.h"

#include <errno.h>
#include <stddef.h>

/* With the vDSO's clock the system call is not made, so a sandbox need not allow it. */
static void find_clock(void)
{
	int (*gettime)(clockid_t, struct timespec *) = NULL;
	struct symbol symbol = {VDSO_CLOCK_GETTIME, &gettime};

	symbols_find_vdso(&symbol);
	clock_use(gettime);
}

/* Runs while the program has one thread, and outside any signal handler. */
__attribute__((constructor)) static void start(void)
{
	const struct settings *settings;
	int before = errno;

	next();
	settings = settings_get();
	if (settings != NULL)
		find_clock();
	if (settings != NULL && settings->datagrams)
		mapper_share();
	errno = before;
}
