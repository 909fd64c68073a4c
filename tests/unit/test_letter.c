/* SPDX-License-Identifier: MIT */
/* A message on its way out: what is written of it, and what it is refused for. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "base/sys.h"
#include "calls/letter.h"

enum { PORT = 5000 };

static _Alignas(struct cmsghdr) unsigned char room[LETTER_CONTROL_BYTES];

static struct sender sender_at(int fd, int flags)
{
	return (struct sender){.settings = letter_settings(flags), .fd = fd, .flags = flags};
}

static enum route write_to(int fd, int flags, struct address *to, struct packet *packet, struct msghdr *message,
			   struct letter *letter)
{
	struct sender sender = sender_at(fd, flags);

	*message = message_of(packet);
	message->msg_name = to != NULL ? &to->any : NULL;
	message->msg_namelen = to != NULL ? to->length : 0;
	errno = 0;
	letter->control = room;
	return letter_write(&sender, message, letter);
}

static struct address shown(void)
{
	struct address real = peer6("2001:db8::7", 0, PORT);

	return shown_as(&settings_get()->pool, &real);
}

static void to_whom(void **state)
{
	struct address four = peer4("192.0.2.1", PORT), six = peer6("2001:db8::7", 0, PORT), to = shown(),
		       nobody = peer4("247.1.2.3", PORT), none = {.length = sizeof none.in};
	int marked = marked_datagram(0);
	struct packet packet = {.length = 0};
	struct msghdr message;
	struct letter letter;

	(void)state;
	assert_int_equal(write_to(marked, 0, &four, &packet, &message, &letter), ROUTE_NATIVE);
	assert_ptr_equal(message.msg_name, &four);
	assert_int_equal(write_to(marked, 0, NULL, &packet, &message, &letter), ROUTE_NATIVE);
	assert_int_equal(write_to(marked, 0, &to, &packet, &message, &letter), ROUTE_REAL);
	assert_ptr_equal(message.msg_name, &letter.to);
	assert_int_equal(message.msg_namelen, sizeof six.in6);
	assert_true(same_address(&letter.to, &six));
	assert_int_equal(write_to(marked, 0, &none, &packet, &message, &letter), ROUTE_REAL);
	assert_int_equal(letter.to.any.sa_family, AF_INET);
	assert_int_equal(write_to(marked, 0, &nobody, &packet, &message, &letter), ROUTE_NONE);
	assert_int_equal(errno, ENETUNREACH);
	assert_int_equal(write_to(marked, MSG_OOB, &to, &packet, &message, &letter), ROUTE_NONE);
	assert_int_equal(errno, EOPNOTSUPP);
	assert_int_equal(close(marked), 0);
}

/* It becomes IPv6's for an IPv6 peer alone; where there is no room for it, or it is malformed, nothing is sent. */
static void with_what(void **state)
{
	struct address four = peer4("192.0.2.1", PORT), to = shown();
	int marked = marked_datagram(0);
	struct packet packet = {.length = 0}, malformed, many = {.length = 0};
	struct msghdr message;
	struct letter letter;

	(void)state;
	add_int(&packet, IPPROTO_IP, IP_TTL, 64);
	malformed = packet;
	((struct cmsghdr *)malformed.control)->cmsg_len = malformed.length + 1;
	for (size_t i = 0; i <= LETTER_CONTROL_BYTES / CMSG_SPACE(sizeof(int)); i++)
		add_int(&many, IPPROTO_IP, IP_TTL, 64);
	assert_int_equal(write_to(marked, 0, &four, &packet, &message, &letter), ROUTE_NATIVE);
	assert_ptr_equal(message.msg_control, packet.control);
	assert_int_equal(write_to(marked, 0, &to, &packet, &message, &letter), ROUTE_REAL);
	assert_ptr_equal(message.msg_control, letter.control);
	assert_non_null(find_item(&message, IPPROTO_IPV6, IPV6_HOPLIMIT, sizeof(int)));
	assert_int_equal(write_to(marked, 0, &to, &many, &message, &letter), ROUTE_NONE);
	assert_int_equal(errno, ENOBUFS);
	((struct cmsghdr *)packet.control)->cmsg_type = IP_RECVERR;
	assert_int_equal(write_to(marked, 0, &to, &packet, &message, &letter), ROUTE_NONE);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(write_to(marked, 0, &to, &malformed, &message, &letter),
			 ROUTE_REAL); /* the kernel's to refuse */
	assert_ptr_equal(message.msg_control, malformed.control);
	assert_int_equal(close(marked), 0);
}

static int results[2], sends;

static ssize_t fake_send(const struct sender *sender, struct msghdr *first)
{
	(void)sender;
	(void)first;
	errno = EAFNOSUPPORT;
	return results[sends++];
}

/* An AF_INET socket becomes an AF_INET6 one; one that has an IPv4 peer refuses for good. */
static void sent_again(void **state)
{
	static const struct {
		int family, results[2], sends, result, error;
	} rows[] = {
	    {AF_INET6, {5, 0}, 1, 5, 0},
	    {AF_INET6, {-1, 5}, 2, 5, 0},
	    {AF_INET6, {-1, -1}, 2, -1, ENETUNREACH},
	    {AF_INET, {-1, 0}, 1, -1, EAFNOSUPPORT},
	};
	int marked = marked_datagram(0);
	struct sender sender = sender_at(marked, 0);
	struct msghdr message = {.msg_name = NULL};

	(void)state;
	sender.send = fake_send;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct address to =
		    rows[i].family == AF_INET6 ? peer6("2001:db8::7", 0, PORT) : peer4("192.0.2.1", PORT);
		ssize_t result = 0;

		memcpy(results, rows[i].results, sizeof results);
		sends = 0;
		assert_int_equal(letter_send(&sender, &message, &to, &result), ROUTE_REAL);
		assert_int_equal(result, rows[i].result);
		assert_int_equal(sends, rows[i].sends);
		if (result < 0)
			assert_int_equal(errno, rows[i].error);
	}
	assert_int_equal(close(marked), 0);
}

static void name_lengths(void **state)
{
	static const socklen_t lengths[][2] = {
	    {0, 0},     {16, 16},         {128, 128},
	    {129, 128}, {INT32_MAX, 128}, {(socklen_t)INT32_MAX + 1, (socklen_t)INT32_MAX + 1}};

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct msghdr message = {.msg_namelen = lengths[i][0]};

		assert_int_equal(letter_name_length(&message), lengths[i][1]);
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
	    cmocka_unit_test(to_whom),
	    cmocka_unit_test(with_what),
	    cmocka_unit_test(sent_again),
	    cmocka_unit_test(name_lengths),
	};

	return cmocka_run_group_tests_name("letter", tests, start, NULL);
}
