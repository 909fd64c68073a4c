/* SPDX-License-Identifier: MIT */
/*
 * The functions that the program would have called without the library: those of
 * the objects that were loaded after it. What dlsym(3) finds with RTLD_NEXT, for
 * a tenth of its instructions, which every program that is started would pay;
 * and without libdl, which a program need not have.
 */
#ifndef DUALBIND_PRELOAD_SYMBOLS_H
#define DUALBIND_PRELOAD_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>

struct symbol {
	const char *name;
	void *function; /* a pointer to a function pointer: written where it is found */
};

/*
 * Before the program's first thread and signal handler: the loader's lists are
 * read (dl_iterate_phdr(3)). A name that no object has leaves its pointer as it was. At
 * most 64 of them.
 * True where the first one's function was loaded after us and is neither of the library
 * that has the second one's nor of ThreadSanitizer's runtime.
 */
bool symbols_find(struct symbol *symbols, size_t count);

/* The same of one name: its function, or NULL. */
typedef void symbol_function(void);
symbol_function *symbols_find_one(const char *name);

/* The same as symbols_find, passing over other copies of this library. */
bool symbols_find_past_copies(struct symbol *symbols, size_t count);

/* The same for one function of the kernel's vDSO, under the name that it has there
 * (vdso(7)). */
#ifdef __aarch64__
#define VDSO_CLOCK_GETTIME "__kernel_clock_gettime"
#else
#define VDSO_CLOCK_GETTIME "__vdso_clock_gettime"
#endif
void symbols_find_vdso(struct symbol *symbol);

#endif
