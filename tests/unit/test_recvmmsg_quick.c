/* SPDX-License-Identifier: MIT */
/* The short way of recvmmsg: what it gives is what single messages are given, and the clock is read once for all. */
#define _GNU_SOURCE
#include "clients.h"
#include "hinted.h"

#include "base/sys.h"
#include "calls/recv.h"

enum { MOST = 32, ROOM = 1024, FILLING = 0xa5, DATA = 4 };

static const char own_address[] = "fd00:db::1";
static bool may_be; /* here there are hints, and the address */

/* The program's messages, and all that a call may write to. */
struct letters {
	struct mmsghdr messages[MOST];
	struct sockaddr_storage names[MOST];
	unsigned char data[MOST][DATA];
	struct iovec vectors[MOST];
	_Alignas(struct cmsghdr) unsigned char controls[MOST][ROOM];
};

static void prepare(struct letters *letters, socklen_t name, size_t control)
{
	memset(letters, FILLING, sizeof *letters);
	for (size_t i = 0; i < MOST; i++) {
		letters->vectors[i] = (struct iovec){letters->data[i], DATA};
		letters->messages[i].msg_hdr = (struct msghdr){
		    &letters->names[i], name, &letters->vectors[i], 1, letters->controls[i], control, 0};
	}
}

static void are_same(const struct letters *some, const struct letters *others, int count)
{
	assert_memory_equal(some->names, others->names, sizeof some->names);
	assert_memory_equal(some->data, others->data, sizeof some->data);
	for (int i = 0; i < count; i++) {
		const struct msghdr *one = &some->messages[i].msg_hdr, *other = &others->messages[i].msg_hdr;

		assert_int_equal(some->messages[i].msg_len, others->messages[i].msg_len);
		assert_int_equal(one->msg_namelen, other->msg_namelen);
		assert_int_equal(one->msg_controllen, other->msg_controllen);
		assert_int_equal(one->msg_flags, other->msg_flags);
		assert_memory_equal(some->controls[i], others->controls[i], one->msg_controllen);
	}
}

/* Each message by a call of its own, the long way. */
static void receive_singly(int server, struct letters *letters, int count)
{
	for (int i = 0; i < count; i++) {
		struct mmsghdr *message = &letters->messages[i];

		message->msg_len = (unsigned)call_recvmsg(server, &message->msg_hdr, MSG_DONTWAIT, sys_recvmsg);
		assert_true(message->msg_len <= DATA);
	}
}

/* A server, and clients that it knows: of IPv6, or the last ones of IPv4. */
struct scene {
	int server, clients[MOST];
	struct address to[MOST];
};

static struct scene make_scene(int ipv6)
{
	struct scene scene = {.server = marked_datagram(0)};

	if (!may_be) {
		print_message("# this user may add no address, or the kernel has no write hints\n");
		skip();
	}
	for (int i = 0; i < MOST; i++) {
		struct address local = i < ipv6 ? peer6(own_address, 0, 0) : peer4("127.0.0.1", 0), real;

		scene.clients[i] = bound_datagram(&local);
		scene.to[i] = local;
		scene.to[i].in.sin_port = htons(port_of(scene.server));
		local_name(scene.clients[i], &real);
		for (int times = 0; i < ipv6 && times < 2; times++)
			shown_as(&settings_get()->pool, &real);
	}
	set_int_option(scene.server, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	set_int_option(scene.server, IPPROTO_IP, IP_PKTINFO, 1);
	return scene;
}

static void end_scene(const struct scene *scene)
{
	for (int i = 0; i < MOST; i++)
		close(scene->clients[i]);
	close(scene->server);
}

static void send_all(const struct scene *scene)
{
	char text[] = "0-abc";

	for (int i = 0; i < MOST; i++) {
		text[0] = (char)('0' + i);
		text[1 + i % 5] = '\0'; /* the last of five does not fit */
		send_text(scene->clients[i], text, &scene->to[i]);
		memcpy(text, "0-abc", sizeof text);
	}
}

static unsigned receive_both(const struct scene *scene, socklen_t name, size_t control)
{
	static struct letters quick, slow;
	unsigned before, reads;

	prepare(&quick, name, control);
	prepare(&slow, name, control);
	send_all(scene);
	before = clock_reads;
	assert_int_equal(call_recvmmsg(scene->server, quick.messages, MOST, MSG_DONTWAIT, NULL, sys_recvmmsg),
			 MOST);
	reads = clock_reads - before;
	send_all(scene);
	receive_singly(scene->server, &slow, MOST);
	are_same(&quick, &slow, MOST);
	return reads;
}

static void any_room(void **state)
{
	const size_t controls[] = {0, 15, 31, 32, 40, 72};
	struct scene scene = make_scene(MOST), mixed = make_scene(20);

	(void)state;
	for (socklen_t name = sizeof(struct sockaddr_in); name <= sizeof(struct sockaddr_in6); name += 4) {
		assert_int_equal(receive_both(&scene, name, 0), 1);
		receive_both(&mixed, name, 0);
		for (size_t i = 0; i < COUNT(controls); i++) {
			receive_both(&scene, name, controls[i]);
			receive_both(&mixed, name, controls[i]);
		}
	}
	assert_int_equal(receive_both(&scene, sizeof(struct sockaddr_in6), ROOM), 1);
	end_scene(&scene);
	end_scene(&mixed);
}

/* One that is not known any more, and one that is too short for a name, or has none. */
static void left_on_the_way(void **state)
{
	struct scene scene = make_scene(MOST);

	(void)state;
	seconds++;
	assert_true(receive_both(&scene, sizeof(struct sockaddr_in6), ROOM) > 1);
	receive_both(&scene, sizeof(struct sockaddr_in) - 1, ROOM);
	receive_both(&scene, 0, 0);
	assert_int_equal(receive_both(&scene, sizeof(struct sockaddr_in6), 0), 1);
	end_scene(&scene);
}

/* A native socket is asked for its mark, and is left as it is. */
static void native(void **state)
{
	struct scene scene = make_scene(MOST);
	int other = new_datagram(AF_INET6);
	static struct letters got;

	(void)state;
	assert_int_equal(try_bind(other, AF_INET6, 0) | close(scene.server), 0);
	scene.server = other;
	for (int i = 0; i < MOST; i++)
		scene.to[i].in6.sin6_port = htons(port_of(other));
	prepare(&got, sizeof(struct sockaddr_in6), ROOM);
	send_all(&scene);
	assert_int_equal(call_recvmmsg(other, got.messages, MOST, MSG_DONTWAIT, NULL, sys_recvmmsg), MOST);
	for (int i = 0; i < MOST; i++)
		assert_int_equal(got.names[i].ss_family, AF_INET6);
	end_scene(&scene);
}

/* An address that an IPv4 peer claims in a batch stands for no other client in the rest of it. */
static void claimed_meanwhile(void **state)
{
	struct scene scene = make_scene(MOST);
	struct address real, shown, four, to4 = peer4("127.0.0.1", port_of(scene.server));
	struct ifreq request = {.ifr_name = "lo:1"};
	static struct letters got;
	int control = new_datagram(AF_INET), client;

	(void)state;
	local_name(scene.clients[0], &real);
	shown = shown_as(&settings_get()->pool, &real);
	memcpy(&request.ifr_addr, &shown.in, sizeof shown.in);
	((struct sockaddr_in *)&request.ifr_addr)->sin_port = 0;
	if (ioctl(control, SIOCSIFADDR, &request) != 0) {
		assert_int_equal(errno, EINVAL);
		print_message("# no address of 240.0.0.0/4 on this kernel\n");
		close(control);
		end_scene(&scene);
		return;
	}
	four = shown;
	four.in.sin_port = 0;
	client = bound_datagram(&four);
	send_text(scene.clients[0], "a", &scene.to[0]);
	send_text(client, "b", &to4);
	send_text(scene.clients[0], "c", &scene.to[0]);
	prepare(&got, sizeof(struct sockaddr_in6), ROOM);
	assert_int_equal(call_recvmmsg(scene.server, got.messages, MOST, MSG_DONTWAIT, NULL, sys_recvmmsg), 3);
	assert_int_equal(((struct sockaddr_in *)&got.names[0])->sin_addr.s_addr, shown.in.sin_addr.s_addr);
	assert_int_equal(((struct sockaddr_in *)&got.names[1])->sin_addr.s_addr, shown.in.sin_addr.s_addr);
	assert_int_not_equal(((struct sockaddr_in *)&got.names[2])->sin_addr.s_addr, shown.in.sin_addr.s_addr);
	close(client);
	close(control);
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
	    cmocka_unit_test(native),
	    cmocka_unit_test(claimed_meanwhile),
	};

	return cmocka_run_group_tests_name("recvmmsg, quickly", tests, start, NULL);
}
