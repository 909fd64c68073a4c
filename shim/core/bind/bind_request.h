/* SPDX-License-Identifier: MIT */
/*
 * A request: the socket for which bind(2) or listen(2) was called, and the
 * address that the program wants for it, or that it has.
 */
#ifndef DUALBIND_BIND_BIND_REQUEST_H
#define DUALBIND_BIND_BIND_REQUEST_H

#include "base/address.h"
#include "config/settings.h"
#include "socket/mark.h"

#include <stdint.h>

struct bind_request {
	const struct settings *settings;
	int fd;
	struct address asked;
	uint16_t port; /* host byte order */
	enum transport protocol;
};

typedef int native_bind(int fd, const struct sockaddr *address, socklen_t length);

/*
 * A log line about the port: WORDS; the address that a program has asked for
 * which gets such a mark; REST; and the error unless it is 0.
 */
void bind_request_report(const struct bind_request *request, enum log_level level, const char *words,
			 enum mark mark, const char *rest, int error);

#endif
