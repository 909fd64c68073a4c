/* SPDX-License-Identifier: MIT */
/* Control messages, both ways: what is written is well formed, of the right
 * protocol and within its buffer. The first bytes choose the settings and how
 * much room there is. */
#define _GNU_SOURCE
#include "fuzz.h"

#include "base/cmsg_buf.h"
#include "calls/cmsg_translate.h"

#include <errno.h>
#include <netinet/in.h>

enum { ROOM = 512, FILL = 0xaa };

enum { ANY_LEVEL = 12345 };

static void well_formed(const struct msghdr *message, int unwanted)
{
	struct cmsg_cursor cursor = cmsg_cursor_at(message);
	enum cmsg_state state;
	size_t left = message->msg_controllen;

	while ((state = cmsg_cursor_next(&cursor)) == CMSG_ITEM) {
		must(cursor.item->cmsg_len >= CMSG_LEN(0) && cursor.item->cmsg_len <= left);
		must(unwanted == ANY_LEVEL || cursor.item->cmsg_level != unwanted);
		left -= CMSG_ALIGN(cursor.item->cmsg_len) < left ? CMSG_ALIGN(cursor.item->cmsg_len) : left;
	}
	must(state == CMSG_END);
}

static void present(const struct settings *settings, const struct msghdr *received, size_t room)
{
	_Alignas(struct cmsghdr) unsigned char control[ROOM];
	struct msghdr shown = {.msg_control = control, .msg_controllen = room};

	memset(control, FILL, sizeof control);
	cmsg_to_ipv4(settings, -1, received, &shown);
	must(shown.msg_controllen <= room && (shown.msg_flags & ~MSG_CTRUNC) == 0);
	for (size_t i = room; i < sizeof control; i++)
		must(control[i] == FILL);
	well_formed(&shown, settings->native_peers ? ANY_LEVEL : IPPROTO_IPV6);
}

static void resolve(const struct settings *settings, const struct msghdr *given, size_t room)
{
	_Alignas(struct cmsghdr) unsigned char control[ROOM];
	struct msghdr resolved = {.msg_control = control};
	size_t length = 0;
	int error;

	memset(control, FILL, sizeof control);
	error = cmsg_to_ipv6(settings, given, control, room, &length);
	must(error == 0 || error == EINVAL || error == ENOBUFS);
	for (size_t i = room; i < sizeof control; i++)
		must(control[i] == FILL);
	if (error != 0)
		return;
	must(length <= room);
	resolved.msg_controllen = length;
	well_formed(&resolved, IPPROTO_IP);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct settings settings;
	struct msghdr message = {.msg_control = NULL};
	size_t room;
	void *given;

	if (size < 3)
		return 0;
	settings.pool = pool_default();
	settings.native_peers = data[0] & 1;
	room = (data[1] | (size_t)data[2] << 8) % (ROOM + 1);
	size -= 3;
	given = malloc(size);
	must(size == 0 || given != NULL);
	if (size > 0)
		memcpy(given, data + 3, size);
	message.msg_control = given;
	message.msg_controllen = size;
	cmsg_is_of(&message, IPPROTO_IP, CMSG_ANY);
	present(&settings, &message, room);
	resolve(&settings, &message, room);
	free(given);
	return 0;
}
