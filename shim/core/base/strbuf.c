/* SPDX-License-Identifier: MIT */
#include "base/strbuf.h"

#include "base/own_errno.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

void strbuf_add_bytes(struct strbuf *line, const char *bytes, size_t count)
{
	size_t room = STRBUF_MAX - 1 - line->length;

	if (count > room)
		count = room;
	memcpy(line->text + line->length, bytes, count);
	line->length += count;
}

void strbuf_add(struct strbuf *line, const char *words)
{
	strbuf_add_bytes(line, words, strlen(words));
}

void strbuf_add_quoted(struct strbuf *line, const char *bytes, size_t count, size_t most)
{
	strbuf_add(line, "\"");
	for (size_t i = 0; i < count && i < most; i++)
		strbuf_add_bytes(line, (unsigned char)bytes[i] < ' ' ? "?" : bytes + i, 1);
	strbuf_add(line, "\"");
}

void strbuf_add_number(struct strbuf *line, unsigned long number)
{
	char digits[20];
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + number % 10);
	while (number /= 10);
	strbuf_add_bytes(line, digits + at, sizeof digits - at);
}

/* inet_ntop(3) is listed as safe in signal handlers by glibc's manual, and is
 * plain formatting into the given buffer in musl. */
void strbuf_add_address(struct strbuf *line, const struct address *address)
{
	char text[INET6_ADDRSTRLEN];

	if (address->any.sa_family == AF_INET) {
		strbuf_add(line, inet_ntop(AF_INET, &address->in.sin_addr, text, sizeof text));
		return;
	}
	strbuf_add(line, "[");
	strbuf_add(line, inet_ntop(AF_INET6, &address->in6.sin6_addr, text, sizeof text));
	if (address->in6.sin6_scope_id != 0) {
		strbuf_add(line, "%");
		strbuf_add_number(line, address->in6.sin6_scope_id);
	}
	strbuf_add(line, "]");
}

/* strerrorname_np(3) is too new for old C libraries, strerror(3) not safe in
 * signal handlers. */
void strbuf_add_error(struct strbuf *line, int error)
{
	static const struct {
		int error;
		const char *words;
	} own[] = {
	    {ENOKEY, "it has TCP keys or a SO_REUSEPORT program, which cannot be carried over"},
	    {EFORGOTTEN, "this kernel (gVisor?) does not keep the socket options that dualbind relies on"},
	    {ERINGED, "an io_uring instance holds it as a registered file"},
	    {EUNTOLD, "an epoll instance may watch it, which this kernel (gVisor?) does not tell"},
	    {EREMCHG, "another preloaded library binds it elsewhere"},
	};
	static const struct {
		unsigned char error;
		char name[14]; /* not a pointer, which would be relocated when a program starts */
	} known[] = {
	    {EADDRINUSE, "EADDRINUSE"}, {EADDRNOTAVAIL, "EADDRNOTAVAIL"},
	    {EACCES, "EACCES"},         {EPERM, "EPERM"},
	    {EMFILE, "EMFILE"},         {EAFNOSUPPORT, "EAFNOSUPPORT"},
	    {ENOENT, "ENOENT"},         {ENOPROTOOPT, "ENOPROTOOPT"},
	    {EBUSY, "EBUSY"},           {EXDEV, "EXDEV"},
	    {EBADF, "EBADF"},           {EINVAL, "EINVAL"},
	    {E2BIG, "E2BIG"},           {ENOMEM, "ENOMEM"},
	    {ENOBUFS, "ENOBUFS"},       {ENOSYS, "ENOSYS"},
	    {ESRCH, "ESRCH"},           {EINTR, "EINTR"},
	    {ENFILE, "ENFILE"},
	};

	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		if (own[i].error == error) {
			strbuf_add(line, own[i].words);
			return;
		}
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (known[i].error == error) {
			strbuf_add(line, known[i].name);
			return;
		}
	strbuf_add(line, "errno=");
	strbuf_add_number(line, (unsigned long)error);
}

const char *strbuf_text(struct strbuf *line)
{
	line->text[line->length] = '\0';
	return line->text;
}

void strbuf_end(struct strbuf *line)
{
	line->text[line->length++] = '\n';
}
