/* SPDX-License-Identifier: MIT */
/*
 * The fuzz targets: each is a function that libFuzzer calls with whatever bytes
 * it thinks of (make fuzz), and tests/fuzz/replay.c with those that it has kept
 * (make check).
 */
#ifndef DUALBIND_TESTS_FUZZ_H
#define DUALBIND_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold; both callers report where it did not. */
#define must(condition)                                                                                            \
	do {                                                                                                       \
		if (!(condition)) {                                                                                \
			fprintf(stderr, "%s:%d: must: %s\n", __FILE__, __LINE__, #condition);                      \
			abort();                                                                                   \
		}                                                                                                  \
	} while (0)

/* The bytes as a string, of exactly that size for the sanitizer to watch. */
static inline char *text_of(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	must(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

#endif
