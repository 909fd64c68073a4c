/* SPDX-License-Identifier: MIT */
/* The address mapper in a process and its children. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "peers/mapper.h"

#include <sys/wait.h>

static struct address numbered(uint32_t number)
{
	struct address address = peer6("2001:db8::", 0, 5000);

	memcpy(&address.in6.sin6_addr.s6_addr[12], &number, sizeof number);
	return address;
}

/* The child knows the parent's clients; then each has a table of its own. */
static void fork_copies(void **state)
{
	struct pool pool = {.network = 0xc6130000, .length = 24};
	struct address before = numbered(1), after = numbered(2), real;
	struct address shown = shown_as(&pool, &before), later = synthetic_address(&pool, &after, 0);
	int status;
	pid_t child;

	(void)state;
	assert_false(same_address(&shown, &later));
	child = fork();
	if (child == 0) {
		if (!mapper_find(&shown, &real) || !same_address(&real, &before))
			_exit(1);
		shown_as(&pool, &after);
		_exit(mapper_find(&later, &real) ? 0 : 2);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_false(mapper_find(&later, &real));
}

/* In a process that shares its table with its children: what one has shown the
 * others find. */
static int in_sharing_process(void)
{
	struct pool pool = {.network = 0xc6140000, .length = 24};
	struct address real = numbered(3), shown, found;
	pid_t child;

	mapper_share();
	child = fork();
	if (child == 0) {
		shown_as(&pool, &real);
		_exit(0);
	}
	if (child < 0 || waitpid(child, NULL, 0) != child)
		return 1;
	shown = synthetic_address(&pool, &real, 0);
	return mapper_find(&shown, &found) && same_address(&found, &real) ? 0 : 2;
}

static void fork_shares(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0)
		_exit(in_sharing_process());
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(fork_copies), cmocka_unit_test(fork_shares)};

	return cmocka_run_group_tests_name("mapper: fork", tests, NULL, NULL);
}
