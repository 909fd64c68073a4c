/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "config/settings.h"

#include "base/procfs.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

enum { PROGRAM_NAME_MAX = 256, COMM_MAX = 16, QUOTED_MAX = 80 };

static void complain(const struct log *log, const char *variable, const char *value, const char *problem,
		     const char *remedy)
{
	struct strbuf line;

	if (log->level < LOG_ERROR)
		return;
	log_begin(&line, (pid_t)sys_call(SYS_getpid));
	strbuf_add(&line, " inert: ");
	strbuf_add(&line, variable);
	strbuf_add(&line, "=");
	strbuf_add_quoted(&line, value, strlen(value), QUOTED_MAX);
	strbuf_add(&line, ": ");
	strbuf_add(&line, problem);
	strbuf_add(&line, "; ");
	strbuf_add(&line, remedy);
	log_send(log, &line);
}

static void complain_of_entry(const struct log *log, const char *list, const struct allow_error *error)
{
	size_t inside = error->offset - (size_t)(error->entry.start - list);
	struct strbuf line;

	if (log->level < LOG_ERROR)
		return;
	log_begin(&line, (pid_t)sys_call(SYS_getpid));
	strbuf_add(&line, " inert: DUALBIND_ALLOW: entry ");
	strbuf_add_number(&line, error->number);
	strbuf_add(&line, " ");
	strbuf_add_quoted(&line, error->entry.start, error->entry.length, QUOTED_MAX);
	strbuf_add(&line, ", character ");
	strbuf_add_number(&line, inside + 1);
	strbuf_add(&line, " (");
	strbuf_add_number(&line, error->offset + 1);
	strbuf_add(&line, " of the list): ");
	strbuf_add(&line, error->problem);
	strbuf_add(&line, "; ");
	strbuf_add(&line, error->remedy);
	log_send(log, &line);
}

/* The name that a rule's glob is matched with: the executable's, without
 * folders, even where the file has been replaced since. */
static void read_executable(char *name, size_t size)
{
	char path[4096];
	ssize_t length = sys_readlinkat(AT_FDCWD, "/proc/self/exe", path, sizeof path - 1);
	const char *base;

	path[procfs_path_length(path, length > 0 ? (size_t)length : 0)] = '\0';
	base = strrchr(path, '/');
	base = base ? base + 1 : path;
	length = (ssize_t)strnlen(base, size - 1);
	memcpy(name, base, (size_t)length);
	name[length] = '\0';
}

/* Any text makes a key, the same one everywhere. */
static void read_key(struct pool *pool, const char *text)
{
	static const struct siphash_key low = {1, 0}, high = {2, 0};

	pool->of_machine = text == NULL || text[0] == '\0';
	if (!pool->of_machine)
		pool->key =
		    (struct siphash_key){siphash(low, text, strlen(text)), siphash(high, text, strlen(text))};
}

static bool may_show(const struct allowlist *allow, enum transport protocol)
{
	return allowlist_mentions(allow, ALLOW_ANY4, protocol) ||
	       allowlist_mentions(allow, ALLOW_LOOPBACK4, protocol);
}

void settings_sum_up(struct settings *settings)
{
	settings->datagrams = may_show(&settings->allow, TRANSPORT_UDP);
	settings->connections = may_show(&settings->allow, TRANSPORT_TCP);
	settings->dual_datagrams =
	    settings->datagrams || allowlist_mentions(&settings->allow, ALLOW_ANY6, TRANSPORT_UDP);
}

static bool read_allow(struct settings *settings, const char *text)
{
	struct allow_error error;

	if (!allowlist_parse(&settings->allow, text, &error)) {
		complain_of_entry(&settings->log, text, &error);
		return false;
	}
	settings_sum_up(settings);
	return true;
}

/* One of two words; unset or empty is the first. */
static bool read_choice(const struct settings *settings, const char *variable, const char *value,
			const char *const words[2], bool *second, const char *remedy)
{
	*second = value != NULL && strcmp(value, words[1]) == 0;
	if (value == NULL || value[0] == '\0' || *second || strcmp(value, words[0]) == 0)
		return true;
	complain(&settings->log, variable, value, "this is no choice", remedy);
	return false;
}

bool settings_read_for_all(struct settings *settings, char *(*lookup)(const char *name))
{
	static const char *const peers[2] = {"ipv4", "native"};
	static const char *const dry_run[2] = {"0", "1"};
	const char *allow = lookup("DUALBIND_ALLOW"), *value;
	const char *problem, *remedy;

	if (allow == NULL || allow[strspn(allow, " ,\t\r\n")] == '\0')
		return false;
	settings->given = true;
	log_start(&settings->log);
	value = lookup("DUALBIND_LOG");
	if (value != NULL && value[0] != '\0' && !log_parse(&settings->log, value, &problem, &remedy)) {
		complain(&settings->log, "DUALBIND_LOG", value, problem, remedy);
		return false;
	}
	settings->pool = pool_default();
	read_key(&settings->pool, lookup("DUALBIND_KEY"));
	value = lookup("DUALBIND_POOL");
	if (value != NULL && value[0] != '\0' && !pool_parse(&settings->pool, value, &problem, &remedy)) {
		complain(&settings->log, "DUALBIND_POOL", value, problem, remedy);
		return false;
	}
	return read_choice(settings, "DUALBIND_PEERS", lookup("DUALBIND_PEERS"), peers, &settings->native_peers,
			   "write ipv4 or native") &&
	       read_choice(settings, "DUALBIND_DRY_RUN", lookup("DUALBIND_DRY_RUN"), dry_run, &settings->dry_run,
			   "write 0 or 1") &&
	       read_allow(settings, allow);
}

bool settings_read(struct settings *settings, char *(*lookup)(const char *name))
{
	char executable[PROGRAM_NAME_MAX], comm[COMM_MAX] = "";

	if (!settings_read_for_all(settings, lookup))
		return false;
	if (!allowlist_names_programs(&settings->allow))
		return true; /* two system calls less in every program that is started */
	read_executable(executable, sizeof executable);
	sys_call(SYS_prctl, PR_GET_NAME, comm);
	allowlist_keep_for(&settings->allow, executable, comm);
	return true;
}

struct settings_kept settings_kept; /* in the page that is written anyway */

const struct settings *settings_get(void)
{
	int now = atomic_load_explicit(&settings_kept.state, memory_order_acquire);
	int unread = SETTINGS_UNREAD;

	if (now == SETTINGS_UNREAD &&
	    atomic_compare_exchange_strong(&settings_kept.state, &unread, SETTINGS_READING)) {
		/* A set-user-ID program must not obey its caller's variables. */
		now = settings_read(&settings_kept.settings, secure_getenv) ? SETTINGS_ACTIVE : SETTINGS_INERT;
		atomic_store_explicit(&settings_kept.state, now, memory_order_release);
	}
	return now == SETTINGS_ACTIVE ? &settings_kept.settings : NULL;
}
