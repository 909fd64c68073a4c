/* SPDX-License-Identifier: MIT */
/* IPv4's multicast and broadcast, on a converted socket as before. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "base/sys.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const uint32_t home = 0xc0000201, neighbour = 0xc0000203, group = 0xef010203; /* 192.0.2.1, .3, 239.1.2.3 */

enum joining { BY_ADDRESS, BY_INDEX, BY_GROUP, OF_SOURCE, BY_SOURCE_GROUP, JOININGS };

static int join(int fd, enum joining how)
{
	struct ip_mreq by_address = {{htonl(group)}, {htonl(home)}};
	struct ip_mreqn by_index = {{htonl(group)}, {0}, (int)if_nametoindex("a0")};
	struct ip_mreq_source of_source = {
	    .imr_multiaddr = {htonl(group)}, .imr_interface = {htonl(home)}, .imr_sourceaddr = {htonl(home)}};
	struct group_req by_group = {.gr_interface = if_nametoindex("a0")};
	struct group_source_req by_source = {.gsr_interface = if_nametoindex("a0")};
	struct sockaddr_in group_name = ipv4(group, 0), source_name = ipv4(home, 0);

	memcpy(&by_group.gr_group, &group_name, sizeof group_name);
	memcpy(&by_source.gsr_group, &group_name, sizeof group_name);
	memcpy(&by_source.gsr_source, &source_name, sizeof source_name);
	switch (how) {
	case BY_ADDRESS:
		return setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &by_address, sizeof by_address);
	case BY_INDEX:
		return setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &by_index, sizeof by_index);
	case BY_GROUP:
		return setsockopt(fd, IPPROTO_IP, MCAST_JOIN_GROUP, &by_group, sizeof by_group);
	case OF_SOURCE:
		return setsockopt(fd, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, &of_source, sizeof of_source);
	default:
		return setsockopt(fd, IPPROTO_IP, MCAST_JOIN_SOURCE_GROUP, &by_source, sizeof by_source);
	}
}

static int leave(int fd)
{
	struct ip_mreq by_address = {{htonl(group)}, {htonl(home)}};

	return setsockopt(fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, &by_address, sizeof by_address);
}

/* On the link, from one of our two addresses there. */
static int sender(uint32_t address, uint16_t port)
{
	struct sockaddr_in local = ipv4(address, port);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct in_addr interface = {htonl(address)};

	setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof interface);
	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &(int){1}, sizeof(int));
	ck_assert_int_eq(sys_call(SYS_bind, fd, &local, sizeof local), 0);
	return fd;
}

static void send_from(int fd, uint32_t to, const char *text)
{
	struct sockaddr_in name = ipv4(to, SERVER);

	ck_assert_int_eq(sys_call(SYS_sendto, fd, text, strlen(text), 0, &name, sizeof name), (long)strlen(text));
}

static void add_home(void)
{
	add_veth("a0", "a1");
	run_command("ip address add 192.0.2.1/24 brd + dev a0 && ip address add 192.0.2.3/24 dev a0");
}

/* _i: how it is joined; before bind or after it. */
START_TEST(multicast_arrives)
{
	int how = _i % JOININGS, before = _i / JOININGS, fd = server_unbound();
	int near = sender((add_home(), home), CLIENT), other = sender(neighbour, CLIENT);
	int asking = client(FROM_ELSEWHERE6, CLIENT);
	struct sockaddr_in peer, wanted = ipv4(home, CLIENT), wanted_other = ipv4(neighbour, CLIENT);

	if (before)
		ck_assert_int_eq(join(fd, how), 0);
	ck_assert_int_eq(bind_to(fd, ipv4(INADDR_ANY, SERVER)), 0);
	ck_assert_int_eq(is_converted(fd), true);
	if (!before) {
		send_from(near, group, "too early");
		unanswered(fd);
		ck_assert_int_eq(join(fd, how), 0);
	}
	send_from(near, group, "to the group");
	peer = heard(fd, "to the group");
	same_address(&peer, &wanted);
	send_from(other, group, "from another source");
	if (how < OF_SOURCE) {
		peer = heard(fd, "from another source");
		same_address(&peer, &wanted_other);
	} else
		unanswered(fd);
	ask(asking, FROM_ELSEWHERE6, "query");
	hear(fd, FROM_ELSEWHERE6, CLIENT, "query");
	ck_assert_int_eq(join(fd, how), -1);
	ck_assert_int_eq(errno, EADDRINUSE + (how >= OF_SOURCE ? EADDRNOTAVAIL - EADDRINUSE : 0));
}
END_TEST

START_TEST(groups_are_left)
{
	int fd = server_unbound(), near = sender((add_home(), home), CLIENT);

	if (_i)
		ck_assert_int_eq(join(fd, BY_ADDRESS), 0);
	ck_assert_int_eq(bind_to(fd, ipv4(INADDR_ANY, SERVER)), 0);
	if (!_i)
		ck_assert_int_eq(join(fd, BY_ADDRESS), 0);
	send_from(near, group, "to the group");
	heard(fd, "to the group");
	ck_assert_int_eq(leave(fd), 0);
	send_from(near, group, "too late");
	unanswered(fd);
	ck_assert_int_eq(leave(fd), -1);
	ck_assert_int_eq(errno, EADDRNOTAVAIL);
}
END_TEST

static void set_multicast(int fd)
{
	struct in_addr interface = {htonl(home)};

	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof interface), 0);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &(int){5}, sizeof(int)), 0);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, &(int){0}, sizeof(int)), 0);
}

/* The time to live of what a member of the group gets. */
static int time_to_live(int member, const char *text)
{
	char data[64], control[64];
	struct iovec part = {data, sizeof data};
	struct sockaddr_in from, wanted = ipv4(home, SERVER);
	struct msghdr message = {&from, sizeof from, &part, 1, control, sizeof control, 0};
	int ttl = -1;

	ck_assert_int_eq(sys_call(SYS_recvmsg, member, &message, 0), (long)strlen(text));
	ck_assert_mem_eq(data, text, strlen(text));
	same_address(&from, &wanted);
	memcpy(&ttl, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof ttl);
	return ttl;
}

/* _i: the options are set before bind, or after it. */
START_TEST(multicast_is_sent)
{
	int fd = server_unbound(), member, got = -1;
	struct sockaddr_in to = ipv4(group, CLIENT);
	struct in_addr interface = {0};
	socklen_t length = sizeof got;

	add_home();
	member = sender(INADDR_ANY, CLIENT);
	ck_assert_int_eq(join(member, BY_ADDRESS), 0);
	ck_assert_int_eq(setsockopt(member, IPPROTO_IP, IP_RECVTTL, &(int){1}, sizeof(int)), 0);
	if (_i)
		set_multicast(fd);
	ck_assert_int_eq(bind_to(fd, ipv4(INADDR_ANY, SERVER)), 0);
	if (!_i)
		set_multicast(fd);
	ck_assert_int_eq(is_converted(fd), true);
	ck_assert_int_eq(getsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &got, &length), 0);
	ck_assert_int_eq(got, 5);
	ck_assert_int_eq(getsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, &got, &length), 0);
	ck_assert_int_eq(got, 0);
	length = sizeof interface;
	ck_assert_int_eq(getsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &interface, &length), 0);
	ck_assert_uint_eq(ntohl(interface.s_addr), home);
	reply(fd, &to, "to all but us");
	unanswered(member);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, &(int){1}, sizeof(int)), 0);
	reply(fd, &to, "to all");
	ck_assert_int_eq(time_to_live(member, "to all"), 5);
}
END_TEST

static const uint32_t broadcasts[] = {0xc00002ff, INADDR_BROADCAST};

START_TEST(broadcast_arrives)
{
	int fd = server(SERVER), near = sender((add_home(), home), CLIENT);
	char data[64], control[64];
	struct iovec part = {data, sizeof data};
	struct sockaddr_in from, wanted = ipv4(home, CLIENT);
	struct msghdr message = {&from, sizeof from, &part, 1, control, sizeof control, 0};
	struct in_pktinfo info;

	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &(int){1}, sizeof(int)), 0);
	send_from(near, broadcasts[_i], "to all");
	ck_assert_int_eq(recvmsg(fd, &message, 0), 6);
	same_address(&from, &wanted);
	ck_assert_int_eq(CMSG_FIRSTHDR(&message)->cmsg_type, IP_PKTINFO);
	memcpy(&info, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof info);
	ck_assert_uint_eq(ntohl(info.ipi_addr.s_addr), broadcasts[_i]);
	ck_assert_uint_eq(ntohl(info.ipi_spec_dst.s_addr), home);
	ck_assert_int_eq(info.ipi_ifindex, (int)if_nametoindex("a0"));
}
END_TEST

/* As a DHCP server does, on a socket of one interface. _i: to which address,
 * allowed before bind or after it. */
START_TEST(broadcast_is_sent)
{
	int fd = server_unbound(), before = _i / 2, listening;
	struct sockaddr_in to = ipv4(broadcasts[_i % 2], CLIENT), any = ipv4(INADDR_ANY, CLIENT);

	add_home();
	listening = socket(AF_INET, SOCK_DGRAM, 0);
	ck_assert_int_eq(sys_call(SYS_bind, listening, &any, sizeof any), 0);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "a0", 3), 0);
	if (before)
		setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &(int){1}, sizeof(int));
	ck_assert_int_eq(bind_to(fd, ipv4(INADDR_ANY, SERVER)), 0);
	ck_assert_int_eq(is_converted(fd), true);
	if (!before) {
		ck_assert_int_eq(sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof to), -1);
		ck_assert_int_eq(errno, EACCES);
		setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &(int){1}, sizeof(int));
	}
	reply(fd, &to, "offer");
	ck_assert_int_eq(received(listening, "offer"), 1);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {multicast_arrives, JOININGS * 2},
	    {groups_are_left, 2},
	    {multicast_is_sent, 2},
	    {broadcast_arrives, 2},
	    {broadcast_is_sent, 4},
	};

	(void)argc;
	return preloaded_main(argv, "9000-9100/udp", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
