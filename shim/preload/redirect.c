#define _GNU_SOURCE
#include "redirect.h"

#include "object.h"
#include "symbols.h"
#include "sys.h"

#include <elf.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

enum { NAMES = 32, LIBRARIES = 2 };

struct library {
	struct object object;
	const ElfW(Sym) * entries[NAMES]; /* NULL: it has none of that name */
};

struct redirection {
	const char *names;
	ElfW(Addr) hooks[NAMES];
	uint32_t others; /* a bit for each name that another library has before the C library */
	uint32_t met;    /* and for each that the C library has */
	struct library libc[LIBRARIES];
	size_t count;
	bool after_us;
};

/* Before glibc 2.34 some of the functions are in a library of its own as well. */
static bool is_libc(const struct object *object)
{
	return object_is_called(object, "libc.so.6") || object_is_called(object, "libpthread.so.0");
}

static void read_hooks(struct redirection *all, const struct object *object)
{
	const char *name = all->names;

	for (size_t i = 0; i < NAMES && *name != '\0'; i++, name += strlen(name) + 1) {
		const ElfW(Sym) *hook = object_find(object, name);

		all->hooks[i] = hook != NULL ? object->base + hook->st_value : 0;
	}
}

static void read_later(struct redirection *all, const struct object *object)
{
	const char *name = all->names;
	struct library *libc = is_libc(object) && all->count < LIBRARIES ? &all->libc[all->count++] : NULL;

	if (libc != NULL)
		libc->object = *object;
	for (size_t i = 0; i < NAMES && *name != '\0'; i++, name += strlen(name) + 1) {
		const ElfW(Sym) *entry = object_find(object, name);

		if (entry == NULL)
			continue;
		if (libc != NULL) {
			libc->entries[i] = entry;
			all->met |= UINT32_C(1) << i;
		} else if (!(all->met >> i & 1)) {
			all->others |= UINT32_C(1) << i;
		}
	}
}

static int visit(struct dl_phdr_info *info, size_t size, void *context)
{
	struct redirection *all = context;
	struct object object;

	(void)size;
	if (all->after_us) {
		if (object_read(&object, info) && !object_is_copy(&object))
			read_later(all, &object);
	} else if (object_is_us(info) && object_read(&object, info)) {
		read_hooks(all, &object);
		all->after_us = true;
	}
	return 0;
}

/* What is to stay is no entry any more. */
static void leave_others(struct redirection *all, struct library *library)
{
	for (size_t i = 0; i < NAMES; i++)
		if (all->hooks[i] == 0 || (all->others >> i & 1))
			library->entries[i] = NULL;
}

struct pages {
	uintptr_t begin, end;
};

static struct pages pages_of(const struct library *library, uintptr_t page)
{
	struct pages pages = {UINTPTR_MAX, 0};

	for (size_t i = 0; i < NAMES; i++) {
		uintptr_t entry = (uintptr_t)library->entries[i], end = entry + sizeof(ElfW(Sym));

		if (entry == 0)
			continue;
		pages.begin = entry < pages.begin ? entry : pages.begin;
		pages.end = end > pages.end ? end : pages.end;
	}
	pages.begin &= ~(page - 1);
	pages.end = (pages.end + page - 1) & ~(page - 1);
	return pages;
}

static void change(const struct redirection *all, const struct library *library, ElfW(Addr) moved)
{
	for (size_t i = 0; i < NAMES; i++)
		if (library->entries[i] != NULL)
			((ElfW(Sym) *)((uintptr_t)library->entries[i] + moved))->st_value =
			    all->hooks[i] - library->object.base;
}

/* Other threads may be reading the pages: a changed copy takes their place at once. */
static bool replace(const struct redirection *all, const struct library *library, uintptr_t page)
{
	struct pages pages = pages_of(library, page);
	size_t size = pages.end - pages.begin;
	long copy;

	if (pages.end == 0)
		return true;
	/* After its tables comes code, which a copy could not be. */
	if (pages.end > library->object.tables_end) {
		errno = ENOEXEC;
		return false;
	}
	copy = sys_call(SYS_mmap, NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
	if (copy == -1)
		return false;
	memcpy((void *)copy, (const void *)pages.begin, size);
	change(all, library, (ElfW(Addr))copy - pages.begin);
	if (sys_call(SYS_mprotect, copy, size, PROT_READ) == 0 &&
	    sys_call(SYS_mremap, copy, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, pages.begin) != -1)
		return true;
	sys_call(SYS_munmap, copy, size);
	return false;
}

uint32_t redirect_libc(const char *names)
{
	struct redirection all = {.names = names};
	int (*page_size)(void) = NULL;
	struct symbol symbol = {"getpagesize", &page_size};

	symbols_find(&symbol, 1);
	dl_iterate_phdr(visit, &all);
	errno = ENOENT;
	if (page_size == NULL || all.count == 0)
		return UINT32_MAX;
	for (size_t i = 0; i < all.count; i++) {
		leave_others(&all, &all.libc[i]);
		if (!replace(&all, &all.libc[i], (uintptr_t)page_size()))
			return UINT32_MAX;
	}
	return all.others;
}
