/* SPDX-License-Identifier: MIT */
#include "bind/bind_request.h"

#include "process/target.h"
#include "socket/sock.h"

static const char *const asked_name[] = {
    [MARK_NONE] = "",
    [MARK_CONVERTED] = "0.0.0.0",
    [MARK_PROMOTED] = "127.0.0.1",
    [MARK_MAPPED] = "[::ffff:0.0.0.0]",
    [MARK_WIDENED] = "[::] (IPv6 only)",
};

void request_report(const struct request *request, enum log_level level, const char *words, enum mark mark,
		    const char *rest, int error)
{
	struct line line;

	if (request->settings->log.level < level)
		return;
	log_begin(&line, owner_pid());
	line_add(&line, " port=");
	line_add_number(&line, request->port);
	line_add(&line, "/");
	line_add(&line, transport_name(request->protocol));
	line_add(&line, " ");
	line_add(&line, words);
	line_add(&line, asked_name[mark]);
	line_add(&line, rest);
	if (error != 0)
		line_add_error(&line, error);
	log_send(&request->settings->log, &line);
}
