/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "config/settings.h"

#include "base/procfs.h"
#include "base/sys.h"
#include "config/unknown_setting.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

enum { PATH_BYTES = 4096, COMM_MAX = 16, QUOTED_MAX = 80 };

static void complain(const struct log *log, const struct settings_problem *problem)
{
	const struct allow_error *error = &problem->entry;
	struct strbuf line;

	if (log->level < LOG_ERROR)
		return;
	log_begin(&line, (pid_t)sys_call(SYS_getpid));
	strbuf_add(&line, " inert: ");
	strbuf_add(&line, problem->variable);
	if (error->problem == NULL) {
		strbuf_add(&line, "=");
		strbuf_add_quoted(&line, problem->value, strlen(problem->value), QUOTED_MAX);
	} else {
		strbuf_add(&line, ": entry ");
		strbuf_add_number(&line, error->number);
		strbuf_add(&line, " ");
		strbuf_add_quoted(&line, error->entry.start, error->entry.length, QUOTED_MAX);
		strbuf_add(&line, ", character ");
		strbuf_add_number(&line, error->offset - (size_t)(error->entry.start - problem->value) + 1);
		strbuf_add(&line, " (");
		strbuf_add_number(&line, error->offset + 1);
		strbuf_add(&line, " of the list)");
	}
	strbuf_add(&line, ": ");
	strbuf_add(&line, problem->problem);
	strbuf_add(&line, "; ");
	strbuf_add(&line, problem->remedy);
	log_send(log, &line);
}

static void tell_of_unknown(const struct log *log)
{
	char name[SETTING_NAME_MAX];
	struct strbuf line;

	if (log->level < LOG_INFO || !unknown_setting(name))
		return;
	log_begin(&line, (pid_t)sys_call(SYS_getpid));
	strbuf_add(&line, " unknown setting ");
	strbuf_add_quoted(&line, name, strlen(name), SETTING_NAME_MAX);
	strbuf_add(&line, ": it has no effect");
	log_send(log, &line);
}

/* Any text is a key, and the same text is the same key everywhere. */
static void read_key(struct pool *pool, const char *text)
{
	static const struct siphash_key low = {1, 0}, high = {2, 0};

	pool->of_machine = text[0] == '\0';
	if (!pool->of_machine)
		pool->key =
		    (struct siphash_key){siphash(low, text, strlen(text)), siphash(high, text, strlen(text))};
}

static bool may_show(const struct allowlist *allow, enum transport protocol)
{
	return allowlist_mentions(allow, ALLOW_ANY4, protocol) ||
	       allowlist_mentions(allow, ALLOW_LOOPBACK4, protocol);
}

static void sum_up(struct settings *settings)
{
	settings->datagrams = may_show(&settings->allow, TRANSPORT_UDP);
	settings->connections = may_show(&settings->allow, TRANSPORT_TCP);
	settings->dual_datagrams =
	    settings->datagrams || allowlist_mentions(&settings->allow, ALLOW_ANY6, TRANSPORT_UDP);
}

/* Where the values of variables come from, and what is wrong with the one that was read last. */
struct source {
	settings_lookup *lookup;
	const void *context;
	struct settings_problem *problem;
};

/* "": unset. */
static const char *value_of(const struct source *source, const char *variable)
{
	const char *value = source->lookup(source->context, variable);

	if (value == NULL)
		value = "";
	source->problem->variable = variable;
	source->problem->value = value;
	return value;
}

/* Reads one of two words; an empty value is the first. */
static bool read_choice(const struct source *source, const char *variable, const char *first, const char *second,
			const char *remedy, bool *is_second)
{
	const char *value = value_of(source, variable);

	source->problem->problem = "unknown value";
	source->problem->remedy = remedy;
	*is_second = strcmp(value, second) == 0;
	return *is_second || value[0] == '\0' || strcmp(value, first) == 0;
}

static bool read_allow(struct allowlist *list, const char *allow, struct settings_problem *problem)
{
	problem->variable = "DUALBIND_ALLOW";
	problem->value = allow;
	if (allowlist_parse(list, allow, &problem->entry))
		return true;
	problem->problem = problem->entry.problem;
	problem->remedy = problem->entry.remedy;
	return false;
}

bool settings_parse(struct settings *settings, const char *allow, settings_lookup *lookup, const void *context,
		    struct settings_problem *problem)
{
	const struct source source = {lookup, context, problem};
	const char *value;

	log_start(&settings->log);
	value = value_of(&source, "DUALBIND_LOG");
	if (value[0] != '\0' && !log_parse(&settings->log, value, &problem->problem, &problem->remedy))
		return false;
	settings->pool = pool_default();
	read_key(&settings->pool, value_of(&source, "DUALBIND_KEY"));
	value = value_of(&source, "DUALBIND_POOL");
	if (value[0] != '\0' && !pool_parse(&settings->pool, value, &problem->problem, &problem->remedy))
		return false;
	if (!read_choice(&source, "DUALBIND_PEERS", "ipv4", "native", "write ipv4 or native",
			 &settings->native_peers) ||
	    !read_choice(&source, "DUALBIND_DRY_RUN", "0", "1", "write 0 or 1", &settings->dry_run) ||
	    !read_allow(&settings->allow, allow, problem))
		return false;
	/* A dry run that logs nothing would be useless. */
	if (settings->dry_run && value_of(&source, "DUALBIND_LOG")[0] == '\0')
		settings->log.level = LOG_INFO;
	sum_up(settings);
	return true;
}

static void keep_for_this_program(struct allowlist *allow)
{
	char path[PATH_BYTES], comm[COMM_MAX] = "";

	procfs_link(AT_FDCWD, "/proc/self/exe", path, sizeof path);
	sys_call(SYS_prctl, PR_GET_NAME, comm);
	allowlist_keep_for(allow, procfs_program_name(path), comm);
}

/* A log without rules: the user has forgotten the rules, or mistyped the variable. */
static void tell_of_no_rules(struct settings *settings, settings_lookup *lookup, const void *context)
{
	const char *log = lookup(context, "DUALBIND_LOG"), *problem, *remedy;
	struct strbuf line;

	if (log == NULL)
		return;
	log_start(&settings->log);
	if (!log_parse(&settings->log, log, &problem, &remedy) || settings->log.level < LOG_INFO)
		return;
	log_begin(&line, (pid_t)sys_call(SYS_getpid));
	strbuf_add(&line, " inert: DUALBIND_ALLOW is not set, or empty");
	log_send(&settings->log, &line);
	tell_of_unknown(&settings->log);
}

bool settings_read(struct settings *settings, settings_lookup *lookup, const void *context)
{
	const char *allow = lookup(context, "DUALBIND_ALLOW");
	struct settings_problem problem = {0};

	if (allow == NULL || allow[strspn(allow, " ,\t\r\n")] == '\0') {
		tell_of_no_rules(settings, lookup, context);
		return false;
	}
	settings->given = true;
	if (!settings_parse(settings, allow, lookup, context, &problem)) {
		complain(&settings->log, &problem);
		return false;
	}
	tell_of_unknown(&settings->log);
	if (allowlist_names_programs(&settings->allow)) /* if none does, each program saves two system calls */
		keep_for_this_program(&settings->allow);
	return true;
}

/* A set-user-ID program must not obey its caller's variables. */
static const char *look_up(const void *context, const char *name)
{
	(void)context;
	return secure_getenv(name);
}

struct settings_kept settings_kept; /* in a page that is written to anyway */

const struct settings *settings_get(void)
{
	int now = atomic_load_explicit(&settings_kept.state, memory_order_acquire);
	int unread = SETTINGS_UNREAD;

	if (now == SETTINGS_UNREAD &&
	    atomic_compare_exchange_strong(&settings_kept.state, &unread, SETTINGS_READING)) {
		now = settings_read(&settings_kept.settings, look_up, NULL) ? SETTINGS_ACTIVE : SETTINGS_INERT;
		atomic_store_explicit(&settings_kept.state, now, memory_order_release);
	}
	return now == SETTINGS_ACTIVE ? &settings_kept.settings : NULL;
}
