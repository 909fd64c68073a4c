/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "swap/swap.h"

#include "base/setsockopt_checked.h"
#include "base/sys.h"
#include "process/listener_remains.h"
#include "process/made.h"
#include "process/target.h"
#include "socket/sock.h"
#include "swap/mcast_copy.h"
#include "swap/sock_refs.h"
#include "swap/sockopt_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>

/* A socket stays in the network namespace that it was made in, wherever its
 * program has gone since: a copy made here would serve another network. */
static bool make_copy(const struct swap *swap, struct sock *copy)
{
	*copy = *swap->old;
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

/* Another thread may have called listen(2) since the socket was read. */
static bool bind_and_listen(const struct swap *swap, int to)
{
	int listens;

	/* Not bound yet: connect(2) or the first datagram does it. */
	if (address_port(&swap->local) == 0 && address_is_any(&swap->local))
		return true;
	if (target_bind_as_program(to, &swap->local.any, swap->local.length) != 0)
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
 * one that takes the same addresses, in whichever family, bind without looking
 * for strangers, and a dual-stack socket takes both (measured). Asked for one
 * family after the other it looks. With UDP what is bound for a moment would
 * take datagrams: there the caller has looked (udp_strangers.h).
 */
static bool both_families_are_free(const struct swap *swap)
{
	struct address ipv6, ipv4;

	address_set_in6(&ipv6, &in6addr_any, address_port(&swap->local));
	address_set_in(&ipv4, htonl(INADDR_ANY), address_port(&swap->local));
	return is_free(swap, &ipv6) && is_free(swap, &ipv4);
}

/* In gVisor SO_REUSEPORT counts that is set before bind(2) alone. So that the socket can yield one
 * day it has it then; the kernel remembers, when the option is cleared. Strangers that have it
 * set are asked for first, without it. Linux without ISOLATE (mark.h) does not mind. */
static bool bind_to_share(const struct swap *swap, int to)
{
	return both_families_are_free(swap) && setsockopt_checked(to, SOL_SOCKET, SO_REUSEPORT, 1) &&
	       bind_and_listen(swap, to) && setsockopt_checked(to, SOL_SOCKET, SO_REUSEPORT, 0);
}

static bool listen_in_turn(const struct swap *swap, int to)
{
	bool done = sys_call(SYS_shutdown, swap->old->fd, SHUT_RD) == 0 && bind_and_listen(swap, to) &&
		    sys_listen(to, swap->old->backlog) == 0;
	int saved = errno;

	if (!done)
		sys_listen(swap->old->fd, swap->old->backlog);
	errno = saved;
	return done;
}

/*
 * Two users' sockets share no port by SO_REUSEPORT, and by SO_REUSEADDR unless one listens. So a
 * listener makes way first: the kernel refuses clients in the meantime, and where a connection of it
 * lacks the option, which it has from its listener, neither of the two would get the place.
 */
static bool bind_beside_anothers(const struct swap *swap, int to)
{
	const struct sock *old = swap->old;
	bool done;
	int saved;

	errno = EADDRINUSE;
	if (old->listens && old->reuse_addr != 1 && listener_has_connections(address_port(&old->local)))
		return false;
	done = setsockopt_checked(old->fd, SOL_SOCKET, SO_REUSEADDR, 1) &&
	       setsockopt_checked(to, SOL_SOCKET, SO_REUSEADDR, 1) &&
	       (old->listens ? listen_in_turn(swap, to) : bind_and_listen(swap, to)) &&
	       setsockopt_checked(to, SOL_SOCKET, SO_REUSEADDR, old->reuse_addr);
	saved = errno;
	if (!done || swap->mark != MARK_NONE)
		sys_set_int(old->fd, SOL_SOCKET, SO_REUSEADDR, old->reuse_addr);
	errno = saved;
	return done;
}

/* Beside others that are not the old one, and have the same options at the moment. After a first one of
 * TCP the kernel would let every next one bind (both_families_are_free()): the program's own address is
 * asked for first, without them. */
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

/*
 * With SO_REUSEPORT on both for the moment, two sockets of one user share a
 * port whatever their families, even while the old one listens. The old one
 * may live on in another process, so it too gets back what the program set; not
 * one that yields: the program is about to bind beside it.
 */
static bool bind_beside(const struct swap *swap, int to)
{
	const struct sock *old = swap->old;
	bool shares = old->reuse_port == 1, bound = address_port(&old->local) != 0, done;
	int saved;

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
	done = setsockopt_checked(old->fd, SOL_SOCKET, SO_REUSEPORT, 1) &&
	       setsockopt_checked(to, SOL_SOCKET, SO_REUSEPORT, 1) && bind_and_listen(swap, to) &&
	       setsockopt_checked(to, SOL_SOCKET, SO_REUSEPORT, 0);
	saved = errno;
	if (!done || swap->mark != MARK_NONE)
		sys_set_int(old->fd, SOL_SOCKET, SO_REUSEPORT, 0);
	errno = saved;
	return done;
}

static bool is_in_use(const struct swap *swap)
{
	if (swap->is_in_use == NULL || !swap->is_in_use(swap->old))
		return false;
	errno = EBUSY;
	return true;
}

/* It is to yield one day (bind_beside). */
static bool can_share(int to)
{
	return setsockopt_checked(to, SOL_SOCKET, SO_REUSEPORT, 1) &&
	       setsockopt_checked(to, SOL_SOCKET, SO_REUSEPORT, 0);
}

/* What tells whether this kernel is one that we can rely on comes first. The status flags, or -1. */
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

/* One that was to yield, and stays, has what bind_beside() gave it no longer than that. */
static void take_options_back(const struct swap *swap)
{
	const struct sock *old = swap->old;
	struct stat status;

	if (swap->dry_run || swap->mark != MARK_NONE || sys_fstat(old->fd, &status) != 0 ||
	    status.st_ino != old->inode)
		return;
	if (old->uid != target_uid())
		sys_set_int(old->fd, SOL_SOCKET, SO_REUSEADDR, old->reuse_addr);
	else if (old->reuse_port == 0)
		sys_set_int(old->fd, SOL_SOCKET, SO_REUSEPORT, 0);
}

/* What other threads do in between is lost (docs/limits.md), or has its number
 * taken: a handler is not to make that longer. */
static bool take_over(const struct swap *swap, int to, int flags)
{
	struct sock_refs refs;
	uint64_t kept_before = sys_keep_signals();
	/* They are all asked for before the new one is bound: from then on datagrams
	 * come to it. */
	bool done;
	int saved;

	refs.yields = swap->yields;
	done = sock_refs_begin(&refs, swap->old, flags) && (swap->alone || sock_refs_collect(&refs, swap->refs)) &&
	       (swap->dry_run || (bind_beside(swap, to) && sock_refs_take(&refs, swap->old->fd, to)));
	saved = errno;
	if (!done)
		take_options_back(swap);
	sys_allow_signals(kept_before);
	errno = saved;
	return done;
}

bool swap_socket(const struct swap *swap)
{
	struct sock to;
	int flags, saved;
	bool done;

	if (!make_copy(swap, &to))
		return false;
	flags = prepare(swap, &to);
	/* Whether it is in use takes a look at every process, and meanwhile other
	 * threads may have it watched by their epoll instances (memcached's do). */
	done = flags >= 0 && !is_in_use(swap) && take_over(swap, to.fd, flags);
	saved = errno;
	sys_close(to.fd);
	if (done && swap->mark != MARK_NONE && !swap->dry_run)
		made_note(swap->old->fd);
	errno = saved;
	return done;
}
