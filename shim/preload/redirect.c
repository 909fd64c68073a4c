/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "preload/redirect.h"

#include "base/sys.h"
#include "preload/object.h"
#include "preload/symbols.h"

#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

enum { NAMES = 32, LIBRARIES = 2 };

struct library {
	struct object object;
	const ElfW(Sym) * entries[NAMES]; /* NULL: there is none of that name */
};

struct redirection {
	const char *names;
	struct library us, libc[LIBRARIES];
	size_t count;    /* of libraries that are parts of the C library */
	uint32_t others; /* a bit for each name that another library has before the C library */
	bool after_us;
};

/* Before glibc 2.34 some of the functions are also in a second library. */
static bool is_libc(const struct object *object)
{
	return object_is_called(object, "libc.so.6") || object_is_called(object, "libpthread.so.0");
}

/* INTO: for this library, or for one of the C library's; NULL: OBJECT is another library. */
static void read_entries(struct redirection *all, const struct object *object, struct library *into)
{
	const char *name = all->names;

	for (size_t i = 0; i < NAMES && *name != '\0'; i++, name += strlen(name) + 1) {
		const ElfW(Sym) *entry = object_find(object, name);

		if (into != NULL)
			into->entries[i] = entry;
		else if (entry != NULL && all->libc[0].entries[i] == NULL && all->libc[1].entries[i] == NULL)
			all->others |= UINT32_C(1) << i;
	}
	if (into != NULL)
		into->object = *object;
}

static int visit(struct dl_phdr_info *info, size_t size, void *context)
{
	struct redirection *all = context;
	struct object object;
	struct library *into = NULL;

	(void)size;
	if ((!all->after_us && !object_is_us(info)) || !object_read(&object, info))
		return 0;
	if (!all->after_us)
		into = &all->us;
	else if (object_is_copy(&object))
		return 0;
	else if (is_libc(&object) && all->count < LIBRARIES)
		into = &all->libc[all->count++];
	all->after_us = true;
	read_entries(all, &object, into);
	return 0;
}

struct pages {
	uintptr_t begin, end;
};

/* The pages with entries that are to be changed; entries that must stay are removed from the list. */
static struct pages pages_of(const struct redirection *all, struct library *library, uintptr_t page)
{
	struct pages pages = {UINTPTR_MAX, 0};

	for (size_t i = 0; i < NAMES; i++) {
		uintptr_t entry = (uintptr_t)library->entries[i];

		if (entry == 0 || all->us.entries[i] == NULL || (all->others >> i & 1)) {
			library->entries[i] = NULL;
			continue;
		}
		pages.begin = entry < pages.begin ? entry : pages.begin;
		pages.end = entry + sizeof(ElfW(Sym)) > pages.end ? entry + sizeof(ElfW(Sym)) : pages.end;
	}
	pages.begin &= ~(page - 1);
	pages.end = (pages.end + page - 1) & ~(page - 1);
	return pages;
}

/* Each entry is written as one word: another thread reads either the old or the new one. */
static void change(const struct redirection *all, const struct library *library)
{
	for (size_t i = 0; i < NAMES; i++)
		if (library->entries[i] != NULL)
			__atomic_store_n(&((ElfW(Sym) *)(uintptr_t)library->entries[i])->st_value,
					 all->us.object.base + all->us.entries[i]->st_value - library->object.base,
					 __ATOMIC_RELEASE);
}

/* Uses mprotect(2), which dlopen itself needs: a sandbox may end the process for another call. */
static bool rewrite(const struct redirection *all, struct library *library, uintptr_t page)
{
	struct pages pages = pages_of(all, library, page);
	size_t size = pages.end - pages.begin;

	if (pages.end == 0)
		return true;
	/* Behind the tables is code, which other threads are running. */
	if (pages.end > library->object.tables_end) {
		errno = ENOEXEC;
		return false;
	}
	if (sys_call(SYS_mprotect, pages.begin, size, (long)(PROT_READ | PROT_WRITE)) != 0)
		return false;
	change(all, library);
	sys_call(SYS_mprotect, pages.begin, size, (long)PROT_READ);
	return true;
}

struct rewriting {
	struct redirection *all;
	uintptr_t page;
	int error;
};

/* The loader's lock lets one thread at a time come here, so no other thread makes the
 * pages read-only while this one writes. */
static int rewrite_all(struct dl_phdr_info *info, size_t size, void *context)
{
	struct rewriting *rewriting = context;
	struct redirection *all = rewriting->all;

	(void)info, (void)size;
	for (size_t i = 0; i < all->count && rewriting->error == 0; i++)
		if (!rewrite(all, &all->libc[i], rewriting->page))
			rewriting->error = errno;
	return 1;
}

uint32_t redirect_libc(const char *names)
{
	struct redirection all = {.names = names};
	struct rewriting rewriting;
	int (*page_size)(void) = (int (*)(void))symbols_find_one("getpagesize");

	dl_iterate_phdr(visit, &all);
	errno = ENOENT;
	/* The C library is musl, which ignores the flag. */
	if (all.count == 0)
		return 0;
	if (page_size == NULL)
		return UINT32_MAX;
	rewriting = (struct rewriting){.all = &all, .page = (uintptr_t)page_size()};
	dl_iterate_phdr(rewrite_all, &rewriting);
	errno = rewriting.error;
	return rewriting.error == 0 ? all.others : UINT32_MAX;
}
