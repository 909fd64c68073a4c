/* SPDX-License-Identifier: MIT */
/* recvfrom and recvmsg: the sender of a datagram, and what came with it. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "base/sys.h"
#include "calls/recv.h"
#include "config/settings.h"
#include "peers/loopback.h"
#include "peers/mapper.h"

static const char own_address[] = "fd00:db::1";
static bool has_address;

/* A marked server, and clients that each sent it one datagram. */
enum { CLIENTS = 3 };

struct scene {
	int server, client[CLIENTS];
	struct address real[CLIENTS], shown[CLIENTS];
};

static size_t clients(void)
{
	return has_address ? CLIENTS : CLIENTS - 1;
}

static struct scene make_scene(const char *text)
{
	struct scene scene = {.server = marked_datagram(0)};
	uint16_t port = port_of(scene.server);
	struct address from[CLIENTS] = {peer4("127.0.0.1", 0), peer6("::1", 0, 0), peer6(own_address, 0, 0)};
	struct address to[CLIENTS] = {peer4("127.0.0.1", port), peer6("::1", 0, port), peer6("::1", 0, port)};
	const struct settings *settings = settings_get();

	for (size_t i = 0; i < clients(); i++) {
		scene.client[i] = bound_datagram(&from[i]);
		local_name(scene.client[i], &scene.real[i]);
		scene.shown[i] = i < 2 ? peer4("127.0.0.1", address_port(&scene.real[i]))
				       : synthetic_address(&settings->pool, &scene.real[i], 0);
		send_text(scene.client[i], text, &to[i]);
	}
	return scene;
}

static void end_scene(const struct scene *scene)
{
	for (size_t i = 0; i < clients(); i++)
		close(scene->client[i]);
	close(scene->server);
}

static void who_sent_it(void **state)
{
	struct scene scene = make_scene("abc");

	(void)state;
	for (size_t i = 0; i < clients(); i++) {
		struct address from = {.length = sizeof from.in6}, found;
		char buffer[8] = "";

		assert_int_equal(call_recvfrom(scene.server, buffer, sizeof buffer, 0, &from.any, &from.length,
					       sys_recvfrom, sys_recvmsg),
				 3);
		assert_string_equal(buffer, "abc");
		assert_true(same_address(&from, &scene.shown[i]));
		assert_int_equal(loopback_means_ipv6(address_port(&from)), i == 1);
		if (i == 2) {
			assert_true(mapper_find(&from, &found));
			assert_true(same_address(&found, &scene.real[i]));
		}
	}
	end_scene(&scene);
}

static struct address receive_name(int fd)
{
	struct address from = {.length = sizeof from.in6};
	char byte;

	assert_true(is_readable(fd, WAIT_MS));
	assert_int_equal(call_recvfrom(fd, &byte, 1, 0, &from.any, &from.length, sys_recvfrom, sys_recvmsg), 1);
	return from;
}

/* From one port, by one family and then by the other: 127.0.0.1 is the one that
 * was there last, and ::1 is not, while an AF_INET socket is there. */
static void loopback_of_both_families(void **state)
{
	uint16_t port = free_port();
	struct address in = peer4("127.0.0.1", port), in6 = peer6("::1", 0, port), from, found;
	int server = marked_datagram(0), client = bound_datagram(&in6), other;
	struct address to4 = peer4("127.0.0.1", port_of(server)), to6 = peer6("::1", 0, port_of(server));

	(void)state;
	send_text(client, "x", &to6);
	from = receive_name(server);
	assert_true(same_address(&from, &in));
	assert_true(loopback_means_ipv6(port));
	other = bound_datagram(&in);
	send_text(other, "x", &to4);
	from = receive_name(server);
	assert_true(same_address(&from, &in));
	assert_false(loopback_means_ipv6(port));
	send_text(client, "x", &to6);
	from = receive_name(server);
	assert_true(pool_contains(&settings_get()->pool, &from));
	assert_true(mapper_find(&from, &found));
	assert_true(same_address(&found, &in6));
	assert_false(loopback_means_ipv6(port));
	assert_int_equal(close(server) | close(client) | close(other), 0);
}

/* Each length of a name's buffer, by recvfrom and by recvmsg. */
static void short_names(void **state)
{
	struct scene scene = make_scene("abc");
	size_t last = clients() - 1;
	char buffer[8];

	(void)state;
	for (size_t i = 0; i <= last; i++) {
		for (socklen_t room = 0; room < 128; room++)
			for (int way = 0; way < 2; way++) {
				unsigned char name[128], expected[128];
				struct iovec data = {buffer, sizeof buffer};
				struct msghdr message = {
				    .msg_name = name, .msg_namelen = room, .msg_iov = &data, .msg_iovlen = 1};
				socklen_t length = room;

				memset(name, 0xa5, sizeof name);
				memset(expected, 0xa5, sizeof expected);
				if (room >= sizeof(struct sockaddr_in6)) /* the kernel wrote one there */
					memset(expected, 0, sizeof(struct sockaddr_in6));
				memcpy(expected, &scene.shown[i].in, room < 16 ? room : 16);
				if (way == 0)
					call_recvfrom(scene.server, buffer, 3, MSG_PEEK, (struct sockaddr *)name,
						      &length, sys_recvfrom, sys_recvmsg);
				else
					assert_int_equal(
					    call_recvmsg(scene.server, &message, MSG_PEEK, sys_recvmsg), 3);
				assert_int_equal(way == 0 ? length : message.msg_namelen, 16);
				assert_memory_equal(name, expected, sizeof name);
			}
		assert_int_equal(recv(scene.server, buffer, sizeof buffer, 0), 3);
	}
	end_scene(&scene);
}

static void flags_and_control(void **state)
{
	struct scene scene = make_scene("abcdef");
	int marked = scene.server;

	(void)state;
	set_int_option(marked, IPPROTO_IP, IP_RECVTTL, 1);
	set_int_option(marked, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
	for (size_t i = 0; i < clients(); i++)
		for (size_t size = sizeof(struct cmsghdr); size < 64; size++) {
			struct packet packet;
			char buffer[4];
			struct iovec data = {buffer, 3};
			struct msghdr message = {.msg_iov = &data,
						 .msg_iovlen = 1,
						 .msg_control = packet.control,
						 .msg_controllen = size};
			bool last = size == 63, whole = size >= CMSG_LEN(sizeof(int));

			assert_int_equal(call_recvmsg(marked, &message, last ? 0 : MSG_PEEK, sys_recvmsg), 3);
			assert_int_equal(message.msg_flags, MSG_TRUNC | (whole ? 0 : MSG_CTRUNC));
			assert_ptr_equal(message.msg_control, packet.control);
			assert_null(message.msg_name);
			if (whole)
				assert_non_null(find_item(&message, IPPROTO_IP, IP_TTL, sizeof(int)));
			else
				assert_int_equal(message.msg_controllen, size);
		}
	end_scene(&scene);
}

/* Room for IPv4's item and no more: IPv6's, which is longer, is not cut, nor is the one that comes
 * beside IPv4's. Less room is told of as by an AF_INET socket. */
static void control_of_ipv4_size(void **state)
{
	struct scene scene = make_scene("abc");

	(void)state;
	set_int_option(scene.server, IPPROTO_IP, IP_PKTINFO, 1);
	set_int_option(scene.server, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	for (size_t i = 0; i < clients(); i++)
		for (size_t size = sizeof(struct cmsghdr); size <= 64; size++) {
			struct packet packet;
			char buffer[4];
			struct iovec data = {buffer, sizeof buffer};
			struct msghdr message = {.msg_iov = &data,
						 .msg_iovlen = 1,
						 .msg_control = packet.control,
						 .msg_controllen = size};
			size_t length = CMSG_LEN(sizeof(struct in_pktinfo)),
			       space = CMSG_SPACE(sizeof(struct in_pktinfo));

			if (size % 2)
				leave_the_other_half(&message);
			assert_int_equal(
			    call_recvmsg(scene.server, &message, size == 64 ? 0 : MSG_PEEK, sys_recvmsg), 3);
			assert_int_equal(message.msg_flags, size < length ? MSG_CTRUNC : 0);
			assert_int_equal(message.msg_controllen, size < space ? size : space);
			if (size >= length)
				assert_non_null(
				    find_item(&message, IPPROTO_IP, IP_PKTINFO, sizeof(struct in_pktinfo)));
		}
	end_scene(&scene);
}

static int start(void **state)
{
	setenv("DUALBIND_ALLOW", "*/any", 1);
	setenv("DUALBIND_LOG", "off", 1);
	private_network(state);
	has_address = add_address6(own_address);
	if (!has_address)
		print_message("# no synthetic addresses: this user may add no address\n");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_sent_it),          cmocka_unit_test(loopback_of_both_families),
	    cmocka_unit_test(short_names),          cmocka_unit_test(flags_and_control),
	    cmocka_unit_test(control_of_ipv4_size),
	};

	return cmocka_run_group_tests_name("receive", tests, start, NULL);
}
