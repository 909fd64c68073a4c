/* SPDX-License-Identifier: MIT */
/* What is shown at the number of a converted UDP socket after another one has taken it, in ways that the
 * library sees and in ways that it does not: a native AF_INET6 socket tells AF_INET6 addresses, from the first
 * datagram on. The converted one is shown as it was wherever it is, and in a sandbox. */
#define _GNU_SOURCE
#include "datagrams.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DATAGRAMS = 100, OTHER = 8001 };

/* Past the library. */
static long call(long number, long first, long second, long third)
{
	long result;

#if defined(__x86_64__)
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(first), "S"(second), "d"(third)
			 : "rcx", "r11", "memory");
#else
	register long which __asm__("x8") = number, one __asm__("x0") = first, two __asm__("x1") = second,
			    three __asm__("x2") = third;

	__asm__ volatile("svc #0" : "+r"(one) : "r"(which), "r"(two), "r"(three) : "memory", "cc");
	result = one;
#endif
	return result;
}

static int native(void)
{
	struct sockaddr_in6 local = ipv6(in6addr_any, OTHER);
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&local, sizeof local), 0);
	return fd;
}

static int native_past_library(void)
{
	struct sockaddr_in6 local = ipv6(in6addr_any, OTHER);
	int fd = (int)call(SYS_socket, AF_INET6, SOCK_DGRAM, 0);

	ck_assert_int_eq(call(SYS_bind, fd, (long)&local, sizeof local), 0);
	return fd;
}

static int sent(int fd, int freed)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof fd)];
	} control = {.header = {CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS}};
	struct msghdr message = {.msg_control = &control, .msg_controllen = sizeof control};
	struct iovec part = {&(char){0}, 1};
	int ends[2];

	message.msg_iov = &part;
	message.msg_iovlen = 1;
	memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
	ck_assert_int_eq(sendmsg(ends[0], &message, 0), 1);
	if (freed >= 0)
		close(freed);
	ck_assert_int_eq(recvmsg(ends[1], &message, 0), 1);
	memcpy(&fd, CMSG_DATA(&control.header), sizeof fd);
	return fd;
}

enum { CLOSED, DUP2, DUPFD, RIGHTS, BY_SYSCALL, RAW_DUP3, RAW, REPLACEMENTS };

static int replaced(int way, int fd)
{
	struct sockaddr_in6 local = ipv6(in6addr_any, OTHER);
	int other;

	switch (way) {
	case CLOSED:
		close(fd);
		return native();
	case DUP2:
		return dup2(native(), fd);
	case DUPFD:
		other = native();
		close(fd);
		return fcntl(other, F_DUPFD, 0);
	case RIGHTS:
		return sent(native(), fd);
	case BY_SYSCALL:
		close(fd);
		other = (int)syscall(SYS_socket, AF_INET6, SOCK_DGRAM, 0);
		ck_assert_int_eq(bind(other, (struct sockaddr *)&local, sizeof local), 0);
		return other;
	case RAW_DUP3:
		return (int)call(SYS_dup3, native_past_library(), fd, 0);
	default:
		close(fd);
		return native_past_library();
	}
}

static sa_family_t family_of_next(int fd)
{
	struct sockaddr_storage peer = {0};
	socklen_t length = sizeof peer;
	char data[8];

	ck_assert_int_eq(recvfrom(fd, data, sizeof data, 0, (struct sockaddr *)&peer, &length), 1);
	return peer.ss_family;
}

START_TEST(native_at_its_number)
{
	int asking = client(FROM_ELSEWHERE6, CLIENT), fd = server(SERVER), taken;

	for (int i = 0; i < 2; i++) {
		ask(asking, FROM_ELSEWHERE6, "x");
		ck_assert_int_eq(family_of_next(fd), AF_INET);
	}
	taken = replaced(_i, fd);
	ck_assert_int_eq(taken, fd);
	for (int i = 0; i < DATAGRAMS; i++) {
		ask_at(asking, FROM_ELSEWHERE6, OTHER, "x");
		ck_assert_int_eq(family_of_next(taken), AF_INET6);
	}
}
END_TEST

/* By another number, in a child, and sent to it; each beside a native one. */
START_TEST(converted_elsewhere)
{
	int asking = client(FROM_ELSEWHERE6, CLIENT), fd = server(SERVER), beside = native(), status;
	int places[] = {dup(fd), fcntl(fd, F_DUPFD_CLOEXEC, 50), sent(fd, -1), fd};
	pid_t child;

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		ask(asking, FROM_ELSEWHERE6, "x");
		ask_at(asking, FROM_ELSEWHERE6, OTHER, "x");
		ck_assert_int_eq(family_of_next(places[i]), AF_INET);
		ck_assert_int_eq(family_of_next(beside), AF_INET6);
	}
	ask(asking, FROM_ELSEWHERE6, "x");
	child = fork();
	if (child == 0)
		_exit(family_of_next(fd) == AF_INET ? 0 : 1);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* _i: which call begins it. It ends the process at the two calls that are used for their price alone: fcntl(2)
 * for a hint, and sendto(2) for what the program sends by sendmsg(2). */
START_TEST(in_a_sandbox)
{
	struct sock_filter filter[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fcntl, 1, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendto, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
	int asking = client(FROM_ELSEWHERE6, CLIENT), fd = server(SERVER);
	struct sockaddr_in peer;
	struct iovec part = {&(char){'y'}, 1};
	struct msghdr message = {&peer, sizeof peer, &part, 1, NULL, 0, 0};

	for (int i = 0; i < 2; i++)
		ask(asking, FROM_ELSEWHERE6, "x");
	ck_assert_int_eq(family_of_next(fd), AF_INET);
	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	if (_i == 0)
		ck_assert_int_eq(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), 0);
	else if (_i == 1)
		ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
	else
		ck_assert_int_eq(syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
	ck_assert_int_eq(recvmsg(fd, &message, 0), 1);
	ck_assert_int_eq(peer.sin_family, AF_INET);
	ck_assert_int_eq(sendmsg(fd, &message, 0), 1);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {native_at_its_number, REPLACEMENTS},
	    {converted_elsewhere, 1},
	    {in_a_sandbox, 3},
	};

	(void)argc;
	return preloaded_main(argv, "9000-9100/udp", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
