/* SPDX-License-Identifier: MIT */
/*
 * Survey: what is known of a request's socket, and of the target's other sockets at its port. decide()
 * reads nothing else. A survey only looks, and changes nothing.
 */
#ifndef DUALBIND_BIND_SURVEY_H
#define DUALBIND_BIND_SURVEY_H

#include "bind/bind_request.h"
#include "socket/sock.h"
#include "swap/sock_refs.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What the program does, or has done. */
enum asking {
	TO_BIND,
	BOUND,          /* it has bound the socket, without bind(2) or by another preloaded library's */
	TO_LISTEN,      /* it listens, with a socket that is bound */
	LISTEN_REFUSED, /* listen(2) has failed with EADDRINUSE */
	AFTER_YIELD,    /* the socket has yielded to a bind that failed */
	TO_CONNECT,
	TO_SEND,       /* to a peer that it was shown (convert_for_peer.h) */
	TO_BIND_SHOWN, /* to a local address that it was shown (bind_shown.h) */
};

/* Bits for what takes more than a look at the socket itself. */
enum survey_part {
	AT_PORT = 1,   /* the target's other sockets there, and what refers to this one */
	SHARERS = 2,   /* whether another process holds it; for other calls than listen only the parent counts */
	STRANGERS = 4, /* whether other programs share its UDP port */
	PROC = 8,      /* whether there is a /proc */
	PORT_RANGE = 16,
	RINGS = 32, /* whether io_uring is used at such sockets (submissions.h) */
};

/* Bits for the sockets at the port: for ours, which are bound to the wildcard address, their mark; for the program's
 * own, their family. */
enum at_port {
	AT_PORT_CONVERTED = 1 << MARK_CONVERTED,
	AT_PORT_PROMOTED = 1 << MARK_PROMOTED,
	AT_PORT_MAPPED = 1 << MARK_MAPPED,
	AT_PORT_WIDENED = 1 << MARK_WIDENED,
	AT_PORT_AS_IPV4 = AT_PORT_CONVERTED | AT_PORT_PROMOTED | AT_PORT_MAPPED, /* the program's own was */
	AT_PORT_OURS = AT_PORT_AS_IPV4 | AT_PORT_WIDENED,
	AT_PORT_IPV4_ANY = 32,
	AT_PORT_IPV4 = 64, /* bound to another address, ours or not */
	AT_PORT_IPV6_ANY = 128,
	AT_PORT_IPV6 = 256,
};

/* The kind of address that the request serves (address_served()). */
enum place { PLACE_ANY4, PLACE_LOOPBACK4, PLACE_OTHER4, PLACE_ANY6, PLACE_OTHER6 };

struct survey {
	enum asking asking;
	enum place place;
	unsigned known;   /* enum survey_part */
	unsigned at_port; /* enum at_port */
	/* Of which of these kinds one listens; and one cannot be bound beside ours (beside.h), since it is another
	 * user's TCP socket, or dual-stack, or bound to a multicast group. */
	unsigned listening, foreign;
	/* About the process. */
	bool asks_other, passed_by; /* target.h */
	/* From an earlier decision: some of ours have stayed; the bind was refused even so; something may remain of
	 * those that have yielded; and which these are. */
	bool kept, refused, remains;
	unsigned yielded;  /* enum at_port */
	bool apart_failed; /* ours cannot listen beside the program's own (beside.h) */
	bool told;         /* a dry run has logged what would happen */
	/* From a conversion that failed: the mark that it was to have, and the errno. */
	enum mark failed;
	int failure;
	bool shared, strangers, submits, has_proc, ephemeral;
	bool several;   /* there are several of AT_PORT_OURS */
	ino_t taken;    /* the program's own socket because of which the request would natively be refused; 0 */
	ino_t listener; /* a listener that has yielded, and was not waited for; 0 */
	struct bind_request request;
	struct sock self;
	struct sock ours;     /* one of ours at the port; its fd is the target's number */
	struct address real;  /* what the shown address stands for */
	struct ref_list refs; /* the socket's references, for the swap */
};

/* Begin with the request's socket; its settings and fd must be set. False if it is neither a TCP nor a UDP
 * socket. */
bool survey_begin(struct survey *survey, enum asking asking);

/* Set the address that the program asks for, or that the socket has already. */
void survey_at(struct survey *survey, const struct address *asked);

/* Find out about PART. */
void survey_look(struct survey *survey, enum survey_part part);

/* The bit of enum at_port for SOCK. */
unsigned survey_kind(const struct sock *sock);

/* Whether SOCK is another socket than the request's, of one of KINDS, in the same network namespace. */
bool survey_counts(const struct survey *survey, const struct sock *sock, unsigned kinds);

#endif
