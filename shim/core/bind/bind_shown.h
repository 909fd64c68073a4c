/* SPDX-License-Identifier: MIT */
/*
 * bind(2) to a local address as it was shown, which a server does that answers
 * from a new socket (TFTP). The log has it as a conversion.
 */
#ifndef DUALBIND_BIND_BIND_SHOWN_H
#define DUALBIND_BIND_BIND_SHOWN_H

#include "base/address.h"
#include "config/settings.h"

#include <stdbool.h>

/* False, with nothing done, where SHOWN is any other address, and where the socket
 * cannot have it. */
bool bind_shown(const struct settings *settings, int fd, const struct address *shown);

#endif
