/* SPDX-License-Identifier: MIT */
/*
 * Which clients can reach a listener, and which rule would change that.
 */
#ifndef DUALBIND_INSPECT_REACH_H
#define DUALBIND_INSPECT_REACH_H

#include "inspect/sock_diag.h"

enum reach {
	REACH_IPV4,
	REACH_IPV4_BESIDE, /* 0.0.0.0, and there is a listener on :: at the same port */
	REACH_IPV6,
	REACH_DUAL,
	REACH_DUAL_UNSEEN, /* dual-stack, but this user may not see whether by dualbind */
	REACH_CONVERTED,
	REACH_PROMOTED,
	REACH_WIDENED,
};

enum reach reach_of(const struct listing *listing, const struct listener *listener);

/* In words, and in one word. */
const char *reach_words(enum reach reach);
const char *reach_word(enum reach reach);

enum { REACH_TEXT = 80 };

/* Whether it is a program's listener on 0.0.0.0 that IPv6 clients do not reach. */
bool reach_is_ipv4_only(const struct listing *listing, const struct listener *listener);

/* The rule that would convert LISTENER; empty if there is none to add, or none
 * would help. */
void reach_rule(char rule[REACH_TEXT], const struct listing *listing, const struct listener *listener);

/* 0.0.0.0:8080 or [::%eth0]:53. */
void reach_address(char text[REACH_TEXT], const struct listener *listener);

#endif
