/* SPDX-License-Identifier: MIT */
/* The short way of sendmmsg: what goes out is what the long one sends, and the clock is read once for a batch. */
#define _GNU_SOURCE
#include "clients.h"
#include "outgoing.h"

#include "base/sys.h"
#include "calls/send.h"
#include "peers/hints.h"

/* As sendmmsg.c has it. */
enum { BATCH = 32, CONTROL_BYTES = 2048, LETTER_BYTES = 256, SENT = 40 };

static const char *const own[] = {"fd00:db::1", "fd00:db::2"};
static bool may_be;             /* here there are hints, and these addresses */
static struct address shown[2]; /* theirs */
static int client;
static unsigned calls, counts[SENT];

static int count_sendmmsg(int fd, struct mmsghdr *given, unsigned count, int flags)
{
	counts[calls++] = count;
	return sys_sendmmsg(fd, given, count, flags);
}

static struct packet items[SENT];

static void set_items(unsigned at, const struct packet *packet)
{
	items[at] = *packet;
	messages[at].msg_hdr.msg_control = items[at].control;
	messages[at].msg_hdr.msg_controllen = items[at].length;
}

static struct packet pktinfo_of(const struct address *local)
{
	struct in_pktinfo info = {.ipi_spec_dst = local->in.sin_addr};
	struct packet packet = {.length = 0};

	add_item(&packet, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
	return packet;
}

/* The client gets the numbers from FIRST on, from these addresses in turn. */
static void arrive(unsigned first, unsigned end, unsigned addresses)
{
	for (; first < end; first++) {
		struct address from = {.length = sizeof from.in6}, real = peer6(own[first % addresses], 0, 0);
		uint16_t number = 0;

		assert_int_equal(recvfrom(client, &number, sizeof number, MSG_DONTWAIT, &from.any, &from.length),
				 sizeof number);
		assert_int_equal(number, first);
		from.in6.sin6_port = 0;
		assert_true(same_address(&from, &real));
	}
	assert_false(is_readable(client, 0));
}

/* They are known in this second. */
static int begin(void)
{
	if (!may_be) {
		print_message("# this user may add no address, or the kernel has no write hints\n");
		skip();
	}
	for (int i = 0; i < 4; i++) {
		struct address real = peer6(own[i % 2], 0, 0);

		shown[i % 2] = shown_as(&settings_get()->pool, &real);
	}
	shown[0].in.sin_port = htons(port_of(client));
	prepare_messages(&shown[0]);
	calls = 0;
	clock_reads = 0;
	return marked_datagram(0);
}

static void whole_batches(void **state)
{
	int server = begin();

	(void)state;
	assert_int_equal(call_sendmmsg(server, messages, SENT, 0, count_sendmmsg), SENT);
	assert_int_equal(calls, 2);
	assert_int_equal(counts[0], BATCH);
	assert_int_equal(clock_reads, 2);
	check_lengths(SENT);
	arrive(0, SENT, 1);
	close(server);
}

static void from_addresses(void **state)
{
	int server = begin();

	(void)state;
	for (unsigned i = 0; i < SENT; i++) {
		struct packet packet = pktinfo_of(&shown[i % 2]);

		set_items(i, &packet);
		leave_the_other_half(&messages[i].msg_hdr);
	}
	assert_int_equal(call_sendmmsg(server, messages, SENT, 0, count_sendmmsg), SENT);
	assert_int_equal(calls, 2);
	assert_int_equal(counts[0], BATCH);
	assert_int_equal(clock_reads, 2);
	check_lengths(SENT);
	arrive(0, SENT, 2);
	for (unsigned i = 0; i < SENT; i++)
		assert_ptr_equal(messages[i].msg_hdr.msg_control, items[i].control);
	close(server);
}

/* A batch ends when the room for items is full. */
static void many_items(void **state)
{
	struct packet packet;
	int server = begin();
	unsigned most;

	(void)state;
	packet = pktinfo_of(&shown[0]);
	while (packet.length < LETTER_BYTES - CMSG_SPACE(sizeof(int)) - 8) /* IPv6's is longer by eight */
		add_int(&packet, IPPROTO_IP, IP_TTL, 64);
	most = (CONTROL_BYTES - LETTER_BYTES) / (unsigned)(packet.length + 8) + 1;
	for (unsigned i = 0; i < SENT; i++)
		if (i != 3)
			set_items(i, &packet);
	assert_int_equal(call_sendmmsg(server, messages, SENT, 0, count_sendmmsg), SENT);
	assert_int_equal(counts[0], most + 1);
	assert_int_equal(counts[1], most);
	check_lengths(SENT);
	arrive(0, SENT, 1);
	close(server);
}

/* To a peer that is not known in this second, to an IPv4 peer, and without an address. */
static void others_between(void **state)
{
	int server = begin(), four = new_datagram(AF_INET);
	struct address to4 = peer4("127.0.0.1", 0), nobody = peer4("247.5.5.5", 9);
	uint16_t number;

	(void)state;
	assert_int_equal(bind(four, &to4.any, to4.length), 0);
	local_name(four, &to4);
	set_destination(5, &to4);
	set_destination(9, &nobody);
	assert_int_equal(call_sendmmsg(server, messages, SENT, 0, count_sendmmsg), 9);
	check_lengths(9);
	assert_int_equal(recv(four, &number, sizeof number, MSG_DONTWAIT), sizeof number);
	assert_int_equal(number, 5);
	for (unsigned i = 0; i < 9; i++)
		if (i != 5)
			assert_int_equal(recv(client, &number, sizeof number, MSG_DONTWAIT), sizeof number);
	seconds++;
	set_destination(9, &shown[0]);
	assert_int_equal(call_sendmmsg(server, messages + 9, SENT - 9, 0, count_sendmmsg), SENT - 9);
	check_lengths(SENT);
	arrive(9, SENT, 1);
	close(server);
	close(four);
}

static int start(void **state)
{
	int fd;

	start_receivers(state);
	fd = marked_datagram(0);
	close(fd);
	may_be = add_address6(own[0]) && add_address6(own[1]) && mark_hints_are_used();
	if (may_be) {
		struct address local = peer6(own[0], 0, 0);

		client = bound_datagram(&local);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole_batches),
	    cmocka_unit_test(from_addresses),
	    cmocka_unit_test(many_items),
	    cmocka_unit_test(others_between),
	};

	return cmocka_run_group_tests_name("sendmmsg, quickly", tests, start, end_receivers);
}
