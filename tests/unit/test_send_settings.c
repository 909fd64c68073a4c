/* SPDX-License-Identifier: MIT */
/* sendto by what the environment says, which is read once per process: each
 * question is a child's. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "base/sys.h"
#include "calls/send.h"
#include "peers/mapper.h"

#include <sys/wait.h>

static const void *seen; /* the address that the native call was given */

static ssize_t note_sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
			   socklen_t length)
{
	seen = address;
	return sys_sendto(fd, data, size, flags, address, length);
}

/* In a child that has read no settings yet: whether what is sent to an address
 * that was shown is resolved. Exits with 0 where it is as EXPECTED. */
static int resolves_with(const char *allow, int flags, bool expected)
{
	struct address real = peer6("2001:db8::1", 0, 9), given;
	struct pool pool = pool_default();
	int fd = marked_datagram(0);

	if (allow != NULL)
		setenv("DUALBIND_ALLOW", allow, 1);
	else
		unsetenv("DUALBIND_ALLOW");
	given = shown_as(&pool, &real);
	call_sendto(fd, "x", 1, flags, &given.any, given.length, note_sendto);
	return (seen != &given) == expected ? 0 : 2;
}

static void where_no_rule_names_udp(void **state)
{
	static const struct {
		const char *allow;
		int flags;
		bool resolves;
	} rows[] = {
	    {NULL, 0, false},      {"", MSG_FASTOPEN, false}, {"8080", 0, false}, {"8080", MSG_FASTOPEN, true},
	    {"8080/udp", 0, true}, {"x@8080/any", 0, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		pid_t child = fork();
		int status;

		if (child == 0)
			_exit(resolves_with(rows[i].allow, rows[i].flags, rows[i].resolves));
		assert_true(child > 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (status != 0)
			fail_msg("row %zu: status %x", i, (unsigned)status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(where_no_rule_names_udp)};

	return cmocka_run_group_tests_name("send: settings", tests, private_network, NULL);
}
