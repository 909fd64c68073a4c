/* SPDX-License-Identifier: MIT */
#include "supervise/patience.h"

#include <time.h>

enum { WAITING_SECONDS = 5, WORKING_SECONDS = 60, WORK_MS = 5 };

/* Whether this process has used processor time since the last tick. (Its other threads sleep.) */
static bool has_worked(struct patience *patience)
{
	struct timespec now;
	long before = patience->used;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) != 0)
		return false;
	patience->used = now.tv_sec * 1000 + now.tv_nsec / 1000000;
	return patience->used - before >= WORK_MS;
}

void patience_renew(struct patience *patience)
{
	patience->waited = patience->worked = 0;
}

bool patience_ends(struct patience *patience, uint64_t id, uint64_t ticks)
{
	bool worked = has_worked(patience), same = id == patience->id;

	patience->id = id;
	if (!same || ticks != 1)
		patience_renew(patience);
	/* With several ticks at once this process was stopped or frozen: that does not count. */
	if (ticks == 1 && worked)
		patience->worked++;
	else if (ticks == 1)
		patience->waited++;
	return patience->waited >= WAITING_SECONDS || patience->worked >= WORKING_SECONDS;
}
