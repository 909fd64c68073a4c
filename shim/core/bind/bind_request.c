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

void bind_request_report(const struct bind_request *request, enum log_level level, const char *words,
			 enum mark mark, const char *rest, int error)
{
	struct strbuf line;

	if (request->settings->log.level < level)
		return;
	log_begin(&line, target_pid());
	strbuf_add(&line, " port=");
	strbuf_add_number(&line, request->port);
	strbuf_add(&line, "/");
	strbuf_add(&line, transport_name(request->protocol));
	strbuf_add(&line, " ");
	strbuf_add(&line, words);
	strbuf_add(&line, asked_name[mark]);
	strbuf_add(&line, rest);
	if (error != 0)
		strbuf_add_error(&line, error);
	log_send(&request->settings->log, &line);
}
