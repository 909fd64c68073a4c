/* SPDX-License-Identifier: MIT */
/* Control buffers: written as the kernel writes them, and read as it reads. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "base/cmsg_buf.h"

#include <stdio.h>

enum { SIZES = 128, UNTOUCHED = 0xa5, BUFFER = 256 };

/* What one recvmsg(2) into SIZE bytes of control buffer left there. */
struct filled {
	_Alignas(struct cmsghdr) unsigned char bytes[BUFFER];
	size_t length;
	int flags;
};

/* The same datagram each time, and then no more. */
static struct filled receive(int fd, size_t size, bool last)
{
	struct filled filled;
	struct msghdr message = {.msg_control = filled.bytes, .msg_controllen = size};

	memset(filled.bytes, UNTOUCHED, sizeof filled.bytes);
	assert_int_equal(recvmsg(fd, &message, last ? 0 : MSG_PEEK), 0);
	filled.length = message.msg_controllen;
	filled.flags = message.msg_flags & MSG_CTRUNC;
	return filled;
}

/* The items of a whole buffer, put one by one into one of SIZE bytes. */
static struct filled put_again(const struct filled *whole, size_t size)
{
	struct filled filled = {.flags = 0};
	struct msghdr source = {.msg_control = (void *)(uintptr_t)whole->bytes, .msg_controllen = whole->length};
	struct msghdr target = {.msg_control = filled.bytes, .msg_controllen = size};
	struct cmsg_buf to = cmsg_buf_of(&target);
	struct cmsg_cursor cursor = cmsg_cursor_at(&source);

	memset(filled.bytes, UNTOUCHED, sizeof filled.bytes);
	while (cmsg_cursor_next(&cursor) == CMSG_ITEM)
		cmsg_buf_put(&to, cursor.item->cmsg_level, cursor.item->cmsg_type, CMSG_DATA(cursor.item),
			     cursor.item->cmsg_len - CMSG_LEN(0));
	filled.length = to.used;
	filled.flags = to.truncated ? MSG_CTRUNC : 0;
	return filled;
}

static void check_sizes(int fd, size_t items)
{
	struct filled whole = receive(fd, BUFFER, false);
	struct msghdr message = {.msg_control = whole.bytes, .msg_controllen = whole.length};

	assert_int_equal(count_items(&message), items);
	assert_in_range(whole.length, 1, SIZES - 1);
	for (size_t size = 0; size <= SIZES; size++) {
		struct filled kernel = receive(fd, size, size == SIZES), ours = put_again(&whole, size);

		if (ours.length != kernel.length || ours.flags != kernel.flags)
			fail_msg("%zu bytes: length %zu, not %zu, flags %x, not %x", size, ours.length,
				 kernel.length, (unsigned)ours.flags, (unsigned)kernel.flags);
		if (memcmp(ours.bytes, kernel.bytes, sizeof ours.bytes) != 0)
			fail_msg("%zu bytes: other contents", size);
	}
}

/* Every size from nothing to more than enough, byte by byte. */
static void cut_as_the_kernel_cuts(void **state)
{
	static const int options[] = {IP_PKTINFO, IP_RECVTTL, IP_RECVTOS, IP_RECVORIGDSTADDR};
	struct address local = peer4("127.0.0.1", 0);

	(void)state;
	for (unsigned set = 0; set < 1U << COUNT(options); set++) {
		int fd = bound_datagram(&local);
		size_t items = 0;

		local_name(fd, &local);
		for (size_t i = 0; i < COUNT(options); i++) {
			set_int_option(fd, IPPROTO_IP, options[i], set >> i & 1);
			items += set >> i & 1;
		}
		send_text(fd, "", &local);
		if (items > 0)
			check_sizes(fd, items);
		local.in.sin_port = 0;
		close(fd);
	}
}

/* No buffer, whatever length a program claims it to have. */
static void no_buffer(void **state)
{
	struct msghdr message = {.msg_control = NULL, .msg_controllen = 100};
	struct cmsg_buf to = cmsg_buf_of(&message);
	struct cmsg_cursor cursor = cmsg_cursor_at(&message);

	(void)state;
	cmsg_buf_put(&to, IPPROTO_IP, IP_TTL, &(int){64}, sizeof(int));
	assert_true(to.truncated);
	assert_int_equal(to.used, 0);
	assert_int_equal(cmsg_cursor_next(&cursor), CMSG_END);
}

/* A program's buffer may lie anywhere. */
static void unaligned(void **state)
{
	struct packet expected = {.length = 0};
	unsigned char room[SIZES];

	(void)state;
	add_int(&expected, IPPROTO_IP, IP_TTL, 64);
	add_item(&expected, IPPROTO_IP, IP_TOS, "\x28", 1);
	for (size_t shift = 1; shift < sizeof(size_t); shift++) {
		struct msghdr message = {.msg_control = room + shift, .msg_controllen = expected.length};
		struct cmsg_buf to = cmsg_buf_of(&message);

		memset(room, 0, sizeof room);
		cmsg_buf_put(&to, IPPROTO_IP, IP_TTL, &(int){64}, sizeof(int));
		cmsg_buf_put(&to, IPPROTO_IP, IP_TOS, "\x28", 1);
		assert_false(to.truncated);
		assert_int_equal(to.used, expected.length);
		assert_memory_equal(room + shift, expected.control, expected.length);
	}
}

/* What an AF_INET socket's sendmsg(2) says of the same buffer. */
static bool kernel_refuses(struct packet *packet, size_t length)
{
	struct address to = peer4("127.0.0.1", 9);
	struct msghdr message = message_of(packet);
	int fd = new_datagram(AF_INET);
	ssize_t result;

	message.msg_name = &to.any;
	message.msg_namelen = to.length;
	message.msg_controllen = length;
	result = sendmsg(fd, &message, 0);
	assert_true(result == 0 || errno == EINVAL);
	close(fd);
	return result != 0;
}

static void set_length(struct packet *packet, size_t offset, size_t length)
{
	memcpy(packet->control + offset, &length, sizeof length);
}

/* Each length of each of two items, and of the buffer: as far as the kernel
 * reads, and no further. Items of an unknown level mean nothing else. */
static void malformed_as_the_kernel_finds(void **state)
{
	static const size_t odd[] = {0, 1, 15, 100, 1000, SIZE_MAX / 2, SIZE_MAX - 7, SIZE_MAX};
	enum { UNKNOWN_LEVEL = 200, LENGTHS = 64 };
	unsigned refused = 0, taken = 0;

	(void)state;
	for (size_t i = 0; i < (LENGTHS + COUNT(odd)) * 2; i++) {
		struct packet packet = {.length = 0};
		size_t length = i / 2 < LENGTHS ? i / 2 : odd[i / 2 - LENGTHS];

		add_int(&packet, UNKNOWN_LEVEL, 1, 7);
		add_int(&packet, UNKNOWN_LEVEL, 2, 8);
		set_length(&packet, i % 2 ? CMSG_SPACE(sizeof(int)) : 0, length);
		for (size_t size = 0; size <= packet.length; size++) {
			struct msghdr message = {.msg_control = packet.control, .msg_controllen = size};
			struct cmsg_cursor cursor = cmsg_cursor_at(&message);
			enum cmsg_state found;
			unsigned items = 0;

			while ((found = cmsg_cursor_next(&cursor)) == CMSG_ITEM)
				assert_true(++items <= 3);
			if ((found == CMSG_MALFORMED) != kernel_refuses(&packet, size))
				fail_msg("length %zu of item %zu, %zu bytes: %s", length, i % 2, size,
					 found == CMSG_END ? "taken" : "refused");
			*(found == CMSG_END ? &taken : &refused) += 1;
		}
	}
	assert_true(refused > 100 && taken > 100);
}

static void walks_over_all(void **state)
{
	struct packet packet = {.length = 0};
	struct msghdr message;
	struct cmsg_cursor cursor;

	(void)state;
	for (size_t size = 0; size < 40; size++)
		add_item(&packet, (int)size, 100 - (int)size, "0123456789abcdefghijklmnopqrstuvwxyzABCD", size);
	message = message_of(&packet);
	cursor = cmsg_cursor_at(&message);
	for (size_t size = 0; size < 40; size++) {
		assert_int_equal(cmsg_cursor_next(&cursor), CMSG_ITEM);
		assert_int_equal(cursor.item->cmsg_level, size);
		assert_int_equal(cursor.item->cmsg_type, 100 - size);
		assert_int_equal(cursor.item->cmsg_len, CMSG_LEN(size));
	}
	assert_int_equal(cmsg_cursor_next(&cursor), CMSG_END);
	assert_int_equal(cmsg_cursor_next(&cursor), CMSG_END);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cut_as_the_kernel_cuts),
	    cmocka_unit_test(no_buffer),
	    cmocka_unit_test(unaligned),
	    cmocka_unit_test(malformed_as_the_kernel_finds),
	    cmocka_unit_test(walks_over_all),
	};

	return cmocka_run_group_tests_name("control", tests, private_network, NULL);
}
