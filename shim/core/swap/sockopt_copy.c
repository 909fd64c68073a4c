/* SPDX-License-Identifier: MIT */
#include "swap/sockopt_copy.h"

#include "base/setsockopt_checked.h"
#include "base/sys.h"
#include "socket/mark.h"
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

/* In the headers of Linux 6.1 beside the C library's own only in later releases. */
#ifndef IPV6_FLOWINFO_SEND
#define IPV6_FLOWINFO_SEND 33
#endif

enum { OPTION_BYTES = 64 };

/* Of AF_INET6 alone; meaningful where both sockets are that. */
static const int ipv6_only[] = {IPV6_AUTOFLOWLABEL, IPV6_ADDR_PREFERENCES, IPV6_FLOWINFO_SEND, IPV6_DONTFRAG};

/* Best effort: on an AF_INET socket the twin fails, and is not wanted. */
static void set_twin(int to, int name, const unsigned char *value)
{
	int twin = sockopt_ipv6_of(name), number;

	memcpy(&number, value, sizeof number);
	if (twin >= 0)
		sys_set_int(to, IPPROTO_IPV6, twin, number);
}

/* A privileged program may have forced more than the limit for all, to which
 * the kernel would cut it silently. */
static bool set_buffer(int to, int name, const unsigned char *doubled)
{
	int wanted;

	memcpy(&wanted, doubled, sizeof wanted);
	if (sys_set_int(to, SOL_SOCKET, name, wanted / 2) == 0 && sys_get_int(to, SOL_SOCKET, name) == wanted)
		return true;
	return sys_set_int(to, SOL_SOCKET, name == SO_SNDBUF ? SO_SNDBUFFORCE : SO_RCVBUFFORCE, wanted / 2) == 0;
}

/* TCP_MAXSEG is also what a connection that is gone had: over loopback more than
 * anybody may set. */
static bool is_left_over(struct sockopt option)
{
	return option.level == IPPROTO_TCP && option.name == TCP_MAXSEG && errno == EINVAL;
}

static bool is_zero(const unsigned char *value, socklen_t length)
{
	static const unsigned char zeros[OPTION_BYTES];

	return memcmp(value, zeros, length) == 0;
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

	/* Unknown to this kernel or this kind of socket: nobody set it. */
	if (sys_getsockopt(from, option.level, option.name, wanted, &wanted_length) != 0)
		return errno == ENOPROTOOPT || errno == EOPNOTSUPP;
	if ((option.form == OFF && is_zero(wanted, wanted_length)) ||
	    (option.form == ON && is_zero(wanted, sizeof(int))))
		return true;
	if (is_present(option, to, wanted, wanted_length))
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

static bool copy_ipv6_options(int from, int to)
{
	if (sys_get_int(from, SOL_SOCKET, SO_DOMAIN) != AF_INET6 ||
	    sys_get_int(to, SOL_SOCKET, SO_DOMAIN) != AF_INET6)
		return true;
	for (size_t i = 0; i < sockopt_ipv6_map_count; i++)
		if (!copy_option((struct sockopt){IPPROTO_IPV6, twins[i].ipv6, PLAIN}, from, to))
			return false;
	for (size_t i = 0; i < sizeof ipv6_only / sizeof ipv6_only[0]; i++)
		if (!copy_option((struct sockopt){IPPROTO_IPV6, ipv6_only[i], PLAIN}, from, to))
			return false;
	return true;
}

static bool is_dual_datagram(int fd)
{
	return sock_transport(fd) == TRANSPORT_UDP && sys_get_int(fd, SOL_SOCKET, SO_DOMAIN) == AF_INET6 &&
	       sys_get_int(fd, IPPROTO_IPV6, IPV6_V6ONLY) == 0;
}

/* A classic BPF filter can be read back; an eBPF one cannot (EACCES), and a
 * socket without the filter its owner put there would be worse than none. */
static bool copy_filter(int from, int to)
{
	struct v4mapped_filter filter;
	int locked = sys_get_int(from, SOL_SOCKET, SO_LOCK_FILTER);

	if (!v4mapped_filter_read(from, &filter)) {
		if (errno != ENOPROTOOPT && errno != EOPNOTSUPP)
			return false;
		/* What a program is shown is seen when it comes. */
		if (!is_dual_datagram(to) || (mark_shown_datagram(to) > 0 && v4mapped_item_ask(to)))
			return true;
		errno = EFORGOTTEN; /* of a guard, which could not be asked for either */
		return false;
	}
	return v4mapped_filter_write(to, &filter, is_dual_datagram(to)) &&
	       (locked <= 0 || setsockopt_checked(to, SOL_SOCKET, SO_LOCK_FILTER, 1));
}

static bool copy_all(const struct sockopt *all, size_t count, int from, int to)
{
	for (size_t i = 0; i < count; i++)
		if (!copy_option(all[i], from, to))
			return false;
	return true;
}

/* An AF_INET6 socket has IP_MULTICAST_ALL 0 from the start, but its own such option 1.
 * A program that sets 0 is not to hear of others' IPv6 groups either, which a kernel
 * before 4.20 cannot be told. */
static bool copy_multicast_all(int from, int to)
{
	return sys_get_int(from, IPPROTO_IP, IP_MULTICAST_ALL) != 0 ||
	       sys_get_int(from, SOL_SOCKET, SO_DOMAIN) != AF_INET ||
	       setsockopt_checked(to, IPPROTO_IPV6, sockopt_ipv6_of(IP_MULTICAST_ALL), 0);
}

static bool copy_of_transport(int from, int to)
{
	switch ((int)sock_transport(from)) {
	case TRANSPORT_TCP:
		return copy_all(sockopt_table_tcp, sockopt_table_tcp_count, from, to);
	case TRANSPORT_UDP:
		return copy_multicast_all(from, to) &&
		       copy_all(sockopt_table_udp, sockopt_table_udp_count, from, to);
	}
	return false;
}

bool sockopt_copy_binding(int from, int to)
{
	return copy_all(sockopt_table_binding, sockopt_table_binding_count, from, to);
}

bool sockopt_copy(int from, int to)
{
	return sockopt_copy_binding(from, to) && copy_all(sockopt_table_any, sockopt_table_any_count, from, to) &&
	       copy_of_transport(from, to) && copy_ipv6_options(from, to) && copy_filter(from, to);
}
