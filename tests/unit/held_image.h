/* SPDX-License-Identifier: MIT */
/*
 * Memory as the library has it in a process: an ELF header, the table of its parts, two notes,
 * and the settings. With offsets, for tests that damage it.
 */
#ifndef DUALBIND_TEST_HELD_IMAGE_H
#define DUALBIND_TEST_HELD_IMAGE_H

#include "config/settings.h"

#include <elf.h>
#include <string.h>

#define IMAGE_BASE UINT64_C(0x7f1200000000)

struct image {
	Elf64_Ehdr header;
	Elf64_Phdr parts[2];
	struct {
		Elf64_Nhdr head;
		char name[4];
		unsigned char id[20];
	} other;
	struct {
		Elf64_Nhdr head;
		char name[12];
		int32_t distance;
		uint32_t size;
	} note;
	struct settings_kept kept;
};

static inline void image_make(struct image *image, const char *rules)
{
	struct allow_error error;

	memset(image, 0, sizeof *image);
	memcpy(image->header.e_ident, ELFMAG, SELFMAG);
	image->header.e_ident[EI_CLASS] = ELFCLASS64;
	image->header.e_phoff = offsetof(struct image, parts);
	image->header.e_phentsize = sizeof(Elf64_Phdr);
	image->header.e_phnum = 2;
	image->parts[0].p_type = PT_LOAD;
	image->parts[1] = (Elf64_Phdr){.p_type = PT_NOTE,
				       .p_vaddr = offsetof(struct image, other),
				       .p_filesz = sizeof image->other + sizeof image->note,
				       .p_align = 4};
	image->other.head = (Elf64_Nhdr){.n_namesz = 4, .n_descsz = sizeof image->other.id, .n_type = 3};
	memcpy(image->other.name, "GNU", 4);
	image->note.head = (Elf64_Nhdr){.n_namesz = 9, .n_descsz = 8, .n_type = SETTINGS_LAYOUT};
	memcpy(image->note.name, "dualbind", 9);
	image->note.distance = (int32_t)(offsetof(struct image, kept) - offsetof(struct image, note) -
					 offsetof(__typeof__(image->note), distance));
	image->note.size = sizeof image->kept;
	image->kept.state = SETTINGS_ACTIVE;
	image->kept.settings.given = true;
	image->kept.settings.pool = pool_default();
	if (allowlist_parse(&image->kept.settings.allow, rules, &error))
		allowlist_keep_for(&image->kept.settings.allow, "program", "program");
}

/* A held_reader of a struct image, *CONTEXT, at IMAGE_BASE. */
static inline bool image_read(void *context, uint64_t address, void *to, size_t size)
{
	uint64_t at = address - IMAGE_BASE;

	if (at > sizeof(struct image) || size > sizeof(struct image) - at)
		return false;
	memcpy(to, (const unsigned char *)context + at, size);
	return true;
}

#endif
