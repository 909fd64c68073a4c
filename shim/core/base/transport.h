/* SPDX-License-Identifier: MIT */
/*
 * The transport protocols that the library knows. Bits, since a rule may be for both.
 */
#ifndef DUALBIND_PROTOCOL_H
#define DUALBIND_PROTOCOL_H

enum allow_protocol { ALLOW_TCP = 1, ALLOW_UDP = 2, ALLOW_PROTOCOLS = 3 };

#endif
