/* SPDX-License-Identifier: MIT */
/* From which clients a UDP server on 0.0.0.0 receives, and which ones its replies reach: over each call
 * that receives and each that sends. */
#define _GNU_SOURCE
#include "datagrams.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { BY_NAME, BY_MESSAGE, BY_BATCH, BY_CONNECTION, WAYS };

static struct sockaddr_in receive_by(int way, int fd, int flags, const char *text)
{
	struct sockaddr_storage name;
	struct sockaddr_in result;
	char data[64];
	struct iovec part = {data, sizeof data};
	struct mmsghdr message = {.msg_hdr = {&name, sizeof name, &part, 1, NULL, 0, 0}};
	ssize_t size;

	errno = 77;
	if (way == BY_NAME)
		size =
		    recvfrom(fd, data, sizeof data, flags, (struct sockaddr *)&name, &message.msg_hdr.msg_namelen);
	else if (way == BY_MESSAGE)
		size = recvmsg(fd, &message.msg_hdr, flags);
	else
		size = recvmmsg(fd, &message, 1, flags, NULL) == 1 ? (ssize_t)message.msg_len : -1;
	ck_assert_int_eq(errno, 77);
	ck_assert_int_eq(size, (ssize_t)strlen(text));
	ck_assert_mem_eq(data, text, strlen(text));
	ck_assert_uint_eq(message.msg_hdr.msg_namelen, sizeof result);
	memcpy(&result, &name, sizeof result);
	return result;
}

static void send_by(int way, int fd, struct sockaddr_in *to, const char *text)
{
	char data[64];
	struct iovec part = {data, strlen(text)};
	struct mmsghdr message = {.msg_hdr = {to, sizeof *to, &part, 1, NULL, 0, 0}};
	ssize_t size;

	strcpy(data, text);
	errno = 77;
	if (way == BY_NAME)
		size = sendto(fd, data, strlen(text), 0, (struct sockaddr *)to, sizeof *to);
	else if (way == BY_MESSAGE)
		size = sendmsg(fd, &message.msg_hdr, 0);
	else if (way == BY_BATCH)
		size = sendmmsg(fd, &message, 1, 0) == 1 ? (ssize_t)message.msg_len : -1;
	else {
		ck_assert_int_eq(connect_to(fd, to), 0);
		size = send(fd, data, strlen(text), 0);
	}
	ck_assert_int_eq(size, (ssize_t)strlen(text));
	ck_assert_int_eq(errno, 77);
}

/* _i: where the client is, how it is heard, how it is answered. */
START_TEST(heard_and_answered)
{
	int whence = _i % WHENCES, in = _i / WHENCES % BY_CONNECTION, out = _i / WHENCES / BY_CONNECTION;
	int fd = server(SERVER), asking = client(whence, CLIENT);
	struct sockaddr_in wanted = shown(whence, CLIENT), peer;

	ask(asking, whence, "query");
	peer = receive_by(in, fd, 0, "query");
	same_address(&peer, &wanted);
	send_by(out, fd, &peer, "reply");
	answered(asking, whence, "reply");
}
END_TEST

START_TEST(peeked_at_and_empty)
{
	int whence = _i % WHENCES, way = _i / WHENCES;
	int fd = server(SERVER), asking = client(whence, CLIENT);
	struct sockaddr_in wanted = shown(whence, CLIENT), peer;

	ask(asking, whence, "query");
	for (int peeks = 0; peeks < 2; peeks++) {
		peer = receive_by(way, fd, MSG_PEEK, "query");
		same_address(&peer, &wanted);
	}
	reply(fd, &peer, "early"); /* before it is taken out */
	answered(asking, whence, "early");
	hear(fd, whence, CLIENT, "query");

	ask(asking, whence, "");
	peer = receive_by(way, fd, 0, "");
	same_address(&peer, &wanted);
	send_by(way, fd, &peer, "");
	answered(asking, whence, "");
}
END_TEST

/* Both are 127.0.0.1 with one port: a reply goes to the one that asked. */
START_TEST(one_port_at_both_loopbacks)
{
	int fd = server(SERVER), clients[] = {client(FROM_IPV4, CLIENT), client(FROM_LOOPBACK6, CLIENT)};
	static const int order[] = {FROM_LOOPBACK6, FROM_IPV4, FROM_LOOPBACK6,
				    FROM_LOOPBACK6, FROM_IPV4, FROM_IPV4};

	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		struct sockaddr_in peer;

		ask(clients[order[i]], order[i], "query");
		peer = receive_by((int)i % BY_CONNECTION, fd, 0, "query");
		send_by(_i, fd, &peer, "reply");
		answered(clients[order[i]], order[i], "reply");
	}
	unanswered(clients[0]);
	unanswered(clients[1]);
}
END_TEST

/* A converted socket has a route there, so that only the library can know that
 * nobody is; one that is not converted has what the kernel says. */
START_TEST(synthetic_address_of_nobody)
{
	uint16_t port = _i == 0 ? SERVER : _i == 1 ? NATIVE : 0;
	int fd = server(port), asking = client(FROM_ELSEWHERE6, CLIENT);
	struct sockaddr_in nobody = ipv4(0xf1020304, CLIENT), peer = shown(FROM_IPV4, CLIENT);
	struct iovec part = {(char *)(uintptr_t) "text", 4};
	struct mmsghdr messages[] = {{.msg_hdr = {&peer, sizeof peer, &part, 1, NULL, 0, 0}},
				     {.msg_hdr = {&peer, sizeof peer, &part, 1, NULL, 0, 0}},
				     {.msg_hdr = {&nobody, sizeof nobody, &part, 1, NULL, 0, 0}},
				     {.msg_hdr = {&peer, sizeof peer, &part, 1, NULL, 0, 0}}};

	if (port == SERVER) {
		run_command("ip route add 240.0.0.0/4 dev lo");
		ask(asking, FROM_ELSEWHERE6, "query");
		peer = heard(fd, "query");
	} else
		asking = client(FROM_IPV4, CLIENT);
	ck_assert_int_eq(sendto(fd, "text", 4, 0, (struct sockaddr *)&nobody, sizeof nobody), -1);
	ck_assert_int_eq(errno, ENETUNREACH);
	ck_assert_int_eq(sendmsg(fd, &messages[2].msg_hdr, 0), -1);
	ck_assert_int_eq(errno, ENETUNREACH);
	ck_assert_int_eq(sendmmsg(fd, messages + 2, 2, 0), -1);
	ck_assert_int_eq(errno, ENETUNREACH);
	ck_assert_int_eq(connect_to(fd, &nobody), -1);
	ck_assert_int_eq(errno, ENETUNREACH);
	ck_assert_int_eq(is_converted(fd), port == SERVER);
	errno = 77;
	ck_assert_int_eq(sendmmsg(fd, messages, 4, 0), 2);
	ck_assert_int_eq(errno, 77);
	ck_assert_uint_eq(messages[0].msg_len, 4);
	ck_assert_uint_eq(messages[1].msg_len, 4);
	ck_assert_uint_eq(messages[3].msg_len, 0);
	ck_assert_int_eq(received(asking, "text"), 1);
	ck_assert_int_eq(received(asking, "text"), 1);
	unanswered(asking);
}
END_TEST

/* An IPv4 network that uses Class E: its hosts are themselves. */
START_TEST(ipv4_peer_within_the_pool)
{
	struct sockaddr_in home = ipv4(0xf1020304, CLIENT), to = ipv4(0xf1020304, SERVER), peer;
	int fd = server(SERVER), asking = socket(AF_INET, SOCK_DGRAM, 0);

	run_command("ip address add 241.2.3.4/32 dev lo");
	ck_assert_int_eq(bind_to(asking, home), 0);
	ck_assert_int_eq(sendto(asking, "query", 5, 0, (struct sockaddr *)&to, sizeof to), 5);
	peer = heard(fd, "query");
	same_address(&peer, &home);
	send_by(_i, fd, &peer, "reply");
	ck_assert_int_eq(received(asking, "reply"), 1);
}
END_TEST

/* Each byte of an echo is the sender's: nothing of another's is mixed in. */
START_TEST(large_datagrams)
{
	static char sent[60000], got[sizeof sent + 1];
	int fd = server(SERVER), asking = client(_i, CLIENT);
	struct sockaddr_in peer;
	socklen_t length = sizeof peer;

	for (size_t i = 0; i < sizeof sent - 1; i++)
		sent[i] = (char)('a' + i % 23);
	ask(asking, _i, sent);
	ck_assert_int_eq(recvfrom(fd, got, sizeof got, 0, (struct sockaddr *)&peer, &length), sizeof sent - 1);
	ck_assert_mem_eq(got, sent, sizeof sent - 1);
	ck_assert_int_eq(sendto(fd, got, sizeof sent - 1, 0, (struct sockaddr *)&peer, length), sizeof sent - 1);
	memset(got, 0, sizeof got);
	ck_assert_int_eq(read(asking, got, sizeof got), sizeof sent - 1);
	ck_assert_mem_eq(got, sent, sizeof sent - 1);
}
END_TEST

/* Short of room for the data: told alike, and the rest is lost. */
START_TEST(cut_datagrams)
{
	int fd = server(SERVER), asking = client(_i, CLIENT);
	struct sockaddr_in peer, wanted = shown(_i, CLIENT);
	char data[4];
	struct iovec part = {data, sizeof data};
	struct msghdr message = {&peer, sizeof peer, &part, 1, NULL, 0, 0};

	ask(asking, _i, "a long query");
	ck_assert_int_eq(recvmsg(fd, &message, 0), 4);
	ck_assert_int_eq(message.msg_flags, MSG_TRUNC);
	same_address(&peer, &wanted);
	ask(asking, _i, "a long query");
	message.msg_namelen = sizeof peer;
	ck_assert_int_eq(recvmsg(fd, &message, MSG_TRUNC), 12);
	ck_assert_int_eq(message.msg_flags, MSG_TRUNC);
	ck_assert_int_eq(recv(fd, data, sizeof data, MSG_DONTWAIT), -1);
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {heard_and_answered, WHENCES * BY_CONNECTION * WAYS},
	    {peeked_at_and_empty, WHENCES * BY_CONNECTION},
	    {one_port_at_both_loopbacks, BY_CONNECTION},
	    {synthetic_address_of_nobody, 3},
	    {ipv4_peer_within_the_pool, WAYS},
	    {large_datagrams, WHENCES},
	    {cut_datagrams, WHENCES},
	};

	(void)argc;
	return preloaded_main(argv, "9000-9100/udp", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
