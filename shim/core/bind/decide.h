/* SPDX-License-Identifier: MIT */
/*
 * Decides what happens to a socket: every rule and every special case is here. No system call is made.
 */
#ifndef DUALBIND_BIND_DECIDE_H
#define DUALBIND_BIND_DECIDE_H

#include "bind/left_alone.h"
#include "bind/survey.h"

enum verb {
	LOOK_FIRST,  /* survey_look() is to be called for PART, and then decide() again */
	NATIVE,      /* the program's own call is made on its own socket */
	CONVERT,     /* a dual-stack socket replaces it */
	YIELD,       /* the socket, which is ours, becomes the program's own kind again */
	BIND_BESIDE, /* as NATIVE, by SO_REUSEPORT beside those of ours that stay */
	STEER,       /* the same, and each of the two gets the clients of its family */
};

struct plan {
	enum verb verb;
	enum survey_part part; /* for LOOK_FIRST */
	unsigned yielding;     /* enum at_port: those of ours there that yield first */
	unsigned staying;      /* those that may stay beside the program's socket, if they do not yield */
	unsigned keeping;      /* for BIND_BESIDE and CONVERT: those that do stay */
	bool apart;            /* they stay by options that are set for a moment (beside.h) */
	enum mark mark;        /* the mark that the socket would get, or has */
	bool loopback;         /* a new one binds ::1, not :: */
	bool again;            /* a bind that was refused is to be made again */
	enum reason why;
};

struct plan decide(const struct survey *survey);

/*
 * By the address alone, before anything is known of the socket: whether it may be converted, or one of ours may be in
 * its way (a UDP socket may be ours without a rule: convert_for_peer.h); and whether there will be nothing for
 * listen(2) to convert. (The latter is false for clients' sockets, whose port the kernel chooses.)
 */
bool decide_concerns(const struct survey *survey);

/*
 * Whether the program's own bind(2) is made before anything is looked at. Without SO_REUSEADDR and SO_REUSEPORT it
 * succeeds only if no other socket, ours included, is in its way; and at a specific address both get their clients
 * (beside.h).
 */
bool decide_binds_first(const struct survey *survey);
bool decide_listens_natively(const struct survey *survey);

#endif
