/* SPDX-License-Identifier: MIT */
/*
 * Whether a program that is linked with the C library makes system calls of its
 * own, which a preloaded library does not see.
 */
#ifndef DUALBIND_INSPECT_OWN_CALLS_H
#define DUALBIND_INSPECT_OWN_CALLS_H

#include "inspect/elffile.h"

enum calls {
	CALLS_BY_LIBRARY, /* it imports bind or listen; or no such instruction is found */
	CALLS_SOME,       /* it has an instruction that calls the kernel, for any call */
	CALLS_BIND,       /* it has code that calls the kernel for bind or listen */
};

/* How much of a file's code is searched. */
enum { CALLS_BYTES_MAX = 32 << 20 };

/* FILE is open for reading, and ELF is what elf_read() has found in it. If that is for
 * neither x86-64 nor aarch64, or it cannot be told what it imports, the answer is
 * CALLS_BY_LIBRARY. Nothing in the file is trusted. */
enum calls calls_of(int file, const struct elf *elf);

#endif
