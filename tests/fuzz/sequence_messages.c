/* SPDX-License-Identifier: MIT */
/* Sending and receiving, by the program and by its clients. */
#define _GNU_SOURCE
#include "sequence.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <netinet/udp.h>
#include <unistd.h>

enum { DATA = 300, CONTROL = 256, BATCH = 3 };

struct letter {
	union name name;
	unsigned char data[DATA];
	_Alignas(struct cmsghdr) unsigned char control[CONTROL];
	struct iovec part;
};

static const int receive_flags[] = {0,
				    0,
				    0,
				    0,
				    MSG_PEEK,
				    MSG_TRUNC,
				    MSG_PEEK | MSG_TRUNC,
				    MSG_DONTWAIT,
				    MSG_ERRQUEUE,
				    MSG_WAITALL,
				    MSG_OOB,
				    MSG_CMSG_CLOEXEC};

static void act_client_send(struct world *world, struct step *step)
{
	static const size_t sizes[] = {1, 5, 100, 0, 1400};
	int client = world->client[step->other % CLIENTS];
	size_t size = PICK(&step->dice, sizes);
	unsigned char data[1400];

	memset(data, 'a' + (int)step->index % 26, sizeof data);
	say(" %u size %zu", step->other % CLIENTS, size);
	arrow();
	if (size == 0 && (step->kind & STREAM))
		size = 1;
	say_result(PAST(sendto, client, data, size, MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0));
}

static void act_client_receive(struct world *world, struct step *step)
{
	int client = world->client[step->other % CLIENTS];
	unsigned char data[DATA];

	say(" %u", step->other % CLIENTS);
	arrow();
	for (int i = 0; i < 8; i++) {
		long size = PAST(recvfrom, client, data, sizeof data, MSG_DONTWAIT, NULL, NULL);

		say_result(size);
		if (size <= 0)
			break;
		say(" '%c'", data[0]);
		errno = 0;
	}
}

/* Receiving. */

static void letter_room(struct step *step, struct letter *letter, struct msghdr *header)
{
	static const size_t controls[] = {0, 12, 16, 17, 20, 24, 28, 32, 40, 64, 100, CONTROL};
	static const size_t sizes[] = {DATA, DATA, 3, 0, 100};
	bool named = roll(&step->dice, 4) != 0;

	fill(letter, sizeof *letter);
	letter->part = (struct iovec){letter->data, PICK(&step->dice, sizes)};
	*header = (struct msghdr){.msg_iov = &letter->part, .msg_iovlen = 1, .msg_flags = (int)0xdeadbeef};
	if (roll(&step->dice, 3) != 0) {
		header->msg_control = letter->control;
		header->msg_controllen = roll(&step->dice, 2) ? (size_t)CONTROL : PICK(&step->dice, controls);
	}
	if (named)
		header->msg_name = &letter->name;
	header->msg_namelen = pick_room(step);
	say(" %s size %zu control %zu", named ? "named" : "unnamed", letter->part.iov_len, header->msg_controllen);
}

static void hear(struct world *world, const union name *name, socklen_t room, socklen_t length)
{
	if (room >= sizeof name->in && length == sizeof name->in && name->any.sa_family == AF_INET) {
		world->heard = *name;
		world->heard_length = length;
	}
}

static void say_letter(struct world *world, const struct letter *letter, const struct msghdr *header, long size)
{
	/* A client's data are all alike. */
	say(" '%c'", size > 0 && letter->part.iov_len > 0 ? letter->data[0] : ' ');
	say(" length %u flags %#x", header->msg_namelen, (unsigned)header->msg_flags);
	say_name(world, "from", &letter->name, sizeof letter->name);
	say_control(world, header, letter->control, sizeof letter->control);
}

static void act_receive_message(struct world *world, struct step *step)
{
	int fd = world->slot[step->slot], flags = PICK(&step->dice, receive_flags);
	struct letter letter;
	struct msghdr header;
	socklen_t room;
	long size;

	say(" flags %#x", (unsigned)flags);
	letter_room(step, &letter, &header);
	room = header.msg_namelen;
	arrow();
	size = step->by_number ? syscall(SYS_recvmsg, fd, &header, flags) : recvmsg(fd, &header, flags);
	say_result(size);
	say_letter(world, &letter, &header, size);
	if (size >= 0 && header.msg_name != NULL)
		hear(world, &letter.name, room, header.msg_namelen);
}

static void act_receive_from(struct world *world, struct step *step)
{
	int fd = world->slot[step->slot], flags = PICK(&step->dice, receive_flags);
	bool named = roll(&step->dice, 5) != 0;
	socklen_t room = pick_room(step), length = room;
	unsigned char data[DATA];
	union name name;
	long size;

	fill(&name, sizeof name);
	fill(data, sizeof data);
	say(" %s flags %#x", named ? "named" : "unnamed", (unsigned)flags);
	arrow();
	if (step->by_number)
		size = syscall(SYS_recvfrom, fd, data, sizeof data, flags, named ? &name : NULL,
			       named ? &length : NULL);
	else
		size = recvfrom(fd, data, sizeof data, flags, named ? &name.any : NULL, named ? &length : NULL);
	say_result(size);
	say(" '%c' length %u", data[0], length);
	say_name(world, "from", &name, sizeof name);
	if (size >= 0 && named)
		hear(world, &name, room, length);
}

static void act_receive_messages(struct world *world, struct step *step)
{
	int fd = world->slot[step->slot], flags = PICK(&step->dice, receive_flags);
	unsigned count = 1 + roll(&step->dice, BATCH);
	struct timespec timeout = {0, 1000000}, *until = roll(&step->dice, 2) ? &timeout : NULL;
	struct letter letters[BATCH];
	struct mmsghdr headers[BATCH];
	int received;

	if (roll(&step->dice, 3) == 0)
		flags |= MSG_WAITFORONE;
	say(" flags %#x of %u", (unsigned)flags, count);
	for (unsigned i = 0; i < count; i++) {
		letter_room(step, &letters[i], &headers[i].msg_hdr);
		headers[i].msg_len = 77;
	}
	arrow();
	received = step->by_number ? (int)syscall(SYS_recvmmsg, fd, headers, count, flags, until)
				   : recvmmsg(fd, headers, count, flags, until);
	say_result(received);
	for (unsigned i = 0; i < count; i++) {
		say(" | %u", headers[i].msg_len);
		say_letter(world, &letters[i], &headers[i].msg_hdr, headers[i].msg_len);
	}
}

/* Sending. */

static const int send_flags[] = {0, 0, 0, MSG_DONTWAIT, MSG_CONFIRM, MSG_DONTROUTE, MSG_EOR, MSG_MORE};

/* What is held back by MSG_MORE is lost with a socket that is bound after that. */
static int pick_send_flags(struct world *world, struct step *step)
{
	int flags = PICK(&step->dice, send_flags) | MSG_NOSIGNAL;

	if (port_of(world->slot[step->slot]) == 0)
		flags &= ~MSG_MORE;
	say(" flags %#x", (unsigned)flags);
	return flags;
}

static void add_item(struct msghdr *header, int level, int type, const void *data, size_t size)
{
	struct cmsghdr item = {CMSG_LEN(size), level, type};
	unsigned char *at = (unsigned char *)header->msg_control + header->msg_controllen;

	memcpy(at, &item, sizeof item);
	memcpy(at + sizeof item, data, size);
	header->msg_controllen += CMSG_SPACE(size);
}

static void pick_items(struct step *step, struct letter *letter, struct msghdr *header)
{
	static const int numbers[] = {1, 64, 0, 255, 256, -1};
	unsigned count = roll(&step->dice, 3);

	memset(letter->control, 0, sizeof letter->control);
	header->msg_control = letter->control;
	for (unsigned i = 0; i < count; i++) {
		unsigned which = roll(&step->dice, 6);
		int number = PICK(&step->dice, numbers);
		size_t size = roll(&step->dice, 5) ? sizeof number : roll(&step->dice, 6);
		struct in_pktinfo info = {.ipi_ifindex = (int)roll(&step->dice, 3)};

		info.ipi_spec_dst.s_addr = htonl(roll(&step->dice, 2) ? POD_IP4 : INADDR_ANY);
		say(" item %u number %d size %zu", which, number, size);
		if (which < 2)
			add_item(header, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
		else if (which == 2)
			add_item(header, IPPROTO_IP, IP_TTL, &number, size);
		else if (which == 3)
			add_item(header, IPPROTO_IP, IP_TOS, &number, size);
		else if (which == 4)
			add_item(header, SOL_SOCKET, SO_MARK, &number, size);
		else
			add_item(header, IPPROTO_UDP, UDP_SEGMENT, &(uint16_t){100}, 2);
	}
	if (header->msg_controllen > 0 && roll(&step->dice, 10) == 0)
		header->msg_controllen -= 1 + roll(&step->dice, 8);
}

static void write_letter(struct world *world, struct step *step, struct letter *letter, struct msghdr *header)
{
	static const size_t sizes[] = {5, 5, 1, 100, 250};

	memset(letter->data, 'A' + (int)step->index % 26, sizeof letter->data);
	letter->part = (struct iovec){letter->data, PICK(&step->dice, sizes)};
	*header = (struct msghdr){.msg_iov = &letter->part, .msg_iovlen = 1};
	say(" size %zu", letter->part.iov_len);
	if (roll(&step->dice, 4) != 0) {
		header->msg_namelen = pick_destination(world, step, &letter->name);
		header->msg_name = &letter->name;
	}
	if (roll(&step->dice, 2))
		pick_items(step, letter, header);
}

static void act_send_message(struct world *world, struct step *step)
{
	int fd = world->slot[step->slot], flags = pick_send_flags(world, step);
	struct letter letter;
	struct msghdr header;

	write_letter(world, step, &letter, &header);
	arrow();
	say_result(step->by_number ? syscall(SYS_sendmsg, fd, &header, flags) : sendmsg(fd, &header, flags));
}

static void act_send_to(struct world *world, struct step *step)
{
	int fd = world->slot[step->slot], flags = pick_send_flags(world, step);
	struct letter letter;
	struct msghdr of;
	size_t size;

	write_letter(world, step, &letter, &of);
	size = letter.part.iov_len;
	arrow();
	say_result(step->by_number ? syscall(SYS_sendto, fd, letter.data, size, flags, of.msg_name, of.msg_namelen)
				   : sendto(fd, letter.data, size, flags, of.msg_name, of.msg_namelen));
}

static void act_send_messages(struct world *world, struct step *step)
{
	int fd = world->slot[step->slot], flags = pick_send_flags(world, step), sent;
	unsigned count = 1 + roll(&step->dice, BATCH);
	struct letter letters[BATCH];
	struct mmsghdr headers[BATCH];

	say(" of %u", count);
	for (unsigned i = 0; i < count; i++) {
		write_letter(world, step, &letters[i], &headers[i].msg_hdr);
		headers[i].msg_len = 77;
	}
	arrow();
	sent = step->by_number ? (int)syscall(SYS_sendmmsg, fd, headers, count, flags)
			       : sendmmsg(fd, headers, count, flags);
	say_result(sent);
	for (unsigned i = 0; i < count; i++)
		say(" %u", headers[i].msg_len);
}

const struct operation message_operations[] = {
    {"client-send", 9, NOTHING, act_client_send},
    {"client-receive", 4, NOTHING, act_client_receive},
    {"recvfrom", 5, NOTHING, act_receive_from},
    {"recvmsg", 5, NOTHING, act_receive_message},
    {"recvmmsg", 3, NOTHING, act_receive_messages},
    {"sendto", 4, NOTHING, act_send_to},
    {"sendmsg", 4, NOTHING, act_send_message},
    {"sendmmsg", 2, NOTHING, act_send_messages},
    {NULL, 0, NOTHING, NULL},
};
