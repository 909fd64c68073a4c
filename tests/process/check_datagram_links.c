/* SPDX-License-Identifier: MIT */
/* Peers with link-local addresses, which belong to another host on each link. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "base/sys.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct sockaddr_in6 link_local(const char *address, const char *interface, uint16_t port)
{
	struct sockaddr_in6 result = ipv6(in6addr_any, port);

	ck_assert_int_eq(inet_pton(AF_INET6, address, &result.sin6_addr), 1);
	result.sin6_scope_id = if_nametoindex(interface);
	ck_assert_uint_ne(result.sin6_scope_id, 0);
	return result;
}

/* Links whose ends are both here: fe80::1 is the server's end, fe80::2 the
 * client's, on each. */
static const char *const near_ends[] = {"a0", "b0"}, *const far_ends[] = {"a1", "b1"};
enum { LINKS = 2 };

static void add_links(void)
{
	for (int i = 0; i < LINKS; i++) {
		add_veth(near_ends[i], far_ends[i]);
		add_address6("fe80::1", near_ends[i]);
		add_address6("fe80::2", far_ends[i]);
	}
}

/* Its query is the link's name. */
static int link_client(const char *interface)
{
	struct sockaddr_in6 local = link_local("fe80::2", interface, CLIENT);
	struct sockaddr_in6 to = link_local("fe80::1", interface, SERVER);
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(sys_call(SYS_bind, fd, &local, sizeof local), 0);
	ck_assert_int_eq(sys_call(SYS_sendto, fd, interface, strlen(interface), 0, &to, sizeof to),
			 (long)strlen(interface));
	return fd;
}

START_TEST(one_address_on_two_links)
{
	struct sockaddr_in peers[LINKS];
	int fd = server(SERVER), clients[LINKS], new;

	add_links();
	for (int i = 0; i < LINKS; i++) {
		clients[i] = link_client(far_ends[i]);
		peers[i] = heard(fd, far_ends[i]);
		ck_assert_uint_eq(ntohl(peers[i].sin_addr.s_addr) >> 28, 0xf);
	}
	ck_assert_uint_ne(peers[0].sin_addr.s_addr, peers[1].sin_addr.s_addr);
	for (int i = 0; i < LINKS; i++) {
		struct sockaddr_in6 from = link_local("fe80::1", far_ends[i], SERVER);

		reply(fd, &peers[i], far_ends[i]);
		answered_from(clients[i], &from, far_ends[i]);
		new = server_unbound();
		ck_assert_int_eq(connect_to(new, &peers[i]), 0);
		ck_assert_int_eq(send(new, "new", 3, 0), 3);
		ck_assert_int_eq(received(clients[i], "new"), 1);
	}
	unanswered_all(clients, LINKS);
}
END_TEST

/* Queried and answered with IP_PKTINFO as it came: the local addresses are
 * alike too, and not the same one. */
START_TEST(local_addresses_of_two_links)
{
	int fd = server(SERVER), clients[LINKS];
	in_addr_t local[LINKS];

	add_links();
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &(int){1}, sizeof(int)), 0);
	for (int i = 0; i < LINKS; i++) {
		struct sockaddr_in6 from = link_local("fe80::1", far_ends[i], SERVER);
		char data[8], control[64];
		struct sockaddr_in peer;
		struct iovec part = {data, 2};
		struct msghdr message = {&peer, sizeof peer, &part, 1, control, sizeof control, 0};
		struct in_pktinfo info;

		clients[i] = link_client(far_ends[i]);
		ck_assert_int_eq(recvmsg(fd, &message, 0), 2);
		memcpy(&info, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof info);
		local[i] = info.ipi_addr.s_addr;
		ck_assert_uint_eq(ntohl(local[i]) >> 28, 0xf);
		ck_assert_int_eq(info.ipi_ifindex, (int)if_nametoindex(near_ends[i]));
		ck_assert_int_eq(sendmsg(fd, &message, 0), 2);
		answered_from(clients[i], &from, far_ends[i]);
	}
	ck_assert_uint_ne(local[0], local[1]);
	unanswered_all(clients, LINKS);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {one_address_on_two_links, 1},
	    {local_addresses_of_two_links, 1},
	};

	(void)argc;
	return preloaded_main(argv, "9000-9100/udp", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
