/* SPDX-License-Identifier: MIT */
/* The short way of a receive: byte for byte what the long one gives, and when it is left. */
#define _GNU_SOURCE
#include "clients.h"
#include "hinted.h"

#include "base/sys.h"
#include "calls/quick_recv.h"

enum { ROOM = 2048, FILLING = 0xa5, DATA = 8 };

static const char own_address[] = "fd00:db::1";
static bool may_be; /* here there are hints, and the address */
static int went_on; /* how often the short way was left with what had come */

static ssize_t go_on_from(int fd, void *buffer, size_t size, int flags, struct sockaddr *address, socklen_t *length,
			  const struct came *came, const struct name_buf *name)
{
	went_on++;
	return call_recvfrom_came(fd, buffer, size, flags, address, length, came, name, sys_recvfrom, sys_recvmsg);
}

static ssize_t go_on_message(int fd, struct msghdr *message, int flags, const struct came *came,
			     const struct msghdr *received)
{
	went_on++;
	return call_recvmsg_came(fd, message, flags, came, received, sys_recvmsg);
}

/* A server, and a client that it knows, of IPv6 or IPv4. */
struct scene {
	int server, client;
	struct address to;
};

static struct scene make_scene(bool ipv6)
{
	struct address local = ipv6 ? peer6(own_address, 0, 0) : peer4("127.0.0.1", 0), real;
	struct scene scene = {.server = marked_datagram(0)};

	if (!may_be) {
		print_message("# this user may add no address, or the kernel has no write hints\n");
		skip();
	}
	scene.client = bound_datagram(&local);
	scene.to = local;
	scene.to.in.sin_port = htons(port_of(scene.server));
	local_name(scene.client, &real);
	for (int i = 0; ipv6 && i < 2; i++)
		shown_as(&settings_get()->pool, &real);
	set_int_option(scene.server, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	set_int_option(scene.server, IPPROTO_IP, IP_PKTINFO, 1);
	went_on = 0;
	return scene;
}

static void end_scene(const struct scene *scene)
{
	assert_int_equal(close(scene->server) | close(scene->client), 0);
}

/* All that a call may write to. */
struct letter {
	unsigned char name[64], data[DATA];
	_Alignas(struct cmsghdr) unsigned char control[ROOM];
	struct iovec part;
	struct msghdr message;
	ssize_t result;
};

static void make_letter(struct letter *letter, socklen_t name, size_t control)
{
	memset(letter, FILLING, sizeof *letter);
	letter->part = (struct iovec){letter->data, sizeof letter->data};
	letter->message = (struct msghdr){letter->name, name, &letter->part, 1, letter->control, control, 0};
}

static void is_same(const struct letter *one, const struct letter *other)
{
	assert_int_equal(one->result, other->result);
	assert_memory_equal(one->name, other->name, sizeof one->name);
	assert_memory_equal(one->data, other->data, sizeof one->data);
	assert_memory_equal(one->control, other->control, sizeof one->control);
	assert_int_equal(one->message.msg_namelen, other->message.msg_namelen);
	assert_int_equal(one->message.msg_controllen, other->message.msg_controllen);
	assert_int_equal(one->message.msg_flags, other->message.msg_flags);
}

/* One datagram each: TEXT may be longer than the room for it. */
static void receive_both(const struct scene *scene, const char *text, socklen_t name, size_t control)
{
	static struct letter quick, slow;

	make_letter(&quick, name, control);
	make_letter(&slow, name, control);
	send_text(scene->client, text, &scene->to);
	send_text(scene->client, text, &scene->to);
	assert_true(quick_recvmsg_may_be(&quick.message, 0));
	quick.result = quick_recvmsg(scene->server, &quick.message, 0, sys_recvmsg, go_on_message);
	slow.result = call_recvmsg(scene->server, &slow.message, 0, sys_recvmsg);
	is_same(&quick, &slow);
}

static void receive_both_from(const struct scene *scene, socklen_t name)
{
	static struct letter quick, slow;

	make_letter(&quick, name, 0);
	make_letter(&slow, name, 0);
	send_text(scene->client, "abc", &scene->to);
	send_text(scene->client, "abc", &scene->to);
	assert_true(quick_recvfrom_may_be((void *)quick.name, &quick.message.msg_namelen, 0));
	quick.result = quick_recvfrom(scene->server, quick.data, sizeof quick.data, 0, (void *)quick.name,
				      &quick.message.msg_namelen, sys_recvfrom, go_on_from);
	slow.result = call_recvfrom(scene->server, slow.data, sizeof slow.data, 0, (void *)slow.name,
				    &slow.message.msg_namelen, sys_recvfrom, sys_recvmsg);
	is_same(&quick, &slow);
}

static void any_room(void **state)
{
	const size_t controls[] = {0, 15, 16, 28, 31, 32, 33, 40, 72, 100, 1023, 1024, ROOM};

	(void)state;
	for (int family = 0; family < 2; family++) {
		struct scene scene = make_scene(family == 0);

		for (socklen_t name = sizeof(struct sockaddr_in); name < 40; name++) {
			receive_both_from(&scene, name);
			receive_both(&scene, "abcdefghijkl", name, 0);
		}
		for (size_t i = 0; i < COUNT(controls); i++)
			receive_both(&scene, "abc", 16 + i % 2 * 12, controls[i]);
		assert_int_equal(went_on, 0);
		end_scene(&scene);
	}
}

/* What has come goes on the long way, with what it is: also where that throws it away, and waits for the next. */
static void left_on_the_way(void **state)
{
	struct scene scene = make_scene(true);
	int native = new_datagram(AF_INET6);

	(void)state;
	seconds++;
	receive_both_from(&scene, 16);
	assert_int_equal(went_on, 1);
	seconds++;
	receive_both(&scene, "abc", 28, 100);
	assert_int_equal(went_on, 2);
	assert_int_equal(try_bind(native, AF_INET6, 0) | close(scene.server), 0);
	scene.server = native;
	scene.to.in6.sin6_port = htons(port_of(native));
	receive_both_from(&scene, 28);
	receive_both(&scene, "abc", 28, 100);
	assert_int_equal(went_on, 4);
	end_scene(&scene);
}

static void not_at_all(void **state)
{
	struct sockaddr_in6 name;
	struct msghdr message = {.msg_name = &name, .msg_namelen = sizeof name},
		      none = {.msg_namelen = sizeof name};
	socklen_t length = sizeof name, lengths[] = {0, 15, (socklen_t)INT32_MAX + 1};
	struct sockaddr *address = (struct sockaddr *)&name;

	(void)state;
	assert_int_equal(quick_recvfrom_may_be(address, &length, 0), mark_hints_are_used());
	assert_int_equal(quick_recvmsg_may_be(&message, 0), mark_hints_are_used());
	assert_false(quick_recvfrom_may_be(NULL, &length, 0));
	assert_false(quick_recvfrom_may_be(address, NULL, 0));
	assert_false(quick_recvfrom_may_be(address, &length, MSG_ERRQUEUE));
	assert_false(quick_recvmsg_may_be(NULL, 0));
	assert_false(quick_recvmsg_may_be(&none, 0));
	assert_false(quick_recvmsg_may_be(&message, MSG_ERRQUEUE));
	assert_false(quick_recvmsg_may_be(&message, MSG_CMSG_CLOEXEC)); /* is to be noted (made.h) */
	for (size_t i = 0; i < COUNT(lengths); i++) {
		message.msg_namelen = lengths[i];
		assert_false(quick_recvfrom_may_be(address, &lengths[i], 0));
		assert_false(quick_recvmsg_may_be(&message, 0));
	}
}

/* It fails as the long way does. */
static void failures(void **state)
{
	struct scene scene = make_scene(true);
	static struct letter quick, slow;

	(void)state;
	for (socklen_t name = 16; name < 40; name += 12) {
		make_letter(&quick, name, 100);
		make_letter(&slow, name, 100);
		errno = 0;
		quick.result =
		    quick_recvmsg(scene.server, &quick.message, MSG_DONTWAIT, sys_recvmsg, go_on_message);
		assert_int_equal(errno, EAGAIN);
		slow.result = call_recvmsg(scene.server, &slow.message, MSG_DONTWAIT, sys_recvmsg);
		is_same(&quick, &slow);
		quick.result = quick_recvfrom(scene.server, quick.data, 1, MSG_DONTWAIT, (void *)quick.name,
					      &quick.message.msg_namelen, sys_recvfrom, go_on_from);
		assert_int_equal(errno, EAGAIN);
		is_same(&quick, &slow);
	}
	assert_int_equal(went_on, 0);
	end_scene(&scene);
}

static int start(void **state)
{
	return start_hinted(state, own_address, &may_be);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_room),
	    cmocka_unit_test(left_on_the_way),
	    cmocka_unit_test(not_at_all),
	    cmocka_unit_test(failures),
	};

	return cmocka_run_group_tests_name("quick receive", tests, start, NULL);
}
