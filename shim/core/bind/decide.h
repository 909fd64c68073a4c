/* SPDX-License-Identifier: MIT */
/*
 * What becomes of a socket: every rule and every special case. No system call is made.
 */
#ifndef DUALBIND_BIND_DECIDE_H
#define DUALBIND_BIND_DECIDE_H

#include "bind/left_alone.h"
#include "bind/survey.h"

enum verb {
	LOOK_FIRST,  /* the survey is to find out about a part, and to be decided on again */
	NATIVE,      /* the program's own call is made on its own socket */
	CONVERT,     /* a dual-stack socket takes its place */
	YIELD,       /* the socket, which is ours, becomes the program's own kind again */
	BIND_BESIDE, /* as NATIVE, by SO_REUSEPORT beside those of ours that stay */
	STEER,       /* the same, and each of the two gets the clients of its family */
};

struct plan {
	enum verb verb;
	enum survey_part part; /* of LOOK_FIRST */
	unsigned yielding;     /* enum at_port: those of ours there that yield before */
	unsigned staying;      /* those that may stay beside the program's socket, where they do not */
	unsigned keeping;      /* of BIND_BESIDE, and of CONVERT: those that do */
	bool apart;            /* the same, by options for the moment (beside.h) */
	enum mark mark;        /* that the socket would get, or has */
	bool loopback;         /* a new one binds ::1, not :: */
	bool again;            /* a bind that was refused is to be made once more */
	enum reason why;
};

struct plan decide(const struct survey *survey);

/*
 * As far as the address that is to be bound tells, while nothing is known of the socket: whether it
 * can be converted, or one of ours can be in its way (a UDP socket may be ours without a rule:
 * convert_for_peer.h); and whether listen(2) has nothing to convert of it. (No such note is taken of a
 * client's, which has a port of the kernel's choice.)
 */
bool decide_concerns(const struct survey *survey);

/*
 * Whether the program's own bind(2) is made before anything is looked at. Without SO_REUSEADDR and
 * SO_REUSEPORT it succeeds only where no other socket is in its way, nor one of ours; and at a specific
 * address both get their clients (beside.h).
 */
bool decide_binds_first(const struct survey *survey);
bool decide_listens_natively(const struct survey *survey);

#endif
