/* The functions of the objects that were loaded after this one: here the main
 * program is the first. */
#define _GNU_SOURCE
#include "symbols.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Of the C library, of cmocka, of nobody; and memcpy, which has an older version
 * beside the one of today, and is chosen when it is first called. */
static const char *const names[] = {"bind",        "accept4",  "recvfrom", "__recvfrom_chk",      "sendmmsg",
				    "getaddrinfo", "_fail",    "syscall",  "no_such_function_at", "pthread_create",
				    "memcpy",      "recvmmsg", "",         "getsockopt"};

/* Nothing here may hide what comes after. */
void *memfrob(void *memory, size_t size)
{
	(void)size;
	return memory;
}

static void as_dlsym(void **state)
{
	struct symbol symbols[COUNT(names)];
	void *found[COUNT(names)] = {NULL};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		symbols[i] = (struct symbol){names[i], &found[i]};
	symbols_find(symbols, COUNT(names));
	for (size_t i = 0; i < COUNT(names); i++)
		if (found[i] != dlsym(RTLD_NEXT, names[i]))
			fail_msg("%s: %p, not %p", names[i], found[i], dlsym(RTLD_NEXT, names[i]));
	assert_non_null(found[0]);
	assert_null(found[8]);
}

static void not_our_own(void **state)
{
	void *(*found)(void *memory, size_t size) = NULL;
	struct symbol symbols[] = {{"memfrob", &found}};

	(void)state;
	symbols_find(symbols, 1);
	assert_true(found != NULL && found != memfrob);
}

static void what_is_not_there_stays(void **state)
{
	int here;
	void *found = &here;
	struct symbol symbols[] = {{"no_such_function_at", &found}};

	(void)state;
	symbols_find(symbols, 1);
	assert_ptr_equal(found, &here);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_dlsym),
	    cmocka_unit_test(not_our_own),
	    cmocka_unit_test(what_is_not_there_stays),
	};

	return cmocka_run_group_tests_name("symbols", tests, NULL, NULL);
}
