/* SPDX-License-Identifier: MIT */
#include "inspect/whyalone.h"

#include "base/own_errno.h"
#include "bind/left_alone.h"
#include "inspect/held.h"
#include "inspect/mapped.h"
#include "inspect/supervisorof.h"

#include <string.h>

static const char *words_of_error(int error)
{
	switch (error) {
	case EADDRINUSE:
		return "another program has the port over IPv6 (EADDRINUSE): stop it, and start this one again";
	case EADDRNOTAVAIL:
	case EAFNOSUPPORT:
		return "there was no IPv6 when it started (EAFNOSUPPORT)";
	case EACCES:
		return "it may not bind the port over IPv6, or not read /proc (EACCES: Landlock? authbind?)";
	case EPERM:
		return "it lacks a privilege that its own socket needs, or authbind allows IPv4 alone (EPERM)";
	case EXDEV:
		return "its socket is of another network namespace than it was in (EXDEV)";
	case ENOKEY:
		return "its socket has TCP keys or a SO_REUSEPORT program, which cannot be carried over";
	case EREMCHG:
		return "another preloaded library binds its sockets elsewhere";
	case ERINGED:
		return "io_uring holds its socket as a registered file";
	case EFORGOTTEN:
	case EUNTOLD:
		return "this kernel (gVisor?) does not keep or tell what dualbind relies on";
	default:
		return "a dual-stack socket could not be set up; DUALBIND_LOG=debug tells more when it starts";
	}
}

const char *why_alone_words(unsigned reason, int error)
{
	static const char *const words[REASONS] = {
	    [ELSEWHERE] = "another preloaded library has bound it elsewhere",
	    [PASSED_BY] = "modules of it call past the library",
	    [SUBMITS] = "it uses io_uring there",
	    [COMPANY] = "it has another socket of its own at the port",
	    [UDP_STRANGERS] = "another process shares the port",
	    [SHARED] = "other processes hold the socket too",
	    [YIELDED] = "it yielded to another socket of the program, to an option that it set, or to io_uring",
	};

	return reason == NOT_TO_BE_HAD ? words_of_error(error) : reason < REASONS ? words[reason] : NULL;
}

struct search {
	const struct listener *listener;
	const char *words;
	bool supervisor;
};

static bool look(void *context, int *memory, uint64_t base, const char *path)
{
	struct search *search = context;
	uint32_t kept[LEFT_ALONE_MAX];
	struct left_alone found;

	if ((!search->supervisor && strstr(path, ".so") == NULL) ||
	    !held_left_alone(kept, base, mapped_read, memory))
		return true;
	found = left_alone_find(kept, search->listener->protocol, address_port(&search->listener->local));
	search->words = why_alone_words(found.reason, found.error);
	return search->words == NULL;
}

const char *why_alone(pid_t pid, const struct listener *listener)
{
	struct search search = {.listener = listener};
	bool seen;

	mapped_walk(pid, look, &search);
	if (search.words == NULL && (pid = supervisor_of(pid, &seen)) != 0) {
		search.supervisor = true;
		mapped_walk(pid, look, &search);
	}
	return search.words;
}

const char *why_alone_of_owners(const struct listener *listener)
{
	const char *words = NULL;

	for (size_t i = 0; i < listener->owner_count && i < SOCK_OWNERS_KEPT && words == NULL; i++)
		words = why_alone(listener->owners[i].pid, listener);
	return words;
}
