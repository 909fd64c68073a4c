/* SPDX-License-Identifier: MIT */
/*
 * What is known of a request's socket, and of what the target has at its port: all that decide()
 * reads. It is looked at, and nothing is done.
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
	BOUND,          /* the socket, past bind(2) or by another preloaded library's */
	TO_LISTEN,      /* with a socket that is bound */
	LISTEN_REFUSED, /* listen(2) has failed with EADDRINUSE */
	AFTER_YIELD,    /* to a bind that failed */
	TO_CONNECT,
	TO_SEND,       /* to a peer that it was shown (convert_for_peer.h) */
	TO_BIND_SHOWN, /* to a local address as it was shown (bind_shown.h) */
};

/* What takes more than a look at the socket itself, as bits. */
enum survey_part {
	AT_PORT = 1,   /* the target's other sockets there, and what refers to this one */
	SHARERS = 2,   /* whether another process holds it: the parent, unless it is to listen */
	STRANGERS = 4, /* whether others share its UDP port */
	PROC = 8,      /* whether there is a /proc */
	PORT_RANGE = 16,
	RINGS = 32, /* whether io_uring is used at such sockets (submissions.h) */
};

/* The marks of those that are bound to the wildcard address, as bits, and the family of those of
 * the program's own. */
enum at_port {
	AT_PORT_CONVERTED = 1 << MARK_CONVERTED,
	AT_PORT_PROMOTED = 1 << MARK_PROMOTED,
	AT_PORT_MAPPED = 1 << MARK_MAPPED,
	AT_PORT_WIDENED = 1 << MARK_WIDENED,
	AT_PORT_AS_IPV4 = AT_PORT_CONVERTED | AT_PORT_PROMOTED | AT_PORT_MAPPED, /* the program's own was */
	AT_PORT_OURS = AT_PORT_AS_IPV4 | AT_PORT_WIDENED,
	AT_PORT_IPV4_ANY = 32,
	AT_PORT_IPV4 = 64, /* or to another address, ours or not */
	AT_PORT_IPV6_ANY = 128,
	AT_PORT_IPV6 = 256,
};

/* What the request's address serves (address_served()). */
enum place { PLACE_ANY4, PLACE_LOOPBACK4, PLACE_OTHER4, PLACE_ANY6, PLACE_OTHER6 };

struct survey {
	enum asking asking;
	enum place place;
	unsigned known;   /* enum survey_part */
	unsigned at_port; /* enum at_port */
	/* As which of those one listens, and one cannot be bound beside (beside.h): another user's of
	 * TCP, or one of both families; or a group of multicast's. */
	unsigned listening, foreign;
	/* Of the process. */
	bool asks_other, passed_by; /* target.h */
	/* Of a decision before: some of ours stayed, and the bind was refused all the same; which have
	 * yielded; and something of them remains, as far as is known. */
	bool kept, refused, remains;
	unsigned yielded;  /* enum at_port */
	bool apart_failed; /* ours does not listen beside the program's own (beside.h) */
	bool told;         /* a dry run has said what would be */
	/* Of a conversion that failed: the mark that it was to have, and the errno. */
	enum mark failed;
	int failure;
	bool shared, strangers, submits, has_proc, ephemeral;
	bool several;   /* of AT_PORT_OURS */
	ino_t taken;    /* by another of the program's own, natively too; 0 */
	ino_t listener; /* that has yielded, and was not waited for; 0 */
	struct bind_request request;
	struct sock self;
	struct sock ours;     /* at the port, one of them; its fd is the target's */
	struct address real;  /* what the shown address stands for */
	struct ref_list refs; /* of the socket, for the swap */
};

/* Begin with the request's socket, of which its settings and fd are there. False where it is
 * neither of TCP nor of UDP. */
bool survey_begin(struct survey *survey, enum asking asking);

/* It is asked for at that address, or is there already. */
void survey_at(struct survey *survey, const struct address *asked);

/* Find out about a part. */
void survey_look(struct survey *survey, enum survey_part part);

/* As which of those at the port SOCK counts. */
unsigned survey_kind(const struct sock *sock);

/* Whether it is another one of KINDS, in the same network. */
bool survey_counts(const struct survey *survey, const struct sock *sock, unsigned kinds);

/* Called for each socket of the target that is bound to the port and not connected. Its fd is
 * taken from the target, and put back after the visit. False ends the walk. */
typedef bool sock_visitor(void *context, const struct sock *sock);

/*
 * PORT in host byte order. Where /proc cannot be read, or no descriptor is free
 * to read it with, the first 65,536 numbers are tried one by one. REFS, or NULL:
 * they were begun, and what the walk sees of them is noted. WITHOUT_SHOWN: of those that are shown
 * as AF_INET some or all may be left out, which a program with thousands of them would pay for.
 */
void survey_walk(enum transport transport, uint16_t port, sock_visitor *visit, void *context, struct ref_list *refs,
		 bool without_shown);

#endif
