/* SPDX-License-Identifier: MIT */
/*
 * What the unit tests of UDP need besides: addresses from text, marked sockets,
 * control buffers, and addresses and links of their own.
 */
#ifndef DUALBIND_TEST_DATAGRAMS_H
#define DUALBIND_TEST_DATAGRAMS_H

#include "base/address.h"
#include "peers/mapper.h"
#include "socket/mark.h"
#include "sockets.h"
#include "socks.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/in6.h>
#include <linux/sockios.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* An errno that no call sets: if it is found unchanged, nothing has set it. */
enum { SENTINEL = EDOTDOT, LOOPBACK_INDEX = 1 };

/* As musl's programs may leave the lengths, which take half the room of glibc's; and that of the first item. */
static inline void leave_the_other_half_of_item(struct msghdr *message)
{
	const uint32_t rest = 0x5eadbeef;

	memcpy((unsigned char *)message->msg_control + sizeof rest, &rest, sizeof rest);
}

static inline void leave_the_other_half(struct msghdr *message)
{
	const uint32_t rest = 0x5eadbeef;

	memcpy((unsigned char *)&message->msg_iovlen + sizeof rest, &rest, sizeof rest);
	memcpy((unsigned char *)&message->msg_controllen + sizeof rest, &rest, sizeof rest);
}

static inline struct address peer4(const char *text, uint16_t port)
{
	struct address address;
	struct in_addr ip;

	assert_int_equal(inet_pton(AF_INET, text, &ip), 1);
	address_set_in(&address, ip.s_addr, port);
	return address;
}

static inline struct address peer6(const char *text, uint32_t scope, uint16_t port)
{
	struct address address;
	struct in6_addr ip;

	assert_int_equal(inet_pton(AF_INET6, text, &ip), 1);
	address_set_in6(&address, &ip, port);
	address.in6.sin6_scope_id = scope;
	return address;
}

static inline bool same_address(const struct address *one, const struct address *other)
{
	return one->length == other->length && memcmp(&one->in6, &other->in6, one->length) == 0;
}

/* The synthetic address that the client is given. */
static inline struct address shown_as(const struct pool *pool, const struct address *real)
{
	struct address shown;

	assert_true(mapper_show(pool, real, &shown));
	return shown;
}

static inline int new_datagram(int family)
{
	int fd = socket(family, SOCK_DGRAM, 0);

	assert_true(fd >= 0);
	if (family == AF_INET6)
		set_int_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	return fd;
}

/* A dual-stack socket that is shown as an AF_INET one, as a bind would leave it. PORT may be 0, but the kernel chooses
 * none for a socket with the mark (IP_BIND_ADDRESS_NO_PORT). */
static inline int marked_datagram(uint16_t port)
{
	int fd = new_datagram(AF_INET6);

	assert_true(set_mark(fd, MARK_CONVERTED));
	assert_int_equal(try_bind(fd, AF_INET6, port != 0 ? port : free_port()), 0);
	return fd;
}

static inline int bound_datagram(const struct address *local)
{
	int fd = new_datagram(local->any.sa_family);

	assert_int_equal(bind(fd, &local->any, local->length), 0);
	return fd;
}

/* One datagram, of the bytes of TEXT. */
static inline void send_text(int fd, const char *text, const struct address *to)
{
	assert_int_equal(sendto(fd, text, strlen(text), 0, &to->any, to->length), (ssize_t)strlen(text));
}

static inline void local_name(int fd, struct address *local)
{
	local->length = sizeof local->in6;
	assert_int_equal(getsockname(fd, &local->any, &local->length), 0);
}

/* Whether a socket can be bound there by now: the kernel completes a new address
 * of IPv6 in the background. */
static inline bool becomes_usable(const struct in6_addr *ip)
{
	struct sockaddr_in6 local = {.sin6_family = AF_INET6, .sin6_addr = *ip};
	int fd = socket(AF_INET6, SOCK_DGRAM, 0), left = WAIT_MS, result;

	while ((result = bind(fd, (struct sockaddr *)&local, sizeof local)) != 0 && left-- > 0)
		poll(NULL, 0, 1);
	close(fd);
	return result == 0;
}

/* An address of this host's own, on the loopback link: false without the right
 * to it, which a private network gives. */
static inline bool add_address6(const char *text)
{
	struct {
		struct in6_addr address;
		uint32_t prefix_length;
		int interface;
	} request = {.prefix_length = 128, .interface = LOOPBACK_INDEX};
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	bool added;

	assert_int_equal(inet_pton(AF_INET6, text, &request.address), 1);
	added = ioctl(fd, SIOCSIFADDR, &request) == 0 || errno == EEXIST;
	close(fd);
	return added && becomes_usable(&request.address);
}

/* A link besides the loopback one, without wires; its index, or 0. */
static inline uint32_t add_link(const char *name)
{
	struct ifreq link = {.ifr_flags = IFF_UP};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	bool up;

	strncpy(link.ifr_name, name, sizeof link.ifr_name - 1);
	up = (ioctl(fd, SIOCBRADDBR, name) == 0 || errno == EEXIST) && ioctl(fd, SIOCSIFFLAGS, &link) == 0;
	close(fd);
	return up ? if_nametoindex(name) : 0;
}

/* A control buffer that is filled item by item, without the code under test. */
struct packet {
	_Alignas(struct cmsghdr) unsigned char control[2048];
	size_t length;
};

static inline void add_item(struct packet *packet, int level, int type, const void *data, size_t size)
{
	struct cmsghdr header = {.cmsg_len = CMSG_LEN(size), .cmsg_level = level, .cmsg_type = type};

	assert_true(packet->length + CMSG_SPACE(size) <= sizeof packet->control);
	memcpy(packet->control + packet->length, &header, sizeof header);
	memcpy(packet->control + packet->length + CMSG_LEN(0), data, size);
	packet->length += CMSG_SPACE(size);
}

static inline void add_int(struct packet *packet, int level, int type, int value)
{
	add_item(packet, level, type, &value, sizeof value);
}

static inline struct msghdr message_of(struct packet *packet)
{
	return (struct msghdr){.msg_control = packet->control, .msg_controllen = packet->length};
}

/* The data of the only item of that kind; NULL where there is none. */
static inline const void *find_item(const struct msghdr *message, int level, int type, size_t size)
{
	struct msghdr whole = *message;
	const void *found = NULL;

	for (struct cmsghdr *item = CMSG_FIRSTHDR(&whole); item != NULL; item = CMSG_NXTHDR(&whole, item))
		if (item->cmsg_level == level && item->cmsg_type == type) {
			assert_null(found);
			assert_int_equal(item->cmsg_len, CMSG_LEN(size));
			found = CMSG_DATA(item);
		}
	return found;
}

static inline size_t count_items(const struct msghdr *message)
{
	struct msghdr whole = *message;
	size_t count = 0;

	for (struct cmsghdr *item = CMSG_FIRSTHDR(&whole); item != NULL; item = CMSG_NXTHDR(&whole, item))
		count++;
	return count;
}

#endif
