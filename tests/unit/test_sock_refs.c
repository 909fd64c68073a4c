/* SPDX-License-Identifier: MIT */
/* What refers to a socket in its process, and gets another one in its place. */
#define _GNU_SOURCE
#include "sockets.h"

#include "swap/sock_refs.h"

#include <sys/epoll.h>
#include <sys/resource.h>

static int fd, to;
static struct sock sock;
static struct sock_refs refs;

static int begin(void **state)
{
	(void)state;
	fd = new_socket(AF_INET);
	to = new_socket(AF_INET6);
	assert_int_equal(try_bind(fd, AF_INET, 0), 0);
	return !sock_read(fd, &sock) || !sock_refs_begin(&refs, &sock, fcntl(fd, F_GETFL));
}

static int end(void **state)
{
	(void)state;
	close(fd);
	close(to);
	return 0;
}

static void it_alone(void **state)
{
	(void)state;
	assert_true(sock_refs_collect(&refs, NULL));
	assert_int_equal(refs.count, 1);
	assert_int_equal(refs.fd[0].number, fd);
	assert_int_equal(refs.fd[0].closes, 0);
	assert_int_equal(refs.epoll_refs.count, 0);
	assert_true(sock_refs_take(&refs, fd, to));
	assert_int_equal(domain_of(fd), AF_INET6);
	assert_int_equal(inode_of(fd), inode_of(to));
}

/* Each keeps its number and its close-on-exec flag; other sockets stay. */
static void other_numbers(void **state)
{
	int copies[] = {dup(fd), fcntl(fd, F_DUPFD_CLOEXEC, 300)}, other = new_socket(AF_INET);
	ino_t inode = inode_of(other);

	(void)state;
	assert_int_equal(try_bind(other, AF_INET, 0), 0);
	assert_true(sock_refs_collect(&refs, NULL));
	assert_int_equal(refs.count, 3);
	assert_true(sock_refs_take(&refs, fd, to));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(inode_of(copies[i]), inode_of(to));
		assert_int_equal(fcntl(copies[i], F_GETFD), i ? FD_CLOEXEC : 0);
		close(copies[i]);
	}
	assert_int_equal(inode_of(other), inode);
	close(other);
}

static void epoll_instances(void **state)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = 77}, told;
	int epfd = epoll_create1(EPOLL_CLOEXEC);

	(void)state;
	assert_int_equal(epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &event), 0);
	assert_true(sock_refs_collect(&refs, NULL));
	assert_int_equal(refs.epoll_refs.count, 1);
	assert_int_equal(try_bind(to, AF_INET6, 0), 0);
	assert_int_equal(listen(to, 4), 0);
	assert_true(sock_refs_take(&refs, fd, to));
	close(connect_to(AF_INET6, port_of(to)));
	assert_int_equal(epoll_wait(epfd, &told, 1, WAIT_MS), 1);
	assert_int_equal(told.data.u64, 77);
	close(epfd);
}

/* What a walk has seen on its way is not looked for again. */
static void a_list_of_a_walk(void **state)
{
	struct ref_list list;
	struct address local;
	int copy = dup(fd), ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	ref_list_begin(&list, &sock);
	assert_true(list.whole);
	assert_int_equal(sock_refs_look(&sock, copy, &local), LOOK_SOCKET);
	assert_int_equal(address_port(&local), port_of(fd));
	assert_int_equal(sock_refs_look(&sock, fd, &local), LOOK_ON);
	assert_int_equal(local.length, 0);
	assert_int_equal(sock_refs_look(&sock, ends[0], &local), LOOK_ON);
	assert_int_equal(local.length, 0);
	assert_int_equal(sock_refs_look(&sock, 9999, &local), LOOK_CLOSED);
	assert_int_equal(sock_refs_look(&sock, STDIN_FILENO, &local), LOOK_NO_SOCKET);
	ref_list_note(&list, &(struct descriptor){copy, DESCRIPTOR_SOCKET, sock.inode});
	ref_list_note(&list, &(struct descriptor){ends[0], DESCRIPTOR_SOCKET, inode_of(ends[0])});
	assert_int_equal(list.count, 1);
	assert_true(sock_refs_collect(&refs, &list));
	assert_int_equal(refs.count, 2);
	assert_int_equal(refs.fd[1].number, copy);
	close(copy);
	close(ends[0]);
	close(ends[1]);
}

/* One that has no room left is not believed; the numbers are looked for. */
static void a_list_that_is_full(void **state)
{
	struct ref_list list;
	int copy = dup(fd);

	(void)state;
	ref_list_begin(&list, &sock);
	for (int i = 0; i <= REF_LIST_MAX; i++)
		ref_list_note(&list, &(struct descriptor){9000 + i, DESCRIPTOR_EPOLL, 0});
	assert_false(list.whole);
	assert_int_equal(list.count, REF_LIST_MAX);
	assert_true(sock_refs_collect(&refs, &list));
	assert_int_equal(refs.count, 2);
	close(copy);
}

static void more_numbers_than_there_is_room_for(void **state)
{
	int copies[SOCK_REFS_MAX];

	(void)state;
	for (int i = 0; i < SOCK_REFS_MAX; i++)
		copies[i] = dup(fd);
	assert_false(sock_refs_collect(&refs, NULL));
	assert_int_equal(errno, E2BIG);
	close(copies[0]);
	assert_true(sock_refs_begin(&refs, &sock, 0));
	assert_true(sock_refs_collect(&refs, NULL));
	assert_int_equal(refs.count, SOCK_REFS_MAX);
	for (int i = 1; i < SOCK_REFS_MAX; i++)
		close(copies[i]);
}

/* Another thread closes the one that is swapped, or has something else there by then. */
static void it_was_closed_meanwhile(void **state)
{
	int copy = dup(fd), other = new_socket(AF_INET);
	ino_t inode = inode_of(other);

	(void)state;
	assert_true(sock_refs_collect(&refs, NULL));
	dup2(other, fd);
	assert_false(sock_refs_take(&refs, fd, to));
	assert_int_equal(errno, EBADF);
	assert_int_equal(inode_of(fd), inode);
	assert_int_equal(inode_of(copy), sock.inode); /* nothing has changed */
	assert_false(sock_refs_begin(&refs, &sock, 0));
	assert_int_equal(errno, EBADF);
	close(copy);
	close(other);
}

/* A second number that means something else by then stays what it is. */
static void another_was_closed_meanwhile(void **state)
{
	int copy = dup(fd), other = new_socket(AF_INET);
	ino_t inode = inode_of(other);

	(void)state;
	assert_true(sock_refs_collect(&refs, NULL));
	dup2(other, copy);
	assert_true(sock_refs_take(&refs, fd, to));
	assert_int_equal(inode_of(fd), inode_of(to));
	assert_int_equal(inode_of(copy), inode);
	close(copy);
	close(other);
}

/* Some have been replaced already when the next cannot be: they are put back. */
static void one_that_cannot_be_replaced(void **state)
{
	int low = dup(fd), high = fcntl(fd, F_DUPFD, 400);
	struct rlimit limit, little;

	(void)state;
	assert_true(sock_refs_collect(&refs, NULL));
	assert_int_equal(refs.count, 3);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	little = limit;
	little.rlim_cur = 300;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &little), 0);
	assert_false(sock_refs_take(&refs, fd, to));
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(inode_of(fd), sock.inode);
	assert_int_equal(inode_of(low), sock.inode);
	assert_int_equal(inode_of(high), sock.inode);
	close(low);
	close(high);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(it_alone, begin, end),
	    cmocka_unit_test_setup_teardown(other_numbers, begin, end),
	    cmocka_unit_test_setup_teardown(epoll_instances, begin, end),
	    cmocka_unit_test_setup_teardown(a_list_of_a_walk, begin, end),
	    cmocka_unit_test_setup_teardown(a_list_that_is_full, begin, end),
	    cmocka_unit_test_setup_teardown(more_numbers_than_there_is_room_for, begin, end),
	    cmocka_unit_test_setup_teardown(it_was_closed_meanwhile, begin, end),
	    cmocka_unit_test_setup_teardown(another_was_closed_meanwhile, begin, end),
	    cmocka_unit_test_setup_teardown(one_that_cannot_be_replaced, begin, end),
	};

	return cmocka_run_group_tests_name("sock_refs", tests, private_network, NULL);
}
