/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "swap/swap.h"

#include "base/setsockopt_checked.h"
#include "base/sys.h"
#include "process/listener_remains.h"
#include "process/made.h"
#include "process/target.h"
#include "process/turn.h"
#include "socket/mark_told.h"
#include "socket/sock.h"
#include "swap/mcast_copy.h"
#include "swap/sock_refs.h"
#include "swap/sockopt_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>

/* A socket stays in the network namespace that it was made in, even if the program
 * has changed to another one since: then a copy made here would serve another network. */
static bool make_copy(const struct swap *swap, struct sock *copy)
{
	*copy = *swap->old;
	copy->mark = swap->mark;
	copy->local = swap->local;
	copy->v6only = swap->v6only;
	copy->fd = target_socket(swap->local.any.sa_family, copy->type, copy->protocol);
	if (copy->fd < 0)
		return false;
	copy->network = sock_network(copy->fd);
	if (!sock_networks_differ(copy, swap->old))
		return true;
	sys_close(copy->fd);
	errno = EXDEV;
	return false;
}

/* The status flags, or -1. */
static int copy_flags(int from, int to)
{
	struct f_owner_ex owner = {0}; /* gVisor writes nothing where there is none */
	int flags = sys_fcntl(from, F_GETFL, 0);
	int signal = sys_fcntl(from, F_GETSIG, 0);

	if (flags < 0 || sys_fcntl(to, F_SETFL, (unsigned long)(flags & ~O_ASYNC)) != 0)
		return -1;
	if (signal < 0 || (signal > 0 && sys_fcntl(to, F_SETSIG, (unsigned long)signal) != 0))
		return -1;
	if (sys_fcntl(from, F_GETOWN_EX, (unsigned long)&owner) != 0)
		return -1;
	return owner.pid == 0 || sys_fcntl(to, F_SETOWN_EX, (unsigned long)&owner) == 0 ? flags : -1;
}

/* The kernel is to choose a port, unless the program has said that connect(2) is to do it: what the same option
 * tells ps (mark_told.h) waits until the socket has its port. */
static bool bind_to_local(const struct swap *swap, int to)
{
	bool told = address_port(&swap->local) == 0 && mark_told_alone(to, IP_BIND_ADDRESS_NO_PORT);
	bool done = !told || sys_set_int(to, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 0) == 0;

	done = done && target_bind_as_program(to, &swap->local.any, swap->local.length) == 0;
	if (done && told)
		sys_set_int(to, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	return done;
}

/* Another thread may have called listen(2) since the socket was read. */
static bool bind_and_listen(const struct swap *swap, int to)
{
	int listens;

	/* Not bound yet: connect(2) or the first datagram binds it. */
	if (address_port(&swap->local) == 0 && address_is_any(&swap->local))
		return true;
	if (!bind_to_local(swap, to))
		return false;
	listens = sys_get_int(swap->old->fd, SOL_SOCKET, SO_ACCEPTCONN);
	return listens == 0 || (listens > 0 && sys_listen(to, swap->old->backlog) == 0);
}

static bool is_free(const struct swap *swap, const struct address *address)
{
	int probe = target_socket(address->any.sa_family, swap->old->type, swap->old->protocol), saved;
	bool done;

	if (probe < 0)
		return false;
	done = sockopt_copy_binding(swap->old, probe) &&
	       (address->any.sa_family == AF_INET || setsockopt_checked(probe, IPPROTO_IPV6, IPV6_V6ONLY, 1)) &&
	       target_bind_as_program(probe, &address->any, address->length) == 0;
	saved = errno;
	sys_close(probe);
	errno = saved;
	return done;
}

/*
 * Once a TCP socket of a SO_REUSEPORT group is bound, the kernel lets the next
 * one bind to the same addresses, of either family, without comparing it with
 * sockets outside the group; and a dual-stack socket takes both families (measured).
 * If one family is bound after the other it does compare. A UDP socket that is bound
 * for a moment would take datagrams: for UDP the caller has looked (udp_strangers.h).
 */
static bool both_families_are_free(const struct swap *swap)
{
	struct address ipv6, ipv4;

	address_set_in6(&ipv6, &in6addr_any, address_port(&swap->local));
	address_set_in(&ipv4, htonl(INADDR_ANY), address_port(&swap->local));
	return is_free(swap, &ipv6) && is_free(swap, &ipv4);
}

/* In gVisor SO_REUSEPORT counts only if it is set before bind(2), and it still counts after it has been cleared.
 * So it is set while the socket binds, for the day when it must yield. Whether other sockets that have the option
 * are at the port is found out first, by binds without it. On a Linux without ISOLATE (mark.h), which comes here
 * too, it does no harm. */
static bool bind_to_share(const struct swap *swap, int to)
{
	return both_families_are_free(swap) && setsockopt_checked(to, SOL_SOCKET, SO_REUSEPORT, 1) &&
	       bind_and_listen(swap, to) && setsockopt_checked(to, SOL_SOCKET, SO_REUSEPORT, 0);
}

static bool listen_in_turn(const struct swap *swap, int to)
{
	return sys_call(SYS_shutdown, swap->old->fd, SHUT_RD) == 0 && bind_and_listen(swap, to) &&
	       sys_listen(to, swap->old->backlog) == 0;
}

/*
 * Sockets of two users cannot share a port by SO_REUSEPORT; by SO_REUSEADDR they can, if neither listens. So
 * a listener stops listening first, and meanwhile the kernel refuses clients. Connections inherit the option from
 * their listener: if one of them lacks it, neither socket could listen afterwards.
 */
static bool bind_beside_anothers(const struct swap *swap, int to)
{
	const struct sock *old = swap->old;

	errno = EADDRINUSE;
	if (old->listens && old->reuse_addr != 1 && listener_has_connections(address_port(&old->local)))
		return false;
	return setsockopt_checked(old->fd, SOL_SOCKET, SO_REUSEADDR, 1) &&
	       setsockopt_checked(to, SOL_SOCKET, SO_REUSEADDR, 1) &&
	       (old->listens ? listen_in_turn(swap, to) : bind_and_listen(swap, to)) &&
	       setsockopt_checked(to, SOL_SOCKET, SO_REUSEADDR, old->reuse_addr);
}

/* Binds beside other sockets than the old one, which have the same options at the moment. After a first TCP
 * socket of a group the kernel would let every next one bind (both_families_are_free()), so the program's own
 * address is tried first, without the options. */
static bool bind_by_options(const struct swap *swap, int to)
{
	unsigned options = sock_lacks(swap->old, swap->options);
	struct address own;

	address_set_in(&own, htonl(swap->mark == MARK_PROMOTED ? INADDR_LOOPBACK : INADDR_ANY),
		       address_port(&swap->local));
	if (swap->old->transport == TRANSPORT_TCP && !is_free(swap, &own))
		return false;
	return setsockopt_reuse(to, options, 1) && bind_and_listen(swap, to) && setsockopt_reuse(to, options, 0);
}

/* With SO_REUSEPORT set on both for a moment, two sockets of one user share a
 * port whatever their families, even while the old one listens. */
static bool bind_beside(const struct swap *swap, int to)
{
	const struct sock *old = swap->old;
	bool shares = old->reuse_port == 1, bound = address_port(&old->local) != 0;

	if (bound && old->uid != target_uid())
		return bind_beside_anothers(swap, to);
	if (shares && swap->mark != MARK_NONE && old->transport == TRANSPORT_TCP && !both_families_are_free(swap))
		return false;
	if (!shares && !bound && swap->options != 0)
		return bind_by_options(swap, to);
	if (!shares && !bound && swap->mark != MARK_NONE && address_port(&swap->local) != 0 && mark_is_plain(to))
		return bind_to_share(swap, to);
	if (shares || !bound)
		return bind_and_listen(swap, to);
	return setsockopt_checked(old->fd, SOL_SOCKET, SO_REUSEPORT, 1) &&
	       setsockopt_checked(to, SOL_SOCKET, SO_REUSEPORT, 1) && bind_and_listen(swap, to) &&
	       setsockopt_checked(to, SOL_SOCKET, SO_REUSEPORT, 0);
}

static bool is_in_use(const struct swap *swap)
{
	if (swap->is_in_use == NULL || !swap->is_in_use(swap->old))
		return false;
	errno = EBUSY;
	return true;
}

/* Whether it will be able to yield one day (bind_beside). */
static bool can_share(int to)
{
	return setsockopt_checked(to, SOL_SOCKET, SO_REUSEPORT, 1) &&
	       setsockopt_checked(to, SOL_SOCKET, SO_REUSEPORT, 0);
}

/* First comes what shows whether this kernel can be relied on. Returns the status flags, or -1. */
static int prepare(const struct swap *swap, const struct sock *to)
{
	const struct sock *old = swap->old;
	bool marked = swap->mark != MARK_NONE;

	if (swap->local.any.sa_family == AF_INET6 &&
	    !setsockopt_checked(to->fd, IPPROTO_IPV6, IPV6_V6ONLY, swap->v6only))
		return -1;
	if ((marked && !(can_share(to->fd) && mark_set(to->fd, old->transport, swap->mark))) ||
	    !sockopt_copy(old, to) || (marked && !mark_renew(to->fd, old->transport, swap->mark)) ||
	    !(swap->alone || mcast_copy(old, to)))
		return -1;
	return copy_flags(old->fd, to->fd);
}

/* The old socket may live on in another process. If it yields it keeps the option: then the program is about to
 * bind beside it. */
static void take_options_back(const struct sock *old)
{
	if (address_port(&old->local) == 0)
		return;
	if (old->uid != target_uid())
		sys_set_int(old->fd, SOL_SOCKET, SO_REUSEADDR, old->reuse_addr);
	else if (old->reuse_port == 0)
		sys_set_int(old->fd, SOL_SOCKET, SO_REUSEPORT, 0);
}

/* After a failure the old socket is as it was before; except if another thread has closed it, since its number may
 * mean another one now. */
static void restore(const struct sock *old)
{
	struct stat status;

	if (sys_fstat(old->fd, &status) != 0 || status.st_ino != old->inode)
		return;
	take_options_back(old);
	if (old->listens && sys_get_int(old->fd, SOL_SOCKET, SO_ACCEPTCONN) == 0) {
		/* shutdown(2) gives up a port that the kernel chose */
		sys_bind(old->fd, &old->local.any, old->local.length);
		sys_listen(old->fd, old->backlog);
	}
}

static bool bind_and_take(const struct swap *swap, struct sock_refs *refs, int to)
{
	if (swap->dry_run)
		return true;
	if (!bind_beside(swap, to))
		return false;
	if (swap->mark != MARK_NONE)
		take_options_back(swap->old);
	return sock_refs_take(refs, swap->old->fd, to);
}

/* What other threads do to the socket in the meantime is lost, or happens to another socket
 * (docs/limits.md). */
static bool take_over(const struct swap *swap, int to, int flags)
{
	struct sock_refs refs;

	refs.yields = swap->yields;
	/* All references are collected before the new socket is bound: from then on it
	 * gets datagrams. */
	return sock_refs_begin(&refs, swap->old, flags) && (swap->alone || sock_refs_collect(&refs, swap->refs)) &&
	       bind_and_take(swap, &refs, to);
}

static bool swap_in_turn(const struct swap *swap)
{
	struct sock to;
	int flags, saved;
	bool ready, done;

	if (!make_copy(swap, &to))
		return false;
	flags = prepare(swap, &to);
	/* is_in_use() comes first, since it may look at every process: meanwhile other
	 * threads may have the socket watched by their epoll instances (memcached's do). */
	ready = flags >= 0 && !is_in_use(swap);
	done = ready && take_over(swap, to.fd, flags);
	saved = errno;
	sys_close(to.fd);
	if (ready && !done && !swap->dry_run)
		restore(swap->old);
	errno = saved;
	return done;
}

/* Nobody else has set an option of a socket that is not bound. Signals are held back, so that no handler makes the
 * time longer. */
bool swap_socket(const struct swap *swap)
{
	struct sock old = *swap->old;
	struct swap own = *swap;
	struct turn turn;
	bool bound = address_port(&old.local) != 0, done;

	own.old = &old;
	turn_begin(&turn, bound && swap->options == 0);
	if (bound) /* another thread may have set them for a moment when they were read, or has closed it since */
		sock_read_reuse(&old);
	done = (!bound || old.reuse_addr >= 0) && swap_in_turn(&own);
	turn_end(&turn);
	if (done && swap->mark != MARK_NONE && !swap->dry_run)
		made_note(swap->old->fd);
	return done;
}
