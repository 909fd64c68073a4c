/* SPDX-License-Identifier: MIT */
/* What the kernel refuses of an AF_INET socket, and what it remembers of one:
 * a converted socket, and one that is about to be, are no different. Each of
 * these was found by tests/fuzz/differential.py. */
#define _GNU_SOURCE
#include "preloaded.h"

#include <errno.h>
#include <linux/xfrm.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PORT = 8080, OTHER_PORT = 8081, MPTCP = 262 };

static int bind6(int fd, const struct in6_addr *address, uint16_t port)
{
	struct sockaddr_in6 local = ipv6(*address, port);

	return bind(fd, (struct sockaddr *)&local, sizeof local);
}

static int domain_of(int fd)
{
	return kernel_option(fd, SOL_SOCKET, SO_DOMAIN);
}

static int error_of(int fd, int level, int name)
{
	int value;
	socklen_t length = sizeof value;

	ck_assert_int_eq(getsockopt(fd, level, name, &value, &length), -1);
	return errno;
}

START_TEST(options_of_another_protocol)
{
	int fd = listening(INADDR_ANY, PORT);

	ck_assert_int_eq(domain_of(fd), AF_INET6);
	ck_assert_int_eq(error_of(fd, IPPROTO_UDP, 1), EOPNOTSUPP);
	ck_assert_int_eq(error_of(fd, IPPROTO_SCTP, 1), EOPNOTSUPP);
	ck_assert_int_eq(error_of(fd, IPPROTO_TCP, 1000), ENOPROTOOPT);
	ck_assert_int_eq(error_of(fd, IPPROTO_IP, 1000), ENOPROTOOPT);
	ck_assert_int_eq(error_of(fd, SOL_SOCKET, 1000), ENOPROTOOPT);
	ck_assert_int_eq(error_of(-1, IPPROTO_UDP, 1), EBADF);
}
END_TEST

/* A bind that is refused in any case leaves the listener that it would have met
 * as it is. */
START_TEST(refused_bind_makes_no_way)
{
	int fd = listening(INADDR_ANY, PORT), four = socket(AF_INET, SOCK_STREAM, 0);
	int six = socket(AF_INET6, SOCK_STREAM, 0);

	ck_assert_int_eq(bind6(four, &in6addr_any, PORT), -1);
	ck_assert_int_eq(errno, EAFNOSUPPORT);
	ck_assert_int_eq(domain_of(fd), AF_INET6);
	ck_assert_int_eq(bind6(six, &in6addr_loopback, OTHER_PORT), 0);
	ck_assert_int_eq(bind6(six, &in6addr_loopback, PORT), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(domain_of(fd), AF_INET6);
}
END_TEST

/* The size of segments that it had over loopback is more than a program may set. */
START_TEST(listens_after_a_connection)
{
	struct sockaddr none = {.sa_family = AF_UNSPEC};
	struct sockaddr_in to = ipv4(INADDR_LOOPBACK, PORT);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	listening(INADDR_ANY, PORT);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	ck_assert_int_eq(send(fd, "x", 1, 0), 1);
	ck_assert_int_eq(connect(fd, &none, sizeof none), 0);
	ck_assert_int_gt(kernel_option(fd, IPPROTO_TCP, TCP_MAXSEG), 32767);
	ck_assert_int_eq(listen(fd, 5), 0);
	ck_assert_int_eq(domain_of(fd), AF_INET6);
}
END_TEST

/* The mark of MPTCP sockets is the bit that the program clears. */
START_TEST(freebind_of_mptcp)
{
	struct sockaddr_in name = ipv4(INADDR_ANY, PORT);
	socklen_t length = sizeof name;
	int fd = socket(AF_INET, SOCK_STREAM, MPTCP);

	if (lacks_mptcp())
		return;
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
	ck_assert_int_eq(listen(fd, 5), 0);
	ck_assert_int_eq(domain_of(fd), AF_INET6);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &(int){0}, sizeof(int)), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	ck_assert_uint_eq(length, sizeof name);
	ck_assert_int_eq(name.sin_family, AF_INET);
}
END_TEST

/* A policy of IPsec cannot be read back: the socket is left as it is. */
START_TEST(ipsec_policy)
{
	struct xfrm_userpolicy_info policy = {
	    .sel.family = AF_INET, .dir = XFRM_POLICY_OUT, .action = XFRM_POLICY_ALLOW};
	struct sockaddr_in name = ipv4(INADDR_ANY, PORT);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (setsockopt(fd, IPPROTO_IP, IP_XFRM_POLICY, &policy, sizeof policy) != 0)
		return; /* a kernel without IPsec */
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
	ck_assert_int_eq(domain_of(fd), AF_INET);
	ck_assert_int_eq(listen(fd, 5), 0);
	ck_assert_int_eq(domain_of(fd), AF_INET);
}
END_TEST

/* A stream takes no notice of IP's ancillary data, even where it makes no sense;
 * and what succeeds leaves errno as it was. */
START_TEST(ancillary_data_of_a_stream)
{
	union {
		struct cmsghdr header;
		unsigned char bytes[CMSG_SPACE(sizeof(int))];
	} control = {.header = {CMSG_LEN(sizeof(int)), IPPROTO_IP, IP_TOS}};
	struct iovec part = {"x", 1};
	struct mmsghdr both[2] = {{.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}}};
	int fd = listening(INADDR_ANY, PORT), client = connected6(client_address(), PORT), served;

	ck_assert_int_ge(client, 0);
	served = accept(fd, NULL, NULL);
	ck_assert_int_eq(domain_of(served), AF_INET6);
	memcpy(CMSG_DATA(&control.header), &(int){-1}, sizeof(int));
	both[1] = both[0];
	both[1].msg_hdr.msg_control = &control;
	both[1].msg_hdr.msg_controllen = sizeof control;
	errno = 77;
	ck_assert_int_eq(sendmsg(served, &both[1].msg_hdr, 0), 1);
	ck_assert_int_eq(sendmmsg(served, both, 2, 0), 2);
	ck_assert_int_eq(errno, 77);
}
END_TEST

/* recvfrom of a fortified program; glibc ends one that claims more room than it has. */
ssize_t __recvfrom_chk(int, void *, size_t, size_t, int, struct sockaddr *, socklen_t *);

START_TEST(overflow_of_a_fortified_program)
{
	pid_t child = fork();
	char byte;
	int status;

	if (child == 0) {
		close(STDERR_FILENO);
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
		__recvfrom_chk(-1, &byte, 2, sizeof byte, 0, NULL, NULL);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	ck_assert_int_eq(__recvfrom_chk(-1, &byte, 1, sizeof byte, 0, NULL, NULL), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {options_of_another_protocol, 1},
	    {refused_bind_makes_no_way, 1},
	    {listens_after_a_connection, 1},
	    {freebind_of_mptcp, 1},
	    {ipsec_policy, 1},
	    {ancillary_data_of_a_stream, 1},
	    {overflow_of_a_fortified_program, 1},
	};

	(void)argc;
	return preloaded_main(argv, "*/any", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
