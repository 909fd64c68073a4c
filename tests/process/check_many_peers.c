/* SPDX-License-Identifier: MIT */
/* A million clients (or TEST_PEERS), each with an IPv6 address of its own: every one is
 * answered at once, and once more when a thousand others have asked since; the server does
 * not grow. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "base/sys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__ /* takes ten times as long */
enum { PEERS = 200000 };
#else
enum { PEERS = 1000000 };
#endif
enum { WARM = 100000, HELD = 1000, BATCH = 50, ALLOWED_KB = 512 };

#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78
#endif

/* One letter is one datagram of the client's socket, from or to an address of
 * its own: that is in the control data. */
struct letter {
	uint32_t number;
	struct iovec part;
	_Alignas(struct cmsghdr) unsigned char control[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

static struct letter questions[BATCH], answers[BATCH];
static struct mmsghdr asking[BATCH], collecting[BATCH];
static struct sockaddr_in6 server_name;

static void prepare(struct letter *letters, struct mmsghdr *batch, struct sockaddr_in6 *to)
{
	for (int i = 0; i < BATCH; i++) {
		struct msghdr *header = &batch[i].msg_hdr;

		letters[i].part = (struct iovec){&letters[i].number, sizeof letters[i].number};
		*(struct cmsghdr *)letters[i].control =
		    (struct cmsghdr){CMSG_LEN(sizeof(struct in6_pktinfo)), IPPROTO_IPV6, IPV6_PKTINFO};
		header->msg_name = to;
		header->msg_namelen = to != NULL ? sizeof *to : 0;
		header->msg_iov = &letters[i].part;
		header->msg_iovlen = 1;
		header->msg_control = letters[i].control;
		header->msg_controllen = CMSG_LEN(sizeof(struct in6_pktinfo));
	}
}

static struct in6_pktinfo *info_of(struct letter *letter)
{
	return (struct in6_pktinfo *)(void *)CMSG_DATA((struct cmsghdr *)letter->control);
}

static struct in6_addr address_of(uint32_t number)
{
	struct in6_addr address = {{{0xfd, 0, 0, 1}}};

	number = htonl(number);
	memcpy(&address.s6_addr[12], &number, sizeof number);
	return address;
}

static bool ask_batch(int fd, uint32_t first)
{
	for (uint32_t i = 0; i < BATCH; i++) {
		questions[i].number = first + i;
		info_of(&questions[i])->ipi6_addr = address_of(first + i);
	}
	return sys_call(SYS_sendmmsg, fd, asking, BATCH, 0) == BATCH;
}

/* How many of a batch of answers came to the right clients. */
static int collect_batch(int fd, uint32_t first)
{
	int right = 0;

	if (sys_call(SYS_recvmmsg, fd, collecting, BATCH, MSG_WAITALL, NULL) != BATCH)
		return 0;
	for (uint32_t i = 0; i < BATCH; i++) {
		struct in6_addr wanted = address_of(first + i);

		right += answers[i].number == first + i &&
			 memcmp(&info_of(&answers[i])->ipi6_addr, &wanted, sizeof wanted) == 0;
		answers[i].number = UINT32_MAX;
	}
	return right;
}

/* The server's side, one datagram at a time; the client is kept for later. */
static struct sockaddr_in held[HELD];

static bool serve_batch(int fd, uint32_t first)
{
	for (uint32_t i = first; i < first + BATCH; i++) {
		struct sockaddr_in *peer = &held[i % HELD];
		socklen_t length = sizeof *peer;
		uint32_t number;

		if (recvfrom(fd, &number, sizeof number, 0, (struct sockaddr *)peer, &length) != sizeof number ||
		    number != i || peer->sin_family != AF_INET ||
		    sendto(fd, &number, sizeof number, 0, (struct sockaddr *)peer, length) != sizeof number)
			return false;
	}
	return true;
}

/* To those whose place in the list the next batch takes. */
static bool serve_held(int fd, uint32_t first)
{
	for (uint32_t i = first; i < first + BATCH; i++)
		if (sendto(fd, &i, sizeof i, 0, (struct sockaddr *)&held[i % HELD], sizeof held[0]) != sizeof i)
			return false;
	return true;
}

static int resident_kb(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[128];
	int size = 0;

	while (size == 0 && fgets(line, sizeof line, status) != NULL)
		if (sscanf(line, "VmRSS: %d kB", &size) != 1)
			size = 0;
	fclose(status);
	return size;
}

static int clients_socket(void)
{
	int fd = client_at("::", CLIENT);

	ck_assert_int_eq(setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &(int){1}, sizeof(int)), 0);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &(int){1}, sizeof(int)), 0);
	return fd;
}

START_TEST(many_peers)
{
	int fd = server(SERVER), clients = clients_socket(), warm = 0, wrong = 0, wrong_later = 0;
	const char *peers = getenv("TEST_PEERS");
	const uint32_t count = peers != NULL ? (uint32_t)atoi(peers) : PEERS;
	uint32_t served = 0;

	run_command("ip -6 route add local fd00:1::/64 dev lo");
	server_name = ipv6(in6addr_loopback, SERVER);
	prepare(questions, asking, &server_name);
	prepare(answers, collecting, NULL);
	/* No libcheck call in here: it would cost more than what is tested. */
	for (; served < count; served += BATCH) {
		if (served >= HELD) {
			if (!serve_held(fd, served - HELD))
				break;
			wrong_later += BATCH - collect_batch(clients, served - HELD);
		}
		if (!ask_batch(clients, served) || !serve_batch(fd, served))
			break;
		wrong += BATCH - collect_batch(clients, served);
		if (served == WARM)
			warm = resident_kb();
	}
	ck_assert_uint_eq(served, count);
	ck_assert_int_eq(wrong, 0);
	ck_assert_int_eq(wrong_later, 0);
	ck_assert_int_gt(warm, 0);
	ck_assert_int_lt(resident_kb() - warm, ALLOWED_KB);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {{many_peers, 1}};

	(void)argc;
	return preloaded_main(argv, "9000-9100/udp", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
