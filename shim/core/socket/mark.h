/* SPDX-License-Identifier: MIT */
/*
 * The mark: what the shim did to a socket, kept by the kernel on the socket.
 *
 * No table of descriptors is needed, because the bits follow the socket
 * through dup, fork, exec and SCM_RIGHTS, and accept(2) copies them to the
 * connection. They are socket options that mean nothing on such a socket:
 *
 *   IPV6_ROUTER_ALERT_ISOLATE  1: shown as AF_INET. MPTCP sockets do not have it: there
 *       IPV6_FREEBIND takes its place, which means nothing on a socket bound to a wildcard
 *       address. Kernels without it (Linux before 5.1, gVisor) keep SO_NO_CHECK 1 on TCP,
 *       and on UDP a bit of the time of a SO_LINGER that is off.
 *   IP_MULTICAST_LOOP          0 on TCP: bound elsewhere than the program asked. On UDP
 *       another bit of that time.
 *   IP_BIND_ADDRESS_NO_PORT    1, beside one of these two: not the program's ::,
 *       but its ::ffff:0.0.0.0. It means nothing on a socket that has its port.
 *
 * gVisor's accept(2) does not copy them (names.c does).
 *
 * That a socket is shown as AF_INET is noted in the write hint of its inode besides
 * (F_SET_RW_HINT, fcntl(2), Linux 4.13), which goes the same ways (but for accept) and means
 * nothing on a socket: to read it costs half of what reading an option does. It is believed
 * where it is set; where it is not, the option tells.
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
	MARK_MAPPED,    /* bound ::ffff:0.0.0.0: an AF_INET6 socket of IPv4 alone */
	MARK_WIDENED,   /* the program's own AF_INET6 socket, V6ONLY cleared */
};

/* Mark a fresh AF_INET6 socket; MARK is not MARK_NONE. False with errno where the
 * kernel does not keep the mark: the socket is then of no use. */
bool mark_set(int fd, enum transport transport, enum mark mark);

/* The same once more, after other options were set, which may be parts of it. */
bool mark_renew(int fd, enum transport transport, enum mark mark);

enum mark mark_get(int fd);
enum mark mark_read(int fd, enum transport transport); /* where that is known */

/*
 * Whether FD is to be shown as AF_INET (converted, promoted, or accepted from
 * such a listener): 1 or 0, and -1 for a socket that is not AF_INET6. One
 * system call for an AF_INET6 socket of TCP.
 */
int mark_shown(int fd);

/* The same for a socket that is not of MPTCP: never more than one system call
 * on a kernel that has ISOLATE, or fcntl(2) and one more where this process has converted a
 * UDP socket. */
int mark_shown_datagram(int fd);

/* The same of a socket that is known to have no hint. */
int mark_shown_unhinted(int fd);

/* Whether that fcntl(2) is used: not before the process has seen such a hint on a UDP socket, nor once a filter
 * may forbid it. */
extern _Atomic enum mark_hints { MARK_HINTS_UNTRIED, MARK_HINTS_USED, MARK_HINTS_NEVER } mark_hints;

static inline bool mark_hints_are_used(void)
{
	return atomic_load_explicit(&mark_hints, memory_order_relaxed) == MARK_HINTS_USED;
}

/* That fcntl(2), in line. Whoever asks has asked just now whether it is used. */
enum { MARK_HINT = 5 /* RWH_WRITE_LIFE_EXTREME */ };

static inline __attribute__((always_inline)) bool mark_has_hint(int fd)
{
	return sys_write_hint(fd) == MARK_HINT;
}

/* Whether the hint of FD says that it is shown as AF_INET; where it does not, it may be so all the same. One
 * fcntl(2), or none once a filter may forbid it. */
bool mark_is_hinted(int fd);

/* From now on a filter may end the process for that fcntl(2). */
void mark_hints_end(void);

/* Whether FD is a UDP socket that is shown as AF_INET. */
bool mark_is_shown_udp(int fd);

/* The program itself sets ISOLATE, which means something on raw sockets: from now on those are told apart. */
void mark_isolate_is_set(void);

/* Whether FD, an AF_INET6 socket, is one of a kernel without ISOLATE. */
bool mark_is_plain(int fd);

/* Set or clear that bit alone. False where the kernel cannot keep it. */
bool mark_show(int fd, bool shown);

/*
 * A socket that is never to be swapped, since it carries what cannot be read back (sockopt.h), one of the
 * library's included. Of UDP that is a third bit of that time; of TCP the second of these bits on an AF_INET
 * socket, and IPV6_MULTICAST_LOOP 0 on one of AF_INET6. LINGER: what SO_LINGER says of it.
 */
void mark_keep(int fd);
bool mark_is_kept(const struct sock *sock, const struct linger *linger);

/* Whether that is a part of the mark of a UDP socket, and not what a program set; and
 * whether FD has such a part. */
bool mark_is_linger(const struct linger *linger);
bool mark_lingers(int fd);

#endif
