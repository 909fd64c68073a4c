/* SPDX-License-Identifier: MIT */
/* Loaded objects and what they define: those of this process, and one that is made here. */
#define _GNU_SOURCE
#include "preload/object.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The C library, as the loader has it. */
static int find_libc(struct dl_phdr_info *info, size_t size, void *context)
{
	struct object *object = context;

	(void)size;
	return !object_is_us(info) && object_read(object, info) && object_is_called(object, "libc.so.6");
}

static struct object c_library(void)
{
	struct object object;

	assert_int_equal(dl_iterate_phdr(find_libc, &object), 1);
	return object;
}

static void *address_of(const struct object *object, const char *name)
{
	const ElfW(Sym) *symbol = object_find(object, name);

	return symbol != NULL ? (void *)(object->base + symbol->st_value)
			      : NULL; /* NOLINT(performance-no-int-to-ptr) */
}

static void what_the_c_library_defines(void **state)
{
	static const char *const names[] = {"bind",           "accept4", "getaddrinfo",
					    "pthread_create", "fopen",   "realpath"};
	struct object libc = c_library();
	void *handle = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);

	(void)state;
	assert_non_null(handle);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_ptr_equal(address_of(&libc, names[i]), dlsym(handle, names[i]));
	dlclose(handle);
	assert_null(object_find(&libc, "no_such_function_at"));
	assert_null(object_find(&libc, "cmocka_set_message_output")); /* another one's */
	assert_null(object_find(&libc, "environ"));                   /* no function */
	assert_null(object_find(&libc, ""));
}

static void whose_it_is(void **state)
{
	struct object libc = c_library();

	(void)state;
	assert_true(object_is_called(&libc, "libc.so.6"));
	assert_false(object_is_called(&libc, "libc.so"));
	assert_false(object_is_called(&libc, "libdualbind.so"));
	assert_false(object_is_copy(&libc));
}

static int count_us(struct dl_phdr_info *info, size_t size, void *context)
{
	int *count = context;

	(void)size;
	*count += object_is_us(info);
	return 0;
}

static void one_object_is_us(void **state)
{
	int count = 0;

	(void)state;
	dl_iterate_phdr(count_us, &count);
	assert_int_equal(count, 1);
}

enum { NAME_AT = 1, CALLED_AT = 16, SYMBOLS = 6 };

static const char strings[] = "\0of_old_linkers\0libdualbind.so";
static ElfW(Sym) table[SYMBOLS] = {
    [1] = {.st_name = NAME_AT, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), .st_shndx = SHN_UNDEF},
    [2] = {.st_name = NAME_AT, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT), .st_shndx = 1},
    [3] = {.st_name = 0, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), .st_shndx = 1},
    [4] = {.st_name = NAME_AT, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), .st_shndx = 1},
    [5] = {.st_name = NAME_AT, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), .st_shndx = 1},
};
/* The first definition is of an older version, to which no program links any more. */
static const ElfW(Half) versions[SYMBOLS] = {0, 2, 2, 2, 0x8002, 3};
/* Before GNU's hash tables there was another one, which some linkers still make. */
static const uint32_t hash[] = {1, SYMBOLS, 0};

struct made {
	ElfW(Dyn) dynamic[6];
	ElfW(Phdr) part;
	struct dl_phdr_info info;
};

/* BASE: some loaders leave the addresses relative to it. */
static void make(struct made *made, ElfW(Addr) base, bool versioned, bool hashed)
{
	const ElfW(Dyn) dynamic[] = {
	    {DT_SYMTAB, {.d_ptr = (ElfW(Addr))table - base}},
	    {DT_STRTAB, {.d_ptr = (ElfW(Addr))strings - base}},
	    {hashed ? DT_HASH : DT_DEBUG, {.d_ptr = (ElfW(Addr))hash - base}},
	    {versioned ? DT_VERSYM : DT_DEBUG, {.d_ptr = (ElfW(Addr))versions - base}},
	    {DT_SONAME, {.d_val = CALLED_AT}},
	    {DT_NULL, {0}},
	};

	memcpy(made->dynamic, dynamic, sizeof dynamic);
	made->part = (ElfW(Phdr)){.p_type = PT_DYNAMIC, .p_vaddr = (ElfW(Addr))made->dynamic - base};
	made->info = (struct dl_phdr_info){.dlpi_addr = base, .dlpi_phdr = &made->part, .dlpi_phnum = 1};
}

static void finds(ElfW(Addr) base, bool versioned, size_t wanted)
{
	struct object object;
	struct made made;

	make(&made, base, versioned, true);
	assert_true(object_read(&object, &made.info));
	assert_ptr_equal(object_find(&object, "of_old_linkers"), &table[wanted]);
	assert_null(object_find(&object, "of_new_linkers"));
	assert_true(object_is_called(&object, "libdualbind.so"));
	assert_true(object_is_copy(&object));
}

static void an_object_with_the_old_hash(void **state)
{
	(void)state;
	finds(0, true, 5);
	finds(0, false, 4);
	/* Not far below: under valgrind programs lie low, and the base is above what is relative to it. */
	finds((ElfW(Addr))strings - 0x10000, true, 5);
	/* What is linked to lie high wraps around to where it lies. */
	finds((ElfW(Addr))strings + 0x10000, true, 5);
}

static void an_object_without_symbols(void **state)
{
	struct object object;
	struct made made;

	(void)state;
	make(&made, 0, true, false);
	assert_false(object_read(&object, &made.info) && object_find(&object, "of_old_linkers") != NULL);
	make(&made, 0, true, true);
	made.dynamic[0].d_tag = DT_NULL;
	assert_false(object_read(&object, &made.info));
	made.info.dlpi_phnum = 0;
	assert_false(object_read(&object, &made.info));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_the_c_library_defines), cmocka_unit_test(whose_it_is),
	    cmocka_unit_test(one_object_is_us),           cmocka_unit_test(an_object_with_the_old_hash),
	    cmocka_unit_test(an_object_without_symbols),
	};

	return cmocka_run_group_tests_name("object", tests, NULL, NULL);
}
