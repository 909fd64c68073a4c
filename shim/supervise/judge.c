/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "supervise/judge.h"

#include "base/procfs.h"
#include "base/strbuf.h"
#include "base/sys.h"
#include "bind/bind_request.h"
#include "supervise/look.h"
#include "supervise/rights.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

enum { TOLD = 16, NAME_MOST = 48, PATH_MOST = 128 };

static enum converts converts_for;
static const char *library_path, *library_name; /* NULL: nothing is preloaded */

static _Thread_local pid_t told[TOLD];
static _Thread_local size_t told_next;

void judge_start(enum converts converts, const char *library)
{
	const char *slash = library != NULL ? strrchr(library, '/') : NULL;

	converts_for = converts;
	library_path = library;
	library_name = slash != NULL ? slash + 1 : library;
}

bool judge_expects_library(void)
{
	return converts_for != CONVERTS_ALL && library_name != NULL;
}

/* Why the target is not shown IPv4 addresses, or that this is not needed. */
enum reason { NEEDS_NONE, LOADED, PASSED_BY, UNREADABLE, STATIC, LOST, CLOSED, ABSENT, IGNORED, NOT_GIVEN };

static enum reason find_reason(const struct target *target)
{
	struct executable executable = look_executable(target);

	if (executable.language != LANGUAGE_UNKNOWN)
		return NEEDS_NONE;
	if (library_name != NULL && look_is_loaded(target, library_name))
		return look_is_by_library(target, library_name) ? LOADED : PASSED_BY;
	if (executable.kind != ELF_SOUND)
		return UNREADABLE;
	if (executable.libc != ELF_GLIBC && executable.libc != ELF_MUSL)
		return STATIC;
	return library_name != NULL ? LOST : NOT_GIVEN;
}

bool judge_converts(const struct target *target)
{
	switch (converts_for) {
	case CONVERTS_ALL:
		return true;
	case CONVERTS_UNLOADED:
		return find_reason(target) != LOADED;
	case CONVERTS_KNOWN:
		break;
	}
	return find_reason(target) == NEEDS_NONE;
}

static bool was_told(pid_t process)
{
	for (size_t i = 0; i < TOLD; i++)
		if (told[i] == process)
			return true;
	told[told_next] = process;
	told_next = (told_next + 1) % TOLD;
	return false;
}

static void add_name(struct strbuf *line, const struct target *target)
{
	char path[PATH_MAX];
	const char *name;

	target_link(target, "exe", path, sizeof path);
	name = procfs_program_name(path);
	strbuf_add_quoted(line, name, strlen(name), NAME_MOST);
}

/* Whether the library's file can be read with the target's rights and in its root: 0, or an errno. */
static int reading_error(const struct target *target)
{
	int root = sys_openat(target->folder, "root", O_PATH | O_DIRECTORY | O_CLOEXEC, 0), file, error = 0;
	struct rights own;

	if (root < 0 || !rights_take(&own, target)) {
		error = errno;
	} else {
		file = sys_openat(root, library_path + 1, O_RDONLY | O_CLOEXEC, 0);
		error = file < 0 ? errno : 0;
		rights_give_back(&own);
		if (file >= 0)
			sys_close(file);
	}
	if (root >= 0)
		sys_close(root);
	return error;
}

/* For a target without the library: whether it was started without LD_PRELOAD. */
static enum reason find_loss(const struct target *target)
{
	if (!look_preloads(target, library_name))
		return LOST;
	switch (reading_error(target)) {
	case EACCES:
		return CLOSED;
	case ENOENT:
	case ENOTDIR:
		return ABSENT;
	}
	return IGNORED;
}

static void explain(struct strbuf *line, const struct target *target, enum reason reason)
{
	strbuf_add(line, " stays IPv4: ");
	if (reason == UNREADABLE) {
		strbuf_add(line, "this program's file cannot be read: it may not expect IPv6 clients");
		return;
	}
	if (reason != STATIC && reason != PASSED_BY)
		strbuf_add(line, "the library is not in ");
	add_name(line, target);
	if (reason == PASSED_BY)
		strbuf_add(line,
			   " calls the kernel itself, past the library in it: it may not expect IPv6 clients");
	else if (reason == STATIC)
		strbuf_add(line, " is static, and not found to be Go, Rust or Zig: it may not expect IPv6 clients");
	else if (reason == LOST)
		strbuf_add(
		    line, ", since LD_PRELOAD was lost before it (a set-ID launcher, a cleared environment): "
			  "start dualbind run after what clears it, for example LAUNCHER ... dualbind run PROGRAM");
	else if (reason == CLOSED) {
		strbuf_add(line, ", whose user cannot read ");
		strbuf_add_quoted(line, library_path, strlen(library_path), PATH_MOST);
		strbuf_add(line, ": chmod a+rX that file and the folders that it is in");
	} else if (reason == ABSENT) {
		strbuf_add(line, ", since in its root folder (chroot) there is no ");
		strbuf_add_quoted(line, library_path, strlen(library_path), PATH_MOST);
	} else if (reason == IGNORED)
		strbuf_add(line,
			   ", whose loader has ignored LD_PRELOAD (rights of its own; a file that its user cannot "
			   "read, or that is not for its C library)");
	else
		strbuf_add(line, ", since none was found to preload");
}

static void report(const struct target *target, const struct address *asked, enum transport protocol,
		   enum log_level level, const char *rest)
{
	struct bind_request request = {
	    .settings = &target->settings, .port = address_port(asked), .protocol = protocol};

	bind_request_report(&request, level,
			    "not converted: ", address_is_any(asked) ? MARK_CONVERTED : MARK_PROMOTED, rest, 0);
}

/* One line for each process, whatever it binds. */
static void tell(const struct target *target, const struct address *asked, enum transport protocol,
		 enum reason reason)
{
	struct strbuf rest = {0};

	if (was_told(target->process))
		return;
	if (reason == LOST)
		reason = find_loss(target);
	explain(&rest, target, reason);
	if (protocol == TRANSPORT_TCP && reason != CLOSED)
		strbuf_add(&rest, "; --mode supervise would convert it, but then " JUDGE_RISK);
	report(target, asked, protocol, LOG_ERROR, strbuf_text(&rest));
}

static bool is_covered(const struct allowlist *allow, const struct address *asked, enum transport protocol)
{
	const uint16_t port = address_port(asked);

	if (asked->any.sa_family != AF_INET || port == 0)
		return false;
	return (address_is_any(asked) && allowlist_covers(allow, ALLOW_ANY4, port, protocol)) ||
	       (address_is_loopback4(asked) && allowlist_covers(allow, ALLOW_LOOPBACK4, port, protocol));
}

bool judge_report(const struct target *target, const struct address *asked, enum transport protocol)
{
	enum reason reason;

	if (converts_for == CONVERTS_ALL || !is_covered(&target->settings.allow, asked, protocol))
		return false;
	reason = find_reason(target);
	switch (reason) {
	case NEEDS_NONE:
		return false;
	case LOADED: /* the library itself logs why it does not convert */
		report(target, asked, protocol, LOG_DEBUG,
		       " stays IPv4: the library is in this program, and has not served it");
		return true;
	case PASSED_BY:
	case UNREADABLE:
	case STATIC:
		if (protocol == TRANSPORT_UDP)
			return false;
		break;
	case LOST:
	case CLOSED:
	case ABSENT:
	case IGNORED:
	case NOT_GIVEN:
		break;
	}
	tell(target, asked, protocol, reason);
	return true;
}
