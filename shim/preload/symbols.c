/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "preload/symbols.h"

#include "preload/object.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* With glibc before 2.34 it is there only if the program is linked with libdl. */
#pragma weak dlsym
#if defined(__GLIBC__) && defined(__x86_64__)
__asm__(".symver dlsym,dlsym@GLIBC_2.2.5");
#elif defined(__GLIBC__) && defined(__aarch64__)
__asm__(".symver dlsym,dlsym@GLIBC_2.17");
#endif

struct search {
	struct symbol *symbols;
	size_t count, left;
	uint64_t indirect; /* a bit for each symbol that is an STT_GNU_IFUNC */
	bool after_us;
	bool past_copies;
	const char *whose[2]; /* the strings of the objects that have the first two */
};

/* The resolver of an STT_GNU_IFUNC gets arguments that depend on the machine, so it is
 * left to dlsym to call it. */
static bool can_take(const ElfW(Sym) * definition)
{
	return ELF64_ST_TYPE(definition->st_info) != STT_GNU_IFUNC || dlsym != NULL;
}

static void take(const struct symbol *symbol, const void *function)
{
	memcpy(symbol->function, &function, sizeof function);
}

static void found(struct search *search, size_t index, const ElfW(Sym) * definition, ElfW(Addr) base)
{
	struct symbol *symbol = &search->symbols[index];

	search->left--;
	if (ELF64_ST_TYPE(definition->st_info) == STT_GNU_IFUNC) {
		search->indirect |= (uint64_t)1 << index;
		return;
	}
	take(symbol, (const void *)(base + definition->st_value));
	symbol->name = NULL;
}

/* ThreadSanitizer's runtime has a bind which notes the call, and passes it on. */
static bool is_sanitizer(const struct object *object)
{
	return object_find(object, "__interceptor_bind") != NULL;
}

static int visit(struct dl_phdr_info *info, size_t size, void *context)
{
	struct search *search = context;
	struct object object;

	(void)size;
	if (!search->after_us) {
		search->after_us = object_is_us(info);
		return 0;
	}
	if (!object_read(&object, info) || (search->past_copies && object_is_copy(&object)))
		return 0;
	for (size_t i = 0; i < search->count; i++) {
		const char *name = search->indirect >> i & 1 ? NULL : search->symbols[i].name;
		const ElfW(Sym) *definition = name != NULL ? object_find(&object, name) : NULL;

		if (definition == NULL || !can_take(definition))
			continue;
		found(search, i, definition, info->dlpi_addr);
		if (i < 2 && !is_sanitizer(&object))
			search->whose[i] = object.strings;
	}
	return search->left == 0;
}

static bool find_after_us(struct symbol *symbols, size_t count, bool past_copies)
{
	struct search search = {.symbols = symbols, .count = count, .left = count, .past_copies = past_copies};

	dl_iterate_phdr(visit, &search);
	/* dlsym is asked only for names that are there: if it does not find one it leaves an error,
	 * which the program would take for its own (dlerror(3)). */
	for (size_t i = 0; i < count; i++) {
		const void *function = search.indirect >> i & 1 ? dlsym(RTLD_NEXT, symbols[i].name) : NULL;

		if (function != NULL)
			take(&symbols[i], function);
	}
	return search.whose[0] != NULL && search.whose[0] != search.whose[1];
}

bool symbols_find(struct symbol *symbols, size_t count)
{
	return find_after_us(symbols, count, false);
}

symbol_function *symbols_find_one(const char *name)
{
	symbol_function *function = NULL;
	struct symbol symbol = {name, &function};

	find_after_us(&symbol, 1, false);
	return function;
}

bool symbols_find_past_copies(struct symbol *symbols, size_t count)
{
	return find_after_us(symbols, count, true);
}

/* The kernel's vDSO is somewhere in the loader's list, too. It has no path, so objects that have one
 * need not be looked at. */
static int visit_pathless(struct dl_phdr_info *info, size_t size, void *context)
{
	return info->dlpi_name[0] == '/' ? 0 : visit(info, size, context);
}

void symbols_find_vdso(struct symbol *symbol)
{
	struct search search = {.symbols = symbol, .count = 1, .left = 1, .after_us = true};

	dl_iterate_phdr(visit_pathless, &search);
}
