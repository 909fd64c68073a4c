/* SPDX-License-Identifier: MIT */
/* Which sockets this process has made. */
#define _GNU_SOURCE
#include "process/made.h"

#include "sockets.h"

#include <stdlib.h>
#include <sys/wait.h>

static void in_child(void (*check)(int fd), int fd)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		check(fd);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void is_not_the_childs(int fd)
{
	if (made_here(fd))
		_exit(1);
	made_note(fd);
	if (!made_here(fd))
		_exit(2);
}

/* By whichever number; and no other socket by that number. */
static void what_was_made(void **state)
{
	int fd = new_socket(AF_INET6), other = new_socket(AF_INET6), copy;

	(void)state;
	assert_false(made_here(fd));
	made_note(fd);
	assert_true(made_here(fd));
	assert_false(made_here(other));
	in_child(is_not_the_childs, fd);
	copy = dup(fd);
	assert_int_equal(dup2(other, fd), fd);
	assert_false(made_here(fd));
	assert_true(made_here(copy));
	assert_int_equal(close(copy), 0);
	assert_false(made_here(copy));
	close(fd);
	close(other);
}

/* More than are remembered: the last ones are. */
static void very_many(void **state)
{
	enum { MANY = 200 };
	int first = new_socket(AF_INET6), fd = -1;

	(void)state;
	made_note(first);
	for (int i = 0; i < MANY; i++) {
		if (fd >= 0)
			close(fd);
		fd = new_socket(AF_INET6);
		made_note(fd);
	}
	assert_true(made_here(fd));
	assert_false(made_here(first));
	close(fd);
	close(first);
}

static void sends_items(int fd)
{
	static const struct {
		int level, type;
		bool rights;
	} items[] = {
	    {IPPROTO_IP, SCM_RIGHTS, false}, {SOL_SOCKET, SCM_CREDENTIALS, false}, {SOL_SOCKET, SCM_RIGHTS, true}};
	union {
		struct cmsghdr head;
		char bytes[2 * CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr message = {.msg_control = NULL, .msg_controllen = sizeof control};

	made_note(fd);
	if (!made_alone())
		_exit(10);
	made_sends(NULL);
	made_sends(&message);
	message.msg_control = &control;
	memset(&control, 0xff, sizeof control); /* lengths that reach past the end */
	made_sends(&message);
	for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
		struct cmsghdr *item;

		memset(&control, 0, sizeof control);
		item = CMSG_FIRSTHDR(&message);
		*item = (struct cmsghdr){CMSG_LEN(sizeof(int)), IPPROTO_IP, IP_TTL};
		item = CMSG_NXTHDR(&message, item);
		*item = (struct cmsghdr){CMSG_LEN(sizeof(int)), items[i].level, items[i].type};
		made_sends(&message);
		if (made_here(fd) == items[i].rights || made_alone() == items[i].rights)
			_exit((int)i + 1);
	}
}

/* Once a descriptor was sent nothing is known any more. */
static void what_is_sent(void **state)
{
	int fd = new_socket(AF_INET6);

	(void)state;
	in_child(sends_items, fd);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_made),
	    cmocka_unit_test(very_many),
	    cmocka_unit_test(what_is_sent),
	};

	return cmocka_run_group_tests_name("made", tests, private_network, NULL);
}
