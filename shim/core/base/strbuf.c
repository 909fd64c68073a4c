/* SPDX-License-Identifier: MIT */
#include "base/strbuf.h"

#include "base/own_errno.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

void line_add_bytes(struct line *line, const char *bytes, size_t count)
{
	size_t room = LINE_MAX_BYTES - 1 - line->length;

	if (count > room)
		count = room;
	memcpy(line->text + line->length, bytes, count);
	line->length += count;
}

void line_add(struct line *line, const char *words)
{
	line_add_bytes(line, words, strlen(words));
}

void line_add_quoted(struct line *line, const char *bytes, size_t count, size_t most)
{
	line_add(line, "\"");
	for (size_t i = 0; i < count && i < most; i++)
		line_add_bytes(line, (unsigned char)bytes[i] < ' ' ? "?" : bytes + i, 1);
	line_add(line, "\"");
}

void line_add_number(struct line *line, unsigned long number)
{
	char digits[20];
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + number % 10);
	while (number /= 10);
	line_add_bytes(line, digits + at, sizeof digits - at);
}

/* inet_ntop(3) is listed as safe in signal handlers by glibc's manual, and is
 * plain formatting into the given buffer in musl. */
void line_add_address(struct line *line, const struct address *address)
{
	char text[INET6_ADDRSTRLEN];

	if (address->any.sa_family == AF_INET) {
		line_add(line, inet_ntop(AF_INET, &address->in.sin_addr, text, sizeof text));
		return;
	}
	line_add(line, "[");
	line_add(line, inet_ntop(AF_INET6, &address->in6.sin6_addr, text, sizeof text));
	if (address->in6.sin6_scope_id != 0) {
		line_add(line, "%");
		line_add_number(line, address->in6.sin6_scope_id);
	}
	line_add(line, "]");
}

/* strerrorname_np(3) is too new for old C libraries, strerror(3) not safe in
 * signal handlers. */
void line_add_error(struct line *line, int error)
{
	static const struct {
		int error;
		const char *name;
	} known[] = {
	    {ENOKEY, "it has TCP keys or a SO_REUSEPORT program, which cannot be carried over"},
	    {EFORGOTTEN, "this kernel (gVisor?) does not keep the socket options that dualbind relies on"},
	    {ERINGED, "an io_uring instance holds it as a registered file"},
	    {EUNTOLD, "an epoll instance may watch it, which this kernel (gVisor?) does not tell"},
	    {EREMCHG, "another preloaded library binds it elsewhere"},
	    {EADDRINUSE, "EADDRINUSE"},
	    {EADDRNOTAVAIL, "EADDRNOTAVAIL"},
	    {EACCES, "EACCES"},
	    {EPERM, "EPERM"},
	    {EMFILE, "EMFILE"},
	    {EAFNOSUPPORT, "EAFNOSUPPORT"},
	    {ENOENT, "ENOENT"},
	    {ENOPROTOOPT, "ENOPROTOOPT"},
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (known[i].error == error) {
			line_add(line, known[i].name);
			return;
		}
	line_add(line, "errno=");
	line_add_number(line, (unsigned long)error);
}

const char *line_text(struct line *line)
{
	line->text[line->length] = '\0';
	return line->text;
}

void line_end(struct line *line)
{
	line->text[line->length++] = '\n';
}
