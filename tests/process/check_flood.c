/* SPDX-License-Identifier: MIT */
/* A flood of datagrams from fresh addresses of one /64, at a server with a pool of 254
 * addresses: none is shown as a client that was there before, and others are served. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "base/sys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78
#endif

/* 287 were enough for an attacker. A /64 may have 8 of each 16 addresses. */
enum { FLOOD = 3000, BATCH = 50, SHARE = 128, OTHERS = 10 };

/* How a datagram is received. */
enum { BY_RECVFROM, BY_RECVMSG, BY_RECVMMSG, WAYS };

static int flood_socket(void)
{
	int fd = client_at("::", CLIENT + 1);

	ck_assert_int_eq(setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &(int){1}, sizeof(int)), 0);
	return fd;
}

/* From the HOST of fd00:SITE::/64. */
static void ask_from(int fd, uint16_t site, uint32_t host)
{
	_Alignas(struct cmsghdr) unsigned char control[CMSG_SPACE(sizeof(struct in6_pktinfo))] = {0};
	struct sockaddr_in6 to = ipv6(client_address(), SERVER);
	struct in6_pktinfo info = {.ipi6_addr = {{{0xfd}}}};
	struct iovec part = {&host, sizeof host};
	struct msghdr message = {.msg_name = &to,
				 .msg_namelen = sizeof to,
				 .msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof control};

	info.ipi6_addr.s6_addr[3] = (uint8_t)site;
	memcpy(&info.ipi6_addr.s6_addr[12], &host, sizeof host);
	*(struct cmsghdr *)control = (struct cmsghdr){CMSG_LEN(sizeof info), IPPROTO_IPV6, IPV6_PKTINFO};
	memcpy(CMSG_DATA((struct cmsghdr *)control), &info, sizeof info);
	ck_assert_int_eq(sys_call(SYS_sendmsg, fd, &message, 0), sizeof host);
}

/* The next datagram that is there; false: EAGAIN. */
static bool next_heard(int fd, int way, struct sockaddr_in *peer, uint32_t *host)
{
	struct iovec part = {host, sizeof *host};
	struct mmsghdr message = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};
	socklen_t length = sizeof *peer;
	ssize_t result;

	message.msg_hdr.msg_name = peer;
	message.msg_hdr.msg_namelen = sizeof *peer;
	errno = 0;
	if (way == BY_RECVFROM)
		result = recvfrom(fd, host, sizeof *host, MSG_DONTWAIT, (struct sockaddr *)peer, &length);
	else if (way == BY_RECVMSG)
		result = recvmsg(fd, &message.msg_hdr, MSG_DONTWAIT);
	else
		result = recvmmsg(fd, &message, 1, MSG_DONTWAIT, NULL);
	if (result > 0)
		ck_assert_int_eq(peer->sin_family, AF_INET);
	else
		ck_assert_int_eq(errno, EAGAIN);
	return result > 0;
}

struct seen {
	bool shown[256];
	unsigned count;
};

/* Each address once: every datagram of the flood is of another client. */
static void drain(int fd, int way, struct seen *seen)
{
	struct sockaddr_in peer;
	uint32_t host;

	while (next_heard(fd, way, &peer, &host)) {
		uint8_t last = (uint8_t)ntohl(peer.sin_addr.s_addr);

		ck_assert_msg(!seen->shown[last], "client %u is shown as another one", host);
		seen->shown[last] = true;
		seen->count++;
	}
}

static void pour(int fd, int flood, int way, struct seen *seen)
{
	for (uint32_t host = 1; host <= FLOOD; host++) {
		ask_from(flood, 1, host);
		if (host % BATCH == 0)
			drain(fd, way, seen);
	}
}

/* What the log says of those that were not shown: one line a second, not each. */
static void expect_refusals_in_log(void)
{
	const char *log = getenv("DUALBIND_LOG");
	char line[512];
	unsigned lines = 0;
	FILE *file;

	if (log == NULL || strncmp(log, "info:", 5) != 0) /* TEST_LOG */
		return;
	file = fopen(log + 5, "re");
	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof line, file) != NULL)
		lines += strstr(line, " port=9000/udp no address of DUALBIND_POOL is left for [fd00:1::") != NULL;
	fclose(file);
	ck_assert_uint_ge(lines, 1);
	ck_assert_uint_le(lines, FLOOD / 20);
}

START_TEST(a_flood)
{
	int fd = server(SERVER), victim = client(FROM_ELSEWHERE6, CLIENT), flood = flood_socket();
	struct seen seen = {{false}, 0};
	struct sockaddr_in heard_as;

	run_command("ip -6 route add local fd00:1::/64 dev lo; ip -6 route add local fd00:2::/64 dev lo");
	ask(victim, FROM_ELSEWHERE6, "victim");
	heard_as = heard(fd, "victim");
	seen.shown[(uint8_t)ntohl(heard_as.sin_addr.s_addr)] = true;
	pour(fd, flood, _i, &seen);
	ck_assert_uint_eq(seen.count, SHARE);
	reply(fd, &heard_as, "answer");
	answered(victim, FROM_ELSEWHERE6, "answer");
	for (uint32_t host = 1; host <= OTHERS; host++)
		ask_from(flood, 2, host);
	drain(fd, _i, &seen);
	ck_assert_uint_eq(seen.count, SHARE + OTHERS);
	expect_refusals_in_log();
}
END_TEST

/* A small pool keeps no connection away. */
START_TEST(connections_beside_it)
{
	int fd = server(SERVER), flood = flood_socket(), listener = listening(INADDR_ANY, SERVER);
	struct seen seen = {{false}, 0};
	struct sockaddr_in peer;
	socklen_t length = sizeof peer;

	run_command("ip -6 route add local fd00:1::/64 dev lo");
	pour(fd, flood, BY_RECVFROM, &seen);
	close(connected6(client_address(), SERVER));
	ck_assert_int_ge(accept(listener, (struct sockaddr *)&peer, &length), 0);
	ck_assert_int_eq(peer.sin_family, AF_INET);
	ck_assert_uint_eq(ntohl(peer.sin_addr.s_addr) >> 8, 0xc6336400 >> 8);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {{a_flood, WAYS}, {connections_beside_it, 1}};
	char log[] = "info:/tmp/dualbind-flood-XXXXXX";
	int status;

	(void)argc;
	if (getenv("DUALBIND_POOL") == NULL) {
		setenv("DUALBIND_POOL", "198.51.100.0/24", 1);
		close(mkstemp(log + 5));
		setenv("TEST_LOG", log, 0);
	}
	status = preloaded_main(argv, "9000-9100/any", "ipv4", tests, sizeof tests / sizeof tests[0]);
	unlink(getenv("DUALBIND_LOG") + 5);
	return status;
}
