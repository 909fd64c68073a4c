/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "inspect/own_calls.h"

#include <linux/elf.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* More than any real file has. */
enum { SECTIONS_MAX = 4096, SYMBOLS_MAX = 1 << 20, PARTS_MAX = 256 };

/* How far before the instruction, at most, the number of the call is set; and how much is looked at after the
 * instruction, or after a number that is passed to a function. */
enum { BEFORE = 128, AFTER = 32, KEPT = BEFORE + AFTER, CHUNK = 64 << 10 };

static bool read_whole(int file, uint64_t offset, void *to, size_t size)
{
	return offset <= INT64_MAX - size && pread(file, to, size, (off_t)offset) == (ssize_t)size;
}

static bool is_bind_or_listen(int file, uint64_t name)
{
	char text[sizeof "listen"] = "";

	return name <= INT64_MAX - sizeof text && pread(file, text, sizeof text, (off_t)name) > 0 &&
	       (memcmp(text, "bind", sizeof "bind") == 0 || memcmp(text, "listen", sizeof "listen") == 0);
}

/* SYMBOLS is the table of symbols, STRINGS that of their names. */
static bool names_bind(int file, const Elf64_Shdr *symbols, const Elf64_Shdr *strings)
{
	Elf64_Sym some[64];
	uint64_t count = symbols->sh_size / sizeof some[0];

	count = count < SYMBOLS_MAX ? count : SYMBOLS_MAX;
	for (uint64_t done = 0; done < count; done += sizeof some / sizeof some[0]) {
		uint64_t left = count - done, now = left < sizeof some / sizeof some[0] ? left : 64;

		if (!read_whole(file, symbols->sh_offset + done * sizeof some[0], some, now * sizeof some[0]))
			return false;
		for (uint64_t i = 0; i < now; i++)
			if (some[i].st_shndx == SHN_UNDEF && some[i].st_name != 0 &&
			    is_bind_or_listen(file, strings->sh_offset + some[i].st_name))
				return true;
	}
	return false;
}

/* True also if it cannot be told: the sections may have been stripped. */
static bool imports_bind(int file, const Elf64_Ehdr *header)
{
	Elf64_Shdr symbols, strings;

	for (unsigned i = 0; i < header->e_shnum && i < SECTIONS_MAX; i++) {
		if (!read_whole(file, header->e_shoff + (uint64_t)i * sizeof symbols, &symbols, sizeof symbols))
			return true;
		if (symbols.sh_type != SHT_DYNSYM)
			continue;
		if (symbols.sh_link >= header->e_shnum ||
		    !read_whole(file, header->e_shoff + (uint64_t)symbols.sh_link * sizeof strings, &strings,
				sizeof strings))
			return true;
		return names_bind(file, &symbols, &strings);
	}
	return true;
}

/* What has been seen in the code. */
struct seen {
	bool call;     /* the instruction that calls the kernel */
	bool own;      /* such an instruction, with the number of bind or listen set just before */
	bool function; /* such an instruction, in a function whose first argument is the number */
	bool argument; /* the number of bind or listen, as the first argument of some function */
};

static bool has(const unsigned char *from, const unsigned char *end, const char *bytes, size_t size)
{
	return from < end && memmem(from, (size_t)(end - from), bytes, size) != NULL;
}

/* The same two bytes occur within other instructions, too. So a function counts only if it
 * then compares the result with the errors: cmp $-4095, %rax, or $-4096. */
static bool compares(const unsigned char *from, const unsigned char *end)
{
	if (end - from > AFTER)
		end = from + AFTER;
	return has(from, end, "\x48\x3d\x01\xf0\xff\xff", 6) || has(from, end, "\x48\x3d\x00\xf0\xff\xff", 6);
}

/* bind is 49 and listen 50: mov $49, %eax, or push $49; pop %rax; mov %rdi, %rax in
 * a function, after mov $49, %edi and a call. */
static void see_x86(struct seen *seen, const unsigned char *code, size_t size)
{
	const unsigned char *end = code + size, *at = code, *found;

	while ((found = memmem(at, (size_t)(end - at), "\x0f\x05", 2)) != NULL) {
		const unsigned char *from = found - code > BEFORE ? found - BEFORE : code;

		seen->call = true;
		seen->own = seen->own || has(from, found, "\xb8\x31\0\0\0", 5) ||
			    has(from, found, "\xb8\x32\0\0\0", 5) || has(from, found, "\x6a\x31\x58", 3) ||
			    has(from, found, "\x6a\x32\x58", 3);
		seen->function = seen->function || (compares(found, end) && (has(from, found, "\x48\x89\xf8", 3) ||
									     has(from, found, "\x48\x8b\xc7", 3)));
		at = found + 2;
	}
	for (at = code; !seen->argument && (found = memchr(at, 0xbf, (size_t)(end - at))) != NULL; at = found + 1)
		seen->argument = end - found >= 5 + AFTER && (found[1] == 49 || found[1] == 50) &&
				 memcmp(found + 2, "\0\0", 3) == 0 && memchr(found + 5, 0xe8, AFTER) != NULL;
}

static uint32_t instruction(const unsigned char *code, size_t at)
{
	uint32_t word;

	memcpy(&word, code + at, sizeof word);
	return word;
}

/* Whether the number is moved into register TO, of any width: bind is 200, listen 201. */
static bool sets_number(uint32_t word, uint32_t to)
{
	word &= ~(1U << 31);
	return word == (0x52800000 | 200 << 5 | to) || word == (0x52800000 | 201 << 5 | to);
}

static void see_arm(struct seen *seen, const unsigned char *code, size_t size)
{
	const uint32_t svc = 0xd4000001, number_from_first = 0xaa0003e8;

	for (size_t at = 0; at + 4 <= size; at += 4) {
		uint32_t word = instruction(code, at);

		if (word == svc) {
			seen->call = true;
			for (size_t back = 4; back <= BEFORE && back <= at; back += 4) {
				seen->own = seen->own || sets_number(instruction(code, at - back), 8);
				seen->function =
				    seen->function || instruction(code, at - back) == number_from_first;
			}
		}
		if (sets_number(word, 0))
			for (size_t on = 4; on <= AFTER && at + on + 4 <= size; on += 4)
				seen->argument =
				    seen->argument || instruction(code, at + on) >> 26 == 0x25; /* bl */
	}
}

/* The end of a chunk is searched again together with the next one. */
static void see(struct seen *seen, int file, const Elf64_Ehdr *header, const Elf64_Phdr *part, uint64_t *most)
{
	static unsigned char code[KEPT + CHUNK];
	uint64_t at = part->p_offset, left = part->p_filesz < *most ? part->p_filesz : *most;
	size_t kept = 0;
	ssize_t length;

	while (left > 0 && !seen->own) {
		size_t size;

		if (at > INT64_MAX - CHUNK)
			return;
		length = pread(file, code + kept, left < CHUNK ? left : CHUNK, (off_t)at);
		if (length <= 0)
			return;
		at += (uint64_t)length;
		left -= (uint64_t)length;
		*most -= (uint64_t)length;
		size = kept + (size_t)length;
		if (header->e_machine == EM_X86_64)
			see_x86(seen, code, size);
		else
			see_arm(seen, code, size);
		kept = size < KEPT ? size & ~(size_t)3 : KEPT;
		memmove(code, code + size - kept, kept);
	}
}

enum calls calls_of(int file, const struct elf *elf)
{
	uint64_t most = CALLS_BYTES_MAX;
	struct seen seen = {false};
	Elf64_Ehdr header;
	Elf64_Phdr part;

	if (elf->bits != 64 || elf->big_endian || (elf->machine != EM_X86_64 && elf->machine != EM_AARCH64))
		return CALLS_BY_LIBRARY;
	if (!read_whole(file, 0, &header, sizeof header) || header.e_shentsize != sizeof(Elf64_Shdr) ||
	    header.e_phentsize != sizeof part || imports_bind(file, &header))
		return CALLS_BY_LIBRARY;
	for (unsigned i = 0; i < header.e_phnum && i < PARTS_MAX; i++)
		if (read_whole(file, header.e_phoff + (uint64_t)i * sizeof part, &part, sizeof part) &&
		    part.p_type == PT_LOAD && (part.p_flags & PF_X))
			see(&seen, file, &header, &part, &most);
	if (seen.own || (seen.function && seen.argument))
		return CALLS_BIND;
	return seen.call ? CALLS_SOME : CALLS_BY_LIBRARY;
}
