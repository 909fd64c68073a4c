/* SPDX-License-Identifier: MIT */
#include "bind/left_alone.h"

#include "base/own_errno.h"

#include <string.h>

/* The texts, in the order of enum reason. */
static const char reasons[] = "\0"
			      "not converted: no rule allows \0"
			      "not converted: another preloaded library bound it elsewhere than \0"
			      "not converted: modules that do not call the library are loaded\0"
			      "not converted: the program uses io_uring at \0"
			      "not converted: the program serves this port itself\0"
			      "not converted: another process shares \0"
			      "not converted: other processes hold the socket at \0"
			      "not converted: no dual-stack socket for ";

_Atomic uint32_t left_alone_kept[LEFT_ALONE_MAX];

/* Like the note in preload/settings_note.c, under another name. */
__attribute__((used)) static void note(void)
{
	__asm__ volatile(".pushsection .note.dualbind, \"a\", %%note\n\t"
			 ".balign 4\n\t"
			 ".long 14, 8, %c0\n\t"
			 ".asciz \"dualbind-left\"\n\t"
			 ".balign 4\n\t"
			 ".long left_alone_kept - .\n\t"
			 ".long %c1\n\t"
			 ".popsection"
			 :
			 : "i"(LEFT_ALONE_LAYOUT), "i"(sizeof left_alone_kept));
}

/* An entry: the port in the upper half, then the protocol, the reason and its errno. */
enum { PORT_BIT = 16, PROTOCOL_BIT = 14, REASON_BIT = 8, ERROR_MAX = 0xff };

static uint32_t key_of(enum transport transport, uint16_t port)
{
	return (uint32_t)port << PORT_BIT | (uint32_t)transport << PROTOCOL_BIT;
}

/* Two ports of a program rarely have the same place. */
static size_t place_of(uint32_t key)
{
	return (key >> PORT_BIT ^ (key >> PROTOCOL_BIT & TRANSPORT_UDP)) % LEFT_ALONE_MAX;
}

/* False: it was kept already. */
static bool keep(uint32_t key, enum reason reason, int error)
{
	uint32_t entry = key | (uint32_t)reason << REASON_BIT | ((uint32_t)error & ERROR_MAX);

	return atomic_exchange(&left_alone_kept[place_of(key)], entry) != entry;
}

void left_alone_yielded(const struct bind_request *request)
{
	keep(key_of(request->protocol, request->port), YIELDED, 0);
}

void left_alone_forget(const struct bind_request *request)
{
	uint32_t key = key_of(request->protocol, request->port);
	_Atomic uint32_t *entry = &left_alone_kept[place_of(key)];

	if (atomic_load_explicit(entry, memory_order_relaxed) >> PROTOCOL_BIT == key >> PROTOCOL_BIT)
		atomic_store_explicit(entry, 0, memory_order_relaxed);
}

struct left_alone left_alone_find(const uint32_t kept[LEFT_ALONE_MAX], enum transport transport, uint16_t port)
{
	uint32_t key = key_of(transport, port), entry = kept[place_of(key)];
	struct left_alone found = {NO_REASON, (int)(entry & ERROR_MAX)};
	uint32_t reason = entry >> REASON_BIT & ((1U << (PROTOCOL_BIT - REASON_BIT)) - 1);

	if (entry >> PROTOCOL_BIT == key >> PROTOCOL_BIT && reason < REASONS)
		found.reason = (enum reason)reason;
	return found;
}

/* The target has ended, or was interrupted, or another thread has closed the socket. */
static bool is_over(int error)
{
	return error == ESRCH || error == EINTR || error == EBADF || error == ENOTSOCK;
}

static bool is_usual(int error)
{
	return error == EADDRINUSE || error == EADDRNOTAVAIL || error == EACCES || error == EAFNOSUPPORT ||
	       error == EXDEV || error == EREMCHG || error == ERINGED || error == EBUSY || error == ENOKEY ||
	       error == E2BIG;
}

static enum log_level level_of(enum reason reason, int error, bool is_new)
{
	static atomic_bool told; /* a program may bind often */

	if (!is_new)
		return LOG_DEBUG;
	if (reason != NOT_TO_BE_HAD)
		return reason == COMPANY ? LOG_DEBUG : LOG_INFO;
	if (error == EFORGOTTEN || error == EUNTOLD)
		return atomic_exchange(&told, true) ? LOG_DEBUG : LOG_INFO;
	return is_over(error) ? LOG_DEBUG : is_usual(error) ? LOG_INFO : LOG_ERROR;
}

void left_alone_report(const struct bind_request *request, enum reason reason, enum mark mark, int error)
{
	const char *words = reasons;
	/* That there is no rule is not kept: it can be seen without. */
	bool is_new = reason != NO_RULE && keep(key_of(request->protocol, request->port), reason, error);

	for (unsigned i = NO_REASON; i < reason; i++)
		words += strlen(words) + 1;
	bind_request_report(request, level_of(reason, error, is_new), words,
			    words[strlen(words) - 1] == ' ' ? mark : MARK_NONE, error != 0 ? ": " : "", error);
}
