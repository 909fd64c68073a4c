/* SPDX-License-Identifier: MIT */
/* Ancillary data of a converted UDP socket: what comes with a datagram from an
 * IPv6 client is what an AF_INET socket gets from an IPv4 one, and what is sent
 * along acts on packets of both families. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "base/sys.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { HOPS = 33, CLASS = 0x48, ROOM = 160 };

struct letter {
	struct sockaddr_in peer;
	char data[64];
	_Alignas(struct cmsghdr) unsigned char control[ROOM];
	struct iovec part;
	struct msghdr header;
};

static void receive(int fd, struct letter *letter, size_t room, const char *text)
{
	memset(letter->control, 0xaa, sizeof letter->control);
	letter->part = (struct iovec){letter->data, sizeof letter->data};
	letter->header =
	    (struct msghdr){&letter->peer, sizeof letter->peer, &letter->part, 1, letter->control, room, 0};
	errno = 77;
	ck_assert_int_eq(recvmsg(fd, &letter->header, 0), (ssize_t)strlen(text));
	ck_assert_int_eq(errno, 77);
	ck_assert_mem_eq(letter->data, text, strlen(text));
}

/* The client's packets are coloured, so that what is told of them shows. */
static void colour(int fd, enum whence whence)
{
	int level = whence == FROM_IPV4 ? IPPROTO_IP : IPPROTO_IPV6;

	setsockopt(fd, level, whence == FROM_IPV4 ? IP_TTL : IPV6_UNICAST_HOPS, &(int){HOPS}, sizeof(int));
	setsockopt(fd, level, whence == FROM_IPV4 ? IP_TOS : IPV6_TCLASS, &(int){CLASS}, sizeof(int));
}

static const struct {
	int level, option, type;
	size_t size;
} asked[] = {
    {SOL_SOCKET, SO_TIMESTAMP, SO_TIMESTAMP, sizeof(struct timeval)},
    {IPPROTO_IP, IP_PKTINFO, IP_PKTINFO, sizeof(struct in_pktinfo)},
    {IPPROTO_IP, IP_RECVTTL, IP_TTL, sizeof(int)},
    {IPPROTO_IP, IP_RECVTOS, IP_TOS, 1},
    {IPPROTO_IP, IP_RECVORIGDSTADDR, IP_ORIGDSTADDR, sizeof(struct sockaddr_in)},
};
enum { ASKED = sizeof asked / sizeof asked[0], SETS = 1 << ASKED };

static void ask_for(int fd, int set)
{
	for (int i = 0; i < ASKED; i++)
		if (set & 1 << i)
			ck_assert_int_eq(setsockopt(fd, asked[i].level, asked[i].option, &(int){1}, sizeof(int)),
					 0);
}

/* A server with those options, set before bind or after it. */
static int curious(int set, bool before, uint16_t port)
{
	int fd = server_unbound();

	if (before)
		ask_for(fd, set);
	ck_assert_int_eq(bind_to(fd, ipv4(INADDR_ANY, port)), 0);
	ck_assert_int_eq(is_converted(fd), port == SERVER);
	if (!before)
		ask_for(fd, set);
	return fd;
}

static const void *told(const struct letter *letter, int level, int type)
{
	struct msghdr header = letter->header;

	for (struct cmsghdr *part = CMSG_FIRSTHDR(&header); part != NULL; part = CMSG_NXTHDR(&header, part))
		if (part->cmsg_level == level && part->cmsg_type == type)
			return CMSG_DATA(part);
	return NULL;
}

/* _i: from where, and whether the options were set before bind. */
START_TEST(all_is_told)
{
	int whence = _i % WHENCES, fd = curious(SETS - 1, _i / WHENCES, SERVER), asking = client(whence, CLIENT);
	struct sockaddr_in local = shown(whence, SERVER), original;
	struct in_pktinfo info;
	struct letter letter;
	struct timeval when;
	int hops;

	colour(asking, whence);
	ask(asking, whence, "query");
	receive(fd, &letter, ROOM, "query");
	ck_assert_int_eq(letter.header.msg_flags, 0);
	memcpy(&when, told(&letter, SOL_SOCKET, SO_TIMESTAMP), sizeof when);
	ck_assert_int_gt(when.tv_sec, 1000000000);
	memcpy(&info, told(&letter, IPPROTO_IP, IP_PKTINFO), sizeof info);
	ck_assert_uint_eq(info.ipi_addr.s_addr, local.sin_addr.s_addr);
	ck_assert_uint_eq(info.ipi_spec_dst.s_addr, local.sin_addr.s_addr);
	ck_assert_int_eq(info.ipi_ifindex, 1); /* lo */
	memcpy(&hops, told(&letter, IPPROTO_IP, IP_TTL), sizeof hops);
	ck_assert_int_eq(hops, HOPS);
	ck_assert_uint_eq(*(const unsigned char *)told(&letter, IPPROTO_IP, IP_TOS), CLASS);
	memcpy(&original, told(&letter, IPPROTO_IP, IP_ORIGDSTADDR), sizeof original);
	same_address(&original, &local);
}
END_TEST

/* Headers, lengths and flags, and every byte past them: with any room as on an
 * AF_INET socket that an IPv4 client asks. Of what the messages say only the
 * addresses and the time differ. */
static void same_layout(struct letter *seen, struct letter *wanted)
{
	ck_assert_uint_eq(seen->header.msg_controllen, wanted->header.msg_controllen);
	ck_assert_int_eq(seen->header.msg_flags, wanted->header.msg_flags);
	for (size_t at = 0, size; at + sizeof(struct cmsghdr) <= wanted->header.msg_controllen; at += size) {
		const struct cmsghdr *part = (const struct cmsghdr *)(wanted->control + at);

		ck_assert_mem_eq(seen->control + at, part, sizeof *part);
		size = CMSG_ALIGN(part->cmsg_len);
		memset(seen->control + at, 0, part->cmsg_len);
		memset(wanted->control + at, 0, part->cmsg_len);
	}
	ck_assert_mem_eq(seen->control, wanted->control, ROOM);
}

/* _i: from where, and which options. */
START_TEST(room_is_used_as_by_the_kernel)
{
	int whence = _i % WHENCES, set = _i / WHENCES;
	int fd = curious(set, false, SERVER), native = curious(set, false, NATIVE);
	int clients[] = {client(whence, CLIENT), client(FROM_IPV4, CLIENT + 1)};
	struct letter seen, wanted;

	for (size_t room = 0; room <= ROOM; room++) {
		ask(clients[0], whence, "query");
		receive(fd, &seen, room, "query");
		ask_at(clients[1], FROM_IPV4, NATIVE, "query");
		receive(native, &wanted, room, "query");
		same_layout(&seen, &wanted);
	}
}
END_TEST

/* _i: to where, whether the interface is left in, and by which call: the reply
 * comes from the address that was asked, which need not be the one that the
 * kernel would choose. */
START_TEST(replies_leave_from_the_address_that_was_asked)
{
	static const char *const homes[] = {"fd00:db::1", "fd00:db::2"};
	int which = _i % 2, with_interface = _i / 2 % 2, way = _i / 4;
	int fd = curious(1 << 1, true, SERVER), asking = client_at("fd00:db::1", CLIENT);
	struct sockaddr_in6 to = ipv6(in6addr_any, SERVER);
	struct in_pktinfo *info;
	struct letter letter;

	add_address6("fd00:db::2", "lo");
	inet_pton(AF_INET6, homes[which], &to.sin6_addr);
	ck_assert_int_eq(sendto(asking, "query", 5, 0, (struct sockaddr *)&to, sizeof to), 5);
	receive(fd, &letter, ROOM, "query");
	info = (struct in_pktinfo *)(void *)CMSG_DATA(CMSG_FIRSTHDR(&letter.header));
	if (!with_interface) {
		info->ipi_ifindex = 0;
		info->ipi_spec_dst = info->ipi_addr; /* as dnsmasq does */
		info->ipi_addr.s_addr = 0;
	}
	letter.part.iov_len = 5;
	if (way == 0)
		ck_assert_int_eq(sendmsg(fd, &letter.header, 0), 5);
	else {
		struct mmsghdr batch = {.msg_hdr = letter.header};

		ck_assert_int_eq(sendmmsg(fd, &batch, 1, 0), 1);
	}
	answered_from(asking, &to, "query");
}
END_TEST

/* The same for both of IPv4's and IPv6's loopback. */
START_TEST(replies_from_loopback)
{
	int fd = curious(1 << 1, true, SERVER), asking = client(FROM_IPV4, CLIENT);
	struct sockaddr_in to = ipv4(INADDR_LOOPBACK + _i, SERVER);
	struct sockaddr_in6 from = {0};
	struct letter letter;

	ck_assert_int_eq(sendto(asking, "query", 5, 0, (struct sockaddr *)&to, sizeof to), 5);
	receive(fd, &letter, ROOM, "query");
	letter.part.iov_len = 5;
	ck_assert_int_eq(sendmsg(fd, &letter.header, 0), 5);
	memcpy(&from, &to, sizeof to);
	answered_from(asking, &from, "query");

	asking = client(FROM_LOOPBACK6, CLIENT);
	ask(asking, FROM_LOOPBACK6, "query");
	receive(fd, &letter, ROOM, "query");
	letter.part.iov_len = 5;
	ck_assert_int_eq(sendmsg(fd, &letter.header, 0), 5);
	answered(asking, FROM_LOOPBACK6, "query");
}
END_TEST

/* What a client's packet came with: its hop limit and its class. */
static void came_with(int fd, enum whence whence, int hops, int class)
{
	int level = whence == FROM_IPV4 ? IPPROTO_IP : IPPROTO_IPV6, seen[2] = {-1, -1};
	struct letter letter;

	letter.part = (struct iovec){letter.data, sizeof letter.data};
	letter.header = (struct msghdr){NULL, 0, &letter.part, 1, letter.control, ROOM, 0};
	ck_assert_int_eq(sys_call(SYS_recvmsg, fd, &letter.header, 0), 5);
	memcpy(&seen[0], told(&letter, level, whence == FROM_IPV4 ? IP_TTL : IPV6_HOPLIMIT), sizeof(int));
	if (whence == FROM_IPV4)
		seen[1] = *(const unsigned char *)told(&letter, level, IP_TOS);
	else
		memcpy(&seen[1], told(&letter, level, IPV6_TCLASS), sizeof(int));
	ck_assert_int_eq(seen[0], hops);
	ck_assert_int_eq(seen[1], class);
}

START_TEST(hops_and_class_are_sent)
{
	int fd = curious(0, true, SERVER), asking = client(_i, CLIENT), hops = 17;
	int level = _i == FROM_IPV4 ? IPPROTO_IP : IPPROTO_IPV6;
	unsigned char class = 0x88;
	struct letter letter;
	struct cmsghdr *part = (struct cmsghdr *)letter.control;

	setsockopt(asking, level, _i == FROM_IPV4 ? IP_RECVTTL : IPV6_RECVHOPLIMIT, &(int){1}, sizeof(int));
	setsockopt(asking, level, _i == FROM_IPV4 ? IP_RECVTOS : IPV6_RECVTCLASS, &(int){1}, sizeof(int));
	ask(asking, _i, "query");
	receive(fd, &letter, ROOM, "query");
	letter.part.iov_len = 5;
	letter.header.msg_controllen = CMSG_SPACE(sizeof hops) + CMSG_SPACE(sizeof class);
	memset(letter.control, 0, ROOM);
	*part = (struct cmsghdr){CMSG_LEN(sizeof hops), IPPROTO_IP, IP_TTL};
	memcpy(CMSG_DATA(part), &hops, sizeof hops);
	part = CMSG_NXTHDR(&letter.header, part);
	*part = (struct cmsghdr){CMSG_LEN(sizeof class), IPPROTO_IP, IP_TOS};
	memcpy(CMSG_DATA(part), &class, sizeof class);
	ck_assert_int_eq(sendmsg(fd, &letter.header, 0), 5);
	came_with(asking, _i, hops, class);

	/* And without: the socket's own, once they are set. */
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_TTL, &(int){21}, sizeof(int)), 0);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_TOS, &(int){0x28}, sizeof(int)), 0);
	reply(fd, &letter.peer, "reply");
	came_with(asking, _i, 21, 0x28);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {all_is_told, WHENCES * 2},
	    {room_is_used_as_by_the_kernel, WHENCES * SETS},
	    {replies_leave_from_the_address_that_was_asked, 8},
	    {replies_from_loopback, 2},
	    {hops_and_class_are_sent, WHENCES},
	};

	(void)argc;
	return preloaded_main(argv, "9000-9100/udp", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
