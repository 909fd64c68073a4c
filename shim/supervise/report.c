/* SPDX-License-Identifier: MIT */
#include "supervise/report.h"

#include "process/target.h"

void report_event(const struct settings *settings, enum log_level level, const char *words, int error)
{
	struct line line;

	if (settings->log.level < level)
		return;
	log_begin(&line, owner_pid());
	line_add(&line, " ");
	line_add(&line, words);
	if (error != 0) {
		line_add(&line, ": ");
		line_add_error(&line, error);
	}
	log_send(&settings->log, &line);
}
