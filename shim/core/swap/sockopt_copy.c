/* SPDX-License-Identifier: MIT */
#include "swap/sockopt_copy.h"

#include "base/setsockopt_checked.h"
#include "base/sys.h"
#include "socket/mark.h"
#include "socket/mark_told.h"
#include "socket/sock.h"
#include "socket/sockopt_ipv6_map.h"
#include "socket/sockopt_table.h"
#include "socket/v4mapped_filter.h"
#include "socket/v4mapped_item.h"

#include <errno.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/tcp.h>
#include <string.h>

/* Linux 6.1's headers define it only where the C library's <netinet/in.h> is not included, later ones always. */
#ifndef IPV6_FLOWINFO_SEND
#define IPV6_FLOWINFO_SEND 33
#endif

enum { OPTION_BYTES = 64, LOWEST = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : sizeof(int) - 1 };

struct sockopt {
	int level, name;
	enum option_form form;
};

/* Options that only AF_INET6 sockets have: copied if both sockets are AF_INET6. */
static const unsigned char ipv6_only[] = {
    PLAIN, IPPROTO_IPV6, IPV6_AUTOFLOWLABEL, IPV6_ADDR_PREFERENCES, IPV6_FLOWINFO_SEND, IPV6_DONTFRAG, 0, END,
};

/* May fail: an AF_INET socket does not have the twin, and does not need it. */
static void set_twin(int to, int name, const unsigned char *value)
{
	int twin = sockopt_ipv6_of(name), number;

	memcpy(&number, value, sizeof number);
	if (twin >= 0)
		sys_set_int(to, IPPROTO_IPV6, twin, number);
}

/* A privileged program may have forced more than the system's limit, to which
 * the kernel would cut it silently. */
static bool set_buffer(int to, int name, const unsigned char *doubled)
{
	int wanted;

	memcpy(&wanted, doubled, sizeof wanted);
	if (sys_set_int(to, SOL_SOCKET, name, wanted / 2) == 0 && sys_get_int(to, SOL_SOCKET, name) == wanted)
		return true;
	return sys_set_int(to, SOL_SOCKET, name == SO_SNDBUF ? SO_SNDBUFFORCE : SO_RCVBUFFORCE, wanted / 2) == 0;
}

/* TCP_MAXSEG may be left over from a connection that has ended: over loopback it is
 * more than a program may set. */
static bool is_left_over(struct sockopt option)
{
	return option.level == IPPROTO_TCP && option.name == TCP_MAXSEG && errno == EINVAL;
}

/* The program has set nothing, or what a fresh socket has anyway. */
static bool is_unset(enum option_form form, const unsigned char *value, socklen_t length)
{
	if (form != OFF && form != ONE && form != ONES)
		return length == 0 && form != SURE;
	for (socklen_t i = 0; i < length; i++)
		if (value[i] != (form == ONES ? 0xff : form == ONE && i == LOWEST ? 1 : 0))
			return false;
	return true;
}

static bool is_present(struct sockopt option, int to, const unsigned char *wanted, socklen_t wanted_length)
{
	unsigned char present[OPTION_BYTES] = {0};
	socklen_t length = sizeof present;

	return sys_getsockopt(to, option.level, option.name, present, &length) == 0 && length == wanted_length &&
	       memcmp(wanted, present, length) == 0;
}

/* TO is fresh. */
static bool copy_option(struct sockopt option, int from, int to)
{
	unsigned char wanted[OPTION_BYTES] = {0};
	socklen_t wanted_length = sizeof wanted;

	/* This kernel or this kind of socket does not have the option, so no program has set it. */
	if (sys_getsockopt(from, option.level, option.name, wanted, &wanted_length) != 0)
		return errno == ENOPROTOOPT || errno == EOPNOTSUPP;
	if (is_unset(option.form, wanted, wanted_length) || is_present(option, to, wanted, wanted_length))
		return true;
	if (option.form == DOUBLED)
		return set_buffer(to, option.name, wanted);
	if (sys_setsockopt(to, option.level, option.name, wanted, wanted_length) != 0)
		return is_left_over(option);
	if (option.form == SURE && !is_present(option, to, wanted, wanted_length)) {
		errno = EFORGOTTEN;
		return false;
	}
	if (option.level == IPPROTO_IP)
		set_twin(to, option.name, wanted);
	return true;
}

static bool copy_all(const unsigned char *table, int from, int to)
{
	struct sockopt option;

	for (; *table != END; table++) {
		option.form = *table++;
		option.level = *table++;
		for (; *table != 0; table++) {
			option.name = *table;
			if (!copy_option(option, from, to))
				return false;
		}
	}
	return true;
}

static bool is_ipv6(const struct sock *sock)
{
	return sock->local.any.sa_family == AF_INET6;
}

static bool copy_ipv6_options(const struct sock *from, const struct sock *to)
{
	if (!is_ipv6(from) || !is_ipv6(to))
		return true;
	for (size_t i = 0; i < sockopt_ipv6_map_count; i++)
		if (!copy_option((struct sockopt){IPPROTO_IPV6, twins[i].ipv6, PLAIN}, from->fd, to->fd))
			return false;
	return copy_all(ipv6_only, from->fd, to->fd);
}

/* SO_LINGER with l_onoff 0 may be the mark (mark.h). */
static bool copy_linger(const struct sock *from, const struct sock *to)
{
	struct linger linger = {0, 0};
	socklen_t length = sizeof linger;

	if (sys_getsockopt(from->fd, SOL_SOCKET, SO_LINGER, &linger, &length) != 0)
		return errno == ENOPROTOOPT || errno == EOPNOTSUPP;
	if (mark_is_kept(from, &linger)) {
		errno = ENOKEY;
		return false;
	}
	return linger.l_onoff == 0 || sys_setsockopt(to->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) == 0;
}

static bool is_dual_datagram(const struct sock *sock)
{
	return sock->transport == TRANSPORT_UDP && is_ipv6(sock) && !sock->v6only;
}

/* A classic BPF filter can be read back; an eBPF one cannot (EACCES), and it is better not to
 * convert than to lose a filter that the program has attached. */
static bool copy_filter(const struct sock *from, const struct sock *to)
{
	struct v4mapped_filter filter;
	int locked = sys_get_int(from->fd, SOL_SOCKET, SO_LOCK_FILTER);

	if (!v4mapped_filter_read(from->fd, &filter)) {
		if (errno != ENOPROTOOPT && errno != EOPNOTSUPP)
			return false;
		/* Without filters, sources are checked when a datagram arrives, if the program is shown addresses. */
		if (!is_dual_datagram(to) || (mark_shown_datagram(to->fd) > 0 && v4mapped_item_ask(to->fd)))
			return true;
		errno = EFORGOTTEN; /* no guard: it could not even be asked for */
		return false;
	}
	return v4mapped_filter_write(to->fd, &filter, is_dual_datagram(to)) &&
	       (locked <= 0 || setsockopt_checked(to->fd, SOL_SOCKET, SO_LOCK_FILTER, 1));
}

/* A fresh socket has the option of its own family, and an AF_INET6 one has one more, which is 1 at first. A program
 * that sets 0 must not get datagrams of others' IPv6 groups either; kernels before 4.20 have no option for that. */
static bool copy_multicast_all(const struct sock *from, const struct sock *to)
{
	int all = sys_get_int(from->fd, IPPROTO_IP, IP_MULTICAST_ALL);

	if (all < 0)
		return errno == ENOPROTOOPT || errno == EOPNOTSUPP;
	return sys_set_int(to->fd, IPPROTO_IP, IP_MULTICAST_ALL, all) == 0 &&
	       (all != 0 || is_ipv6(from) || from->transport == TRANSPORT_TCP ||
		setsockopt_checked(to->fd, IPPROTO_IPV6, sockopt_ipv6_of(IP_MULTICAST_ALL), 0));
}

/* What ps is told is not the program's. */
static bool copy_rfc4884(const struct sock *from, const struct sock *to)
{
	if (from->transport == TRANSPORT_TCP || sys_get_int(from->fd, IPPROTO_IP, IP_RECVERR_RFC4884) <= 0 ||
	    mark_told_alone(from->fd, IP_RECVERR_RFC4884))
		return true;
	sys_set_int(to->fd, IPPROTO_IPV6, sockopt_ipv6_of(IP_RECVERR_RFC4884), 1);
	return sys_set_int(to->fd, IPPROTO_IP, IP_RECVERR_RFC4884, 1) == 0;
}

/* It may be a part of either mark. */
static bool copy_no_port(const struct sock *from, const struct sock *to)
{
	int own = sys_get_int(from->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);

	if (own < 0)
		return errno == ENOPROTOOPT || errno == EOPNOTSUPP;
	if (own == 0 || (mark_told_by_no_port(from->protocol, from->mark) && !mark_told_owns_no_port(from->fd)))
		return true;
	if (mark_told_by_no_port(to->protocol, to->mark)) {
		mark_told_own_no_port(to->fd, true);
		return true;
	}
	return sys_set_int(to->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1) == 0;
}

/* Read back, since these options decide which binds conflict. */
static bool copy_reuse(int value, int to, int name)
{
	return value == 0 || setsockopt_checked(to, SOL_SOCKET, name, value);
}

bool sockopt_copy_binding(const struct sock *from, int to)
{
	static const struct sockopt device = {SOL_SOCKET, SO_BINDTODEVICE, SURE};

	errno = ENOPROTOOPT;
	return from->reuse_addr >= 0 && from->reuse_port >= 0 && copy_reuse(from->reuse_addr, to, SO_REUSEADDR) &&
	       copy_reuse(from->reuse_port, to, SO_REUSEPORT) && copy_option(device, from->fd, to);
}

bool sockopt_copy(const struct sock *from, const struct sock *to)
{
	return sockopt_copy_binding(from, to->fd) && copy_linger(from, to) && copy_multicast_all(from, to) &&
	       copy_no_port(from, to) && copy_rfc4884(from, to) && copy_all(sockopt_table_any, from->fd, to->fd) &&
	       copy_all(from->transport == TRANSPORT_TCP ? sockopt_table_tcp : sockopt_table_udp, from->fd,
			to->fd) &&
	       copy_ipv6_options(from, to) && copy_filter(from, to);
}
