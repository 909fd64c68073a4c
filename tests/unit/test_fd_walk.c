/* SPDX-License-Identifier: MIT */
/* Descriptors of this process, as /proc names them. */
#define _GNU_SOURCE
#include "sockets.h"

#include "process/fd_walk.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/wait.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void targets(void **state)
{
	static const struct {
		const char *target;
		bool known;
		enum descriptor_kind kind;
		ino_t inode;
	} rows[] = {
	    {"socket:[12345]", true, DESCRIPTOR_SOCKET, 12345},
	    {"socket:[4294967295]", true, DESCRIPTOR_SOCKET, 4294967295},
	    {"anon_inode:[eventpoll]", true, DESCRIPTOR_EPOLL, 0},
	    {"anon_inode:[eventfd]", false, 0, 0},
	    {"anon_inode:[eventpoll] (deleted)", false, 0, 0},
	    {"pipe:[12345]", false, 0, 0},
	    {"socket:[", false, 0, 0},
	    {"socket:[]", false, 0, 0},
	    {"socket:[0]", false, 0, 0},
	    {"socket:[12x]", false, 0, 0},
	    {"socket:12", false, 0, 0},
	    {"/tmp/socket:[1]", false, 0, 0},
	    {"", false, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct descriptor descriptor;

		if (fd_walk_parse(&descriptor, rows[i].target) != rows[i].known)
			fail_msg("%s", rows[i].target);
		if (!rows[i].known)
			continue;
		assert_int_equal(descriptor.kind, rows[i].kind);
		assert_int_equal(descriptor.inode, rows[i].inode);
	}
}

enum { NUMBERS = 1024 };

static enum look look_at(void *context, int number)
{
	int type;
	socklen_t length = sizeof type;

	(void)context;
	if (getsockopt(number, SOL_SOCKET, SO_TYPE, &type, &length) == 0)
		return LOOK_SOCKET;
	return errno == EBADF ? LOOK_CLOSED : LOOK_NO_SOCKET;
}

struct seen {
	struct descriptor each[NUMBERS];
	unsigned times[NUMBERS], total, stop_after;
	int fds[4]; /* that the visitor opened */
	size_t opened;
};

static bool remember(void *context, const struct descriptor *descriptor)
{
	struct seen *seen = context;

	assert_in_range(descriptor->number, 0, NUMBERS - 1);
	seen->each[descriptor->number] = *descriptor;
	seen->times[descriptor->number]++;
	return ++seen->total != seen->stop_after;
}

/* More entries than one getdents64(2) of the walk returns. */
static void each_is_seen_once(void **state)
{
	static struct seen seen;
	int sockets[150], files[100], epfd = epoll_create1(EPOLL_CLOEXEC), ends[2];
	unsigned before;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	for (size_t i = 0; i < COUNT(files); i++)
		files[i] = open("/dev/null", O_RDONLY);
	for (size_t i = 0; i < COUNT(sockets); i++)
		sockets[i] = i % 2 ? dup(sockets[i - 1]) : new_socket(i % 4 ? AF_INET : AF_INET6);
	before = open_descriptors();
	assert_true(fd_walk(look_at, remember, &seen));
	assert_int_equal(open_descriptors(), before);
	for (size_t i = 0; i < COUNT(sockets); i++) {
		assert_int_equal(seen.times[sockets[i]], 1);
		assert_int_equal(seen.each[sockets[i]].kind, DESCRIPTOR_SOCKET);
		assert_int_equal(seen.each[sockets[i]].inode, inode_of(sockets[i]));
		close(sockets[i]);
	}
	for (size_t i = 0; i < COUNT(files); i++) {
		assert_int_equal(seen.times[files[i]], 0);
		close(files[i]);
	}
	assert_int_equal(seen.times[epfd], 1);
	assert_int_equal(seen.each[epfd].kind, DESCRIPTOR_EPOLL);
	assert_int_equal(seen.times[ends[0]] + seen.times[ends[1]], 2);
	assert_int_equal(close(epfd) | close(ends[0]) | close(ends[1]), 0);
}

/* Another thread might do so, in a gap that the walk has not reached. */
static bool remember_and_open(void *context, const struct descriptor *descriptor)
{
	struct seen *seen = context;

	if (seen->opened < COUNT(seen->fds))
		seen->fds[seen->opened++] = dup(STDIN_FILENO);
	return remember(context, descriptor);
}

static void find_all(const int *numbers, size_t count, fd_visitor *visit)
{
	static struct seen seen;
	int fd = new_socket(AF_INET);

	memset(&seen, 0, sizeof seen);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(dup2(fd, numbers[i]), numbers[i]);
	assert_true(fd_walk(look_at, visit, &seen));
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(seen.times[numbers[i]], 1);
		close(numbers[i]);
	}
	while (seen.opened > 0)
		close(seen.fds[--seen.opened]);
	close(fd);
}

static void none_is_missed(void **state)
{
	static const int near[] = {14, 16, 17, 18, 19, 20}, far[] = {15, 16, 17, 60, 61, 100, 700, 1010};

	(void)state;
	find_all(near, COUNT(near), remember);
	find_all(near, COUNT(near), remember_and_open);
	find_all(far, COUNT(far), remember);
	find_all(far, COUNT(far), remember_and_open);
}

static void the_visitor_ends_the_walk(void **state)
{
	static struct seen seen;
	int first = new_socket(AF_INET), second = new_socket(AF_INET);
	unsigned before = open_descriptors();

	(void)state;
	seen.stop_after = 1;
	assert_true(fd_walk(look_at, remember, &seen));
	assert_int_equal(seen.total, 1);
	assert_int_equal(open_descriptors(), before);
	close(first);
	close(second);
}

static void *walk_in_thread(void *context)
{
	return fd_walk(look_at, remember, context) ? context : NULL;
}

/* A thread that unshared its descriptors sees its own. */
static void *walk_apart(void *context)
{
	int fd;

	if (unshare(CLONE_FILES) != 0 || (fd = socket(AF_INET, SOCK_STREAM, 0)) < 0)
		return NULL;
	((struct seen *)context)->stop_after = 0;
	return fd_walk(look_at, remember, context) && ((struct seen *)context)->times[fd] == 1 ? context : NULL;
}

static void threads_see_the_same(void **state)
{
	static struct seen seen, apart;
	int fd = new_socket(AF_INET);
	pthread_t thread;
	void *result;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, walk_in_thread, &seen), 0);
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_ptr_equal(result, &seen);
	assert_int_equal(seen.times[fd], 1);
	assert_int_equal(pthread_create(&thread, NULL, walk_apart, &apart), 0);
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_ptr_equal(result, &apart);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(targets),
	    cmocka_unit_test(each_is_seen_once),
	    cmocka_unit_test(none_is_missed),
	    cmocka_unit_test(the_visitor_ends_the_walk),
	    cmocka_unit_test(threads_see_the_same),
	};

	return cmocka_run_group_tests_name("descriptors", tests, NULL, NULL);
}
