/* SPDX-License-Identifier: MIT */
/*
 * A loaded object, of those that dl_iterate_phdr(3) shows, and the functions that it
 * defines.
 */
#ifndef DUALBIND_PRELOAD_OBJECT_H
#define DUALBIND_PRELOAD_OBJECT_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct object {
	ElfW(Addr) base;
	const ElfW(Sym) * symbols;
	const char *strings;
	ElfW(Xword) name;            /* the offset of its DT_SONAME in the strings; 0: none */
	const ElfW(Half) * versions; /* may be NULL */
	const uint32_t *gnu_hash, *hash;
	uintptr_t tables_end; /* the end of DT_JMPREL, which is the last table; 0: it has none */
};

/* False: it has no symbols. */
bool object_read(struct object *object, const struct dl_phdr_info *info);

/* A function that it defines, in the version that a program linked today would
 * get; or NULL. */
const ElfW(Sym) * object_find(const struct object *object, const char *name);

/* Whether that is its DT_SONAME. */
bool object_is_called(const struct object *object, const char *name);

/* Whether it is this library, loaded from another file. */
bool object_is_copy(const struct object *object);

/* Whether it is the object that contains this code. */
bool object_is_us(const struct dl_phdr_info *info);

#endif
