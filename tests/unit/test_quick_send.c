/* SPDX-License-Identifier: MIT */
/* The short way of a send: to which peer it goes, by which call, and when it is left. */
#define _GNU_SOURCE
#include "clients.h"
#include "hinted.h"

#include "base/sys.h"
#include "calls/quick_send.h"

static const char own_address[] = "fd00:db::1";
static bool may_be; /* here there are hints, and the address */

static struct {
	int native, single, slow;
} calls;

static ssize_t count_sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
			    socklen_t length)
{
	calls.native++;
	return sys_sendto(fd, data, size, flags, address, length);
}

static ssize_t count_single(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
			    socklen_t length)
{
	calls.single++;
	return sys_sendto(fd, data, size, flags, address, length);
}

static ssize_t count_sendmsg(int fd, const struct msghdr *message, int flags)
{
	calls.native++;
	return sys_sendmsg(fd, message, flags);
}

static ssize_t slow_sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
			   socklen_t length)
{
	calls.slow++;
	return call_sendto(fd, data, size, flags, address, length, sys_sendto);
}

static ssize_t slow_sendmsg(int fd, const struct msghdr *message, int flags)
{
	calls.slow++;
	return call_sendmsg(fd, message, flags, sys_sendmsg);
}

struct scene {
	int server, client;
	struct address real, shown;
};

static struct scene make_scene(bool ipv6)
{
	struct address local = ipv6 ? peer6(own_address, 0, 0) : peer4("127.0.0.1", 0);
	struct scene scene = {.server = marked_datagram(0)};

	if (!may_be) {
		print_message("# this user may add no address, or the kernel has no write hints\n");
		skip();
	}
	scene.client = bound_datagram(&local);
	local_name(scene.client, &scene.real);
	scene.shown = scene.real;
	for (int i = 0; ipv6 && i < 2; i++)
		scene.shown = shown_as(&settings_get()->pool, &scene.real);
	memset(&calls, 0, sizeof calls);
	return scene;
}

static void end_scene(const struct scene *scene)
{
	assert_int_equal(close(scene->server) | close(scene->client), 0);
}

static void arrives(const struct scene *scene, const char *text)
{
	char buffer[16] = "";

	assert_int_equal(recv(scene->client, buffer, sizeof buffer, MSG_DONTWAIT), (ssize_t)strlen(text));
	assert_string_equal(buffer, text);
}

static void called(int native, int single, int slow)
{
	assert_int_equal(calls.native, native);
	assert_int_equal(calls.single, single);
	assert_int_equal(calls.slow, slow);
	memset(&calls, 0, sizeof calls);
}

static void send_to(const struct scene *scene, const char *text)
{
	assert_true(quick_send_may_be(&scene->shown.any, scene->shown.length, 0));
	assert_int_equal(quick_sendto(scene->server, text, strlen(text), 0, &scene->shown.any, scene->shown.length,
				      count_sendto, slow_sendto),
			 (ssize_t)strlen(text));
	arrives(scene, text);
}

/* In PARTS parts of one byte each. */
static void send_message(const struct scene *scene, size_t parts, const void *control, size_t length)
{
	char bytes[] = "abc";
	struct iovec vector[3] = {{&bytes[0], 1}, {&bytes[1], 1}, {&bytes[2], 1}};
	struct address to = scene->shown;
	struct msghdr message = {.msg_name = &to.any,
				 .msg_namelen = to.length,
				 .msg_iov = vector,
				 .msg_iovlen = parts,
				 .msg_controllen = length},
		      before;

	memcpy(&message.msg_control, &control, sizeof control);
	before = message;
	assert_int_equal(quick_sendmsg(scene->server, &message, 0, count_sendmsg, count_single, slow_sendmsg),
			 (ssize_t)parts);
	assert_memory_equal(&message, &before, sizeof message);
	bytes[parts] = '\0';
	arrives(scene, bytes);
}

static void to_ipv6(void **state)
{
	struct scene scene = make_scene(true);
	struct packet packet = {.length = 0};
	struct in_pktinfo info = {.ipi_ifindex = LOOPBACK_INDEX};

	(void)state;
	send_to(&scene, "abc");
	called(1, 0, 0);
	send_message(&scene, 1, NULL, 0);
	called(0, 1, 0);
	send_message(&scene, 2, NULL, 0);
	called(1, 0, 0);
	add_item(&packet, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
	send_message(&scene, 1, packet.control, 0);
	called(0, 1, 0);
	send_message(&scene, 1, packet.control, packet.length);
	called(1, 0, 0);
	add_int(&packet, IPPROTO_IP, IP_TTL, 64);
	send_message(&scene, 1, packet.control, packet.length);
	called(0, 0, 1);
	seconds++;
	send_to(&scene, "d");
	called(0, 0, 1);
	send_to(&scene, "e"); /* the peer is known again */
	called(1, 0, 0);
	end_scene(&scene);
}

/* The kernel would read the items. */
static void items_nowhere(void **state)
{
	struct scene scene = make_scene(true);
	struct iovec part = {&(char){'a'}, 1};
	struct msghdr message = {.msg_name = &scene.shown.any,
				 .msg_namelen = scene.shown.length,
				 .msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_controllen = sizeof(struct cmsghdr)};

	(void)state;
	errno = SENTINEL;
	assert_int_equal(quick_sendmsg(scene.server, &message, 0, count_sendmsg, count_single, slow_sendmsg), -1);
	assert_int_equal(errno, EFAULT);
	called(0, 0, 1);
	end_scene(&scene);
}

/* sendmsg(2) refuses them in the same way. (SSIZE_MAX is EFAULT to it on aarch64, and EMSGSIZE to sendto(2).) */
static void lengths(void **state)
{
	static const struct {
		size_t length;
		int single;
	} rows[] = {
	    {SIZE_MAX, 0},
	    {(size_t)SSIZE_MAX + 1, 0},
	    {70000, 1},
	};
	static char bytes[70000];
	struct scene scene = make_scene(true);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct iovec part = {bytes, rows[i].length};
		struct msghdr message = {.msg_name = &scene.real.any,
					 .msg_namelen = scene.real.length,
					 .msg_iov = &part,
					 .msg_iovlen = 1};
		int error;

		assert_int_equal(sys_sendmsg(scene.server, &message, 0), -1);
		error = errno;
		message.msg_name = &scene.shown.any;
		message.msg_namelen = scene.shown.length;
		errno = SENTINEL;
		assert_int_equal(
		    quick_sendmsg(scene.server, &message, 0, count_sendmsg, count_single, slow_sendmsg), -1);
		assert_int_equal(errno, error);
		called(!rows[i].single, rows[i].single, 0);
	}
	end_scene(&scene);
}

static void to_ipv4(void **state)
{
	struct scene scene = make_scene(false);
	struct packet packet = {.length = 0};

	(void)state;
	add_int(&packet, IPPROTO_IP, IP_TTL, 64);
	send_to(&scene, "abc");
	called(1, 0, 0);
	send_message(&scene, 3, packet.control, packet.length);
	called(1, 0, 0);
	end_scene(&scene);
}

/* The socket becomes an AF_INET6 one then; errno is as it was before. */
static void by_an_ipv4_socket(void **state)
{
	struct scene scene = make_scene(true);

	(void)state;
	for (int way = 0; way < 2; way++) {
		close(scene.server);
		scene.server = new_datagram(AF_INET);
		errno = SENTINEL;
		if (way == 0)
			send_to(&scene, "abc");
		else
			send_message(&scene, 1, NULL, 0);
		called(way == 0, way == 1, 1);
		assert_int_equal(mark_shown(scene.server), 1);
	}
	end_scene(&scene);
}

static void not_at_all(void **state)
{
	struct address four = peer4("192.0.2.1", 9), six = peer6("2001:db8::1", 0, 9);
	static const int flags[] = {MSG_OOB, MSG_FASTOPEN, MSG_FASTOPEN | MSG_DONTWAIT};

	(void)state;
	assert_int_equal(quick_send_may_be(&four.any, four.length, MSG_DONTWAIT), mark_hints_are_used());
	assert_false(quick_send_may_be(&four.any, four.length - 1, 0));
	assert_false(quick_send_may_be(&four.any, sizeof four.in6, 0));
	assert_false(quick_send_may_be(&six.any, six.length, 0));
	assert_false(quick_send_may_be(&six.any, sizeof four.in, 0));
	assert_false(quick_send_may_be(NULL, sizeof four.in, 0));
	for (size_t i = 0; i < COUNT(flags); i++)
		assert_false(quick_send_may_be(&four.any, four.length, flags[i]));
	mark_hints_end(); /* a filter may allow no call but the program's: the last test */
	assert_false(quick_send_may_be(&four.any, four.length, 0));
}

static int start(void **state)
{
	return start_hinted(state, own_address, &may_be);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(to_ipv6), cmocka_unit_test(items_nowhere),     cmocka_unit_test(lengths),
	    cmocka_unit_test(to_ipv4), cmocka_unit_test(by_an_ipv4_socket), cmocka_unit_test(not_at_all),
	};

	return cmocka_run_group_tests_name("quick send", tests, start, NULL);
}
