#include "options.h"

#include "guard.h"
#include "mark.h"
#include "sys.h"
#include "transport.h"
#include "twins.h"

#include <errno.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <string.h>

/* Newer than the headers of the oldest system that builds this. */
#ifndef SO_TIMESTAMP_NEW
#define SO_TIMESTAMP_NEW 63
#define SO_TIMESTAMPNS_NEW 64
#define SO_TIMESTAMPING_NEW 65
#endif
#ifndef SO_PREFER_BUSY_POLL
#define SO_PREFER_BUSY_POLL 69
#define SO_BUSY_POLL_BUDGET 70
#endif
#ifndef SO_TXTIME
#define SO_TXTIME 61
#endif
#ifndef SO_BUF_LOCK
#define SO_BUF_LOCK 72
#endif
#ifndef SO_RESERVE_MEM
#define SO_RESERVE_MEM 73
#endif
#ifndef SO_RCVPRIORITY
#define SO_RCVPRIORITY 82
#endif
#ifndef TCP_RTO_MAX_MS
#define TCP_RTO_MAX_MS 44
#define TCP_RTO_MIN_US 45
#define TCP_DELACK_MAX_US 46
#endif
#ifndef SO_TXREHASH
#define SO_TXREHASH 74
#endif
#ifndef SO_RCVMARK
#define SO_RCVMARK 75
#endif
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif
#ifndef IP_RECVERR_RFC4884
#define IP_RECVERR_RFC4884 26
#endif
/* In the headers of Linux 6.1 beside the C library's own only in later releases. */
#ifndef IPV6_FLOWINFO_SEND
#define IPV6_FLOWINFO_SEND 33
#endif
#ifndef TCP_TX_DELAY
#define TCP_TX_DELAY 37
#endif

enum { OPTION_BYTES = 64 };

/*
 * OFF: a fresh socket has 0, in every namespace and with every sysctl and BPF
 * program, so that of one it need not be asked. DOUBLED: the kernel stores, and
 * reports, twice the buffer size that it is given.
 */
enum option_form { PLAIN, OFF, DOUBLED };

/* Small numbers all of them, in a library that is to be small. */
struct option {
	unsigned char level, name, form;
};

/* What decides with whom a bind conflicts. */
static const struct option binding_options[] = {
    {SOL_SOCKET, SO_REUSEADDR, OFF},
    {SOL_SOCKET, SO_REUSEPORT, OFF},
    {SOL_SOCKET, SO_BINDTODEVICE, PLAIN},
};

/* In the order in which they must be set: SO_BUF_LOCK after the buffers that
 * lock themselves, SO_PRIORITY after the IP_TOS that sets it too. */
static const struct option options[] = {
    {SOL_SOCKET, SO_DEBUG, OFF},
    {SOL_SOCKET, SO_DONTROUTE, OFF},
    {SOL_SOCKET, SO_BROADCAST, OFF},
    {SOL_SOCKET, SO_KEEPALIVE, OFF},
    {SOL_SOCKET, SO_LINGER, OFF},
    {SOL_SOCKET, SO_MARK, PLAIN},
    {SOL_SOCKET, SO_SNDBUF, DOUBLED},
    {SOL_SOCKET, SO_RCVBUF, DOUBLED},
    {SOL_SOCKET, SO_BUF_LOCK, PLAIN},
    {SOL_SOCKET, SO_RCVLOWAT, PLAIN},
    {SOL_SOCKET, SO_RCVTIMEO, OFF},
    {SOL_SOCKET, SO_SNDTIMEO, OFF},
    {SOL_SOCKET, SO_NO_CHECK, OFF},
    {SOL_SOCKET, SO_TIMESTAMP, OFF},
    {SOL_SOCKET, SO_TIMESTAMPNS, OFF},
    {SOL_SOCKET, SO_TIMESTAMPING, OFF},
    {SOL_SOCKET, SO_TIMESTAMP_NEW, OFF},
    {SOL_SOCKET, SO_TIMESTAMPNS_NEW, OFF},
    {SOL_SOCKET, SO_TIMESTAMPING_NEW, OFF},
    {SOL_SOCKET, SO_WIFI_STATUS, OFF},
    {SOL_SOCKET, SO_NOFCS, OFF},
    {SOL_SOCKET, SO_RXQ_OVFL, OFF},
    {SOL_SOCKET, SO_PEEK_OFF, PLAIN},
    {SOL_SOCKET, SO_SELECT_ERR_QUEUE, OFF},
    {SOL_SOCKET, SO_BUSY_POLL, PLAIN},
    {SOL_SOCKET, SO_PREFER_BUSY_POLL, OFF},
    {SOL_SOCKET, SO_BUSY_POLL_BUDGET, PLAIN},
    {SOL_SOCKET, SO_MAX_PACING_RATE, PLAIN},
    {SOL_SOCKET, SO_INCOMING_CPU, PLAIN},
    {SOL_SOCKET, SO_ZEROCOPY, OFF},
    {SOL_SOCKET, SO_TXTIME, OFF},
    {SOL_SOCKET, SO_TXREHASH, PLAIN},
    {SOL_SOCKET, SO_RESERVE_MEM, OFF},
    {SOL_SOCKET, SO_RCVMARK, OFF},
    {SOL_SOCKET, SO_RCVPRIORITY, OFF},
    {IPPROTO_IP, IP_TOS, OFF},
    {IPPROTO_IP, IP_TTL, PLAIN},
    {IPPROTO_IP, IP_MINTTL, OFF},
    {IPPROTO_IP, IP_OPTIONS, OFF},
    {IPPROTO_IP, IP_MTU_DISCOVER, PLAIN},
    {IPPROTO_IP, IP_RECVERR, OFF},
    {IPPROTO_IP, IP_PKTINFO, OFF},
    {IPPROTO_IP, IP_RECVTTL, OFF},
    {IPPROTO_IP, IP_RECVTOS, OFF},
    {IPPROTO_IP, IP_RECVOPTS, OFF},
    {IPPROTO_IP, IP_RETOPTS, OFF},
    {IPPROTO_IP, IP_PASSSEC, OFF},
    {IPPROTO_IP, IP_CHECKSUM, OFF},
    {IPPROTO_IP, IP_RECVFRAGSIZE, OFF},
    {IPPROTO_IP, IP_RECVORIGDSTADDR, OFF},
    {IPPROTO_IP, IP_FREEBIND, OFF},
    {IPPROTO_IP, IP_TRANSPARENT, OFF},
    {IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, OFF},
    {IPPROTO_IP, IP_LOCAL_PORT_RANGE, OFF},
    {IPPROTO_IP, IP_UNICAST_IF, OFF},
    {IPPROTO_IP, IP_MULTICAST_ALL, PLAIN},
    {SOL_SOCKET, SO_PRIORITY, PLAIN},
};

/* After those: TCP_MAXSEG is what the IP options shrink. */
static const struct option tcp_options[] = {
    {SOL_SOCKET, SO_OOBINLINE, OFF},
    {IPPROTO_TCP, TCP_NODELAY, OFF},
    {IPPROTO_TCP, TCP_CORK, OFF},
    {IPPROTO_TCP, TCP_KEEPIDLE, PLAIN},
    {IPPROTO_TCP, TCP_KEEPINTVL, PLAIN},
    {IPPROTO_TCP, TCP_KEEPCNT, PLAIN},
    {IPPROTO_TCP, TCP_SYNCNT, PLAIN},
    {IPPROTO_TCP, TCP_LINGER2, PLAIN},
    {IPPROTO_TCP, TCP_DEFER_ACCEPT, OFF},
    {IPPROTO_TCP, TCP_WINDOW_CLAMP, PLAIN},
    {IPPROTO_TCP, TCP_QUICKACK, PLAIN},
    {IPPROTO_TCP, TCP_CONGESTION, PLAIN},
    {IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, OFF},
    {IPPROTO_TCP, TCP_USER_TIMEOUT, OFF},
    {IPPROTO_TCP, TCP_FASTOPEN, OFF},
    {IPPROTO_TCP, TCP_FASTOPEN_KEY, PLAIN},
    {IPPROTO_TCP, TCP_FASTOPEN_CONNECT, OFF},
    {IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, OFF},
    {IPPROTO_TCP, TCP_NOTSENT_LOWAT, PLAIN},
    {IPPROTO_TCP, TCP_SAVE_SYN, OFF},
    {IPPROTO_TCP, TCP_INQ, OFF},
    {IPPROTO_TCP, TCP_TX_DELAY, OFF},
    {IPPROTO_TCP, TCP_RTO_MAX_MS, PLAIN},
    {IPPROTO_TCP, TCP_RTO_MIN_US, PLAIN},
    {IPPROTO_TCP, TCP_DELACK_MAX_US, PLAIN},
    {IPPROTO_TCP, TCP_MAXSEG, PLAIN},
};

static const struct option udp_options[] = {
    {IPPROTO_UDP, UDP_CORK, OFF},           {IPPROTO_UDP, UDP_ENCAP, OFF},
    {IPPROTO_UDP, UDP_SEGMENT, OFF},        {IPPROTO_UDP, UDP_GRO, OFF},
    {IPPROTO_IP, IP_MULTICAST_IF, OFF},     {IPPROTO_IP, IP_MULTICAST_TTL, PLAIN},
    {IPPROTO_IP, IP_MULTICAST_LOOP, PLAIN}, {IPPROTO_IP, IP_RECVERR_RFC4884, OFF},
};

/* Of AF_INET6 alone; meaningful where both sockets are that. */
static const int ipv6_only[] = {IPV6_AUTOFLOWLABEL, IPV6_ADDR_PREFERENCES, IPV6_FLOWINFO_SEND, IPV6_DONTFRAG};

/* Best effort: on an AF_INET socket the twin fails, and is not wanted. */
static void set_twin(int to, int name, const unsigned char *value)
{
	int twin = twin_of(to, name), number;

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
static bool is_left_over(struct option option)
{
	return option.level == IPPROTO_TCP && option.name == TCP_MAXSEG && errno == EINVAL;
}

static bool is_zero(const unsigned char *value, socklen_t length)
{
	static const unsigned char zeros[OPTION_BYTES];

	return memcmp(value, zeros, length) == 0;
}

/* TO is fresh. */
static bool copy_option(struct option option, int from, int to)
{
	unsigned char wanted[OPTION_BYTES] = {0}, present[OPTION_BYTES] = {0};
	socklen_t wanted_length = sizeof wanted, present_length = sizeof present;

	/* Unknown to this kernel or this kind of socket: nobody set it. */
	if (sys_getsockopt(from, option.level, option.name, wanted, &wanted_length) != 0)
		return errno == ENOPROTOOPT || errno == EOPNOTSUPP;
	if (option.form == OFF && is_zero(wanted, wanted_length))
		return true;
	if (sys_getsockopt(to, option.level, option.name, present, &present_length) == 0 &&
	    wanted_length == present_length && memcmp(wanted, present, wanted_length) == 0)
		return true;
	if (option.form == DOUBLED)
		return set_buffer(to, option.name, wanted);
	if (sys_setsockopt(to, option.level, option.name, wanted, wanted_length) != 0)
		return is_left_over(option);
	if (option.level == IPPROTO_IP)
		set_twin(to, option.name, wanted);
	return true;
}

static bool copy_ipv6_options(int from, int to)
{
	if (sys_get_int(from, SOL_SOCKET, SO_DOMAIN) != AF_INET6 ||
	    sys_get_int(to, SOL_SOCKET, SO_DOMAIN) != AF_INET6)
		return true;
	for (size_t i = 0; i < twins_count; i++)
		if (twins_apply(&twins[i], to) &&
		    !copy_option((struct option){IPPROTO_IPV6, twins[i].ipv6, PLAIN}, from, to))
			return false;
	for (size_t i = 0; i < sizeof ipv6_only / sizeof ipv6_only[0]; i++)
		if (!copy_option((struct option){IPPROTO_IPV6, ipv6_only[i], PLAIN}, from, to))
			return false;
	return true;
}

static bool is_dual_datagram(int fd)
{
	return transport_of(fd) == ALLOW_UDP && sys_get_int(fd, SOL_SOCKET, SO_DOMAIN) == AF_INET6 &&
	       sys_get_int(fd, IPPROTO_IPV6, IPV6_V6ONLY) == 0;
}

/* A classic BPF filter can be read back; an eBPF one cannot (EACCES), and a
 * socket without the filter its owner put there would be worse than none. */
static bool copy_filter(int from, int to)
{
	struct guarded filter;
	int locked = sys_get_int(from, SOL_SOCKET, SO_LOCK_FILTER);

	if (!guard_read(from, &filter))
		return errno == ENOPROTOOPT || errno == EOPNOTSUPP;
	return guard_write(to, &filter, is_dual_datagram(to)) &&
	       (locked <= 0 || sys_set_int(to, SOL_SOCKET, SO_LOCK_FILTER, 1) == 0);
}

static bool copy_all(const struct option *all, size_t count, int from, int to)
{
	for (size_t i = 0; i < count; i++)
		if (!copy_option(all[i], from, to))
			return false;
	return true;
}

/* An AF_INET6 socket has IP_MULTICAST_ALL 0 from the start, but its own such
 * option 1. The program's word is to count for the groups of both. */
static void copy_multicast_all(int from, int to)
{
	int all = sys_get_int(from, IPPROTO_IP, IP_MULTICAST_ALL), twin = twin_of(to, IP_MULTICAST_ALL);

	if (sys_get_int(from, SOL_SOCKET, SO_DOMAIN) == AF_INET && all >= 0 && twin >= 0)
		sys_set_int(to, IPPROTO_IPV6, twin, all);
}

static bool copy_of_transport(int from, int to)
{
	switch ((int)transport_of(from)) {
	case ALLOW_TCP:
		return copy_all(tcp_options, sizeof tcp_options / sizeof tcp_options[0], from, to);
	case ALLOW_UDP:
		copy_multicast_all(from, to);
		return copy_all(udp_options, sizeof udp_options / sizeof udp_options[0], from, to);
	}
	return false;
}

bool options_copy_binding(int from, int to)
{
	return copy_all(binding_options, sizeof binding_options / sizeof binding_options[0], from, to);
}

bool options_copy(int from, int to)
{
	if (mark_is_kept(from)) {
		errno = ENOKEY;
		return false;
	}
	return options_copy_binding(from, to) && copy_all(options, sizeof options / sizeof options[0], from, to) &&
	       copy_of_transport(from, to) && copy_ipv6_options(from, to) && copy_filter(from, to);
}
