/* SPDX-License-Identifier: MIT */
/*
 * The language of a program, recognised by what its standard library leaves in the
 * file, stripped or not. It tells whether the program can take an IPv6 address from a
 * socket that it has made as AF_INET: the standard libraries of Go, Rust and Zig look at
 * the family of each address that the kernel gives them.
 */
#ifndef DUALBIND_INSPECT_LANGUAGE_H
#define DUALBIND_INSPECT_LANGUAGE_H

#include "inspect/elffile.h"

enum language { LANGUAGE_UNKNOWN, LANGUAGE_GO, LANGUAGE_RUST, LANGUAGE_ZIG };

/* How much of a file is searched. */
enum { LANGUAGE_BYTES_MAX = 32 << 20 };

/* FILE is open for reading, and ELF is what elf_read() found in it. */
enum language language_of(int file, const struct elf *elf);

/* "Go" and the like; NULL where it is unknown. */
const char *language_name(enum language language);

#endif
