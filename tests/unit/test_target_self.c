/* SPDX-License-Identifier: MIT */
/* What the core asks of the process that the library is in: this one. */
#define _GNU_SOURCE
#include "sockets.h"

#include "preload/next.h"
#include "process/target.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

enum { NUMBER = 700 };

static void who_it_is(void **state)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC), numbers[2] = {0}, file;

	(void)state;
	assert_true(target_is_self());
	assert_int_equal(target_pid(), getpid());
	assert_int_equal(target_thread(), syscall(SYS_gettid));
	assert_int_equal(target_uid(), geteuid());
	assert_true(target_numbers(proc, numbers));
	assert_int_equal(numbers[0], getpid());
	assert_int_equal(numbers[1], getpid());
	close(proc);
	file = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_false(target_numbers(file, numbers)); /* no /proc */
	close(file);
	file = target_open_proc("/fdinfo", O_DIRECTORY);
	assert_true(file >= 0);
	close(file);
	assert_int_equal(target_open_proc("/none", 0), -1);
	assert_int_equal(errno, ENOENT);
}

static void *say_thread(void *context)
{
	*(pid_t *)context = target_thread();
	return NULL;
}

static void the_thread_that_calls(void **state)
{
	pthread_t thread;
	pid_t said = 0;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, say_thread, &said), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_not_equal(said, 0);
	assert_int_not_equal(said, getpid());
}

/* No more than fits into a pipe, and no memory that is not there. */
static void memory(void **state)
{
	static char from[TARGET_COPY_MAX + 1], to[TARGET_COPY_MAX + 1];
	unsigned before = open_descriptors();

	(void)state;
	from[TARGET_COPY_MAX - 1] = 'x';
	assert_true(target_copy((uint64_t)(uintptr_t)from, to, TARGET_COPY_MAX));
	assert_int_equal(to[TARGET_COPY_MAX - 1], 'x');
	assert_false(target_copy((uint64_t)(uintptr_t)from, to, TARGET_COPY_MAX + 1));
	assert_false(target_copy(8, to, 1));
	assert_int_equal(open_descriptors(), before);
}

/* A number is the descriptor. */
static void numbers(void **state)
{
	struct stat status;
	unsigned before = open_descriptors();
	int fd = new_socket(AF_INET);

	(void)state;
	assert_int_equal(target_take(fd), fd);
	target_put_back(fd);
	assert_int_equal(target_number(fd), fd);
	assert_int_equal(target_stat(fd, &status), 0);
	assert_true(S_ISSOCK(status.st_mode));
	assert_int_equal(status.st_ino, inode_of(fd));
	assert_int_equal(target_closes(fd), 0);
	close(fd);
	assert_int_equal(target_stat(fd, &status), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(target_closes(fd), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(open_descriptors(), before);
}

/* For a file nothing is returned, and its file system is not asked. */
static void no_socket(void **state)
{
	struct stat status = {.st_ino = 7};
	int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(target_stat(file, &status), 0);
	assert_int_equal(status.st_mode, 0);
	assert_int_equal(status.st_ino, 0);
	close(file);
}

static void installed(void **state)
{
	int to = target_socket(AF_INET6, SOCK_STREAM, 0), old = new_socket(AF_INET);

	(void)state;
	assert_int_equal(fcntl(to, F_GETFD), FD_CLOEXEC);
	assert_int_equal(dup2(old, NUMBER), NUMBER);
	assert_true(target_install(to, NUMBER, true));
	assert_int_equal(inode_of(NUMBER), inode_of(to));
	assert_int_equal(target_closes(NUMBER), 1);
	assert_true(target_install(to, old, false));
	assert_int_equal(inode_of(old), inode_of(to));
	assert_int_equal(target_closes(old), 0);
	assert_false(target_install(9999, NUMBER, true));
	assert_int_equal(errno, EBADF);
	assert_int_equal(inode_of(NUMBER), inode_of(to));
	close(to);
	close(old);
	close(NUMBER);
}

static void epoll_and_flags(void **state)
{
	struct epoll_event event = {.events = EPOLLIN}, told;
	int epfd = epoll_create1(EPOLL_CLOEXEC), ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	assert_int_equal(target_epoll_ctl(epfd, EPOLL_CTL_ADD, ends[0], ends[0], &event), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_int_equal(epoll_wait(epfd, &told, 1, 0), 1);
	assert_int_equal(target_epoll_ctl(epfd, EPOLL_CTL_DEL, ends[0], ends[0], NULL), 0);
	assert_int_equal(target_epoll_ctl(epfd, EPOLL_CTL_DEL, ends[0], ends[0], NULL), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(target_set_flags(ends[0], ends[0], O_NONBLOCK), 0);
	assert_true(fcntl(ends[0], F_GETFL) & O_NONBLOCK);
	close(epfd);
	close(ends[0]);
	close(ends[1]);
}

static enum { BINDS, REFUSES, GOES_ELSEWHERE } other;
static unsigned asked;

/* Another preloaded library's bind. */
static int other_bind(int fd, const struct sockaddr *address, socklen_t length)
{
	struct sockaddr_storage elsewhere;

	asked++;
	if (other == REFUSES) {
		errno = EACCES;
		return -1;
	}
	if (other == BINDS)
		return bind(fd, address, length);
	length = fill_address(&elsewhere, AF_INET, true, 0);
	return bind(fd, (struct sockaddr *)&elsewhere, length);
}

static void binds(int wanted)
{
	struct sockaddr_storage address;
	socklen_t length = fill_address(&address, AF_INET, false, free_port());
	int fd = new_socket(AF_INET), result = target_bind_as_program(fd, (struct sockaddr *)&address, length);

	assert_int_equal(result == 0 ? 0 : errno, wanted);
	close(fd);
}

static void another_librarys_bind(void **state)
{
	struct sockaddr_storage address;
	socklen_t length = fill_address(&address, AF_INET, false, 0);
	int fd = new_socket(AF_INET);

	(void)state;
	assert_false(target_asks_other());
	assert_false(target_is_passed_by());
	binds(0);
	assert_int_equal(asked, 0);
	next_other_bind = other_bind;
	assert_true(target_asks_other());
	other = BINDS;
	binds(0);
	other = REFUSES;
	binds(EACCES);
	other = GOES_ELSEWHERE;
	binds(EREMCHG);
	assert_int_equal(asked, 3);
	/* What the library makes for itself is bound past it. */
	assert_int_equal(target_bind(fd, (struct sockaddr *)&address, length), 0);
	assert_int_equal(asked, 3);
	next_other_bind = NULL;
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_it_is),       cmocka_unit_test(the_thread_that_calls),
	    cmocka_unit_test(memory),          cmocka_unit_test(numbers),
	    cmocka_unit_test(no_socket),       cmocka_unit_test(installed),
	    cmocka_unit_test(epoll_and_flags), cmocka_unit_test(another_librarys_bind),
	};

	return cmocka_run_group_tests_name("target_self", tests, private_network, NULL);
}
