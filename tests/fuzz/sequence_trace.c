/* SPDX-License-Identifier: MIT */
/* How a sequence prints. */
#define _GNU_SOURCE
#include "sequence.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

/* One write for each line: children print to the same pipe. */
static char line[1 << 14];
static size_t used;

void say(const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line + used, sizeof line - used, format, arguments);
	va_end(arguments);
	if (length > 0)
		used += (size_t)length < sizeof line - used ? (size_t)length : sizeof line - used - 1;
}

void end(void)
{
	say("\n");
	PAST(write, 1, line, used);
	used = 0;
}

void begin(const struct step *step)
{
	say("%02u %s%s@%u", step->index, step->operation->name, step->by_number ? " by number" : "", step->slot);
}

void arrow(void)
{
	say(" ->");
	errno = 0;
}

/* errno was 0 before the call, and stays so where it succeeds. */
void say_result(long result)
{
	int error = errno;

	if (result < 0)
		say(" %ld %s", result, strerrorname_np(error));
	else if (error != 0)
		say(" %ld errno=%s", result, strerrorname_np(error));
	else
		say(" %ld", result);
}

void fill(void *bytes, size_t size)
{
	memset(bytes, FILL, size);
}

static size_t without_fill(const unsigned char *bytes, size_t size)
{
	while (size > 0 && bytes[size - 1] == FILL)
		size--;
	return size;
}

void say_bytes(const char *what, const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;

	size = without_fill(byte, size);
	say(" %s=", what);
	for (size_t i = 0; i < size; i++)
		say("%02x", byte[i]);
}

/* Ports that the kernel chose are numbered as they come. */
enum { PORTS_MAX = 64 };
static uint16_t ports[PORTS_MAX];
static unsigned ports_seen;

static unsigned number_of(uint16_t port)
{
	unsigned i;

	for (i = 0; i < ports_seen; i++)
		if (ports[i] == port)
			return i;
	if (ports_seen < PORTS_MAX)
		ports[ports_seen++] = port;
	return i;
}

/* An IPv6 client is shown as 127.0.0.1 or by an address of the pool, 240.0.0.0/4 without
 * the broadcast address: which one depends on the key of the machine's boot. */
static void as_natively(const struct world *world, unsigned char address[4])
{
	static const unsigned char pod[] = {10, 9, 9, 9}, broadcast[] = {255, 255, 255, 255};

	if (world->ipv6 && address[0] >= 240 && memcmp(address, broadcast, sizeof broadcast) != 0)
		memcpy(address, pod, sizeof pod);
}

void say_name(const struct world *world, const char *what, const void *name, size_t size)
{
	unsigned char byte[sizeof(union name)];
	uint16_t family, port;

	memcpy(byte, name, size);
	memcpy(&family, byte, sizeof family);
	memcpy(&port, byte + 2, sizeof port);
	port = ntohs(port);
	size = without_fill(byte, size);
	say(" %s=", what);
	if (family == AF_INET && size >= 8)
		as_natively(world, byte + 4);
	for (size_t i = 0; i < size; i++) {
		bool is_port = i == 2 && size >= 4 && (family == AF_INET || family == AF_INET6);

		if (is_port && port >= 32768 && port != (FILL << 8 | FILL)) {
			say("P%02u.", number_of(port));
			i++;
		} else if (i == 2 && size == 3 && byte[2] >= 0x80) {
			say("P");
		} else {
			say("%02x", byte[i]);
		}
	}
}

static bool is_time(const struct cmsghdr *item)
{
	switch (item->cmsg_level == SOL_SOCKET ? item->cmsg_type : -1) {
	case SO_TIMESTAMP:
	case SO_TIMESTAMPNS:
	case SO_TIMESTAMPING:
	case 63:
	case 64:
	case 65:
	case SCM_CREDENTIALS:
		return true;
	default:
		return false;
	}
}

static void say_item(const struct world *world, const struct cmsghdr *item, unsigned char *data, size_t size)
{
	if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO && size >= 12) {
		as_natively(world, data + 4);
		as_natively(world, data + 8);
	}
	if (is_time(item))
		say("(%zu)", size);
	else if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_ORIGDSTADDR)
		say_name(world, "to", data, size);
	else
		say_bytes("data", data, size);
}

/* Item by item; and whether anything was written behind the last one. */
void say_control(const struct world *world, const struct msghdr *header, const unsigned char *control, size_t size)
{
	unsigned char data[512];
	struct cmsghdr item;
	size_t at = 0;

	say(" control %zu", (size_t)header->msg_controllen);
	while (at + sizeof item <= header->msg_controllen && at + sizeof item <= size) {
		size_t left = size - at - sizeof item, length;

		memcpy(&item, control + at, sizeof item);
		if (item.cmsg_len < sizeof item)
			break;
		length = item.cmsg_len - sizeof item;
		say(" [%d/%d %zu", item.cmsg_level, item.cmsg_type, length);
		if (length > left)
			length = left;
		if (length > sizeof data)
			length = sizeof data;
		memcpy(data, control + at + sizeof item, length);
		say_item(world, &item, data, length);
		say("]");
		at += CMSG_ALIGN(item.cmsg_len);
	}
	if (at < size && without_fill(control + at, size - at) > 0)
		say_bytes("behind", control + at, size - at);
}
