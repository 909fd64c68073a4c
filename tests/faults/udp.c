/* SPDX-License-Identifier: MIT */
/* Scenes of datagrams. */
#define _GNU_SOURCE
#include "scene.h"

#include <stdlib.h>

enum { CONTROL_BYTES = 256, BATCH = 2 };

struct letter {
	struct sockaddr_storage peer;
	_Alignas(struct cmsghdr) char control[CONTROL_BYTES];
	char text[8];
	struct iovec data;
};

static struct msghdr message_of(struct letter *letter)
{
	memset(letter, 0, sizeof *letter);
	letter->data = (struct iovec){letter->text, sizeof letter->text};
	return (struct msghdr){.msg_name = &letter->peer,
			       .msg_namelen = sizeof letter->peer,
			       .msg_iov = &letter->data,
			       .msg_iovlen = 1,
			       .msg_control = letter->control,
			       .msg_controllen = sizeof letter->control};
}

static void say_message(const char *what, struct msghdr *message)
{
	const struct cmsghdr *header;
	struct in_pktinfo info;

	say_address(what, message->msg_name, message->msg_namelen);
	for (header = CMSG_FIRSTHDR(message); header != NULL;
	     header = CMSG_NXTHDR(message, (struct cmsghdr *)(uintptr_t)header)) {
		struct sockaddr_storage local;
		socklen_t length = address_of(&local, AF_INET, NULL, 0);

		say("%s: control %d %d %zu", what, header->cmsg_level, header->cmsg_type, (size_t)header->cmsg_len);
		if (header->cmsg_level != IPPROTO_IP || header->cmsg_type != IP_PKTINFO)
			continue;
		memcpy(&info, CMSG_DATA(header), sizeof info);
		((struct sockaddr_in *)&local)->sin_addr = info.ipi_addr;
		say_address("IP_PKTINFO", &local, length);
	}
}

/* The reply goes back the way that the letter came. */
static void answer(struct msghdr *message, size_t size)
{
	message->msg_iov->iov_len = size;
}

static void hear(int from)
{
	char text[8];

	said("client hears", PAST(recvfrom, from, text, sizeof text, MSG_DONTWAIT, 0L, 0L));
}

static void ask(int from, int times)
{
	for (int i = 0; i < times; i++)
		PAST(write, from, "ask", 3);
	errno = SENTINEL;
}

static void one_by_one(int fd, int from)
{
	struct letter letter;
	struct msghdr message = message_of(&letter);
	socklen_t length = sizeof letter.peer;
	long size;

	ask(from, 1);
	size = said("recvfrom",
		    recvfrom(fd, letter.text, sizeof letter.text, 0, (struct sockaddr *)&letter.peer, &length));
	if (size >= 0) {
		say_address("recvfrom", &letter.peer, length);
		said("sendto", sendto(fd, letter.text, (size_t)size, 0, (struct sockaddr *)&letter.peer, length));
		hear(from);
	}
	ask(from, 1);
	message = message_of(&letter);
	size = said("recvmsg", recvmsg(fd, &message, 0));
	if (size < 0)
		return;
	say_message("recvmsg", &message);
	answer(&message, (size_t)size);
	said("sendmsg", sendmsg(fd, &message, 0));
	hear(from);
}

static void together(int fd, int from)
{
	struct letter letters[BATCH];
	struct mmsghdr messages[BATCH] = {{{0}, 0}};
	long count;

	for (int i = 0; i < BATCH; i++)
		messages[i].msg_hdr = message_of(&letters[i]);
	ask(from, BATCH);
	count = said("recvmmsg", recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL));
	for (long i = 0; i < count; i++) {
		say("message of %u", messages[i].msg_len);
		say_message("recvmmsg", &messages[i].msg_hdr);
		answer(&messages[i].msg_hdr, messages[i].msg_len);
	}
	if (count <= 0)
		return;
	said("sendmmsg", sendmmsg(fd, messages, (unsigned)count, 0));
	for (long i = 0; i < count; i++)
		hear(from);
}

static void one_client(int fd, const char *host, uint16_t port)
{
	int from;

	say("client of %s", strchr(host, ':') != NULL ? "IPv6" : "IPv4");
	from = client(SOCK_DGRAM, host, port);
	if (from < 0)
		return;
	one_by_one(fd, from);
	together(fd, from);
	said("nothing", recvfrom(fd, &(char){0}, 1, 0, NULL, NULL));
	leave(from);
}

static int bound(int family, uint16_t port)
{
	struct sockaddr_storage address;
	socklen_t length = address_of(&address, family, NULL, port);
	int fd = (int)said("socket", socket(family, SOCK_DGRAM | SOCK_NONBLOCK, 0));

	said("SO_REUSEADDR", set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1));
	said("SO_BROADCAST", set_int(fd, SOL_SOCKET, SO_BROADCAST, 1));
	if (family == AF_INET6)
		said("IPV6_V6ONLY", set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1));
	else
		said("IP_PKTINFO", set_int(fd, IPPROTO_IP, IP_PKTINFO, 1));
	said("bind", bind(fd, (struct sockaddr *)&address, length));
	return fd;
}

/* The pod's address, which is shown by one of the pool. */
static const char *own_ipv6(void)
{
	const char *own = getenv("POD_IP6");

	return own != NULL ? own : "::1";
}

static void scene_udp(void)
{
	int fd = bound(AF_INET, 8084);

	say_descriptors("bound");
	say_name("getsockname", fd, getsockname);
	say_socket(fd);
	one_client(fd, "127.0.0.1", 8084);
	adding(true);
	one_client(fd, own_ipv6(), 8084);
	adding(false);
	said("close", close(fd));
}

static void scene_udp_dual(void)
{
	int fd = bound(AF_INET, 8085), other = bound(AF_INET6, 8085);

	say_descriptors("bound");
	say_socket(fd);
	say_socket(other);
	one_client(fd, "127.0.0.1", 8085);
	one_client(other, "::1", 8085);
	said("close", close(fd) | close(other));
}

/* A client is answered from a new socket, as TFTP does. */
static void scene_udp_new(void)
{
	struct sockaddr_storage peer = {0};
	socklen_t length = sizeof peer;
	int fd = bound(AF_INET, 8088), new, from;
	char text[8];

	one_client(fd, "127.0.0.1", 8088);
	adding(true);
	from = client(SOCK_DGRAM, own_ipv6(), 8088);
	ask(from, 1);
	new = (int)said("socket", socket(AF_INET, SOCK_DGRAM, 0));
	if (said("recvfrom", recvfrom(fd, text, sizeof text, 0, (struct sockaddr *)&peer, &length)) == 3) {
		said("sendto", sendto(new, text, 3, 0, (struct sockaddr *)&peer, length));
		said("connect", connect(new, (struct sockaddr *)&peer, length));
		say_name("getpeername", new, getpeername);
		said("send", send(new, text, 3, 0));
	}
	leave(from);
	adding(false);
	say_descriptors("answered");
	said("close", close(fd) | close(new));
}

const struct scene udp_scenes[] = {
    {"udp", "UDP: convert, receive and send", scene_udp},
    {"udp-dual", "UDP: yield", scene_udp_dual},
    {"udp-new", "UDP: a new socket", scene_udp_new},
    {NULL, NULL, NULL},
};
