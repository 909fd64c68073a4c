/* SPDX-License-Identifier: MIT */
/*
 * The mark: what the shim did to a socket, kept by the kernel on the socket.
 *
 * No table of descriptors is needed, because the bits follow the socket
 * through dup, fork, exec and SCM_RIGHTS, and accept(2) copies them to the
 * connection. They are socket options that mean nothing on such a socket:
 *
 *   IPV6_ROUTER_ALERT_ISOLATE  1: shown as AF_INET. MPTCP sockets do not have it: there
 *       IPV6_FREEBIND is used instead, which means nothing on a socket bound to a wildcard
 *       address. On kernels without it (Linux before 5.1, gVisor) it is SO_NO_CHECK 1 for
 *       TCP, and for UDP a bit of the time of a SO_LINGER that is off.
 *   IP_MULTICAST_LOOP          0 on TCP: bound elsewhere than the program asked. On UDP
 *       another bit of that time.
 *   IP_BIND_ADDRESS_NO_PORT    1, together with the previous one: the program has bound
 *       ::ffff:0.0.0.0, and not ::. It means nothing on a socket that has its port.
 *
 * What other processes see of it, for `dualbind ps`: mark_told.h.
 *
 * gVisor's accept(2) does not copy them (names.c does).
 *
 * That a socket is shown as AF_INET is also noted in the write hint of its inode
 * (F_SET_RW_HINT, fcntl(2), Linux 4.13). It means nothing on a socket, follows it in the same
 * ways, except through accept, and takes half as long to read as an option. If it is set, it
 * is believed; if not, the option is read.
 */
#ifndef DUALBIND_SOCKET_MARK_H
#define DUALBIND_SOCKET_MARK_H

#include "base/sys_inline.h"
#include "base/transport.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>

#ifndef IPV6_ROUTER_ALERT_ISOLATE
#define IPV6_ROUTER_ALERT_ISOLATE 30
#endif

struct sock;

enum mark {
	MARK_NONE,
	MARK_CONVERTED, /* bound 0.0.0.0 */
	MARK_PROMOTED,  /* bound 127.0.0.1 */
	MARK_MAPPED,    /* bound ::ffff:0.0.0.0: an AF_INET6 socket for IPv4 only */
	MARK_WIDENED,   /* the program's own AF_INET6 socket, V6ONLY cleared */
};

/* Mark a fresh AF_INET6 socket; MARK is not MARK_NONE. False with errno if the
 * kernel does not keep the mark: then the socket cannot be used. */
bool mark_set(int fd, enum transport transport, enum mark mark);

/* The same again, after options were copied to the socket that may be parts of the mark. */
bool mark_renew(int fd, enum transport transport, enum mark mark);

enum mark mark_get(int fd);
enum mark mark_read(int fd, enum transport transport); /* if the transport is known */

/*
 * Whether FD is to be shown as AF_INET (converted, promoted, or accepted from
 * such a listener): 1 or 0, and -1 for a socket that is not AF_INET6. One
 * system call for an AF_INET6 socket of TCP.
 */
int mark_shown(int fd);

/* The same for a socket that is not MPTCP. On a kernel that has ISOLATE this is one system
 * call at most, or fcntl(2) and one more if this process has converted a UDP socket. */
int mark_shown_datagram(int fd);

/* The same for a socket that is known to have no hint. */
int mark_shown_unhinted(int fd);

/* Whether that fcntl(2) is used: only after the process has seen such a hint on a UDP socket, and as long as no
 * filter may forbid it. */
extern _Atomic enum mark_hints { MARK_HINTS_UNTRIED, MARK_HINTS_USED, MARK_HINTS_NEVER } mark_hints;

static inline bool mark_hints_are_used(void)
{
	return atomic_load_explicit(&mark_hints, memory_order_relaxed) == MARK_HINTS_USED;
}

/* That fcntl(2), in line. The caller has just checked that it is used. */
enum { MARK_HINT = 5 /* RWH_WRITE_LIFE_EXTREME */ };

static inline __attribute__((always_inline)) bool mark_has_hint(int fd)
{
	return sys_write_hint(fd) == MARK_HINT;
}

/* Whether the hint of FD says that it is shown as AF_INET. If not, FD may be shown so all the same. One
 * fcntl(2), or none once a filter may forbid it. */
bool mark_is_hinted(int fd);

/* To be called when a filter is about to be set that may end the process for that fcntl(2). */
void mark_hints_end(void);

/* Whether FD is a UDP socket that is shown as AF_INET. */
bool mark_is_shown_udp(int fd);

/* To be called when the program itself sets ISOLATE, which has a meaning on raw sockets: from now on, these are
 * recognised by their type. */
void mark_isolate_is_set(void);

/* Whether the kernel lacks ISOLATE. FD is an AF_INET6 socket. */
bool mark_is_plain(int fd);

/* Set or clear only the bit that says how FD is shown. False if the kernel does not keep it. */
bool mark_show(int fd, bool shown);

/*
 * A socket that must never be swapped, since it has options that cannot be read back (sockopt.h); it may be one of
 * the library's. For UDP this is a third bit of that time; for TCP it is IP_MULTICAST_LOOP 0 on an AF_INET socket,
 * and IPV6_MULTICAST_LOOP 0 on an AF_INET6 one. LINGER: the socket's SO_LINGER.
 */
void mark_keep(int fd);
bool mark_is_kept(const struct sock *sock, const struct linger *linger);

/* Whether LINGER is a part of the mark of a UDP socket, and not a value that the program set; and
 * whether FD has such a value. */
bool mark_is_linger(const struct linger *linger);
bool mark_lingers(int fd);

/* For mark_told.c: the bits of that time; and whether the mark of FD says that it is bound elsewhere than asked. */
enum { MARK_OWN_NO_PORT = 8 };
int mark_linger_bits(int fd);
bool mark_set_linger_bit(int fd, int bit, bool set);
bool mark_is_apart(int fd, enum transport transport);

#endif
