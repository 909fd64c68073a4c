/* SPDX-License-Identifier: MIT */
/*
 * What the tests of sendmmsg(2) send: many messages, each with its number, and
 * the sockets that count them.
 */
#ifndef DUALBIND_TEST_OUTGOING_H
#define DUALBIND_TEST_OUTGOING_H

#include "datagrams.h"
#include "config/settings.h"
#include "peers/mapper.h"

enum { OUTGOING = 1500, UNTOUCHED = 12345 };

static struct mmsghdr messages[OUTGOING];
static uint16_t numbers[OUTGOING];
static struct iovec vectors[OUTGOING];
static struct address destinations[OUTGOING];

static struct receivers {
	int in, in6;
	struct address real4, real6, shown; /* of IN6: a synthetic address */
} receivers;

static inline void set_destination(unsigned at, const struct address *to)
{
	destinations[at] = *to;
	messages[at].msg_hdr.msg_name = &destinations[at].any;
	messages[at].msg_hdr.msg_namelen = to->length;
}

static inline void prepare_messages(const struct address *to)
{
	for (unsigned i = 0; i < OUTGOING; i++) {
		numbers[i] = (uint16_t)i;
		vectors[i] = (struct iovec){&numbers[i], sizeof numbers[i]};
		messages[i] =
		    (struct mmsghdr){.msg_hdr = {.msg_iov = &vectors[i], .msg_iovlen = 1}, .msg_len = UNTOUCHED};
		set_destination(i, to);
	}
}

/* The first COUNT were sent, and the others are as they were. */
static inline void check_lengths(unsigned count)
{
	for (unsigned i = 0; i < OUTGOING; i++) {
		if (messages[i].msg_len != (i < count ? sizeof numbers[i] : UNTOUCHED))
			fail_msg("message %u of %u: %u", i, count, messages[i].msg_len);
		assert_ptr_equal(messages[i].msg_hdr.msg_name, &destinations[i].any);
	}
}

/* FD has these numbers, in order, and no more. */
static inline void expect_numbers(int fd, unsigned first, unsigned end, unsigned step)
{
	uint16_t number = 0;

	for (; first < end; first += step)
		if (recv(fd, &number, sizeof number, MSG_DONTWAIT) != sizeof number || number != first)
			fail_msg("%u instead of %u", number, first);
	assert_false(is_readable(fd, 0));
}

static inline void drain(int fd)
{
	while (is_readable(fd, 0))
		recv(fd, &(uint16_t){0}, sizeof(uint16_t), 0);
}

static inline int start_receivers(void **state)
{
	setenv("DUALBIND_ALLOW", "*/any", 1);
	setenv("DUALBIND_LOG", "off", 1);
	private_network(state);
	receivers.real4 = peer4("127.0.0.1", 0);
	receivers.real6 = peer6("::1", 0, 0);
	receivers.in = bound_datagram(&receivers.real4);
	receivers.in6 = bound_datagram(&receivers.real6);
	local_name(receivers.in, &receivers.real4);
	local_name(receivers.in6, &receivers.real6);
	receivers.shown = shown_as(&settings_get()->pool, &receivers.real6);
	return 0;
}

static inline int end_receivers(void **state)
{
	(void)state;
	return close(receivers.in) | close(receivers.in6);
}

#endif
