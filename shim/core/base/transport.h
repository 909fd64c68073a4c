/* SPDX-License-Identifier: MIT */
/*
 * The transport protocols that the library handles. They are bits, since a rule may be for both.
 */
#ifndef DUALBIND_BASE_TRANSPORT_H
#define DUALBIND_BASE_TRANSPORT_H

enum transport { TRANSPORT_TCP = 1, TRANSPORT_UDP = 2, TRANSPORT_ANY = 3 };

#endif
