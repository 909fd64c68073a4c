/* SPDX-License-Identifier: MIT */
/* recvmmsg: many at once, and in batches where their buffers are not large enough. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "base/sys.h"
#include "calls/recv.h"
#include "config/settings.h"

/* As recvmmsg.c has it, of buffers of these sizes. */
enum { BATCH = 32, ROOM = 64, BATCH_WITH_CONTROL = 4 * 1024 / (ROOM + 128), MOST = 3000, TTL = 50 };

/* What the program's buffers are: as large as the kernel wants them, without room for an
 * AF_INET6 name, or with a small one for ancillary data. */
enum shape { LARGE, SMALL_NAMES, SMALL_CONTROL, SHAPES };

/* What the native calls were given. */
static struct {
	unsigned calls, counts[MOST];
	int flags[MOST];
	const void *messages, *timeout;
} seen;

static void note(const struct mmsghdr *messages, unsigned count, int flags, const struct timespec *timeout)
{
	assert_true(seen.calls < COUNT(seen.counts));
	seen.counts[seen.calls] = count;
	seen.flags[seen.calls++] = flags;
	seen.messages = messages;
	seen.timeout = timeout;
}

static int count_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout)
{
	note(messages, count, flags, timeout);
	return sys_recvmmsg(fd, messages, count, flags, timeout);
}

/* The program's own messages. */
static struct mmsghdr messages[MOST];
static struct sockaddr_storage names[MOST];
static unsigned char data[MOST][4];
static struct iovec vectors[MOST];
static _Alignas(struct cmsghdr) unsigned char controls[MOST][ROOM];

enum { UNTOUCHED = 12345 };

static void prepare(enum shape shape)
{
	socklen_t capacity = shape == SMALL_NAMES ? sizeof(struct sockaddr_in) : sizeof names[0];

	memset(data, 0, sizeof data);
	memset(&seen, 0, sizeof seen);
	for (size_t i = 0; i < MOST; i++) {
		vectors[i] = (struct iovec){data[i], sizeof data[i]};
		messages[i] = (struct mmsghdr){.msg_hdr = {.msg_name = &names[i],
							   .msg_namelen = capacity,
							   .msg_iov = &vectors[i],
							   .msg_iovlen = 1},
					       .msg_len = UNTOUCHED};
		if (shape == SMALL_CONTROL) {
			messages[i].msg_hdr.msg_control = controls[i];
			messages[i].msg_hdr.msg_controllen = ROOM;
		}
	}
}

struct scene {
	int server, client[2];
};

/* A server, marked or native, and a client of each family that it serves. */
static struct scene make_scene(bool marked)
{
	struct scene scene = {.server = marked ? marked_datagram(0) : new_datagram(AF_INET)};
	struct address any = peer4("0.0.0.0", 0);
	int large = 1 << 24;

	if (!marked)
		assert_int_equal(bind(scene.server, &any.any, any.length), 0);
	setsockopt(scene.server, SOL_SOCKET, SO_RCVBUFFORCE, &large, sizeof large);
	set_int_option(scene.server, IPPROTO_IP, IP_RECVTTL, 1);
	if (marked)
		set_int_option(scene.server, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
	for (int i = 0; i < 2; i++) {
		struct address to = i && marked ? peer6("::1", 0, port_of(scene.server))
						: peer4("127.0.0.1", port_of(scene.server));

		scene.client[i] = new_datagram(to.any.sa_family);
		assert_int_equal(connect(scene.client[i], &to.any, to.length), 0);
		set_int_option(scene.client[i], i && marked ? IPPROTO_IPV6 : IPPROTO_IP,
			       i && marked ? IPV6_UNICAST_HOPS : IP_TTL, TTL + i);
	}
	return scene;
}

static void end_scene(const struct scene *scene)
{
	assert_int_equal(close(scene->server) | close(scene->client[0]) | close(scene->client[1]), 0);
}

/* Each says which it is. */
/* What is sent on one processor arrives in that order, but not always at once. */
static void stay_on_one_processor(void)
{
	cpu_set_t here;

	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	assert_int_equal(sched_setaffinity(0, sizeof here, &here), 0);
}

static void wait_for_arrival(void)
{
	struct address local = peer4("127.0.0.1", 0);
	int fd = bound_datagram(&local);
	char byte;

	local_name(fd, &local);
	send_text(fd, "x", &local);
	assert_int_equal(recv(fd, &byte, 1, 0), 1);
	close(fd);
}

static void send_many(const struct scene *scene, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		uint16_t number = (uint16_t)i;

		assert_int_equal(send(scene->client[i % 2], &number, sizeof number, 0), sizeof number);
	}
	wait_for_arrival();
}

static int ttl_of(const struct msghdr *message)
{
	const void *found = find_item(message, IPPROTO_IP, IP_TTL, sizeof(int));
	int ttl;

	assert_non_null(found);
	memcpy(&ttl, found, sizeof ttl);
	return ttl;
}

static void check_received(const struct scene *scene, unsigned count, enum shape shape)
{
	for (unsigned i = 0; i < MOST; i++) {
		struct address shown = peer4("127.0.0.1", port_of(scene->client[i % 2]));
		uint16_t number;

		if (i >= count) {
			assert_int_equal(messages[i].msg_len, UNTOUCHED);
			assert_int_equal(messages[i].msg_hdr.msg_namelen,
					 shape == SMALL_NAMES ? sizeof shown.in : sizeof names[i]);
			continue;
		}
		memcpy(&number, data[i], sizeof number);
		assert_int_equal(number, i);
		assert_int_equal(messages[i].msg_len, sizeof number);
		assert_ptr_equal(messages[i].msg_hdr.msg_name, &names[i]);
		assert_int_equal(messages[i].msg_hdr.msg_namelen, sizeof shown.in);
		assert_memory_equal(&names[i], &shown.in, sizeof shown.in);
		/* The TTL was asked for. */
		assert_int_equal(messages[i].msg_hdr.msg_flags, messages[i].msg_hdr.msg_control ? 0 : MSG_CTRUNC);
		if (shape == SMALL_CONTROL)
			assert_int_equal(ttl_of(&messages[i].msg_hdr), TTL + i % 2);
	}
}

static int receive(int fd, unsigned count, int flags)
{
	return call_recvmmsg(fd, messages, count, flags, NULL, count_recvmmsg);
}

static void whole_batches(void **state)
{
	static const unsigned counts[] = {1, 20, 21, 22, 31, 32, 33, 42, 64, 70};

	(void)state;
	for (size_t i = 0; i < COUNT(counts) * SHAPES; i++) {
		struct scene scene = make_scene(true);
		enum shape shape = (enum shape)(i % SHAPES);
		unsigned count = counts[i / SHAPES], left = count;
		unsigned most = shape == LARGE ? count : shape == SMALL_NAMES ? BATCH : BATCH_WITH_CONTROL;

		prepare(shape);
		send_many(&scene, count);
		assert_int_equal(receive(scene.server, count, 0), count);
		for (unsigned call = 0; call < seen.calls; call++) {
			assert_int_equal(seen.counts[call], left < most ? left : most);
			left -= seen.counts[call];
		}
		assert_int_equal(left, 0);
		check_received(&scene, count, shape);
		end_scene(&scene);
	}
}

/* Fewer are there than there is room for: what a native socket gives too. */
static void fewer_than_asked_for(void **state)
{
	static const int flags[] = {MSG_DONTWAIT, MSG_WAITFORONE, MSG_WAITFORONE | MSG_DONTWAIT};
	static const unsigned counts[] = {0, 1, 21, 32, 42, 64};

	(void)state;
	for (size_t i = 0; i < COUNT(flags) * COUNT(counts) * 2 * SHAPES; i++) {
		bool marked = i % 2;
		enum shape shape = (enum shape)(i / 2 % SHAPES);
		unsigned count = counts[i / 2 / SHAPES % COUNT(counts)];
		int flag = flags[i / 2 / SHAPES / COUNT(counts)];
		struct scene scene = make_scene(marked);

		prepare(shape);
		send_many(&scene, count);
		if (count > 0) {
			assert_int_equal(receive(scene.server, 80, flag), count);
			check_received(&scene, count, shape);
		} else if (flag & MSG_DONTWAIT) {
			assert_int_equal(receive(scene.server, 80, flag), -1);
			assert_int_equal(errno, EAGAIN);
			check_received(&scene, 0, shape);
		}
		for (unsigned call = 0; call < seen.calls; call++)
			assert_int_equal(seen.flags[call], call > 0 ? flag | MSG_DONTWAIT : flag);
		end_scene(&scene);
	}
}

static void one_that_asks_for_control(void **state)
{
	struct scene scene = make_scene(true);

	(void)state;
	prepare(LARGE);
	messages[19].msg_hdr.msg_control = controls[19];
	messages[19].msg_hdr.msg_controllen = ROOM;
	for (size_t i = 0; i < 20; i++)
		leave_the_other_half(&messages[i].msg_hdr);
	send_many(&scene, 20);
	assert_int_equal(receive(scene.server, 20, 0), 20);
	assert_int_equal(seen.calls, 1);
	check_received(&scene, 20, LARGE);
	for (size_t i = 0; i < 19; i++)
		assert_null(messages[i].msg_hdr.msg_control);
	assert_int_equal(ttl_of(&messages[19].msg_hdr), TTL + 1);
	end_scene(&scene);
}

static void large_buffers_are_passed_through(void **state)
{
	struct scene native = make_scene(false), marked = make_scene(true);
	struct timespec timeout = {5, 0};

	(void)state;
	for (int i = 0; i < 2; i++) {
		const struct scene *scene = i ? &marked : &native;

		prepare(LARGE);
		send_many(scene, 100);
		assert_int_equal(call_recvmmsg(scene->server, messages, 100, 0, &timeout, count_recvmmsg), 100);
		assert_ptr_equal(seen.messages, messages);
		assert_ptr_equal(seen.timeout, &timeout);
		assert_int_equal(seen.calls, 1);
		check_received(scene, 100, LARGE);
	}
	/* The kernel's own answers. */
	prepare(SMALL_CONTROL);
	assert_int_equal(call_recvmmsg(marked.server, messages, 0, MSG_DONTWAIT, NULL, count_recvmmsg), 0);
	assert_ptr_equal(seen.messages, messages);
	errno = 0;
	assert_int_equal(call_recvmmsg(marked.server, NULL, 3, MSG_DONTWAIT, NULL, count_recvmmsg), -1);
	assert_int_equal(errno, sys_recvmmsg(native.server, NULL, 3, MSG_DONTWAIT, NULL) < 0 ? errno : 0);
	end_scene(&native);
	end_scene(&marked);
}

/* The kernel waits no longer than the time-out once something has come. */
static void real_time_out(void **state)
{
	struct scene scene = make_scene(true);
	struct timespec timeout = {0, 200000000};
	struct timeval patience = {0, 300000};

	(void)state;
	prepare(SMALL_NAMES);
	assert_int_equal(setsockopt(scene.server, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
	send_many(&scene, BATCH + 3);
	assert_int_equal(call_recvmmsg(scene.server, messages, 80, 0, &timeout, count_recvmmsg), BATCH + 3);
	check_received(&scene, BATCH + 3, SMALL_NAMES);
	end_scene(&scene);
}

/* As many as there are: recvmmsg(2) has no limit of 1024, as sendmmsg(2) has. */
static void very_many(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct scene scene = make_scene(i % 2);
		enum shape shape = i / 2 ? SMALL_NAMES : LARGE;

		prepare(shape);
		if (int_option(scene.server, SOL_SOCKET, SO_RCVBUF) < 1 << 24) {
			print_message("# this user may not have so large a buffer\n");
			end_scene(&scene);
			skip();
		}
		send_many(&scene, 1500);
		assert_int_equal(receive(scene.server, 1500, 0), 1500);
		check_received(&scene, 1500, shape);
		end_scene(&scene);
	}
}

static int start(void **state)
{
	setenv("DUALBIND_ALLOW", "*/any", 1);
	setenv("DUALBIND_LOG", "off", 1);
	stay_on_one_processor();
	return private_network(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole_batches),
	    cmocka_unit_test(fewer_than_asked_for),
	    cmocka_unit_test(one_that_asks_for_control),
	    cmocka_unit_test(large_buffers_are_passed_through),
	    cmocka_unit_test(real_time_out),
	    cmocka_unit_test(very_many),
	};

	return cmocka_run_group_tests_name("receive: batches", tests, start, NULL);
}
