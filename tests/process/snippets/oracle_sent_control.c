/* SPDX-License-Identifier: MIT */
/* Control messages that are sent: right ones, wrong ones and malformed ones,
 * and what the peer sees of them. */
#define _GNU_SOURCE
#include "oracle.h"

#include <errno.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef SO_TXTIME
#define SO_TXTIME 61
#endif
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

/* One control message: its header's length need not be what it holds. */
struct part {
	int level, type;
	size_t said; /* cmsg_len beyond the header; as a header-less size where negative would be */
	size_t size;
	unsigned char bytes[32];
};

static unsigned char buffer[512];
static size_t used;

static void put(int level, int type, size_t said, const void *bytes, size_t size)
{
	struct cmsghdr header = {.cmsg_len = said, .cmsg_level = level, .cmsg_type = type};

	memcpy(buffer + used, &header, sizeof header);
	memcpy(buffer + used + sizeof header, bytes, size);
	used += CMSG_SPACE(size);
}

static void put_right(int level, int type, const void *bytes, size_t size)
{
	put(level, type, CMSG_LEN(size), bytes, size);
}

static void start(void)
{
	memset(buffer, 0, sizeof buffer);
	used = 0;
}

/* To the peer by its name, or, on a connected socket, without. */
static void try_both(const struct subject *subject, const char *label, size_t controllen)
{
	static unsigned char data[40] = "datagram";

	for (int call = 0; call < 2; call++) {
		struct iovec part = {data, sizeof data};
		struct mmsghdr message = {.msg_hdr = {.msg_name = (void *)(uintptr_t)&subject->remote.name,
						      .msg_namelen = subject->remote.length,
						      .msg_iov = &part,
						      .msg_iovlen = 1,
						      .msg_control = buffer,
						      .msg_controllen = controllen}};
		struct msghdr given = message.msg_hdr;
		unsigned char kept[sizeof buffer];
		long result;

		memcpy(kept, buffer, sizeof kept);
		drain(subject->fd);
		drain(subject->peer);
		begin("%s %s with %s, controllen %zu", call ? "sendmmsg" : "sendmsg",
		      subject->remote.length > 0 ? "to a name" : "connected", label, controllen);
		errno = 0;
		result = call ? sendmmsg(subject->fd, &message, 1, 0) : sendmsg(subject->fd, &message.msg_hdr, 0);
		say_result(result);
		if (memcmp(&given, &message.msg_hdr, sizeof given) != 0 || memcmp(kept, buffer, sizeof kept) != 0)
			say("THE MESSAGE HAS CHANGED");
		subject_observe(subject, result >= 0 && subject->kind->family != AF_NETLINK);
		end();
	}
}

static void try_one(const struct subject *subject, const char *label, int level, int type, const void *bytes,
		    size_t size)
{
	start();
	put_right(level, type, bytes, size);
	try_both(subject, label, used);
}

static void walk_pktinfo(const struct subject *subject)
{
	static const uint32_t addresses[] = {0, INADDR_LOOPBACK, INADDR_LOOPBACK + 1, 0xc0000201, 0xf0000001};
	static const int interfaces[] = {0, 1, 99};

	for (size_t a = 0; a < sizeof addresses / sizeof addresses[0]; a++)
		for (int i = 0; i < 3; i++) {
			struct in_pktinfo info = {.ipi_ifindex = interfaces[i],
						  .ipi_spec_dst.s_addr = htonl(addresses[a]),
						  .ipi_addr.s_addr = htonl(INADDR_LOOPBACK)};
			char label[64];

			snprintf(label, sizeof label, "PKTINFO of %#x, interface %d", addresses[a], interfaces[i]);
			try_one(subject, label, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
		}
}

static void walk_numbers(const struct subject *subject)
{
	static const struct {
		const char *label;
		int level, type;
	} types[] = {{"TTL", IPPROTO_IP, IP_TTL},
		     {"TOS", IPPROTO_IP, IP_TOS},
		     {"RETOPTS", IPPROTO_IP, IP_RETOPTS},
		     {"RECVTTL", IPPROTO_IP, IP_RECVTTL},
		     {"ORIGDSTADDR", IPPROTO_IP, IP_ORIGDSTADDR},
		     {"type 77", IPPROTO_IP, 77},
		     {"HOPLIMIT", IPPROTO_IPV6, IPV6_HOPLIMIT},
		     {"TCLASS", IPPROTO_IPV6, IPV6_TCLASS},
		     {"MARK", SOL_SOCKET, SO_MARK},
		     {"PRIORITY", SOL_SOCKET, SO_PRIORITY},
		     {"socket type 77", SOL_SOCKET, 77},
		     {"level 77", 77, 1},
		     {"UDP type 77", IPPROTO_UDP, 77}};
	static const int values[] = {0, 1, 33, 255, 256, -1, 0x48};
	static const size_t sizes[] = {0, 1, 2, 3, 4, 8};

	for (size_t t = 0; t < sizeof types / sizeof types[0]; t++)
		for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
			for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
				int bytes[2] = {values[v], 0};
				char label[64];

				snprintf(label, sizeof label, "%s %d in %zu bytes", types[t].label, values[v],
					 sizes[s]);
				try_one(subject, label, types[t].level, types[t].type, bytes, sizes[s]);
			}
}

/* IPv6's PKTINFO, which an AF_INET socket passes over. */
static void walk_pktinfo6(const struct subject *subject)
{
	static const char *const addresses[] = {"::", "::1", "::ffff:127.0.0.2", "2001:db8::1"};

	for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
		struct in6_pktinfo info = {.ipi6_addr = in6(addresses[i], 0).name.in6.sin6_addr};
		char label[64];

		snprintf(label, sizeof label, "IPv6 PKTINFO of [%s]", addresses[i]);
		try_one(subject, label, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
	}
}

/* Lengths that are too small, too large, or leave the buffer. */
static void walk_malformed(const struct subject *subject)
{
	static const size_t said[] = {0, 1, 15, 16, 17, 19, 20, 24, 27, 28, 29, 32, 40, 64, 1000, (size_t)-1};
	static const size_t given[] = {0, 1, 8, 15, 16, 20, 27, 28, 32, 60, 64};
	struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(INADDR_LOOPBACK + 1)};
	int ttl = 33;

	for (int which = 0; which < 2; which++)
		for (size_t s = 0; s < sizeof said / sizeof said[0]; s++)
			for (size_t g = 0; g < sizeof given / sizeof given[0]; g++) {
				char label[64];

				start();
				if (which == 0)
					put(IPPROTO_IP, IP_PKTINFO, said[s], &info, sizeof info);
				else
					put(IPPROTO_IP, IP_TTL, said[s], &ttl, sizeof ttl);
				put_right(IPPROTO_IP, IP_TOS, &(int){0x48}, sizeof(int));
				snprintf(label, sizeof label, "%s of length %zd and TOS", which ? "TTL" : "PKTINFO",
					 (ssize_t)said[s]);
				try_both(subject, label, given[g]);
			}
	try_both(subject, "a controllen beyond all", (size_t)1 << 31);
	try_both(subject, "a controllen beyond all", (size_t)-1);
}

static void walk_several(const struct subject *subject)
{
	struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(INADDR_LOOPBACK + 1)};
	int ttl = 33, tos = 0x48;

	start();
	put_right(IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
	put_right(IPPROTO_IP, IP_TTL, &ttl, sizeof ttl);
	put_right(IPPROTO_IP, IP_TOS, &tos, sizeof tos);
	try_both(subject, "PKTINFO, TTL and TOS", used);
	try_both(subject, "PKTINFO, TTL and half of TOS", used - 8);
	put_right(IPPROTO_IP, IP_TTL, &(int){44}, sizeof(int));
	try_both(subject, "PKTINFO, TTL, TOS and another TTL", used);
	put_right(IPPROTO_IP, 77, &tos, sizeof tos);
	try_both(subject, "those and an unknown one", used);
	start();
	put_right(IPPROTO_UDP, UDP_SEGMENT, &(uint16_t){16}, sizeof(uint16_t));
	try_both(subject, "SEGMENT 16", used);
	put_right(IPPROTO_IP, IP_TOS, &tos, sizeof tos);
	try_both(subject, "SEGMENT 16 and TOS", used);
	try_one(subject, "SEGMENT 0", IPPROTO_UDP, UDP_SEGMENT, &(uint16_t){0}, sizeof(uint16_t));
	try_one(subject, "SEGMENT 1", IPPROTO_UDP, UDP_SEGMENT, &(uint16_t){1}, sizeof(uint16_t));
	try_one(subject, "SEGMENT 16 in 4 bytes", IPPROTO_UDP, UDP_SEGMENT, &(int){16}, sizeof(int));
	try_one(subject, "TXTIME", SOL_SOCKET, SO_TXTIME, &(uint64_t){0}, sizeof(uint64_t));
}

void walk_sent_control(struct subject *subject)
{
	for (int connected = 0; connected < 2; connected++) {
		subject_renew(subject);
		if (connected) {
			connect(subject->fd, &subject->remote.name.any, subject->remote.length);
			subject->remote.length = 0;
		}
		walk_pktinfo(subject);
		walk_numbers(subject);
		walk_pktinfo6(subject);
		walk_malformed(subject);
		walk_several(subject);
	}
	subject_renew(subject);
}
