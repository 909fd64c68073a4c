/* SPDX-License-Identifier: MIT */
/* Datagrams whose peer cannot be shown are not there for the program: the call goes on
 * without them, by recvfrom, recvmsg and recvmmsg, and where the short way is left. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "base/sys.h"
#include "calls/arrival.h"
#include "calls/quick_recv.h"

enum { TTL = 50, SLOTS = 5, FILLING = 0xa5 };

static uint16_t bad_port; /* the peer's that cannot be shown */

enum outcome __real_arrival_show(struct arrival *arrival, const struct msghdr *received, struct msghdr *message);
enum outcome __wrap_arrival_show(struct arrival *arrival, const struct msghdr *received, struct msghdr *message);

static bool is_bad(const struct sockaddr *name)
{
	struct sockaddr_in6 peer;

	if (name == NULL || name->sa_family != AF_INET6)
		return false;
	memcpy(&peer, name, sizeof peer);
	return peer.sin6_port == htons(bad_port);
}

enum outcome __wrap_arrival_show(struct arrival *arrival, const struct msghdr *received, struct msghdr *message)
{
	return is_bad(received->msg_name) ? DROPPED : __real_arrival_show(arrival, received, message);
}

/* A marked server, and a client that is shown and one that is not. */
struct scene {
	int server, good, bad;
	struct address shown;
};

static struct scene make_scene(void)
{
	struct address local = peer6("::1", 0, 0);
	struct scene scene = {marked_datagram(0), bound_datagram(&local), bound_datagram(&local), {.length = 0}};
	struct address to = peer6("::1", 0, port_of(scene.server));

	set_int_option(scene.server, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
	set_int_option(scene.good, IPPROTO_IPV6, IPV6_UNICAST_HOPS, TTL);
	assert_int_equal(connect(scene.good, &to.any, to.length) | connect(scene.bad, &to.any, to.length), 0);
	bad_port = port_of(scene.bad);
	scene.shown = peer4("127.0.0.1", port_of(scene.good));
	return scene;
}

static void end_scene(const struct scene *scene)
{
	assert_int_equal(close(scene->server) | close(scene->good) | close(scene->bad), 0);
}

/* Each letter is a datagram: its number, of a good client or a bad one. */
static void send_all(const struct scene *scene, const char *order)
{
	for (char number = '0'; *order != '\0'; order++, number++)
		assert_int_equal(send(*order == 'g' ? scene->good : scene->bad, &number, 1, 0), 1);
}

static ssize_t go_on_from(int fd, void *buffer, size_t size, int flags, struct sockaddr *address, socklen_t *length,
			  const struct came *came, const struct name_buf *name)
{
	return call_recvfrom_came(fd, buffer, size, flags, address, length, came, name, sys_recvfrom, sys_recvmsg);
}

static ssize_t go_on_message(int fd, struct msghdr *message, int flags, const struct came *came,
			     const struct msghdr *received)
{
	return call_recvmsg_came(fd, message, flags, came, received, sys_recvmsg);
}

enum way { FROM, MESSAGE, QUICKLY_FROM, QUICK_MESSAGE, WAYS };

/* One byte, from the client that is shown; or -1. */
static int receive_by(enum way way, const struct scene *scene, int flags)
{
	struct address from = {.length = sizeof from.in};
	char byte = 0;
	struct iovec data = {&byte, 1};
	struct packet packet;
	struct msghdr message = {.msg_name = &from.any,
				 .msg_namelen = sizeof from.in,
				 .msg_iov = &data,
				 .msg_iovlen = 1,
				 .msg_control = packet.control,
				 .msg_controllen = CMSG_SPACE(sizeof(int))};
	ssize_t result;

	if (way == FROM)
		result = call_recvfrom(scene->server, &byte, 1, flags, &from.any, &from.length, sys_recvfrom,
				       sys_recvmsg);
	else if (way == QUICKLY_FROM)
		result = quick_recvfrom(scene->server, &byte, 1, flags, &from.any, &from.length, sys_recvfrom,
					go_on_from);
	else if (way == QUICK_MESSAGE)
		result = quick_recvmsg(scene->server, &message, flags, sys_recvmsg, go_on_message);
	else
		result = call_recvmsg(scene->server, &message, flags, sys_recvmsg);
	if (result < 0)
		return -1;
	assert_int_equal(result, 1);
	if (way == MESSAGE || way == QUICK_MESSAGE) {
		from.length = message.msg_namelen;
		assert_non_null(find_item(&message, IPPROTO_IP, IP_TTL, sizeof(int)));
	}
	assert_true(same_address(&from, &scene->shown));
	return byte;
}

static bool is_empty(int fd)
{
	return recv(fd, NULL, 0, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

static void the_next_one_comes(void **state)
{
	(void)state;
	for (int way = 0; way < WAYS; way++) {
		struct scene scene = make_scene();

		send_all(&scene, "bbgbg");
		assert_int_equal(receive_by(way, &scene, MSG_PEEK), '2');
		assert_int_equal(receive_by(way, &scene, MSG_PEEK), '2');
		assert_int_equal(receive_by(way, &scene, 0), '2');
		assert_int_equal(receive_by(way, &scene, 0), '4');
		assert_true(is_empty(scene.server));
		end_scene(&scene);
	}
}

/* Nothing else is there: to wait for, or EAGAIN. */
static void none_comes(void **state)
{
	static const int flags[] = {MSG_DONTWAIT, MSG_DONTWAIT | MSG_PEEK, 0, MSG_PEEK};
	struct timeval limit = {0, 20000};

	(void)state;
	for (int i = 0; i < WAYS * (int)COUNT(flags); i++) {
		struct scene scene = make_scene();

		setsockopt(scene.server, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
		send_all(&scene, "bbb");
		assert_int_equal(receive_by(i % WAYS, &scene, flags[i / WAYS]), -1);
		assert_int_equal(errno, EAGAIN);
		assert_true(is_empty(scene.server));
		end_scene(&scene);
	}
}

/* The program's messages, with buffers that the kernel can use or too small ones. */
static struct mmsghdr messages[SLOTS], given[SLOTS];
static struct sockaddr_storage names[SLOTS];
static char data[SLOTS][2];
static struct iovec vectors[SLOTS][2];
static struct packet packets[SLOTS];

static void prepare(bool large)
{
	memset(names, FILLING, sizeof names);
	memset(data, 0, sizeof data);
	for (size_t i = 0; i < SLOTS; i++) {
		vectors[i][0] = (struct iovec){data[i], i % 2};
		vectors[i][1] = (struct iovec){data[i] + i % 2, 2 - i % 2};
		messages[i] = (struct mmsghdr){
		    .msg_hdr = {.msg_name = &names[i],
				.msg_namelen = large ? sizeof names[i] : sizeof(struct sockaddr_in),
				.msg_iov = vectors[i],
				.msg_iovlen = 2,
				.msg_control = packets[i].control,
				.msg_controllen = large ? sizeof packets[i].control : CMSG_SPACE(sizeof(int)),
				.msg_flags = FILLING},
		    .msg_len = FILLING};
	}
	memcpy(given, messages, sizeof given);
}

/* The good ones of ORDER, at the start, and nothing was written to the others. */
static void check_messages(const struct scene *scene, const char *order, int received, bool large)
{
	int count = 0;

	for (int i = 0; order[i] != '\0'; i++) {
		const struct msghdr *message = &messages[count].msg_hdr;

		if (order[i] != 'g')
			continue;
		assert_int_equal(data[count][0], '0' + i);
		assert_int_equal(messages[count].msg_len, 1);
		assert_int_equal(message->msg_flags, 0);
		assert_ptr_equal(message->msg_name, &names[count]);
		assert_int_equal(message->msg_namelen, sizeof scene->shown.in);
		assert_memory_equal(message->msg_name, &scene->shown.in, sizeof scene->shown.in);
		assert_ptr_equal(message->msg_iov, vectors[count]);
		assert_ptr_equal(message->msg_control, packets[count].control);
		assert_int_equal(message->msg_controllen, CMSG_SPACE(sizeof(int)));
		assert_non_null(find_item(message, IPPROTO_IP, IP_TTL, sizeof(int)));
		count++;
	}
	assert_int_equal(received, count);
	for (int i = count; i < SLOTS && !large; i++)
		assert_memory_equal(&messages[i], &given[i], sizeof given[i]);
}

static void the_others_move_up(void **state)
{
	static const char *const orders[] = {"ggggg", "bgggg", "ggbgg", "ggggb", "bbbbg",
					     "bgbgb", "gb",    "bg",    "bbg"};
	static const int flags[] = {MSG_DONTWAIT, MSG_WAITFORONE};

	(void)state;
	for (size_t i = 0; i < COUNT(orders) * COUNT(flags) * 2; i++) {
		const char *order = orders[i / 4];
		struct scene scene = make_scene();
		bool large = i % 2;

		prepare(large);
		send_all(&scene, order);
		check_messages(&scene, order,
			       call_recvmmsg(scene.server, messages, SLOTS, flags[i / 2 % 2], NULL, sys_recvmmsg),
			       large);
		assert_true(is_empty(scene.server));
		end_scene(&scene);
	}
}

static void none_of_many_comes(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct scene scene = make_scene();

		prepare(i % 2);
		send_all(&scene, "bbbbbbbb");
		assert_int_equal(call_recvmmsg(scene.server, messages, SLOTS, MSG_DONTWAIT | (i / 2 ? MSG_PEEK : 0),
					       NULL, sys_recvmmsg),
				 -1);
		assert_int_equal(errno, EAGAIN);
		assert_true(is_empty(scene.server));
		end_scene(&scene);
	}
}

/* As many as were asked for, by the kernel's second call or third. */
static void as_many_as_asked_for(void **state)
{
	(void)state;
	for (int large = 0; large < 2; large++) {
		struct scene scene = make_scene();

		prepare(large);
		send_all(&scene, "bbbggbgbgg");
		check_messages(&scene, "bbbggbgbgg",
			       call_recvmmsg(scene.server, messages, SLOTS, 0, NULL, sys_recvmmsg), large);
		assert_true(is_empty(scene.server));
		end_scene(&scene);
	}
}

/* The slot that it moves to has less room: cut, as the kernel would have. */
static void less_room(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct scene scene = make_scene();
		bool whole_length = i / 2;

		prepare(i % 2);
		vectors[0][1].iov_len = 1;
		assert_int_equal(send(scene.bad, "xx", 2, 0) + send(scene.good, "yz", 2, 0), 4);
		assert_int_equal(call_recvmmsg(scene.server, messages, SLOTS,
					       MSG_DONTWAIT | (whole_length ? MSG_TRUNC : 0), NULL, sys_recvmmsg),
				 1);
		assert_int_equal(data[0][0], 'y');
		assert_int_equal(messages[0].msg_len, whole_length ? 2 : 1);
		assert_int_equal(messages[0].msg_hdr.msg_flags, MSG_TRUNC);
		end_scene(&scene);
	}
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
	    cmocka_unit_test(the_next_one_comes),   cmocka_unit_test(none_comes),
	    cmocka_unit_test(the_others_move_up),   cmocka_unit_test(none_of_many_comes),
	    cmocka_unit_test(as_many_as_asked_for), cmocka_unit_test(less_room),
	};

	return cmocka_run_group_tests_name("receive: what is not shown", tests, start, NULL);
}
