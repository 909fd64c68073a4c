/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "cmd/repeat.h"

#include "cmd/command.h"
#include "cmd/say.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char clear_terminal[] = "\033[H\033[2J";

/* What RENDER writes; NULL, with *STATUS, if it fails. */
static char *rendered(repeat_render *render, int *status)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	*status = to != NULL ? render(to) : STATUS_FAILED;
	if (to == NULL || fclose(to) != 0) {
		say("out of memory");
		*status = STATUS_FAILED;
	}
	if (*status == STATUS_DONE)
		return text;
	free(text);
	return NULL;
}

int repeat_when_changed(repeat_render *render, unsigned milliseconds, bool on_terminal)
{
	const struct timespec pause = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};
	char *before = NULL, *now;
	int status;

	while ((now = rendered(render, &status)) != NULL) {
		if (before == NULL || strcmp(before, now) != 0) {
			fputs(on_terminal ? clear_terminal : before != NULL ? "\n" : "", stdout);
			fputs(now, stdout);
			if (fflush(stdout) != 0)
				status = STATUS_FAILED;
		}
		free(before);
		before = now;
		if (status != STATUS_DONE)
			break;
		nanosleep(&pause, NULL);
	}
	free(before);
	return status;
}
