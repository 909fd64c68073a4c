#define _GNU_SOURCE
#include "supervise_judge.h"

#include "language.h"
#include "line.h"
#include "proc.h"
#include "request.h"
#include "sys.h"

#include <limits.h>
#include <string.h>

enum { FILES = 8, TOLD = 16, MAPS_BYTES = 4096, NAME_MOST = 48 };

static enum converts converts_for;
static const char *library_name; /* NULL: nothing is preloaded */

/* What was found in an executable, and which file that was. */
struct executable {
	struct stat file;
	enum elf_kind kind; /* ELF_NONE where it could not be read */
	enum elf_libc libc;
	enum language language;
};

static _Thread_local struct executable known[FILES];
static _Thread_local size_t known_next;
static _Thread_local pid_t told[TOLD];
static _Thread_local size_t told_next;

void judge_start(enum converts converts, const char *library)
{
	const char *slash = library != NULL ? strrchr(library, '/') : NULL;

	converts_for = converts;
	library_name = slash != NULL ? slash + 1 : library;
}

static bool is_same_file(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino && one->st_size == other->st_size &&
	       one->st_mtim.tv_sec == other->st_mtim.tv_sec && one->st_mtim.tv_nsec == other->st_mtim.tv_nsec &&
	       one->st_ctim.tv_sec == other->st_ctim.tv_sec && one->st_ctim.tv_nsec == other->st_ctim.tv_nsec;
}

static const struct executable *find_known(const struct stat *file)
{
	for (size_t i = 0; i < FILES; i++)
		if (known[i].kind != ELF_NONE && is_same_file(&known[i].file, file))
			return &known[i];
	return NULL;
}

static struct executable inspect(int file, const struct stat *status)
{
	static _Thread_local struct elf elf;
	struct executable executable = {.file = *status, .kind = elf_read(file, &elf)};

	if (executable.kind == ELF_SOUND) {
		executable.libc = elf.libc;
		executable.language = language_of(file, &elf);
	}
	return executable;
}

/* What the target executes. */
static struct executable look(const struct target *target)
{
	int file = proc_open(target->folder, "exe", "", 0);
	const struct executable *found;
	struct executable executable = {0};
	struct stat status;

	if (file < 0)
		return executable;
	if (sys_fstat(file, &status) == 0) {
		found = find_known(&status);
		if (found != NULL) {
			executable = *found;
		} else {
			executable = known[known_next] = inspect(file, &status);
			known_next = (known_next + 1) % FILES;
		}
	}
	sys_close(file);
	return executable;
}

/* A line of /proc/PID/maps ends with the file's path. */
static bool ends_with_library(const char *line, size_t length)
{
	const size_t size = strlen(library_name);

	return length > size && line[length - size - 1] == '/' &&
	       memcmp(line + length - size, library_name, size) == 0;
}

/* Whether the library is in the target. Lines are read as far as they fit: of a
 * longer one the end, where the name is, is kept. */
static bool is_loaded(const struct target *target)
{
	char chunk[MAPS_BYTES], line[MAPS_BYTES];
	int maps = library_name != NULL ? proc_open(target->folder, "maps", "", 0) : -1;
	size_t length = 0;
	bool found = false;
	ssize_t size;

	if (maps < 0)
		return false;
	while (!found && (size = sys_read(maps, chunk, sizeof chunk)) > 0)
		for (ssize_t at = 0; at < size && !found; at++) {
			if (chunk[at] == '\n') {
				found = ends_with_library(line, length);
				length = 0;
				continue;
			}
			if (length == sizeof line) {
				memcpy(line, line + sizeof line / 2, sizeof line / 2);
				length = sizeof line / 2;
			}
			line[length++] = chunk[at];
		}
	sys_close(maps);
	return found;
}

/* Why nobody shows the target IPv4 addresses; or that it needs nobody. */
enum reason { NEEDS_NONE, LOADED, UNREADABLE, STATIC, LOST, NOT_GIVEN };

static enum reason find_reason(const struct target *target)
{
	struct executable executable = look(target);

	if (executable.language != LANGUAGE_UNKNOWN)
		return NEEDS_NONE;
	if (is_loaded(target))
		return LOADED;
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

static void add_name(struct line *line, const struct target *target)
{
	char path[PATH_MAX];
	const char *base;

	target_link(target, "exe", path, sizeof path);
	base = strrchr(path, '/');
	base = base != NULL ? base + 1 : path;
	line_add_quoted(line, base, strlen(base), NAME_MOST);
}

static void explain(struct line *line, const struct target *target, enum reason reason)
{
	line_add(line, " stays IPv4: ");
	if (reason == UNREADABLE) {
		line_add(line, "this program's file cannot be read: it may not expect IPv6 clients");
		return;
	}
	if (reason != STATIC)
		line_add(line, "the library is not in ");
	add_name(line, target);
	if (reason == STATIC)
		line_add(line, " is static, and neither Go, Rust nor Zig: it may not expect IPv6 clients");
	else if (reason == LOST)
		line_add(line, ", since LD_PRELOAD was lost before it (a set-ID launcher, a cleared environment): "
			       "start it behind that launcher (sg GROUP -c 'dualbind run ...')");
	else
		line_add(line, ", since none was found to preload");
}

/* One line of a process is enough, whatever it binds. */
static void tell(const struct target *target, const struct address *asked, enum allow_protocol protocol,
		 enum reason reason)
{
	struct request request = {.settings = &target->settings, .port = address_port(asked), .protocol = protocol};
	struct line rest = {0};

	if (was_told(target->process))
		return;
	explain(&rest, target, reason);
	if (protocol == ALLOW_TCP)
		line_add(&rest, "; --mode supervise serves it, but shows it AF_INET6 clients, which some programs "
				"refuse, or log as 0.0.0.0");
	request_report(&request, LOG_ERROR, "left alone: ", address_is_any(asked) ? MARK_CONVERTED : MARK_PROMOTED,
		       line_text(&rest), 0);
}

static bool is_covered(const struct allowlist *allow, const struct address *asked, enum allow_protocol protocol)
{
	const uint16_t port = address_port(asked);

	if (asked->any.sa_family != AF_INET || port == 0)
		return false;
	return (address_is_any(asked) && allowlist_covers(allow, ALLOW_ANY4, port, protocol)) ||
	       (address_is_loopback4(asked) && allowlist_covers(allow, ALLOW_LOOPBACK4, port, protocol));
}

bool judge_report(const struct target *target, const struct address *asked, enum allow_protocol protocol)
{
	enum reason reason;

	if (converts_for == CONVERTS_ALL || !is_covered(&target->settings.allow, asked, protocol))
		return false;
	reason = find_reason(target);
	switch (reason) {
	case NEEDS_NONE:
		return false;
	case LOADED: /* what it leaves alone it tells itself */
		return true;
	case UNREADABLE:
	case STATIC:
		if (protocol == ALLOW_UDP)
			return false;
		break;
	case LOST:
	case NOT_GIVEN:
		break;
	}
	tell(target, asked, protocol, reason);
	return true;
}
