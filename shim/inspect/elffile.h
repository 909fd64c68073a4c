/* SPDX-License-Identifier: MIT */
/*
 * What an ELF file says of itself: its machine, the loader that it asks for,
 * and whether Go's linker made it. Nothing in the file is trusted.
 */
#ifndef DUALBIND_INSPECT_ELFFILE_H
#define DUALBIND_INSPECT_ELFFILE_H

#include <stdbool.h>

enum { ELF_LOADER_MAX = 4096 }; /* PATH_MAX, as in the kernel */

enum elf_libc {
	ELF_NO_LIBC, /* static: no loader, so nothing can be preloaded */
	ELF_GLIBC,
	ELF_MUSL,
	ELF_OTHER_LIBC,
};

struct elf {
	unsigned bits; /* 32 or 64 */
	bool big_endian;
	unsigned machine; /* EM_... */
	bool movable;     /* ET_DYN: position-independent, or a library */
	bool go;          /* as its note or its build information shows */
	enum elf_libc libc;
	char loader[ELF_LOADER_MAX]; /* PT_INTERP; empty: none */
};

enum elf_kind {
	ELF_NONE,   /* not an ELF file */
	ELF_BROKEN, /* one that the kernel would not execute */
	ELF_SOUND,
};

/* FILE is open for reading; its offset is neither used nor moved. */
enum elf_kind elf_read(int file, struct elf *elf);

/* The C library to which a loader at that path belongs. */
enum elf_libc elf_libc_of(const char *loader);

/* "x86-64, 64 bits" and the like, in a static buffer. */
const char *elf_machine(const struct elf *elf);

const char *elf_libc_name(enum elf_libc libc);

/* Whether a process can hold code of both. */
bool elf_agree(const struct elf *one, const struct elf *other);

#endif
