/* SPDX-License-Identifier: MIT */
/* The system calls that the core makes, each as its manual page says. */
#define _GNU_SOURCE
#include "skip.h"
#include "sockets.h"

#include "base/sys.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

static void addresses_and_names(void **state)
{
	struct sockaddr_storage local, seen;
	socklen_t length = fill_address(&local, AF_INET, true, 0), room = sizeof seen;
	int listener = sys_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), client, server;

	(void)state;
	assert_true(listener >= 0);
	assert_int_equal(fcntl(listener, F_GETFD), FD_CLOEXEC);
	assert_int_equal(sys_bind(listener, (struct sockaddr *)&local, length), 0);
	assert_int_equal(sys_bind(listener, (struct sockaddr *)&local, length), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(sys_listen(listener, 4), 0);
	assert_int_equal(sys_getsockname(listener, (struct sockaddr *)&seen, &room), 0);
	assert_int_equal(room, sizeof(struct sockaddr_in));
	client = sys_socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(sys_getpeername(client, (struct sockaddr *)&local, &room), -1);
	assert_int_equal(errno, ENOTCONN);
	assert_int_equal(sys_connect(client, (struct sockaddr *)&seen, room), 0);
	room = sizeof local;
	server = sys_accept4(listener, (struct sockaddr *)&local, &room, SOCK_NONBLOCK);
	assert_true(server >= 0);
	assert_true(fcntl(server, F_GETFL) & O_NONBLOCK);
	assert_int_equal(((struct sockaddr_in *)&local)->sin_port, htons(port_of(client)));
	room = sizeof local;
	assert_int_equal(sys_getpeername(client, (struct sockaddr *)&local, &room), 0);
	assert_memory_equal(&local, &seen, room);
	assert_int_equal(sys_close(client), 0);
	assert_int_equal(sys_close(client), -1);
	assert_int_equal(errno, EBADF);
	close(server);
	close(listener);
}

static void messages(void **state)
{
	char one[4] = "one", two[4] = "two", got[4], other[4];
	struct iovec out[] = {{one, 3}, {two, 3}}, in[] = {{got, 3}, {other, 3}};
	struct mmsghdr sent[] = {{.msg_hdr = {.msg_iov = &out[0], .msg_iovlen = 1}},
				 {.msg_hdr = {.msg_iov = &out[1], .msg_iovlen = 1}}};
	struct mmsghdr received[] = {{.msg_hdr = {.msg_iov = &in[0], .msg_iovlen = 1}},
				     {.msg_hdr = {.msg_iov = &in[1], .msg_iovlen = 1}}};
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
	assert_int_equal(sys_recvfrom(ends[0], got, 3, MSG_DONTWAIT, NULL, NULL), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(sys_sendto(ends[1], one, 3, 0, NULL, 0), 3);
	assert_int_equal(sys_recvfrom(ends[0], got, 3, 0, NULL, NULL), 3);
	assert_memory_equal(got, "one", 3);
	assert_int_equal(sys_sendmsg(ends[1], &sent[1].msg_hdr, 0), 3);
	assert_int_equal(sys_recvmsg(ends[0], &received[0].msg_hdr, 0), 3);
	assert_memory_equal(got, "two", 3);
	assert_int_equal(sys_sendmmsg(ends[1], sent, 2, 0), 2);
	assert_int_equal(sys_recvmmsg(ends[0], received, 2, 0, NULL), 2);
	assert_memory_equal(got, "one", 3);
	assert_memory_equal(other, "two", 3);
	assert_int_equal(received[1].msg_len, 3);
	close(ends[0]);
	close(ends[1]);
}

static void options(void **state)
{
	struct linger linger = {1, 7}, seen = {0};
	socklen_t length = sizeof seen;
	int fd = new_socket(AF_INET);

	(void)state;
	assert_int_equal(sys_get_int(fd, SOL_SOCKET, SO_KEEPALIVE), 0);
	assert_int_equal(sys_set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1), 0);
	assert_int_equal(sys_get_int(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
	assert_int_equal(sys_get_int(fd, SOL_SOCKET, 9999), -1);
	assert_int_equal(errno, ENOPROTOOPT);
	assert_int_equal(sys_set_int(-1, SOL_SOCKET, SO_KEEPALIVE, 1), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
	assert_int_equal(sys_getsockopt(fd, SOL_SOCKET, SO_LINGER, &seen, &length), 0);
	assert_int_equal(seen.l_linger, 7);
	close(fd);
}

static void descriptors(void **state)
{
	int fd = new_socket(AF_INET), copy;

	(void)state;
	copy = sys_fcntl(fd, F_DUPFD_CLOEXEC, 500);
	assert_int_equal(copy, 500);
	assert_int_equal(sys_dup3(fd, 501, O_CLOEXEC), 501);
	assert_int_equal(sys_fcntl(501, F_GETFD, 0), FD_CLOEXEC);
	assert_int_equal(sys_dup3(fd, fd, 0), -1);
	assert_int_equal(errno, EINVAL);
	close(501);
	close(copy);
	close(fd);
}

/* The same structure as the C library's; of what is no socket its file system is not asked. */
static void status(void **state)
{
	struct stat seen, wanted, untouched = {.st_ino = 7};
	int fd = new_socket(AF_INET), file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(sys_fstat(file, &seen), 0);
	assert_int_equal(fstat(file, &wanted), 0);
	assert_memory_equal(&seen, &wanted, sizeof seen);
	assert_int_equal(sys_stat_socket(fd, &seen), 0);
	assert_int_equal(seen.st_ino, inode_of(fd));
	assert_int_equal(sys_stat_socket(file, &untouched), -1);
	assert_int_equal(errno, ENOTSOCK);
	assert_int_equal(untouched.st_ino, 7);
	close(file);
	close(fd);
	assert_int_equal(sys_stat_socket(fd, &seen), -1);
	assert_int_equal(errno, EBADF);
}

static void the_network_of_a_socket(void **state)
{
	int fd = new_socket(AF_INET), network = sys_open_network(fd);
	struct stat own;

	(void)state;
	if (network < 0) { /* it takes CAP_NET_ADMIN */
		assert_true(errno == EPERM || errno == ENOTTY);
		close(fd);
		skip_because("this user has no CAP_NET_ADMIN");
	}
	assert_int_equal(stat("/proc/self/ns/net", &own), 0);
	assert_int_equal(inode_of(network), own.st_ino);
	close(network);
	close(fd);
}

static void files(void **state)
{
	char text[4096];
	int folder = sys_openat(AT_FDCWD, "/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0), file;

	(void)state;
	assert_true(folder >= 0);
	assert_true(sys_getdents64(folder, text, sizeof text) > 0);
	file = sys_openat(folder, "comm", O_RDONLY | O_CLOEXEC, 0);
	assert_int_equal(sys_read(file, text, sizeof text), strlen("test_sys\n"));
	assert_memory_equal(text, "test_sys\n", strlen("test_sys\n"));
	assert_true(sys_readlinkat(folder, "exe", text, sizeof text) > 0);
	assert_int_equal(sys_openat(folder, "none", O_RDONLY, 0), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(sys_chroot("/none"), -1);
	assert_true(errno == ENOENT || errno == EPERM);
	close(file);
	close(folder);
}

static void random_bytes(void **state)
{
	uint64_t one = 0, other = 0;

	(void)state;
	assert_int_equal(sys_getrandom(&one, sizeof one, 0), sizeof one);
	assert_int_equal(sys_getrandom(&other, sizeof other, 0), sizeof other);
	assert_true(one != other);
}

static void memory_that_children_share(void **state)
{
	int *shared = sys_map_shared(4096);
	pid_t child;

	(void)state;
	assert_non_null(shared);
	assert_int_equal(shared[0], 0);
	child = fork();
	if (child == 0) {
		shared[0] = 7;
		_exit(0);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(shared[0], 7);
	munmap(shared, 4096);
	assert_null(sys_map_shared(SIZE_MAX / 2));
}

static void what_may_be_written(void **state)
{
	char page[4096] = "";
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
	assert_true(sys_writable(ends[1]));
	assert_int_equal(sys_events(ends[0], POLLIN), 0);
	while (sys_write(ends[1], page, sizeof page) > 0)
		;
	assert_int_equal(errno, EAGAIN);
	assert_false(sys_writable(ends[1]));
	assert_int_equal(sys_events(ends[0], POLLIN), POLLIN);
	close(ends[0]);
	assert_false(sys_writable(ends[1])); /* there is no reader: the write would end the program */
	assert_true(sys_events(ends[1], 0) & POLLERR);
	close(ends[1]);
	assert_int_equal(sys_events(ends[1], POLLIN), POLLNVAL);
}

static void pauses(void **state)
{
	struct timespec before, after;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &before);
	sys_pause(20);
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_true((after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000 >= 19);
}

static volatile sig_atomic_t handled;

static void handle(int number)
{
	(void)number;
	handled++;
}

/* Also those that the C library keeps for itself; what was kept before stays so. */
static void signals(void **state)
{
	sigset_t users, seen;
	uint64_t before;

	(void)state;
	signal(SIGUSR1, handle);
	sigemptyset(&users);
	sigaddset(&users, SIGUSR2);
	assert_int_equal(sigprocmask(SIG_SETMASK, &users, NULL), 0);
	before = sys_keep_signals();
	raise(SIGUSR1);
	assert_int_equal(handled, 0);
	sys_allow_signals(before);
	assert_int_equal(handled, 1);
	assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &seen), 0);
	assert_true(sigismember(&seen, SIGUSR2));
	assert_false(sigismember(&seen, SIGUSR1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(addresses_and_names),
	    cmocka_unit_test(messages),
	    cmocka_unit_test(options),
	    cmocka_unit_test(descriptors),
	    cmocka_unit_test(status),
	    cmocka_unit_test(the_network_of_a_socket),
	    cmocka_unit_test(files),
	    cmocka_unit_test(random_bytes),
	    cmocka_unit_test(memory_that_children_share),
	    cmocka_unit_test(what_may_be_written),
	    cmocka_unit_test(pauses),
	    cmocka_unit_test(signals),
	};

	return cmocka_run_group_tests_name("sys", tests, private_network, NULL);
}
