/* SPDX-License-Identifier: MIT */
/* What a function writes to standard output or standard error. */
#ifndef DUALBIND_TEST_CAPTURE_H
#define DUALBIND_TEST_CAPTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

struct capture {
	FILE *stream, *file;
	int kept;
};

/* Nothing may be asserted until it is ended: cmocka writes there, too. */
static inline struct capture capture_start(FILE *stream)
{
	struct capture capture = {stream, tmpfile(), dup(fileno(stream))};

	assert_non_null(capture.file);
	fflush(stream);
	dup2(fileno(capture.file), fileno(stream));
	return capture;
}

/* In a static buffer. */
static inline const char *capture_end(struct capture *capture)
{
	static char text[65536];
	size_t length;

	fflush(capture->stream);
	dup2(capture->kept, fileno(capture->stream));
	close(capture->kept);
	rewind(capture->file);
	length = fread(text, 1, sizeof text - 1, capture->file);
	text[length] = '\0';
	fclose(capture->file);
	return text;
}

#endif
