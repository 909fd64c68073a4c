/* SPDX-License-Identifier: MIT */
/* How the oracle prints. What differs from run to run is made alike: ports
 * that the kernel chose, times, process numbers. */
#define _GNU_SOURCE
#include "oracle.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void begin(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf(":");
}

void say(const char *format, ...)
{
	va_list arguments;

	printf(" ");
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
}

void end(void)
{
	printf("\n");
}

/* errno was 0 before the call, and stays so where it succeeds. */
void say_result(long result)
{
	int error = errno;

	if (result < 0)
		say("%ld %s", result, strerrorname_np(error));
	else if (error != 0)
		say("%ld errno=%s", result, strerrorname_np(error));
	else
		say("%ld", result);
}

void fill(void *bytes, size_t size)
{
	memset(bytes, FILL, size);
}

static size_t without_fill(const unsigned char *bytes, size_t size)
{
	while (size > 0 && bytes[size - 1] == FILL)
		size--;
	return size;
}

void say_bytes(const char *what, const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;

	size = without_fill(byte, size);
	printf(" %s=", what);
	for (size_t i = 0; i < size; i++)
		printf("%02x", byte[i]);
}

/* The kernel chooses ports from 32768 on; 7000 and 9000 are the test's own. */
void say_name(const char *what, const void *name, size_t size)
{
	const unsigned char *byte = name;
	unsigned short family;
	bool chosen;

	memcpy(&family, byte, sizeof family);
	size = without_fill(byte, size);
	chosen = size >= 4 && (family == AF_INET || family == AF_INET6) && byte[2] >= 0x80 && byte[2] != FILL;
	printf(" %s=", what);
	for (size_t i = 0; i < size; i++)
		if (chosen && (i == 2 || i == 3))
			printf("PP");
		else
			printf("%02x", byte[i]);
}

static bool differs_from_run_to_run(const struct cmsghdr *header)
{
	return header->cmsg_level == SOL_SOCKET &&
	       (header->cmsg_type == SO_TIMESTAMP || header->cmsg_type == SO_TIMESTAMPNS ||
		header->cmsg_type == SO_TIMESTAMPING || header->cmsg_type == SCM_CREDENTIALS);
}

enum { CONTROL_MAX = 512 };

/* Where a control message starts, and which bytes differ from run to run. */
static void mark_control(const struct msghdr *header, const unsigned char *control, size_t size, char *marks)
{
	struct cmsghdr part;

	memset(marks, ' ', CONTROL_MAX);
	for (size_t at = 0; at + sizeof part <= size && at + sizeof part <= header->msg_controllen;
	     at += CMSG_ALIGN(part.cmsg_len)) {
		memcpy(&part, control + at, sizeof part);
		if (part.cmsg_len < sizeof part || part.cmsg_len > size)
			return;
		marks[at] = '/';
		if (differs_from_run_to_run(&part))
			for (size_t i = sizeof part; i < part.cmsg_len && at + i < size; i++)
				marks[at + i] = 't';
	}
}

/* Every byte of the buffer, also past what the kernel says it has written. */
void say_control(const struct msghdr *header, const unsigned char *control, size_t size)
{
	char marks[CONTROL_MAX];
	size_t shown = size;

	mark_control(header, control, size, marks);
	while (shown > 0 && control[shown - 1] == FILL && marks[shown - 1] != 't')
		shown--;
	printf(" control=");
	for (size_t at = 0; at < shown; at++) {
		if (marks[at] == '/' && at > 0)
			printf("/");
		if (marks[at] == 't')
			printf("tt");
		else
			printf("%02x", control[at]);
	}
}

const char *flags_name(int flags)
{
	static const struct {
		int flag;
		const char *name;
	} known[] = {
	    {MSG_PEEK, "PEEK"},
	    {MSG_TRUNC, "TRUNC"},
	    {MSG_DONTWAIT, "DONTWAIT"},
	    {MSG_WAITALL, "WAITALL"},
	    {MSG_ERRQUEUE, "ERRQUEUE"},
	    {MSG_OOB, "OOB"},
	    {MSG_CMSG_CLOEXEC, "CMSG_CLOEXEC"},
	    {MSG_WAITFORONE, "WAITFORONE"},
	    {MSG_NOSIGNAL, "NOSIGNAL"},
	    {MSG_CONFIRM, "CONFIRM"},
	    {MSG_DONTROUTE, "DONTROUTE"},
	    {MSG_EOR, "EOR"},
	    {MSG_MORE, "MORE"},
	    {MSG_CTRUNC, "CTRUNC"},
	};
	static char text[128];

	text[0] = '\0';
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (flags & known[i].flag) {
			strcat(text, text[0] ? "+" : "");
			strcat(text, known[i].name);
			flags &= ~known[i].flag;
		}
	if (flags != 0 || text[0] == '\0')
		sprintf(text + strlen(text), "%s%#x", text[0] ? "+" : "", (unsigned)flags);
	return text;
}
