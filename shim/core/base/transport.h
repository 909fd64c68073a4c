/* SPDX-License-Identifier: MIT */
/*
 * The transport protocols that the library knows. Bits, since a rule may be for both.
 */
#ifndef DUALBIND_BASE_TRANSPORT_H
#define DUALBIND_BASE_TRANSPORT_H

enum allow_protocol { ALLOW_TCP = 1, ALLOW_UDP = 2, ALLOW_PROTOCOLS = 3 };

#endif
