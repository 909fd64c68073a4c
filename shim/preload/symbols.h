/* SPDX-License-Identifier: MIT */
/*
 * The functions that the program would have called without the library: those of
 * the objects that were loaded after it, as dlsym(3) finds them with RTLD_NEXT. This takes
 * a tenth of dlsym's instructions, which counts for every program that is started; and it
 * does not need libdl, which a program may not have.
 */
#ifndef DUALBIND_PRELOAD_SYMBOLS_H
#define DUALBIND_PRELOAD_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>

struct symbol {
	const char *name;
	void *function; /* a pointer to a function pointer, which is set if the function is found */
};

/*
 * To be called before the program's first thread and signal handler, since the loader's lists
 * are read (dl_iterate_phdr(3)). If no object has a name, its pointer is not set. At most 64
 * symbols.
 * True if the first function was found, in a library that does not have the second one and
 * is not ThreadSanitizer's runtime.
 */
bool symbols_find(struct symbol *symbols, size_t count);

/* The same for one name: its function, or NULL. */
typedef void symbol_function(void);
symbol_function *symbols_find_one(const char *name);

/* The same as symbols_find, ignoring other copies of this library. */
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
