/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "preload/object.h"

#include <elf.h>
#include <stdint.h>
#include <string.h>

static bool has(const struct dl_phdr_info *info, ElfW(Addr) address)
{
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];

		if (part->p_type == PT_LOAD && address - (info->dlpi_addr + part->p_vaddr) < part->p_memsz)
			return true;
	}
	return false;
}

/* Some loaders have made these addresses absolute; others leave them relative to a base, which is
 * higher than they are, or with which they wrap around (the vDSO of user-mode Linux). */
static const void *pointer(const struct dl_phdr_info *info, ElfW(Addr) address)
{
	return (const void *)(has(info, address) ? address : info->dlpi_addr + address);
}

bool object_read(struct object *object, const struct dl_phdr_info *info)
{
	const ElfW(Dyn) *dynamic = NULL;

	memset(object, 0, sizeof *object);
	object->base = info->dlpi_addr;
	for (size_t i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
			dynamic = (const void *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
	for (; dynamic != NULL && dynamic->d_tag != DT_NULL; dynamic++)
		switch (dynamic->d_tag) {
		case DT_SYMTAB:
			object->symbols = pointer(info, dynamic->d_un.d_ptr);
			break;
		case DT_STRTAB:
			object->strings = pointer(info, dynamic->d_un.d_ptr);
			break;
		case DT_VERSYM:
			object->versions = pointer(info, dynamic->d_un.d_ptr);
			break;
		case DT_GNU_HASH:
			object->gnu_hash = pointer(info, dynamic->d_un.d_ptr);
			break;
		case DT_HASH:
			object->hash = pointer(info, dynamic->d_un.d_ptr);
			break;
		case DT_SONAME:
			object->name = dynamic->d_un.d_val;
			break;
		case DT_JMPREL:
			object->tables_end += (uintptr_t)pointer(info, dynamic->d_un.d_ptr);
			break;
		case DT_PLTRELSZ:
			object->tables_end += dynamic->d_un.d_val;
			break;
		default:
			break;
		}
	return object->symbols != NULL && object->strings != NULL;
}

/* Whether a symbol of that type can be called. */
static bool is_function(unsigned char type)
{
	return type == STT_FUNC || type == STT_NOTYPE || type == STT_GNU_IFUNC;
}

/* Whether the symbol is a definition of NAME, in the version that a program linked today would get. */
static bool is_definition(const struct object *object, uint32_t index, const char *name)
{
	const ElfW(Sym) *symbol = &object->symbols[index];
	enum { HIDDEN = 0x8000, LOCAL = 0 };

	if (symbol->st_shndx == SHN_UNDEF || !is_function(ELF64_ST_TYPE(symbol->st_info)) ||
	    strcmp(object->strings + symbol->st_name, name) != 0)
		return false;
	return object->versions == NULL ||
	       (!(object->versions[index] & HIDDEN) && object->versions[index] != LOCAL);
}

static uint32_t hash_of(const char *name)
{
	uint32_t hash = 5381;

	for (; *name != '\0'; name++)
		hash = hash * 33 + (unsigned char)*name;
	return hash;
}

/* The table has four words, then a Bloom filter, the buckets, and the hashes of the symbols
 * from the first hashed one on; the last hash of a bucket has bit 0 set. */
static const ElfW(Sym) * find_by_gnu_hash(const struct object *object, const char *name)
{
	const uint32_t *table = object->gnu_hash;
	const uint32_t buckets = table[0], first = table[1], filters = table[2], hash = hash_of(name);
	const ElfW(Addr) *filter = (const void *)(table + 4);
	const uint32_t *bucket = (const void *)(filter + filters), *hashes = bucket + buckets;
	const unsigned bits = 8 * sizeof(ElfW(Addr));
	ElfW(Addr) word = filter[hash / bits % filters];
	uint32_t index = buckets ? bucket[hash % buckets] : 0;

	if (!(word >> hash % bits & 1) || !(word >> (hash >> table[3]) % bits & 1) || index < first)
		return NULL;
	for (;; index++) {
		if ((hashes[index - first] | 1) == (hash | 1) && is_definition(object, index, name))
			return &object->symbols[index];
		if (hashes[index - first] & 1)
			return NULL;
	}
}

const ElfW(Sym) * object_find(const struct object *object, const char *name)
{
	if (object->gnu_hash != NULL)
		return find_by_gnu_hash(object, name);
	/* The second word is the number of symbols. */
	for (uint32_t index = 1; object->hash != NULL && index < object->hash[1]; index++)
		if (is_definition(object, index, name))
			return &object->symbols[index];
	return NULL;
}

bool object_is_called(const struct object *object, const char *name)
{
	return strcmp(object->strings + object->name, name) == 0;
}

bool object_is_copy(const struct object *object)
{
	return object_is_called(object, "libdualbind.so"); /* -soname, in the Makefile */
}

bool object_is_us(const struct dl_phdr_info *info)
{
	return has(info, (ElfW(Addr)) & object_is_us);
}
