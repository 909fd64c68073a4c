/* SPDX-License-Identifier: MIT */
/* recvfrom and recvmsg where nothing is to be presented. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "socks.h"

#include "base/sys.h"
#include "calls/recv.h"

/* What the native call was given. */
static struct {
	int calls;
	const void *address, *length, *message, *name, *control;
} seen;

static ssize_t count_recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *address,
			      socklen_t *length)
{
	seen.calls++;
	seen.address = address;
	seen.length = length;
	return sys_recvfrom(fd, buffer, size, flags, address, length);
}

static ssize_t count_recvmsg(int fd, struct msghdr *message, int flags)
{
	seen.calls++;
	seen.message = message;
	seen.name = message != NULL ? message->msg_name : NULL;
	seen.control = message != NULL ? message->msg_control : NULL;
	return sys_recvmsg(fd, message, flags);
}

/* What is large enough goes to the kernel as it is, and nothing behind it was changed. */
static void large_buffers_are_passed_through(void **state)
{
	struct address any4 = peer4("127.0.0.1", 0), any6 = peer6("::1", 0, 0);
	int fds[] = {bound_datagram(&any4), bound_datagram(&any6), marked_datagram(0)};

	(void)state;
	for (size_t i = 0; i < COUNT(fds) * 2; i++) {
		int fd = fds[i / 2];
		unsigned char name[32];
		char buffer[4];
		struct iovec data = {buffer, sizeof buffer};
		struct packet packet;
		bool large = i % 2;
		socklen_t length = large ? sizeof name : 16, given = length;
		struct msghdr message = {.msg_name = name,
					 .msg_namelen = length,
					 .msg_iov = &data,
					 .msg_iovlen = 1,
					 .msg_control = packet.control,
					 .msg_controllen = large ? sizeof packet.control : 32};

		errno = 0;
		assert_int_equal(
		    call_recvfrom(fd, buffer, 4, MSG_DONTWAIT, (void *)name, &length, count_recvfrom, sys_recvmsg),
		    -1);
		assert_int_equal(errno, EAGAIN);
		assert_int_equal(seen.address == name, large);
		assert_int_equal(length, given);
		errno = 0;
		assert_int_equal(call_recvmsg(fd, &message, MSG_DONTWAIT, count_recvmsg), -1);
		assert_int_equal(errno, EAGAIN);
		assert_int_equal(seen.name == name, large);
		assert_int_equal(seen.control == packet.control, large);
		assert_ptr_equal(message.msg_name, name);
		assert_int_equal(message.msg_namelen, given);
		assert_ptr_equal(message.msg_control, packet.control);
		assert_int_equal(message.msg_controllen, large ? sizeof packet.control : 32);
	}
	for (size_t i = 0; i < COUNT(fds); i++)
		close(fds[i]);
}

/* Asked for nothing that would be presented, a marked socket is as any other. */
static void plain_questions(void **state)
{
	int fd = marked_datagram(0);
	struct packet packet;
	struct sockaddr_in6 name;
	socklen_t huge = (socklen_t)INT32_MAX + 1, length = sizeof name;
	char buffer[4];
	struct iovec data = {buffer, sizeof buffer};
	struct msghdr messages[] = {
	    {.msg_iov = &data, .msg_iovlen = 1},
	    {.msg_iov = &data, .msg_iovlen = 1, .msg_control = packet.control, .msg_controllen = 15},
	    {.msg_iov = &data, .msg_iovlen = 1, .msg_control = NULL, .msg_controllen = 100},
	    {.msg_iov = &data, .msg_iovlen = 1, .msg_name = &name, .msg_namelen = huge},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(messages); i++) {
		assert_int_equal(call_recvmsg(fd, &messages[i], MSG_DONTWAIT, count_recvmsg), -1);
		assert_ptr_equal(seen.message, &messages[i]);
	}
	assert_int_equal(call_recvmsg(fd, NULL, MSG_DONTWAIT, count_recvmsg), -1);
	assert_int_equal(errno, EFAULT);
	seen.address = &name;
	call_recvfrom(fd, buffer, 4, MSG_DONTWAIT, NULL, &length, count_recvfrom, sys_recvmsg);
	assert_null(seen.address);
	call_recvfrom(fd, buffer, 4, MSG_DONTWAIT, (void *)&name, NULL, count_recvfrom, sys_recvmsg);
	assert_ptr_equal(seen.address, &name);
	call_recvfrom(fd, buffer, 4, MSG_DONTWAIT, (void *)&name, &huge, count_recvfrom, sys_recvmsg);
	assert_ptr_equal(seen.length, &huge);
	close(fd);
}

/* A connection's receives have no name, with or without the library. */
static void streams(void **state)
{
	int listener = new_socket(AF_INET6), client, server;
	unsigned char name[28], untouched[28];
	struct iovec data = {name, 0};
	struct msghdr message = {.msg_name = name, .msg_namelen = sizeof name, .msg_iov = &data, .msg_iovlen = 1};
	socklen_t length = sizeof name;
	char byte;

	(void)state;
	assert_true(set_mark(listener, MARK_CONVERTED));
	assert_int_equal(try_bind(listener, AF_INET6, 0) | listen(listener, 1), 0);
	client = connect_to(AF_INET6, port_of(listener));
	server = accept(listener, NULL, NULL);
	assert_int_equal(mark_shown(server), 1);
	assert_int_equal(write(client, "ab", 2), 2);
	memset(name, 0xa5, sizeof name);
	memset(untouched, 0xa5, sizeof untouched);
	assert_int_equal(call_recvfrom(server, &byte, 1, 0, (void *)name, &length, count_recvfrom, sys_recvmsg), 1);
	assert_int_equal(length, 0);
	data = (struct iovec){&byte, 1};
	assert_int_equal(call_recvmsg(server, &message, 0, count_recvmsg), 1);
	assert_int_equal(message.msg_namelen, 0);
	assert_memory_equal(name, untouched, sizeof name);
	assert_int_equal(close(client) | close(server) | close(listener), 0);
}

static int start(void **state)
{
	setenv("DUALBIND_ALLOW", "*/any", 1);
	setenv("DUALBIND_LOG", "off", 1);
	return private_network(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(large_buffers_are_passed_through),
	    cmocka_unit_test(plain_questions),
	    cmocka_unit_test(streams),
	};

	return cmocka_run_group_tests_name("receive: passed through", tests, start, NULL);
}
