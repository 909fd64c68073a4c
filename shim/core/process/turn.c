/* SPDX-License-Identifier: MIT */
#include "process/turn.h"

#include "base/sys.h"
#include "process/target.h"

#include <errno.h>
#include <stdatomic.h>

/* The number of the process whose thread has its turn, or 0. A child that is forked during it has another number. */
static atomic_int busy;

static bool take(int process)
{
	enum { PAUSES = 1000 };
	int holder = 0, i = 0;

	while (!atomic_compare_exchange_strong(&busy, &holder, process) && i++ < PAUSES)
		if (holder == process) {
			holder = 0;
			sys_pause(1);
		}
	return i <= PAUSES;
}

void turn_begin(struct turn *turn, bool needed)
{
	turn->signals = sys_keep_signals();
	turn->taken = needed && take(target_pid());
}

void turn_end(const struct turn *turn)
{
	int saved = errno;

	if (turn->taken)
		atomic_store(&busy, 0);
	sys_allow_signals(turn->signals);
	errno = saved;
}
