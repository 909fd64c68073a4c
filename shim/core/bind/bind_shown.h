/* SPDX-License-Identifier: MIT */
/*
 * bind(2) to a local address that the program was shown, as a server does which
 * answers from a new socket (TFTP). It is logged as a conversion.
 */
#ifndef DUALBIND_BIND_BIND_SHOWN_H
#define DUALBIND_BIND_BIND_SHOWN_H

#include "base/address.h"
#include "config/settings.h"

#include <stdbool.h>

/* False, with nothing done, if SHOWN is any other address, or the socket cannot be
 * bound to it. */
bool bind_shown(const struct settings *settings, int fd, const struct address *shown);

#endif
