/* SPDX-License-Identifier: MIT */
/* Why a listener stays as it is, read in a process that has kept it: this one, which is
 * no library, and so is looked at as a supervisor is. */
#define _GNU_SOURCE
#include "sockets.h"

#include "base/own_errno.h"
#include "bind/left_alone.h"
#include "inspect/held.h"
#include "inspect/mapped.h"
#include "inspect/whyalone.h"
#include "made_listener.h"

#include <string.h>

static bool look(void *context, int *memory, uint64_t base, const char *path)
{
	uint32_t *kept = context;

	(void)path;
	return !held_left_alone(kept, base, mapped_read, memory);
}

static void what_a_process_has_kept(void **state)
{
	static const struct settings settings;
	struct bind_request request = {.settings = &settings, .port = 8080, .protocol = TRANSPORT_TCP};
	uint32_t kept[LEFT_ALONE_MAX] = {0};
	struct left_alone found;

	(void)state;
	left_alone_report(&request, NOT_TO_BE_HAD, MARK_CONVERTED, EAFNOSUPPORT);
	assert_true(mapped_walk(getpid(), look, kept));
	found = left_alone_find(kept, TRANSPORT_TCP, 8080);
	assert_int_equal(found.reason, NOT_TO_BE_HAD);
	assert_int_equal(found.error, EAFNOSUPPORT);
}

/* Without the library, and without a supervisor. */
static void nothing_is_known(void **state)
{
	struct listener listener = made("0.0.0.0", 8080, TRANSPORT_TCP);

	(void)state;
	assert_null(why_alone(getpid(), &listener));
	assert_null(why_alone(999999999, &listener));
	listener.owner_count = 2;
	listener.owners[0].pid = 999999999;
	listener.owners[1].pid = getpid();
	assert_null(why_alone_of_owners(&listener));
}

static void words(void **state)
{
	static const struct {
		int error;
		const char *words;
	} errors[] = {
	    {EADDRINUSE, "another program has the port"},
	    {EADDRNOTAVAIL, "no IPv6"},
	    {EAFNOSUPPORT, "no IPv6"},
	    {EACCES, "Landlock"},
	    {EPERM, "lacks a privilege"},
	    {EXDEV, "another network namespace"},
	    {ENOKEY, "TCP keys"},
	    {EREMCHG, "another preloaded library"},
	    {ERINGED, "io_uring"},
	    {EFORGOTTEN, "gVisor"},
	    {EUNTOLD, "gVisor"},
	    {4095, "DUALBIND_LOG=debug"},
	};

	(void)state;
	assert_null(why_alone_words(NO_REASON, 0));
	assert_null(why_alone_words(NO_RULE, 0));
	assert_null(why_alone_words(REASONS, 0));
	for (unsigned reason = ELSEWHERE; reason < REASONS; reason++)
		assert_non_null(why_alone_words(reason, 0));
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
		assert_non_null(strstr(why_alone_words(NOT_TO_BE_HAD, errors[i].error), errors[i].words));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_a_process_has_kept),
	    cmocka_unit_test(nothing_is_known),
	    cmocka_unit_test(words),
	};

	return cmocka_run_group_tests_name("why it stays", tests, NULL, NULL);
}
