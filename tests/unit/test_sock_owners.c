/* SPDX-License-Identifier: MIT */
/* Which processes hold the sockets of a listing: this one, and children of it. */
#define _GNU_SOURCE
#include "skip.h"
#include "sockets.h"

#include "inspect/sock_owners.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { NOBODY = 999999999 };

static struct listing listing;

static const struct listener *listed(int fd)
{
	ino_t inode = inode_of(fd);

	for (size_t i = 0; i < listing.count; i++)
		if (listing.list[i].inode == inode)
			return &listing.list[i];
	fail_msg("socket %d is not listed", fd);
	return NULL;
}

static bool read_listing(pid_t only)
{
	listing_free(&listing);
	memset(&listing, 0, sizeof listing);
	assert_true(sock_diag_read(&listing));
	return sock_owners_find(&listing, only);
}

static int end(void **state)
{
	(void)state;
	listing_free(&listing);
	return 0;
}

static int listening(int family, bool both)
{
	int fd = new_socket(family);

	if (family == AF_INET6)
		set_int_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, !both);
	assert_int_equal(try_bind(fd, family, 0), 0);
	assert_int_equal(listen(fd, 4), 0);
	return fd;
}

/* A child that has what this process has open, and does nothing; until it is ended. */
static pid_t holder(void)
{
	pid_t child = fork();

	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	assert_true(child > 0);
	return child;
}

static void end_holder(pid_t child)
{
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void this_process(void **state)
{
	int fd = listening(AF_INET, false), again = dup(fd);
	const struct listener *listener;

	(void)state;
	assert_true(read_listing(0));
	listener = listed(fd);
	assert_int_equal(listener->owner_count, 1); /* two descriptors of one process */
	assert_int_equal(listener->owners[0].pid, getpid());
	assert_true(listener->owners[0].fd == fd || listener->owners[0].fd == again);
	assert_string_equal(listener->owners[0].command, "test_sock_owner");
	assert_false(listener->mark_known); /* it is not asked for where it decides nothing */
	assert_true(read_listing(getpid()));
	assert_int_equal(listed(fd)->owner_count, 1);
	assert_false(listing.owners_refused);
	close(again);
	close(fd);
}

static void several_processes(void **state)
{
	int fd = listening(AF_INET, false);
	pid_t child = holder();

	(void)state;
	assert_true(read_listing(0));
	assert_int_equal(listed(fd)->owner_count, 2);
	assert_int_equal(listed(fd)->owners[0].pid + listed(fd)->owners[1].pid, getpid() + child);
	assert_true(read_listing(child));
	assert_int_equal(listed(fd)->owner_count, 1);
	assert_int_equal(listed(fd)->owners[0].pid, child);
	end_holder(child);
	assert_false(read_listing(NOBODY));
	assert_int_equal(errno, ENOENT);
	assert_int_equal(listed(fd)->owner_count, 0);
	close(fd);
}

/* More than are kept are counted. */
static void many_processes(void **state)
{
	int fd = listening(AF_INET, false);
	pid_t children[SOCK_OWNERS_KEPT + 3];
	const struct listener *listener;

	(void)state;
	for (size_t i = 0; i < SOCK_OWNERS_KEPT + 3; i++)
		children[i] = holder();
	assert_true(read_listing(0));
	listener = listed(fd);
	assert_int_equal(listener->owner_count, SOCK_OWNERS_KEPT + 4);
	for (size_t i = 0; i < SOCK_OWNERS_KEPT; i++)
		assert_string_equal(listener->owners[i].command, "test_sock_owner");
	for (size_t i = 0; i < SOCK_OWNERS_KEPT + 3; i++)
		end_holder(children[i]);
	close(fd);
}

static void marks(void **state)
{
	int plain = listening(AF_INET6, true), marked = listening(AF_INET6, true),
	    only = listening(AF_INET6, false);

	(void)state;
	assert_true(mark_set(marked, TRANSPORT_TCP, MARK_CONVERTED));
	assert_true(read_listing(0));
	if (!listed(marked)->mark_known && lacks_pidfd_getfd()) {
		assert_int_equal(listed(marked)->mark, MARK_NONE);
		assert_int_equal(listed(marked)->refusal, BORROW_NO_CALL);
		skip_because("no pidfd_getfd on this kernel");
	}
	assert_int_equal(listed(marked)->mark, MARK_CONVERTED);
	assert_int_equal(listed(marked)->refusal, BORROW_UNREFUSED);
	assert_true(listed(plain)->mark_known);
	assert_int_equal(listed(plain)->mark, MARK_NONE);
	assert_false(listed(only)->mark_known);
	close(plain);
	close(marked);
	close(only);
}

/* UDP takes the library, which this program, as others do, calls. */
static void datagrams(void **state)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)state;
	assert_int_equal(try_bind(fd, AF_INET, 0), 0);
	assert_true(read_listing(0));
	assert_int_equal(listed(fd)->owner_count, 1);
	assert_false(listed(fd)->beyond_library);
	close(fd);
}

/* A user who may not look into a process is told so. */
static void those_that_are_refused(void **state)
{
	int fd = listening(AF_INET, false), status;
	pid_t roots, child;

	(void)state;
	if (geteuid() != 0)
		skip_because(NOT_ROOT);
	roots = holder();
	child = fork();
	if (child == 0) {
		bool found;

		if (setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0)
			_exit(1);
		found = sock_diag_read(&listing) && sock_owners_find(&listing, roots);
		_exit(found || errno != EACCES                                    ? 2
		      : !sock_owners_find(&listing, 0) || !listing.owners_refused ? 3
										  : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	end_holder(roots);
	close(fd);
}

static void no_descriptor_is_left_open(void **state)
{
	int fd = listening(AF_INET6, true);
	unsigned before = open_descriptors();

	(void)state;
	assert_true(read_listing(0));
	assert_true(read_listing(getpid()));
	assert_false(read_listing(NOBODY));
	assert_int_equal(open_descriptors(), before);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(this_process),
	    cmocka_unit_test(several_processes),
	    cmocka_unit_test(many_processes),
	    cmocka_unit_test(marks),
	    cmocka_unit_test(datagrams),
	    cmocka_unit_test(those_that_are_refused),
	    cmocka_unit_test(no_descriptor_is_left_open),
	};

	return cmocka_run_group_tests_name("sock_owners", tests, private_network, end);
}
