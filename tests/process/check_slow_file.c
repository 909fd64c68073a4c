/* SPDX-License-Identifier: MIT */
/* A file system in another process that does not answer: a program that has a file or a
 * directory of it open binds all the same, as natively. */
#define _GNU_SOURCE
#include "preloaded.h"
#include "ring.h"

#include "slow_file.h"

#include <sys/epoll.h>

enum { PORT = 8080 };

static const struct {
	mode_t mode;
	int flags;
} files[] = {{S_IFDIR | 0755, O_RDONLY | O_DIRECTORY}, {S_IFREG | 0755, O_RDWR}};

static struct slow_file stopped_file(int number)
{
	struct slow_file file;

	ck_assert_msg(slow_file_open(&file, files[number].mode, files[number].flags, "/proc/self/exe"), "%s",
		      strerror(errno));
	ck_assert(slow_file_stop(&file));
	signal(SIGALRM, SIG_DFL);
	alarm(20); /* fstat(2) would wait for ever */
	return file;
}

START_TEST(binds)
{
	struct slow_file file = stopped_file(_i);
	int fd = listening(INADDR_ANY, PORT);

	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	close(connected6(in6addr_loopback, PORT));
	ck_assert(slow_file_end(&file));
}
END_TEST

/* The epoll instance remembers a number that was the socket's. */
START_TEST(takes_a_sockets_number)
{
	struct slow_file file = stopped_file(_i);
	struct sockaddr_in address = ipv4(INADDR_ANY, PORT);
	int fd = socket(AF_INET, SOCK_STREAM, 0), copy = dup(fd), epfd = epoll_create1(0);
	struct epoll_event event = {.events = EPOLLIN};

	ck_assert_int_eq(epoll_ctl(epfd, EPOLL_CTL_ADD, copy, &event), 0);
	ck_assert_int_eq(dup2(file.fd, copy), copy);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert(slow_file_end(&file));
}
END_TEST

/* No socket: the kernel says so without asking. */
START_TEST(received_by_a_ring)
{
	struct slow_file file = stopped_file(_i);
	struct msghdr message = {.msg_name = NULL};
	struct io_uring_sqe entry;
	struct ring ring;
	const char *lack = ring_lack(&ring);

	memset(&entry, 0, sizeof entry);
	entry.opcode = IORING_OP_RECVMSG;
	entry.fd = file.fd;
	entry.addr = (uintptr_t)&message;
	listening(INADDR_ANY, PORT);
	if (!lacks(lack, lack != NULL)) {
		ck_assert_int_eq(ring_submit(&ring, &entry), 0);
		ck_assert_int_lt(ring_wait(&ring), 0);
	}
	ck_assert(slow_file_end(&file));
}
END_TEST

int main(int argc, char **argv)
{
	const int count = sizeof files / sizeof files[0];
	const struct preloaded_test tests[] = {
	    {binds, count}, {takes_a_sockets_number, count}, {received_by_a_ring, count}};

	(void)argc;
	if (!slow_files_can_be_made()) {
		printf("1..0 # SKIP only root mounts a file system, and it needs /dev/fuse\n");
		return 0;
	}
	return preloaded_main(argv, "*", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
