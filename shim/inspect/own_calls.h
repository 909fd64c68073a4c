/* SPDX-License-Identifier: MIT */
/*
 * Whether a program that is linked with the C library makes system calls of its
 * own: then nothing that is preloaded sees them.
 */
#ifndef DUALBIND_INSPECT_OWN_CALLS_H
#define DUALBIND_INSPECT_OWN_CALLS_H

#include "inspect/elffile.h"

enum calls {
	CALLS_BY_LIBRARY, /* it imports bind or listen; or no such instruction is found */
	CALLS_SOME,       /* it has an instruction that calls the kernel, for whatever */
	CALLS_BIND,       /* and code that calls it for bind or listen */
};

/* As much of a file's code is looked at. */
enum { CALLS_BYTES_MAX = 32 << 20 };

/* FILE is open for reading, and ELF is what elf_read() found in it. Where that is for
 * neither x86-64 nor aarch64, or what it imports cannot be told, the answer is
 * CALLS_BY_LIBRARY. Nothing in the file is trusted. */
enum calls calls_of(int file, const struct elf *elf);

#endif
