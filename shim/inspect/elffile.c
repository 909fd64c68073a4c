/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "inspect/elffile.h"

#include <linux/elf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef EM_RISCV
#define EM_RISCV 243
#endif

/* Limits above what any real file has. Go's build information is near the start of the
 * data, well within 8 MB. */
enum { HEADERS_MAX = 256, HEADER_BYTES = 64, NOTES_BYTES = 4096, DATA_MAX = 8 << 20 };

/* The offset and size of a field, in the 32-bit form and in the 64-bit one. */
struct place {
	unsigned char at32, size32, at64, size64;
};

static const struct place file_type = {16, 2, 16, 2}, file_machine = {18, 2, 18, 2}, file_headers = {28, 4, 32, 8},
			  file_header_size = {42, 2, 54, 2}, file_header_count = {44, 2, 56, 2};
static const struct place part_type = {0, 4, 0, 4}, part_flags = {24, 4, 4, 4}, part_offset = {4, 4, 8, 8},
			  part_size = {16, 4, 32, 8};

static uint64_t number(const unsigned char *bytes, unsigned size, bool big_endian)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value = value << 8 | bytes[big_endian ? i : size - 1 - i];
	return value;
}

static uint64_t field(const struct elf *elf, const unsigned char *header, struct place place)
{
	return elf->bits == 64 ? number(header + place.at64, place.size64, elf->big_endian)
			       : number(header + place.at32, place.size32, elf->big_endian);
}

static uint64_t smaller(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

/* Reads at most SIZE bytes at OFFSET; fewer at the end of the file. */
static size_t read_at(int file, uint64_t offset, void *buffer, uint64_t size)
{
	size_t have = 0;
	ssize_t now;

	if (offset > INT64_MAX - size)
		return 0;
	while (have < size && (now = pread(file, (char *)buffer + have, size - have, (off_t)(offset + have))) > 0)
		have += (size_t)now;
	return have;
}

/* Go's linker writes a note of type 4 with the name "Go". */
static bool has_go_note(int file, const struct elf *elf, uint64_t offset, uint64_t size)
{
	unsigned char notes[NOTES_BYTES];
	size_t length = read_at(file, offset, notes, size < sizeof notes ? size : sizeof notes);

	for (size_t at = 0; at + 12 <= length;) {
		uint64_t name = number(notes + at, 4, elf->big_endian);
		uint64_t rest = number(notes + at + 4, 4, elf->big_endian);
		uint64_t type = number(notes + at + 8, 4, elf->big_endian);

		if (name == 4 && type == 4 && at + 16 <= length && memcmp(notes + at + 12, "Go\0", 4) == 0)
			return true;
		at += 12 + ((name + 3) & ~(uint64_t)3) + ((rest + 3) & ~(uint64_t)3);
	}
	return false;
}

/* If the note is missing (-ldflags=-buildid=), the build information is still there: 14 bytes, on a multiple
 * of 16, in the data. At most *MOST bytes of that are read. */
static bool has_go_build_info(int file, uint64_t offset, uint64_t size, uint64_t *most)
{
	static const unsigned char magic[] = "\xff Go buildinf:";
	unsigned char chunk[16384];
	size_t length = sizeof chunk;

	while (size > 0 && *most > 0 && length == sizeof chunk) {
		length = read_at(file, offset, chunk, smaller(size, sizeof chunk));
		for (size_t at = 0; at + sizeof magic <= length; at += 16)
			if (memcmp(chunk + at, magic, sizeof magic - 1) == 0)
				return true;
		*most -= smaller(*most, sizeof chunk);
		size -= length;
		offset += length;
	}
	return false;
}

/* The kernel does not find a loader whose path has no terminating zero, or is longer than
 * a path can be. */
static bool read_loader(int file, struct elf *elf, uint64_t offset, uint64_t size)
{
	size_t length = size <= sizeof elf->loader ? read_at(file, offset, elf->loader, size) : 0;

	if (length < 2 || length != size || elf->loader[0] == '\0' || elf->loader[length - 1] != '\0')
		return false;
	elf->libc = elf_libc_of(elf->loader);
	return true;
}

static bool read_part(int file, struct elf *elf, const unsigned char *part, uint64_t *most)
{
	uint64_t offset = field(elf, part, part_offset), size = field(elf, part, part_size);
	uint64_t flags = field(elf, part, part_flags);

	switch (field(elf, part, part_type)) {
	case PT_INTERP:
		return read_loader(file, elf, offset, size);
	case PT_NOTE:
		elf->go = elf->go || has_go_note(file, elf, offset, size);
		return true;
	case PT_LOAD:
		if ((flags & PF_W) && !elf->go)
			elf->go = has_go_build_info(file, offset, size, most);
		return true;
	default:
		return true;
	}
}

static bool read_parts(int file, struct elf *elf, const unsigned char *header)
{
	uint64_t at = field(elf, header, file_headers);
	uint64_t size = field(elf, header, file_header_size), count = field(elf, header, file_header_count);
	unsigned char part[HEADER_BYTES];
	size_t wanted = elf->bits == 64 ? 56 : 32;
	uint64_t most = DATA_MAX;

	if (size != wanted || count == 0 || count > HEADERS_MAX)
		return false;
	for (uint64_t i = 0; i < count; i++)
		if (at > INT64_MAX - i * size || read_at(file, at + i * size, part, size) != size ||
		    !read_part(file, elf, part, &most))
			return false;
	return true;
}

enum elf_kind elf_read(int file, struct elf *elf)
{
	unsigned char header[HEADER_BYTES] = {0};
	size_t length = read_at(file, 0, header, sizeof header);
	uint64_t type;

	*elf = (struct elf){0};
	if (length < SELFMAG || memcmp(header, ELFMAG, SELFMAG) != 0)
		return ELF_NONE;
	if ((header[EI_CLASS] != ELFCLASS32 && header[EI_CLASS] != ELFCLASS64) ||
	    (header[EI_DATA] != ELFDATA2LSB && header[EI_DATA] != ELFDATA2MSB))
		return ELF_BROKEN;
	elf->bits = header[EI_CLASS] == ELFCLASS64 ? 64 : 32;
	elf->big_endian = header[EI_DATA] == ELFDATA2MSB;
	elf->machine = (unsigned)field(elf, header, file_machine);
	type = field(elf, header, file_type);
	elf->movable = type == ET_DYN;
	if (length < (elf->bits == 64 ? 64U : 52U) || (type != ET_EXEC && type != ET_DYN))
		return ELF_BROKEN;
	return read_parts(file, elf, header) ? ELF_SOUND : ELF_BROKEN;
}

enum elf_libc elf_libc_of(const char *loader)
{
	const char *name = strrchr(loader, '/');

	name = name ? name + 1 : loader;
	if (strncmp(name, "ld-musl-", 8) == 0)
		return ELF_MUSL;
	if (strncmp(name, "ld-linux", 8) == 0 || strncmp(name, "ld64.so", 7) == 0 ||
	    strncmp(name, "ld.so", 5) == 0 || strncmp(name, "ld-2.", 5) == 0)
		return ELF_GLIBC;
	return ELF_OTHER_LIBC;
}

const char *elf_libc_name(enum elf_libc libc)
{
	static const char *const names[] = {
	    [ELF_NO_LIBC] = "none",
	    [ELF_GLIBC] = "glibc",
	    [ELF_MUSL] = "musl",
	    [ELF_OTHER_LIBC] = "another C library",
	};

	return names[libc];
}

const char *elf_machine(const struct elf *elf)
{
	static const struct {
		unsigned machine;
		const char *name;
	} known[] = {{EM_X86_64, "x86-64"}, {EM_AARCH64, "aarch64"}, {EM_386, "i386"},   {EM_ARM, "arm"},
		     {EM_RISCV, "riscv"},   {EM_PPC64, "ppc64"},     {EM_S390, "s390x"}, {EM_MIPS, "mips"}};
	static char text[64];

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (known[i].machine == elf->machine) {
			snprintf(text, sizeof text, "%s, %u bits", known[i].name, elf->bits);
			return text;
		}
	snprintf(text, sizeof text, "machine %u, %u bits", elf->machine, elf->bits);
	return text;
}

bool elf_agree(const struct elf *one, const struct elf *other)
{
	return one->bits == other->bits && one->big_endian == other->big_endian && one->machine == other->machine;
}
