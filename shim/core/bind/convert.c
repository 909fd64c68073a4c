/* SPDX-License-Identifier: MIT */
#include "bind/convert.h"

#include "base/setsockopt_checked.h"
#include "base/sys.h"
#include "bind/port_holders.h"
#include "bind/submissions.h"
#include "bind/udp_strangers.h"
#include "peers/boot_key.h"
#include "process/rings.h"
#include "process/sharers.h"
#include "process/target.h"
#include "socket/sock.h"
#include "swap/swap.h"

#include <errno.h>
#include <stdatomic.h>

/* Another preloaded library, which was asked first (target.h), may have bound it elsewhere,
 * or put another kind of socket there. Or it is a second copy of this one. */
static bool is_elsewhere(const struct bind_request *request, enum mark mark)
{
	struct address local;

	if ((sock_local(request->fd, &local) && local.any.sa_family == request->asked.any.sa_family &&
	     address_port(&local) == 0) ||
	    sock_is_at(request->fd, &request->asked))
		return false;
	if (mark_get(request->fd) == MARK_NONE)
		bind_request_report(request, LOG_INFO,
				    "left alone: another preloaded library bound it elsewhere than ", mark, "", 0);
	return true;
}

/* What the rules want of the request: the mark that the socket would get. */
static enum mark wanted_mark(const struct bind_request *request)
{
	struct address served = address_served(&request->asked);
	bool any = address_is_any(&served);
	bool in6 = request->asked.any.sa_family == AF_INET6, ipv4 = served.any.sa_family == AF_INET;
	enum mark mark = any && ipv4                             ? (in6 ? MARK_MAPPED : MARK_CONVERTED)
			 : any                                   ? MARK_WIDENED
			 : address_is_loopback4(&request->asked) ? MARK_PROMOTED
								 : MARK_NONE;
	static const enum allow_address rule[] = {
	    [MARK_CONVERTED] = ALLOW_ANY4,
	    [MARK_MAPPED] = ALLOW_ANY4,
	    [MARK_PROMOTED] = ALLOW_LOOPBACK4,
	    [MARK_WIDENED] = ALLOW_ANY6,
	};

	if (mark == MARK_NONE)
		return MARK_NONE;
	if (in6 && sys_get_int(request->fd, IPPROTO_IPV6, IPV6_V6ONLY) != !ipv4)
		return MARK_NONE;
	if (allowlist_covers(&request->settings->allow, rule[mark], request->port, request->protocol))
		return is_elsewhere(request, mark) ? MARK_NONE : mark;
	bind_request_report(request, LOG_DEBUG, "left alone: no rule allows ", mark, "", 0);
	return MARK_NONE;
}

struct company {
	sa_family_t family; /* that the request is to serve */
	int fd;
	ino_t inode;
	bool found;
};

/* What the program takes it for. */
static sa_family_t family_of(const struct holder *holder)
{
	return holder->mark == MARK_NONE || holder->mark == MARK_WIDENED ? holder->family : AF_INET;
}

/*
 * Either the program serves the other family at this port by itself, or it has
 * a socket of a SO_REUSEPORT group there that could not be converted, and which
 * would get all IPv4 connections of the group.
 */
static bool find_company(void *context, const struct holder *holder)
{
	struct company *company = context;
	bool same = holder->family == company->family && holder->any && holder->inode != company->inode;

	if (sock_networks_differ(holder->fd, company->fd))
		return true;
	company->found = family_of(holder) != company->family || (same && holder->mark == MARK_NONE);
	return !company->found;
}

/* EADDRINUSE would not tell: with SO_REUSEADDR it comes as late as listen(2),
 * with SO_REUSEPORT never. */
bool convert_has_company(const struct bind_request *request, struct ref_list *refs)
{
	struct company company = {.family = address_served(&request->asked).any.sa_family};

	if (!ref_list_begin(refs, request->fd))
		return true;
	company.inode = refs->inode;
	company.fd = request->fd;
	holders_walk(request->protocol, request->port, find_company, &company, refs);
	if (company.found)
		bind_request_report(request, LOG_DEBUG, "left alone: the program has a socket of its own there",
				    MARK_NONE, "", 0);
	return company.found;
}

/*
 * UDP sockets with SO_REUSEADDR share a port whosever they are, and the last one
 * bound gets the datagrams. A dual-stack one would take a stranger's IPv6 ones,
 * and would not get the IPv4 ones, which the kernel gives to AF_INET sockets. And
 * in a SO_REUSEPORT group the kernel looks for strangers only until it meets
 * another member: then one member would be converted and the next would not.
 */
static bool is_shared_with_strangers(const struct bind_request *request, enum mark mark)
{
	if (request->protocol != TRANSPORT_UDP || mark == MARK_WIDENED ||
	    (sys_get_int(request->fd, SOL_SOCKET, SO_REUSEADDR) != 1 &&
	     sys_get_int(request->fd, SOL_SOCKET, SO_REUSEPORT) != 1) ||
	    !strangers_share(request->port))
		return false;
	bind_request_report(request, LOG_DEBUG, "left alone: another process shares ", mark, "", 0);
	return true;
}

/* What a native bind may meet too, or a host without IPv6, is no surprise; nor
 * is it that the target has ended, or was interrupted, meanwhile (target.h), or
 * that the socket is of another network namespace (swap.h). */
static enum log_level level_of(int error)
{
	bool usual = error == EADDRINUSE || error == EADDRNOTAVAIL || error == EACCES || error == EAFNOSUPPORT ||
		     error == ESRCH || error == EINTR || error == EXDEV;
	static atomic_bool told; /* a program may bind often */

	if (error == EFORGOTTEN || error == EUNTOLD)
		return atomic_exchange(&told, true) ? LOG_DEBUG : LOG_INFO;
	return error == EREMCHG || error == ERINGED ? LOG_INFO : usual ? LOG_DEBUG : LOG_ERROR;
}

bool convert(const struct bind_request *request, enum sharers sharers)
{
	enum mark mark = wanted_mark(request);
	struct ref_list refs;
	struct swap swap = {.fd = request->fd, .v6only = false, .mark = mark, .refs = &refs};

	if (mark != MARK_NONE && target_is_passed_by()) {
		bind_request_report(request, LOG_DEBUG, "left alone: modules call past the library", MARK_NONE, "",
				    0);
		return false;
	}
	if (mark == MARK_NONE || convert_has_company(request, &refs) || is_shared_with_strangers(request, mark))
		return false;
	if (submissions_are_for(request, refs.rings > 0)) {
		bind_request_report(request, LOG_INFO, "left alone: the program uses io_uring at ", mark, "", 0);
		return false;
	}
	/* Another process would go on with a socket that is not this one. */
	if (sharers_have(request->fd, sharers)) {
		bind_request_report(request, LOG_INFO, "left alone: other processes hold the socket at ", mark, "",
				    0);
		return false;
	}
	swap.dry_run = request->settings->dry_run;
	address_set_in6(&swap.local, &in6addr_any, request->port);
	if (!swap_socket(&swap)) {
		bind_request_report(request, level_of(errno), "left alone: no dual-stack socket for ", mark, ": ",
				    errno);
		return false;
	}
	if (swap.dry_run) {
		bind_request_report(request, LOG_INFO, "would convert ", mark, " -> [::]", 0);
		return false;
	}
	boot_key_prepare(); /* there will be clients to show */
	bind_request_report(request, LOG_INFO, "converted ", mark, " -> [::]", 0);
	submissions_expect(request, refs.rings > 0);
	return true;
}
