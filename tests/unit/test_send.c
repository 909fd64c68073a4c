/* SPDX-License-Identifier: MIT */
/* sendto and sendmsg: where a datagram goes, and from where. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "base/sys.h"
#include "calls/send.h"
#include "config/settings.h"
#include "peers/loopback.h"
#include "peers/mapper.h"

static bool has_address;

/* What the native call was given. */
static struct {
	int calls;
	const void *address, *message;
} seen;

static ssize_t count_sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
			    socklen_t length)
{
	seen.calls++;
	seen.address = address;
	return sys_sendto(fd, data, size, flags, address, length);
}

static ssize_t count_sendmsg(int fd, const struct msghdr *message, int flags)
{
	seen.calls++;
	seen.message = message;
	return sys_sendmsg(fd, message, flags);
}

static struct address show(const struct address *real)
{
	return shown_as(&settings_get()->pool, real);
}

/* By sendto or by sendmsg. */
enum { WAYS = 2 };

static ssize_t send_by(int way, int fd, const char *text, const struct address *to)
{
	struct iovec data = {(void *)(uintptr_t)text, strlen(text)};
	struct msghdr message = {
	    .msg_name = (void *)(uintptr_t)&to->any, .msg_namelen = to->length, .msg_iov = &data, .msg_iovlen = 1};

	seen.calls = 0;
	return way == 0 ? call_sendto(fd, text, strlen(text), 0, &to->any, to->length, count_sendto)
			: call_sendmsg(fd, &message, 0, count_sendmsg);
}

static void expect_text(int fd, const char *text)
{
	char buffer[16] = "";

	assert_true(is_readable(fd, WAIT_MS));
	assert_int_equal(recv(fd, buffer, sizeof buffer - 1, MSG_DONTWAIT), (ssize_t)strlen(text));
	assert_string_equal(buffer, text);
	assert_false(is_readable(fd, 0));
}

/* Clients of each kind, and what they are shown as. */
enum { CLIENTS = 3 };

static struct client {
	const char *address;
	int fd;
	struct address real, shown;
} clients[CLIENTS] = {{.address = "127.0.0.1"}, {.address = "::1"}, {.address = "fd00:db::1"}};

static size_t make_clients(void)
{
	size_t count = has_address ? CLIENTS : CLIENTS - 1;

	for (size_t i = 0; i < count; i++) {
		clients[i].real = i == 0 ? peer4(clients[i].address, 0) : peer6(clients[i].address, 0, 0);
		clients[i].fd = bound_datagram(&clients[i].real);
		local_name(clients[i].fd, &clients[i].real);
		clients[i].shown = clients[i].real;
		if (i == 1)
			clients[i].shown = peer4("127.0.0.1", address_port(&clients[i].real));
		if (i == 2)
			clients[i].shown = show(&clients[i].real);
	}
	assert_true(loopback_heard_ipv6(address_port(&clients[1].real)));
	return count;
}

static void end_clients(size_t count)
{
	while (count-- > 0)
		close(clients[count].fd);
}

static void to_each_client(void **state)
{
	size_t count = make_clients();
	int marked = marked_datagram(0);

	(void)state;
	for (size_t i = 0; i < count * WAYS; i++) {
		const struct client *client = &clients[i / WAYS];

		assert_int_equal(send_by(i % WAYS, marked, "abc", &client->shown), 3);
		assert_int_equal(seen.calls, 1);
		expect_text(client->fd, "abc");
	}
	close(marked);
	end_clients(count);
}

static void to_nobody(void **state)
{
	struct address nobody = peer4("247.4.4.4", 9);
	int marked = marked_datagram(0);

	(void)state;
	for (int way = 0; way < WAYS; way++) {
		assert_int_equal(send_by(way, marked, "abc", &nobody), -1);
		assert_int_equal(errno, ENETUNREACH);
		assert_int_equal(seen.calls, 0);
	}
	close(marked);
}

/* The same pointers, whatever the kernel says to them. */
static void others_are_passed_through(void **state)
{
	size_t count = make_clients();
	int fds[] = {new_datagram(AF_INET), new_datagram(AF_INET6), marked_datagram(0)};
	struct address shown = show(&clients[1].real), given[] = {clients[0].shown, clients[1].real, shown};

	(void)state;
	given[2].any.sa_family = AF_UNIX;
	for (size_t i = 0; i < COUNT(fds) * COUNT(given); i++) {
		const struct address *to = &given[i / COUNT(fds)];
		struct iovec data = {"abc", 3};
		struct msghdr message = {.msg_name = (void *)(uintptr_t)&to->any,
					 .msg_namelen = to->length,
					 .msg_iov = &data,
					 .msg_iovlen = 1};

		call_sendto(fds[i % COUNT(fds)], "x", 1, 0, &to->any, to->length, count_sendto);
		assert_ptr_equal(seen.address, &to->any);
		call_sendmsg(fds[i % COUNT(fds)], &message, 0, count_sendmsg);
		assert_ptr_equal(seen.message, &message);
	}
	for (size_t i = 0; i < COUNT(fds); i++) {
		struct msghdr message = {.msg_iovlen = 0};

		seen.address = fds;
		assert_int_equal(call_sendto(fds[i], "x", 1, 0, NULL, 0, count_sendto), -1);
		assert_int_equal(errno, EDESTADDRREQ);
		assert_null(seen.address);
		assert_int_equal(call_sendmsg(fds[i], &message, 0, count_sendmsg), -1);
		assert_ptr_equal(seen.message, &message);
		assert_int_equal(call_sendmsg(fds[i], NULL, 0, count_sendmsg), -1);
		assert_int_equal(errno, EFAULT);
		close(fds[i]);
	}
	end_clients(count);
}

/* An AF_INET socket says EAFNOSUPPORT, once, and then it is none any more. */
static void from_an_ipv4_socket(void **state)
{
	size_t count = make_clients();
	struct address shown = show(&clients[1].real);

	(void)state;
	for (int way = 0; way < WAYS; way++) {
		int fd = new_datagram(AF_INET);

		assert_int_equal(send_by(way, fd, "abc", &shown), 3);
		assert_int_equal(seen.calls, 2);
		assert_int_equal(domain_of(fd), AF_INET6);
		assert_int_equal(mark_get(fd), MARK_CONVERTED);
		expect_text(clients[1].fd, "abc");
		assert_int_equal(send_by(way, fd, "def", &shown), 3);
		assert_int_equal(seen.calls, 1);
		expect_text(clients[1].fd, "def");
		assert_int_equal(send_by(way, fd, "ghi", &clients[0].shown), 3);
		expect_text(clients[0].fd, "ghi");
		close(fd);
	}
	end_clients(count);
}

/* It is bound to an IPv4 address, and so reaches no IPv6 peer. */
static void from_a_bound_ipv4_socket(void **state)
{
	struct address local = peer4("127.0.0.1", 0), real = peer6("2001:db8::1", 0, 9), shown = show(&real);

	(void)state;
	for (int way = 0; way < WAYS; way++) {
		int fd = bound_datagram(&local);

		assert_int_equal(send_by(way, fd, "abc", &shown), -1);
		assert_int_equal(errno, ENETUNREACH);
		assert_int_equal(seen.calls, 1);
		assert_int_equal(domain_of(fd), AF_INET);
		close(fd);
	}
}

/* To an IPv6 client, from a socket of ours that is connected to an IPv4 one. */
static void while_connected_to_ipv4(void **state)
{
	struct address peer = peer4("127.0.0.1", 9), real = peer6("::1", 0, 9), shown = show(&real);
	int marked = marked_datagram(0);
	ino_t inode = inode_of(marked);

	(void)state;
	assert_int_equal(connect(marked, &peer.any, peer.length), 0);
	for (int way = 0; way < WAYS; way++) {
		assert_int_equal(send_by(way, marked, "abc", &shown), -1);
		assert_int_equal(errno, ENETUNREACH);
		assert_int_equal(inode_of(marked), inode);
	}
	close(marked);
}

/* If ::1 cannot be reached, the datagram goes to 127.0.0.1, as the program said. */
static void to_127_0_0_1_after_all(void **state)
{
	size_t count = make_clients();
	struct address peer = peer4("127.0.0.1", 9), given = peer4("127.0.0.1", address_port(&clients[0].real));

	(void)state;
	/* ::1 was at that port before IPv4's client. */
	close(clients[0].fd);
	assert_true(loopback_heard_ipv6(address_port(&given)));
	for (int way = 0; way < WAYS; way++) {
		int fd = new_datagram(AF_INET);

		assert_int_equal(connect(fd, &peer.any, peer.length), 0);
		assert_int_equal(send_by(way, fd, "abc", &given), 3);
		assert_int_equal(domain_of(fd), AF_INET);
		close(fd);
	}
	clients[0].fd = bound_datagram(&clients[0].real);
	end_clients(count);
}

static int start(void **state)
{
	setenv("DUALBIND_ALLOW", "*/any", 1);
	setenv("DUALBIND_LOG", "off", 1);
	private_network(state);
	has_address = add_address6("fd00:db::1");
	if (!has_address)
		print_message("# no synthetic clients: this user may add no address\n");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(to_each_client),
	    cmocka_unit_test(to_nobody),
	    cmocka_unit_test(others_are_passed_through),
	    cmocka_unit_test(from_an_ipv4_socket),
	    cmocka_unit_test(from_a_bound_ipv4_socket),
	    cmocka_unit_test(to_127_0_0_1_after_all),
	    cmocka_unit_test(while_connected_to_ipv4),
	};

	return cmocka_run_group_tests_name("send", tests, start, NULL);
}
