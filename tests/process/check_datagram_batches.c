/* SPDX-License-Identifier: MIT */
/* recvmmsg and sendmmsg: batches with peers of both families, with and without
 * ancillary data, echoed as they came. */
#define _GNU_SOURCE
#include "datagrams.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MESSAGES = 100, ROOM = 64, QUEUE_BYTES = 1 << 20 };

static struct sockaddr_in peers[MESSAGES];
static char data[MESSAGES][32];
_Alignas(struct cmsghdr) static unsigned char control[MESSAGES][ROOM];
static struct iovec parts[MESSAGES];
static struct mmsghdr batch[MESSAGES];
static int clients[MESSAGES];

static const char *text_of(int i)
{
	static char text[32];

	snprintf(text, sizeof text, "message %d", i);
	return text;
}

/* Every third message has no room for control, every seventh none for a name. */
static void prepare(void)
{
	memset(control, 0, sizeof control);
	memset(peers, 0xaa, sizeof peers);
	for (int i = 0; i < MESSAGES; i++) {
		bool named = i % 7 != 6, informed = i % 3 != 2;

		parts[i] = (struct iovec){data[i], sizeof data[i]};
		batch[i] =
		    (struct mmsghdr){.msg_hdr = {named ? &peers[i] : NULL, named ? sizeof peers[i] : 0, &parts[i],
						 1, informed ? control[i] : NULL, informed ? ROOM : 0, 0}};
	}
}

static void ask_all(void)
{
	for (int i = 0; i < MESSAGES; i++)
		ask(clients[i], i % WHENCES, text_of(i));
}

static void check_message(int i)
{
	struct sockaddr_in wanted = shown(i % WHENCES, (uint16_t)(CLIENT + i));
	const struct msghdr *header = &batch[i].msg_hdr;
	struct cmsghdr *part = CMSG_FIRSTHDR(header);
	struct in_pktinfo info;

	ck_assert_uint_eq(batch[i].msg_len, strlen(text_of(i)));
	ck_assert_mem_eq(data[i], text_of(i), strlen(text_of(i)));
	if (header->msg_name != NULL) {
		ck_assert_ptr_eq(header->msg_name, &peers[i]);
		ck_assert_uint_eq(header->msg_namelen, sizeof peers[i]);
		same_address(&peers[i], &wanted);
	} else
		ck_assert_uint_eq(header->msg_namelen, 0);
	ck_assert_ptr_eq(header->msg_iov, &parts[i]);
	ck_assert_uint_eq(header->msg_iovlen, 1);
	if (header->msg_control == NULL) {
		ck_assert_int_eq(header->msg_flags, MSG_CTRUNC);
		return;
	}
	ck_assert_ptr_eq(header->msg_control, control[i]);
	ck_assert_uint_eq(header->msg_controllen, CMSG_SPACE(sizeof info));
	ck_assert_int_eq(header->msg_flags, 0);
	ck_assert_int_eq(part->cmsg_level, IPPROTO_IP);
	ck_assert_int_eq(part->cmsg_type, IP_PKTINFO);
	memcpy(&info, CMSG_DATA(part), sizeof info);
	ck_assert_uint_eq(info.ipi_addr.s_addr, wanted.sin_addr.s_addr);
}

/* What is sent on one processor may overtake what was sent on another. */
static void stay_on_one_processor(void)
{
	cpu_set_t here;

	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	ck_assert_int_eq(sched_setaffinity(0, sizeof here, &here), 0);
}

static int open_all(void)
{
	int fd = server(SERVER);

	stay_on_one_processor();
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &(int){1}, sizeof(int)), 0);
	/* Past the system's limit, which is low on most, where that is allowed. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &(int){QUEUE_BYTES}, sizeof(int)) != 0)
		ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &(int){QUEUE_BYTES}, sizeof(int)), 0);
	for (int i = 0; i < MESSAGES; i++)
		clients[i] = client(i % WHENCES, (uint16_t)(CLIENT + i));
	return fd;
}

/* The messages that came, with names and ancillary data as they are, go back;
 * sendmmsg leaves them as they were. */
START_TEST(mixed_batch_is_echoed)
{
	int fd = open_all(), count = 0;
	struct mmsghdr answers[MESSAGES], given[MESSAGES];

	for (int round = 0; round < 3; round++) {
		ask_all();
		prepare();
		errno = 77;
		ck_assert_int_eq(recvmmsg(fd, batch, MESSAGES, MSG_WAITALL, NULL), MESSAGES);
		ck_assert_int_eq(errno, 77);
		count = 0;
		for (int i = 0; i < MESSAGES; i++) {
			check_message(i);
			parts[i].iov_len = batch[i].msg_len;
			if (batch[i].msg_hdr.msg_name != NULL)
				answers[count++] = batch[i];
		}
		memcpy(given, answers, sizeof given);
		ck_assert_int_eq(sendmmsg(fd, answers, (unsigned)count, 0), count);
		ck_assert_int_eq(errno, 77);
		ck_assert_mem_eq(answers, given, (size_t)count * sizeof given[0]);
		for (int i = 0; i < MESSAGES; i++)
			if (batch[i].msg_hdr.msg_name != NULL)
				answered(clients[i], i % WHENCES, text_of(i));
	}
	unanswered_all(clients, MESSAGES);
}
END_TEST

/* Fewer there than asked for. */
START_TEST(batch_is_not_full)
{
	int fd = open_all(), flags = _i % 2 ? MSG_DONTWAIT : MSG_WAITFORONE;
	struct timespec limit = {1, 0};

	for (int i = 0; i < 5; i++)
		ask(clients[i], i % WHENCES, text_of(i));
	prepare();
	ck_assert_int_eq(recvmmsg(fd, batch, MESSAGES, flags, _i / 2 ? &limit : NULL), 5);
	for (int i = 0; i < 5; i++)
		check_message(i);
	ck_assert_uint_eq(batch[5].msg_len, 0);
	ck_assert_uint_eq(batch[5].msg_hdr.msg_namelen, sizeof peers[5]);
	ck_assert_int_eq(recvmmsg(fd, batch, MESSAGES, MSG_DONTWAIT, NULL), -1);
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

/* More than the library may want to hold at once. sendmmsg takes 1024 of them,
 * recvmmsg all. An ordinary user's socket may not have room for so many. */
START_TEST(batch_of_thousands)
{
	enum { MANY = 1100, AT_ONCE = 1024, FEWER = 500 };
	static struct sockaddr_in names[MANY];
	static struct mmsghdr many[MANY];
	static struct iovec bytes[MANY];
	static char byte[MANY];
	int fd = open_all(), got = 0, count = kernel_option(fd, SOL_SOCKET, SO_RCVBUF) > QUEUE_BYTES ? MANY : FEWER;

	for (int i = 0; i < count; i++) {
		bytes[i] = (struct iovec){&byte[i], 1};
		many[i] = (struct mmsghdr){.msg_hdr = {&names[i], sizeof names[i], &bytes[i], 1, NULL, 0, 0}};
		ask(clients[i % MESSAGES], i % MESSAGES % WHENCES, "x");
	}
	got = recvmmsg(fd, many, MANY, MSG_DONTWAIT, NULL);
	ck_assert_int_eq(got, count);
	for (int i = 0; i < got; i++) {
		struct sockaddr_in wanted = shown(i % MESSAGES % WHENCES, (uint16_t)(CLIENT + i % MESSAGES));

		same_address(&names[i], &wanted);
	}
	ck_assert_int_eq(sendmmsg(fd, many, (unsigned)count, 0), count < AT_ONCE ? count : AT_ONCE);
	if (count > AT_ONCE)
		ck_assert_int_eq(sendmmsg(fd, many + AT_ONCE, MANY - AT_ONCE, 0), MANY - AT_ONCE);
	for (int i = 0; i < got; i++)
		ck_assert_int_eq(received(clients[i % MESSAGES], "x"), 1);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {mixed_batch_is_echoed, 1},
	    {batch_is_not_full, 4},
	    {batch_of_thousands, 1},
	};

	(void)argc;
	return preloaded_main(argv, "9000-9100/udp", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
