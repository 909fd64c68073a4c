/* SPDX-License-Identifier: MIT */
/* The functions of the objects that were loaded after this one: here the main
 * program is the first. */
#define _GNU_SOURCE
#include "preload/symbols.h"

#include <sys/auxv.h>
#include <time.h>

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A function of the C library, one of cmocka, one that does not exist; and memcpy, which has an older version
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

/* An object that is made by hand comes last in the list, where there is one. */
static struct dl_phdr_info *made;

int dl_iterate_phdr(int (*visit)(struct dl_phdr_info *info, size_t size, void *context), void *context)
{
	int (*next)(int (*)(struct dl_phdr_info *, size_t, void *), void *) = NULL;
	void *found = dlsym(RTLD_NEXT, "dl_iterate_phdr");
	int result;

	memcpy(&next, &found, sizeof next);
	result = next(visit, context);
	return result == 0 && made != NULL ? visit(made, sizeof *made, context) : result;
}

static void function(void)
{
}

enum { NAME_AT = 16, SYMBOLS = 3 };
static ElfW(Sym) table[SYMBOLS] = {
    [1] = {.st_name = NAME_AT, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), .st_shndx = SHN_UNDEF},
    [2] = {.st_name = NAME_AT, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), .st_shndx = 1},
};
static uint32_t hash[] = {1, SYMBOLS, 0};

static char own_name[] = "\0libdualbind.so\0of_old_linkers";

/* Whether NAME is found in an object of that name, and not where __libc_start_main is. */
static bool is_anothers(const char *name, bool is_copy, bool (*find)(struct symbol *, size_t), void **found)
{
	ElfW(Dyn) dynamic[] = {
	    {DT_SYMTAB, {.d_ptr = (ElfW(Addr))table}},
	    {DT_STRTAB, {.d_ptr = (ElfW(Addr))own_name}},
	    {DT_HASH, {.d_ptr = (ElfW(Addr))hash}},
	    {DT_SONAME, {.d_val = is_copy ? 1 : NAME_AT}},
	    {DT_NULL, {0}},
	};
	ElfW(Phdr) part = {.p_type = PT_DYNAMIC, .p_vaddr = (ElfW(Addr))dynamic};
	struct dl_phdr_info info = {.dlpi_phdr = &part, .dlpi_phnum = 1};
	void *start;
	struct symbol symbols[] = {{name, found}, {"__libc_start_main", &start}};
	bool another;

	table[2].st_value = (ElfW(Addr))function;
	made = &info;
	another = find(symbols, COUNT(symbols));
	made = NULL;
	return another;
}

static void whose_it_is(void **state)
{
	void *found = NULL;

	(void)state;
	assert_false(is_anothers("bind", false, symbols_find, &found));
	assert_ptr_equal(found, dlsym(RTLD_NEXT, "bind"));
	assert_true(is_anothers("of_old_linkers", false, symbols_find, &found));
	assert_ptr_equal(found, function);
	assert_true(is_anothers("of_old_linkers", true, symbols_find, &found));
	found = NULL;
	assert_false(is_anothers("of_old_linkers", true, symbols_find_past_copies, &found));
	assert_null(found);
	assert_true(is_anothers("of_old_linkers", false, symbols_find_past_copies, &found));
	assert_false(is_anothers("no_such_function_at", false, symbols_find, &found));
}

/* The kernel's own object, which valgrind hides: then the pointer stays. */
static void of_the_vdso(void **state)
{
	int (*gettime)(clockid_t, struct timespec *) = NULL, (*nothing)(void) = NULL;
	struct symbol symbol = {VDSO_CLOCK_GETTIME, &gettime}, none = {"__vdso_of_nobody", &nothing};
	struct timespec before, now, after;

	(void)state;
	symbols_find_vdso(&none);
	assert_null(nothing);
	symbols_find_vdso(&symbol);
	if (gettime == NULL) {
		assert_int_equal(getauxval(AT_SYSINFO_EHDR), 0);
		return;
	}
	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &before), 0);
	assert_int_equal(gettime(CLOCK_MONOTONIC, &now), 0);
	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &after), 0);
	assert_true(now.tv_sec >= before.tv_sec && now.tv_sec <= after.tv_sec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_dlsym),    cmocka_unit_test(not_our_own), cmocka_unit_test(what_is_not_there_stays),
	    cmocka_unit_test(whose_it_is), cmocka_unit_test(of_the_vdso),
	};

	return cmocka_run_group_tests_name("symbols", tests, NULL, NULL);
}
