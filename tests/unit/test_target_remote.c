/* SPDX-License-Identifier: MIT */
/*
 * What the core asks of a process that waits for the supervisor: what is taken from it, and
 * what is put there. The process is a child of this one.
 */
#define _GNU_SOURCE
#include "sockets.h"

#include "process/target.h"
#include "supervisable.h"
#include "supervise/answer.h"
#include "supervise/target.h"
#include "waiting.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { NUMBER = 700, OTHER = 701, EPFD = 702, FILE_NUMBER = 703 };

static const char words[] = "twenty-four bytes, or so";
static struct settings settings;
static struct target target;
static struct waiting waiting;

/* At the numbers: a socket (close-on-exec), the same (not), an epoll instance
 * that has both, a file. */
static void have_numbers(void)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = 7};
	int fd = socket(AF_INET, SOCK_STREAM, 0), epfd = epoll_create1(0);

	dup3(fd, NUMBER, O_CLOEXEC);
	dup2(fd, OTHER);
	dup2(epfd, EPFD);
	dup2(open("/dev/null", O_RDONLY), FILE_NUMBER);
	close(fd);
	epoll_ctl(EPFD, EPOLL_CTL_ADD, NUMBER, &event);
}

/* It binds, with words where the address would be. */
static void be_the_target(void)
{
	syscall(SYS_bind, NUMBER, words, sizeof words, 0L);
	/* What there is then. */
	_exit(domain_of(NUMBER) == AF_INET6 && fcntl(NUMBER, F_GETFD) == FD_CLOEXEC &&
		      domain_of(OTHER) == AF_INET6 && fcntl(OTHER, F_GETFD) == 0
		  ? 42
		  : 1);
}

static int begin(void **state)
{
	(void)state;
	return !waiting_start(&waiting, have_numbers, be_the_target) ||
	       !target_enter(&target, waiting.listener, &waiting.notification, &settings);
}

/* At the addresses that it has itself. */
static void memory_is_its_own(void **state)
{
	static char own[sizeof words];
	char seen[TARGET_COPY_MAX + 1];

	(void)state;
	memcpy(own, words, sizeof own); /* not in the child, which was forked before */
	assert_true(target_copy((uint64_t)(uintptr_t)words, seen, sizeof words));
	assert_string_equal(seen, words);
	assert_true(target_copy((uint64_t)(uintptr_t)own, seen, sizeof own));
	assert_int_equal(seen[0], '\0');
	assert_false(target_copy(8, seen, 1));
	assert_false(target_copy((uint64_t)(uintptr_t)words, seen, TARGET_COPY_MAX + 1));
}

static void is_known(void **state)
{
	(void)state;
	assert_int_equal(target_pid(), waiting.child);
	assert_int_equal(target_thread(), waiting.child);
	assert_int_equal(target_uid(), geteuid());
}

static void numbers_are_looked_at(void **state)
{
	struct stat status;
	int fd = target_take(NUMBER);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(target_number(fd), NUMBER);
	assert_int_equal(target_number(fd + 1), -1);
	assert_int_equal(target_stat(OTHER, &status), 0);
	assert_true(S_ISSOCK(status.st_mode));
	assert_int_equal(status.st_ino, inode_of(fd));
	assert_int_equal(target_stat(FILE_NUMBER, &status), 0);
	assert_false(S_ISSOCK(status.st_mode));
	assert_int_equal(target_stat(9999, &status), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(target_take(9999), -1);
	assert_int_equal(errno, EBADF);
	target_put_back(fd);
}

/* The table of what is taken is small, and never leaks. */
static void taking_is_bounded(void **state)
{
	unsigned before = open_descriptors();
	int fd[TAKEN_MAX];

	(void)state;
	for (int i = 0; i < TAKEN_MAX; i++)
		assert_true((fd[i] = target_take(NUMBER)) >= 0);
	assert_int_equal(target_take(NUMBER), -1);
	assert_int_equal(errno, EMFILE);
	for (int i = 0; i < TAKEN_MAX; i++)
		target_put_back(fd[i]);
	assert_int_equal(open_descriptors(), before);
}

static void epoll_goes_by_the_targets_number(void **state)
{
	struct epoll_event event = {.events = EPOLLOUT, .data.u64 = 8};
	int fd = target_take(NUMBER);
	unsigned before = open_descriptors();

	(void)state;
	assert_int_equal(target_epoll_ctl(EPFD, EPOLL_CTL_ADD, NUMBER, fd, &event), -1);
	assert_int_equal(errno, EEXIST);
	assert_int_equal(target_epoll_ctl(EPFD, EPOLL_CTL_DEL, NUMBER, fd, NULL), 0);
	assert_int_equal(target_epoll_ctl(EPFD, EPOLL_CTL_DEL, NUMBER, fd, NULL), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(target_epoll_ctl(EPFD, EPOLL_CTL_ADD, NUMBER, fd, &event), 0);
	/* The number that the supervisor has it at is none of the target's. */
	assert_int_equal(target_epoll_ctl(EPFD, EPOLL_CTL_DEL, fd, fd, NULL), -1);
	assert_int_equal(target_epoll_ctl(FILE_NUMBER, EPOLL_CTL_DEL, NUMBER, fd, NULL), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(open_descriptors(), before);
	target_put_back(fd);
}

static void installing_keeps_close_on_exec(void **state)
{
	int to = target_socket(AF_INET6, SOCK_STREAM, 0), fd = target_take(NUMBER);

	(void)state;
	assert_int_equal(target_closes(9999), -1);
	assert_int_equal(errno, EBADF);
	assert_true(target_install(to, NUMBER, target_closes(NUMBER) > 0));
	assert_int_equal(domain_of(fd), AF_INET6);
	assert_int_equal(inode_of(fd), inode_of(to));
	assert_true(target_install(to, OTHER, target_closes(OTHER) > 0));
	target_put_back(fd);
	close(to);
}

/* What a stand-in asks: whether the supervisor came to it before it was killed,
 * with a new socket and with the program's own. */
static void a_bind_that_was_begun(void **state)
{
	int own = target_take(OTHER), fresh = target_socket(AF_INET6, SOCK_STREAM, 0);
	struct making making = {0};

	(void)state;
	assert_false(target_was_bound(&making));
	target_begins(&target, own, OTHER, &making);
	assert_false(target_was_bound(&making));
	assert_int_equal(try_bind(fresh, AF_INET6, free_port()), 0);
	assert_true(target_install(fresh, OTHER, false));
	assert_true(target_was_bound(&making));
	/* One that was bound before is the kernel's to refuse. */
	making.thread = 0;
	target_begins(&target, fresh, OTHER, &making);
	assert_false(target_was_bound(&making));
	target_put_back(own);
	close(fresh);

	own = target_take(NUMBER);
	target_begins(&target, own, NUMBER, &making);
	assert_int_equal(try_bind(own, AF_INET6, free_port()), 0);
	assert_true(target_was_bound(&making));
	target_put_back(own);
}

static void after_its_answer_it_has_what_was_put_there(void **state)
{
	struct stat own;
	int status, fd;

	(void)state;
	answer_send(waiting.listener, target.id, (struct answer){.error = 0});
	assert_int_equal(waitpid(waiting.child, &status, 0), waiting.child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 42);
	/* It is gone. */
	assert_false(target_waits(&target));
	assert_int_equal(target_take(NUMBER), -1);
	assert_int_equal(target_stat(NUMBER, &own), -1);
	assert_int_equal(target_open_proc("/fd", O_DIRECTORY), -1);
	assert_int_equal(errno, ESRCH);
	fd = new_socket(AF_INET);
	assert_false(target_install(fd, NUMBER, false));
	assert_int_equal(target_bind(fd, NULL, 0), -1);
	assert_int_equal(errno, ESRCH);
	close(fd);
	target_leave(&target);
}

static int end(void **state)
{
	(void)state;
	kill(waiting.child, SIGKILL);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(is_known),
	    cmocka_unit_test(memory_is_its_own),
	    cmocka_unit_test(numbers_are_looked_at),
	    cmocka_unit_test(taking_is_bounded),
	    cmocka_unit_test(epoll_goes_by_the_targets_number),
	    cmocka_unit_test(installing_keeps_close_on_exec),
	    cmocka_unit_test(a_bind_that_was_begun),
	    cmocka_unit_test(after_its_answer_it_has_what_was_put_there),
	};

	if (!is_supervisable())
		return 0;
	return cmocka_run_group_tests_name("target_remote", tests, begin, end);
}
