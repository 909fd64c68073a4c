/* SPDX-License-Identifier: MIT */
#include "bind/bind_shown.h"

#include "bind/perform.h"
#include "peers/show.h"

static void report(struct survey *survey, const struct address *shown)
{
	struct strbuf names = {0};

	strbuf_add_address(&names, shown);
	strbuf_add(&names, " -> ");
	strbuf_add_address(&names, &survey->real);
	sock_local(survey->request.fd, &survey->self.local); /* the kernel may have chosen the port */
	survey->request.port = address_port(&survey->self.local);
	bind_request_report(&survey->request, LOG_INFO, "converted ", MARK_NONE, strbuf_text(&names), 0);
}

bool bind_shown(const struct settings *settings, int fd, const struct address *shown)
{
	struct survey survey = {.request = {.settings = settings, .fd = fd}};

	if (!shown_ipv6(settings, shown, &survey.real) || !survey_begin(&survey, TO_BIND_SHOWN) ||
	    !perform(&survey))
		return false;
	report(&survey, shown);
	return true;
}
