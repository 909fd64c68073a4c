#define _GNU_SOURCE
#include "symbols.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* glibc before 2.34 has none unless the program links libdl. */
#pragma weak dlsym
#if defined(__GLIBC__) && defined(__x86_64__)
__asm__(".symver dlsym,dlsym@GLIBC_2.2.5");
#elif defined(__GLIBC__) && defined(__aarch64__)
__asm__(".symver dlsym,dlsym@GLIBC_2.17");
#endif

static const char own_name[] = "libdualbind.so"; /* -soname, in the Makefile */

struct object {
	const ElfW(Sym) * symbols;
	const char *strings;
	ElfW(Xword) name;            /* where its DT_SONAME is among the strings; 0 */
	const ElfW(Half) * versions; /* may be NULL */
	const uint32_t *gnu_hash, *hash;
};

/* Some loaders have made these addresses absolute, others leave them relative. */
static const void *pointer(const struct dl_phdr_info *info, ElfW(Addr) address)
{
	return (const void *)(address < info->dlpi_addr ? info->dlpi_addr + address : address);
}

static bool read_object(struct object *object, const struct dl_phdr_info *info)
{
	const ElfW(Dyn) *dynamic = NULL;

	memset(object, 0, sizeof *object);
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
		default:
			break;
		}
	return object->symbols != NULL && object->strings != NULL;
}

/* What a program's call can be bound to. Without dlsym nobody could ask an
 * STT_GNU_IFUNC's resolver as the loader does, which passes it arguments of the
 * machine's. */
static bool is_function(unsigned char type)
{
	return type == STT_FUNC || type == STT_NOTYPE || (type == STT_GNU_IFUNC && dlsym != NULL);
}

/* A definition, of the version that a program linked today would get. */
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

/* Four words, then a Bloom filter, the buckets, and the hashes of the symbols
 * from the first hashed one on; the last of a bucket's has bit 0 set. */
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

static const ElfW(Sym) * find(const struct object *object, const char *name)
{
	if (object->gnu_hash != NULL)
		return find_by_gnu_hash(object, name);
	/* How many symbols there are is the second word. */
	for (uint32_t index = 1; object->hash != NULL && index < object->hash[1]; index++)
		if (is_definition(object, index, name))
			return &object->symbols[index];
	return NULL;
}

struct search {
	struct symbol *symbols;
	size_t count, left;
	uint64_t indirect; /* a bit for each symbol that is an STT_GNU_IFUNC */
	bool after_us;
	bool past_copies;
	const char *whose[2]; /* the strings of the objects that have the first two */
};

static bool is_us(const struct dl_phdr_info *info)
{
	ElfW(Addr) own = (ElfW(Addr)) & symbols_find;

	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];

		if (part->p_type == PT_LOAD && own - (info->dlpi_addr + part->p_vaddr) < part->p_memsz)
			return true;
	}
	return false;
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

static int visit(struct dl_phdr_info *info, size_t size, void *context)
{
	struct search *search = context;
	struct object object;

	(void)size;
	if (!search->after_us) {
		search->after_us = is_us(info);
		return 0;
	}
	if (!read_object(&object, info) ||
	    (search->past_copies && strcmp(object.strings + object.name, own_name) == 0))
		return 0;
	for (size_t i = 0; i < search->count; i++) {
		const char *name = search->indirect >> i & 1 ? NULL : search->symbols[i].name;
		const ElfW(Sym) *definition = name != NULL ? find(&object, name) : NULL;

		if (definition == NULL)
			continue;
		found(search, i, definition, info->dlpi_addr);
		if (i < 2)
			search->whose[i] = object.strings;
	}
	return search->left == 0;
}

static bool find_after_us(struct symbol *symbols, size_t count, bool past_copies)
{
	struct search search = {.symbols = symbols, .count = count, .left = count, .past_copies = past_copies};

	dl_iterate_phdr(visit, &search);
	/* Only what is there: a name that dlsym does not find leaves an error, which
	 * the program would take for its own (dlerror(3)). */
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

bool symbols_find_past_copies(struct symbol *symbols, size_t count)
{
	return find_after_us(symbols, count, true);
}

/* The kernel's own object is in the loader's list too, wherever, and has no path: the
 * others need not be looked at. */
static int visit_pathless(struct dl_phdr_info *info, size_t size, void *context)
{
	return info->dlpi_name[0] == '/' ? 0 : visit(info, size, context);
}

void symbols_find_vdso(struct symbol *symbol)
{
	struct search search = {.symbols = symbol, .count = 1, .left = 1, .after_us = true};

	dl_iterate_phdr(visit_pathless, &search);
}
