/* SPDX-License-Identifier: MIT */
#include "bind/convert_for_peer.h"

#include "bind/perform.h"

bool convert_for_peer(const struct settings *settings, int fd, const struct address *real, enum peer_call calls)
{
	struct survey survey = {.request = {.settings = settings, .fd = fd}, .real = *real};

	if (!survey_begin(&survey, calls == SENDS ? TO_SEND : TO_CONNECT))
		return false;
	survey_at(&survey, &survey.self.local);
	return perform(&survey);
}
