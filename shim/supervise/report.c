/* SPDX-License-Identifier: MIT */
#include "supervise/report.h"

#include "process/target.h"

void report_event(const struct settings *settings, enum log_level level, const char *words, int error)
{
	struct strbuf line;

	if (settings->log.level < level)
		return;
	log_begin(&line, target_pid());
	strbuf_add(&line, " ");
	strbuf_add(&line, words);
	if (error != 0) {
		strbuf_add(&line, ": ");
		strbuf_add_error(&line, error);
	}
	log_send(&settings->log, &line);
}
