/* SPDX-License-Identifier: MIT */
/* A name goes to the caller's buffer, or to one of ours and from there, cut. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "calls/name_buf.h"

enum { BYTES = 160, FILLING = 0xee };

static const socklen_t capacities[] = {0, 1, 2, 15, 16, 27, 28, 128};

/* What the kernel does with what it was given: move_addr_to_user(). */
static void kernel_tells(struct name_buf *buf, const void *name, socklen_t length)
{
	memcpy(buf->at, name, buf->length < length ? buf->length : length);
	buf->length = length;
}

static void an_in6_name_is_always_whole(void **state)
{
	struct address peer = peer6("2001:db8::1", 3, 4711), told;

	(void)state;
	for (size_t i = 0; i < COUNT(capacities); i++) {
		unsigned char bytes[BYTES];
		struct sockaddr_in6 ours;
		struct name_buf buf = name_buf_for(bytes, capacities[i], &ours);

		assert_int_equal(buf.at == (void *)bytes, capacities[i] >= sizeof peer.in6);
		kernel_tells(&buf, &peer.in6, sizeof peer.in6);
		assert_true(name_buf_is_in6(&buf));
		told = name_buf_in6(&buf);
		assert_true(same_address(&told, &peer));
	}
}

/* Natively: as many bytes as fit, and no others. */
static void what_the_kernel_told(void **state)
{
	unsigned char name[110];
	static const socklen_t lengths[] = {0, 2, 16, 20, 28, 110};

	(void)state;
	for (size_t i = 0; i < sizeof name; i++)
		name[i] = (unsigned char)(i + 1);
	for (size_t i = 0; i < COUNT(capacities) * COUNT(lengths); i++) {
		socklen_t capacity = capacities[i % COUNT(capacities)], length = lengths[i / COUNT(capacities)];
		socklen_t fits = capacity < length ? capacity : length;
		unsigned char bytes[BYTES], wanted[BYTES];
		struct sockaddr_in6 ours;
		struct name_buf buf;

		memset(bytes, FILLING, sizeof bytes);
		memset(wanted, FILLING, sizeof wanted);
		memcpy(wanted, name, fits);
		buf = name_buf_for(bytes, capacity, &ours);
		kernel_tells(&buf, name, length);
		assert_false(name_buf_is_in6(&buf));
		name_buf_give(&buf, bytes, capacity);
		assert_memory_equal(bytes, wanted, sizeof bytes);
	}
}

/* Nothing is left of the AF_INET6 name that the kernel wrote. */
static void another_name(void **state)
{
	struct address peer = peer6("2001:db8::1", 3, 4711);
	const struct address shown[] = {peer4("192.0.2.1", 8080), peer6("2001:db8::2", 0, 8080)};

	(void)state;
	for (size_t i = 0; i < COUNT(shown) * COUNT(capacities); i++) {
		const struct address *instead = &shown[i % 2];
		socklen_t capacity = capacities[i / 2];
		unsigned char bytes[BYTES], wanted[BYTES];
		struct sockaddr_in6 ours;
		struct name_buf buf;

		memset(bytes, FILLING, sizeof bytes);
		memset(wanted, FILLING, sizeof wanted);
		if (capacity >= sizeof peer.in6)
			memset(wanted, 0, sizeof peer.in6);
		memcpy(wanted, &instead->any, capacity < instead->length ? capacity : instead->length);
		buf = name_buf_for(bytes, capacity, &ours);
		kernel_tells(&buf, &peer.in6, sizeof peer.in6);
		name_buf_give_instead(&buf, instead, bytes, capacity);
		assert_memory_equal(bytes, wanted, sizeof bytes);
	}
}

static void no_buffer(void **state)
{
	struct address peer = peer6("2001:db8::1", 3, 4711);
	struct sockaddr_in6 ours;
	struct name_buf buf = name_buf_for(NULL, 0, &ours);

	(void)state;
	kernel_tells(&buf, &peer.in6, sizeof peer.in6);
	assert_true(name_buf_is_in6(&buf));
	name_buf_give(&buf, NULL, 0);
	name_buf_give_instead(&buf, &peer, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_in6_name_is_always_whole),
	    cmocka_unit_test(what_the_kernel_told),
	    cmocka_unit_test(another_name),
	    cmocka_unit_test(no_buffer),
	};

	return cmocka_run_group_tests_name("room", tests, NULL, NULL);
}
