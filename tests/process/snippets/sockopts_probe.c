/* SPDX-License-Identifier: MIT */
/* What the peers of a socket see of it, and what it tells of them. All on lo, but for groups,
 * which IPv6 does not have there. */
#define _GNU_SOURCE
#include "sockopts.h"
#include "base/sys.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ECHO_PORT = 7997, LO = 1, HOPS = 33, CLASS = 0x48, LARGE = 3000 };

static int clients[2], groups[2], sniffer; /* of IPv4 and of IPv6 */
static int echo;                           /* is connected to itself */

void say_errno(const char *what, long result)
{
	printf("%s %ld", what, result);
	if (result < 0)
		printf(" %s", strerrorname_np(errno));
}

union name {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static socklen_t write_name(union name *name, int family, const char *ipv4, const char *ipv6, uint16_t port)
{
	uint32_t scope = ipv6[0] == 'f' ? if_nametoindex("a0") : 0;

	memset(name, 0, sizeof *name);
	if (family == AF_INET) {
		name->in = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
		inet_pton(AF_INET, ipv4, &name->in.sin_addr);
		return sizeof name->in;
	}
	name->in6 =
	    (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_scope_id = scope};
	inet_pton(AF_INET6, ipv6, &name->in6.sin6_addr);
	return sizeof name->in6;
}

static socklen_t loopback(union name *name, int family, uint16_t port)
{
	return write_name(name, family, "127.0.0.1", "::1", port);
}

static socklen_t group(union name *name, int family)
{
	return write_name(name, family, "224.0.0.251", "ff02::fb", SERVER_PORT);
}

static void set(int fd, int level, int name, int value)
{
	if (sys_call(SYS_setsockopt, fd, level, name, &value, sizeof value) != 0)
		err(1, "option %d of level %d", name, level);
}

static int client_at(int family, uint16_t port)
{
	int fd = (int)sys_call(SYS_socket, family, SOCK_DGRAM, 0);
	union name name;
	socklen_t length = loopback(&name, family, port);

	if (fd < 0 || sys_call(SYS_bind, fd, &name, length) != 0)
		err(1, "client");
	return fd;
}

/* Who is a member of a group, so that it is heard of, and sends to it. */
static int join(int family)
{
	int interface = (int)if_nametoindex("a0");
	struct ip_mreqn request4 = {.imr_multiaddr = {htonl(0xe00000fb)}, .imr_ifindex = interface};
	struct ipv6_mreq request6 = {.ipv6mr_interface = (unsigned)interface};
	union name name;
	int fd = (int)sys_call(SYS_socket, family, SOCK_DGRAM, 0);

	group(&name, family);
	request6.ipv6mr_multiaddr = name.in6.sin6_addr;
	if (family == AF_INET
		? sys_call(SYS_setsockopt, fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request4, sizeof request4)
		: sys_call(SYS_setsockopt, fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request6, sizeof request6))
		err(1, "group");
	if (family == AF_INET)
		sys_call(SYS_setsockopt, fd, IPPROTO_IP, IP_MULTICAST_IF, &request4, sizeof request4);
	return fd;
}

/* Waits until what was sent over lo has been received, and what that was answered by: packets of
 * one processor stay in order. As a rule they are received within the call that sends; where the
 * kernel's ksoftirqd thread has begun to receive, they are not. */
static void settle(void)
{
	struct pollfd watched = {.fd = echo, .events = POLLIN};
	char byte = 0;

	for (int round = 0; round < 2; round++) {
		sys_call(SYS_sendto, echo, &byte, 1, 0, NULL, 0);
		if (poll(&watched, 1, 10000) != 1 || sys_call(SYS_recvfrom, echo, &byte, 1, 0, NULL, NULL) != 1)
			err(1, "lo");
	}
}

void probes_open(void)
{
	union name name;
	socklen_t length = loopback(&name, AF_INET, ECHO_PORT);

	struct sockaddr_ll everything = {
	    .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = LO};

	for (int i = 0; i < 2; i++) {
		clients[i] = client_at(i == 0 ? AF_INET : AF_INET6, (uint16_t)(CLIENT_PORT + i));
		groups[i] = join(i == 0 ? AF_INET : AF_INET6);
	}
	set(clients[0], IPPROTO_IP, IP_TTL, HOPS);
	set(clients[0], IPPROTO_IP, IP_TOS, CLASS);
	set(clients[1], IPPROTO_IPV6, IPV6_UNICAST_HOPS, HOPS);
	set(clients[1], IPPROTO_IPV6, IPV6_TCLASS, CLASS);
	echo = client_at(AF_INET, ECHO_PORT);
	if (sys_call(SYS_connect, echo, &name, length) != 0)
		err(1, "echo");
	sniffer = (int)sys_call(SYS_socket, AF_PACKET, SOCK_DGRAM, 0);
	if (sniffer < 0 || sys_call(SYS_bind, sniffer, &everything, sizeof everything) != 0)
		err(1, "sniffer");
}

static void drain(int fd)
{
	char bytes[64];

	while (sys_call(SYS_recvfrom, fd, bytes, sizeof bytes, MSG_DONTWAIT | MSG_TRUNC, NULL, NULL) >= 0)
		;
}

/* The packet from the server's port with PAYLOAD: its hops, class and options. */
static void say_packet(const char *payload)
{
	unsigned char bytes[2048];
	ssize_t size;

	while ((size = sys_call(SYS_recvfrom, sniffer, bytes, sizeof bytes, MSG_DONTWAIT, NULL, NULL)) > 0) {
		size_t header = bytes[0] >> 4 == 4 ? (bytes[0] & 15u) * 4 : 40;
		struct iphdr ipv4;
		struct ipv6hdr ipv6;

		if (memcmp(bytes + header, &(uint16_t){htons(SERVER_PORT)}, 2) != 0 ||
		    memcmp(bytes + size - strlen(payload), payload, strlen(payload)) != 0)
			continue;
		memcpy(&ipv4, bytes, sizeof ipv4);
		memcpy(&ipv6, bytes, sizeof ipv6);
		if (ipv4.version == 4)
			printf(" hops=%d class=%d options=%zu", ipv4.ttl, ipv4.tos, header - sizeof ipv4);
		else
			printf(" hops=%d class=%d options=0", ipv6.hop_limit, (bytes[0] & 15) << 4 | bytes[1] >> 4);
		break;
	}
	drain(sniffer);
}

static void say_bytes(const char *what, const void *bytes, size_t size)
{
	printf(" %s=", what);
	for (size_t i = 0; i < size; i++)
		printf("%02x", ((const unsigned char *)bytes)[i]);
}

static void receive(int fd, int flags)
{
	_Alignas(struct cmsghdr) unsigned char control[512];
	unsigned char name[128];
	char data[64];
	struct iovec part = {data, sizeof data};
	struct msghdr message = {name, sizeof name, &part, 1, control, sizeof control, 0};
	long result = recvmsg(fd, &message, flags | MSG_DONTWAIT);

	say_errno(" received", result);
	if (result < 0)
		return;
	say_bytes("from", name, message.msg_namelen);
	printf(" flags=%x data=%.*s", (unsigned)message.msg_flags & ~(unsigned)MSG_CMSG_CLOEXEC, (int)result, data);
	for (struct cmsghdr *item = CMSG_FIRSTHDR(&message); item != NULL; item = CMSG_NXTHDR(&message, item)) {
		printf(" %d.%d", item->cmsg_level, item->cmsg_type);
		say_bytes("", CMSG_DATA(item), item->cmsg_len - CMSG_LEN(0));
	}
}

static void send_to(int client, const union name *name, socklen_t length, const char *text)
{
	if (sys_call(SYS_sendto, client, text, strlen(text), 0, name, length) != (long)strlen(text))
		err(1, "%s", text);
}

static void answer(int fd, uint16_t port, const char *data, size_t size)
{
	struct sockaddr_in to = {
	    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	say_errno(" sent", sendto(fd, data, size, 0, (struct sockaddr *)&to, sizeof to));
}

/* A client that is gone when the answer comes, and what is told of that. */
static void probe_refusal(int fd, int family, const union name *server, socklen_t length)
{
	uint16_t port = family == AF_INET ? CLOSED_PORT : CLOSED_PORT + 1;
	int gone = client_at(family, port);

	printf(" |");
	send_to(gone, server, length, "gone");
	settle();
	receive(fd, 0);
	close(gone);
	answer(fd, port, "refused", 7);
	settle();
	receive(fd, 0);
	receive(fd, MSG_ERRQUEUE);
}

/* A datagram that is sent to a group which another socket has joined. */
static void probe_group(int fd, int family)
{
	struct pollfd watched = {.fd = fd, .events = POLLIN};
	union name name;
	socklen_t length = group(&name, family);

	send_to(groups[family == AF_INET6], &name, length, "group");
	settle();
	printf(" group: %s", poll(&watched, 1, 100) == 1 ? "heard" : "not heard");
	drain(groups[family == AF_INET6]);
	drain(fd);
}

void probe_udp(int fd, int family)
{
	static const char large[LARGE];
	int client = clients[family == AF_INET6];
	uint16_t port = family == AF_INET ? CLIENT_PORT : CLIENT_PORT + 1;
	union name server;
	socklen_t length = loopback(&server, family, SERVER_PORT);

	probe_group(fd, family);
	send_to(client, &server, length, "query");
	settle();
	receive(fd, 0);
	drain(sniffer);
	answer(fd, port, "answer", 6);
	settle();
	say_packet("answer");
	answer(fd, port, large, sizeof large);
	settle();
	probe_refusal(fd, family, &server, length);
	drain(client);
	drain(fd);
	drain(sniffer);
}

void probe_tcp(int fd, int family, int option)
{
	int client = (int)sys_call(SYS_socket, family, SOCK_STREAM | SOCK_NONBLOCK, 0), accepted, value = -1;
	struct linger reset = {1, 0};
	struct pollfd watched = {.fd = fd, .events = POLLIN};
	union name server;
	socklen_t length = loopback(&server, family, SERVER_PORT), size = sizeof value;

	sys_call(SYS_setsockopt, client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	sys_call(SYS_connect, client, &server, length);
	if (poll(&watched, 1, 300) == 1 && (accepted = accept(fd, NULL, NULL)) >= 0) {
		say_errno("accepted, get", getsockopt(accepted, IPPROTO_IP, option, &value, &size));
		printf(" %u %x", size, (unsigned)value);
		drain(sniffer);
		say_errno(" sent", send(accepted, "answer", 6, 0));
		settle();
		say_packet("answer");
		close(client);
		close(accepted);
	} else {
		printf("no connection");
		close(client);
	}
	drain(sniffer);
}
