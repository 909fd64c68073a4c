/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "supervise/blind.h"

#include "base/setsockopt_checked.h"
#include "base/strbuf.h"
#include "base/sys.h"
#include "bind/bind_request.h"
#include "process/fd_walk.h"
#include "process/rings.h"
#include "process/target.h"
#include "socket/mark.h"
#include "supervise/judge.h"
#include "supervise/report.h"
#include "swap/epoll_refs.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

enum { NOTES = 64 };

/* A fixed number of notes: if more sockets are bound without listening, the oldest are forgotten. */
static struct note {
	pid_t process;
	int number;
	ino_t inode;
	uint16_t port;
} notes[NOTES];
static size_t next_note;
static pid_t told;

static const char *missing_privilege(const struct target *target)
{
	if (target->uid != geteuid())
		return "it runs as another user and dualbind lacks CAP_SYS_PTRACE";
	return "dualbind lacks CAP_SYS_PTRACE, and the program has more capabilities or is not dumpable, or "
	       "kernel.yama.ptrace_scope or the container's seccomp profile forbids it";
}

void blind_say(const struct target *target, const char *what, const char *missing, int error)
{
	struct strbuf line = {0};

	if (told == target->process)
		return;
	told = target->process;
	strbuf_add(&line, "not converted: cannot look into it (");
	strbuf_add(&line, what);
	strbuf_add(&line, ": ");
	strbuf_add_error(&line, error);
	strbuf_add(&line, "): ");
	strbuf_add(&line, missing != NULL ? missing : missing_privilege(target));
	strbuf_add(&line, judge_expects_library()
			      ? "; if it loads the library, that serves it, otherwise start it as: "
			      : "; start it as: ");
	strbuf_add(&line, "LAUNCHER USER dualbind run PROGRAM");
	report_event(&target->settings, judge_expects_library() ? LOG_INFO : LOG_ERROR, strbuf_text(&line), 0);
}

static bool inode_at(int number, ino_t *inode)
{
	struct stat status;

	if (target_stat(number, &status) != 0 || !S_ISSOCK(status.st_mode))
		return false;
	*inode = status.st_ino;
	return true;
}

struct answer blind_bind(const struct target *target, int number, const struct address *asked)
{
	struct note note = {.process = target->process, .number = number, .port = address_port(asked)};

	if (asked->any.sa_family == AF_INET && address_is_any(asked) && inode_at(number, &note.inode) &&
	    allowlist_covers(&target->settings.allow, ALLOW_ANY4, note.port, TRANSPORT_TCP)) {
		notes[next_note] = note;
		next_note = (next_note + 1) % NOTES;
	}
	return (struct answer){.continues = true};
}

static struct note *find_note(const struct target *target, int number)
{
	ino_t inode;

	if (!inode_at(number, &inode))
		return NULL;
	for (size_t i = 0; i < NOTES; i++)
		if (notes[i].process == target->process && notes[i].number == number && notes[i].inode == inode)
			return &notes[i];
	return NULL;
}

/*
 * The new socket can bind beside the one that it replaces, which does not listen yet, if
 * that one has SO_REUSEADDR, too. is_taken() finds out, by a socket without the option,
 * whether the program's bind has succeeded.
 */
static bool prepare(int to, uint16_t port, long flags)
{
	struct address local;

	address_set_in6(&local, &in6addr_any, port);
	return setsockopt_checked(to, IPPROTO_IPV6, IPV6_V6ONLY, 0) &&
	       setsockopt_checked(to, SOL_SOCKET, SO_REUSEADDR, 1) && mark_set(to, TRANSPORT_TCP, MARK_CONVERTED) &&
	       sys_fcntl(to, F_SETFL, (unsigned long)flags & (O_NONBLOCK | O_RDWR)) == 0 &&
	       target_bind(to, &local.any, local.length) == 0;
}

static bool is_taken(uint16_t port)
{
	int probe = target_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	struct address local;
	bool taken;

	if (probe < 0)
		return false;
	address_set_in(&local, htonl(INADDR_ANY), port);
	taken = target_bind(probe, &local.any, local.length) != 0 && errno == EADDRINUSE;
	sys_close(probe);
	return taken;
}

struct refs {
	const struct note *note;
	struct epoll_refs epoll_refs;
	bool found;
};

static bool find_ref(void *context, const struct descriptor *descriptor)
{
	struct refs *refs = context;

	if (descriptor->kind == DESCRIPTOR_RING)
		refs->found = rings_hold(descriptor->number, refs->note->inode);
	else if (descriptor->kind == DESCRIPTOR_EPOLL)
		refs->found = !epoll_refs_collect(&refs->epoll_refs, descriptor->number, refs->note->inode) ||
			      refs->epoll_refs.count > 0;
	else
		refs->found = descriptor->inode == refs->note->inode && descriptor->number != refs->note->number;
	return !refs->found;
}

/* Whether there is something that cannot be moved without having the socket: epoll registrations, duplicates, a
 * ring's files. */
static bool has_refs(const struct note *note)
{
	struct refs refs = {.note = note};

	return !fd_walk(NULL, find_ref, &refs) || refs.found;
}

static bool fails_with(int error)
{
	errno = error;
	return false;
}

static bool replace(const struct note *note, long flags)
{
	int to, saved;
	bool done;

	if (flags < 0 || !is_taken(note->port))
		return fails_with(EADDRNOTAVAIL);
	if (has_refs(note))
		return fails_with(EBUSY);
	to = target_socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP);
	if (to < 0)
		return false;
	done = prepare(to, note->port, flags) && target_install(to, note->number, flags & O_CLOEXEC);
	saved = errno;
	sys_close(to);
	errno = saved;
	return done;
}

/* Then the kernel makes the listen, on the socket that is at the number now. */
struct answer blind_listen(struct target *target, int number, int error)
{
	struct note *note = find_note(target, number);
	struct bind_request request = {.settings = &target->settings, .protocol = TRANSPORT_TCP};

	if (note == NULL) {
		blind_say(target, "its sockets", NULL, error);
		return (struct answer){.continues = true};
	}
	request.port = note->port;
	if (target->settings.dry_run)
		bind_request_report(&request, LOG_INFO, "would convert ", MARK_CONVERTED, " -> [::]", 0);
	else if (replace(note, target_flags(target, number)))
		bind_request_report(
		    &request, LOG_ERROR,
		    "converted at listen without seeing the socket (CAP_SYS_PTRACE is missing): assumed that it is "
		    "TCP, has default options, and is bound to ",
		    MARK_CONVERTED, "", 0);
	else
		bind_request_report(
		    &request, LOG_ERROR,
		    "not converted: without CAP_SYS_PTRACE (pidfd_getfd) there is no dual-stack socket beside ",
		    MARK_CONVERTED, ": ", errno);
	note->process = 0;
	return (struct answer){.continues = true};
}
