/* SPDX-License-Identifier: MIT */
/* Settings: what each variable may say, and the one line about what it may not. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "config/settings.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* The environment of the next settings_read(). */
static struct {
	const char *allow, *peers, *pool, *log, *dry_run;
} environment;

static char path[] = "/tmp/dualbind-settings-XXXXXX", log_to_path[64];
static struct settings settings;

static const char *fake_lookup(const void *context, const char *name)
{
	static char value[512], allow[8192];
	const char *found = strcmp(name, "DUALBIND_ALLOW") == 0     ? environment.allow
			    : strcmp(name, "DUALBIND_PEERS") == 0   ? environment.peers
			    : strcmp(name, "DUALBIND_POOL") == 0    ? environment.pool
			    : strcmp(name, "DUALBIND_LOG") == 0     ? environment.log
			    : strcmp(name, "DUALBIND_DRY_RUN") == 0 ? environment.dry_run
								    : NULL;

	(void)context;
	if (found == NULL)
		return NULL;
	/* Only DUALBIND_ALLOW is still read when others have been looked up. */
	if (found == environment.allow)
		return strcpy(allow, found);
	return strcpy(value, found);
}

static bool read_settings(void)
{
	memset(&settings, 0, sizeof settings);
	return settings_read(&settings, fake_lookup, NULL);
}

/* What the log has since the last time. */
static const char *logged(void)
{
	static char text[4096];
	int fd = open(path, O_RDONLY);
	ssize_t size = read(fd, text, sizeof text - 1);

	assert_true(size >= 0);
	text[size] = '\0';
	close(fd);
	assert_int_equal(truncate(path, 0), 0);
	return text;
}

static void reset(const char *allow)
{
	memset(&environment, 0, sizeof environment);
	environment.allow = allow;
	environment.log = log_to_path;
	logged();
}

static int start(void **state)
{
	(void)state;
	close(mkstemp(path));
	snprintf(log_to_path, sizeof log_to_path, "error:%s", path);
	return 0;
}

static int end(void **state)
{
	(void)state;
	return unlink(path);
}

static void defaults(void **state)
{
	(void)state;
	reset("8080");
	environment.log = NULL;
	assert_true(read_settings());
	assert_int_equal(settings.allow.count, 1);
	assert_int_equal(settings.log.level, LOG_ERROR);
	assert_string_equal(settings.log.path, "");
	assert_int_equal(settings.pool.network, 0xf0000000);
	assert_int_equal(settings.pool.length, 4);
	assert_false(settings.native_peers);
	assert_false(settings.dry_run);
	assert_string_equal(logged(), "");
}

/* Nothing asked for, nothing said, whatever the other variables are. */
static void inert_and_silent(void **state)
{
	static const char *const nothing[] = {NULL, "", " ", ",", " ,\t\r\n "};

	(void)state;
	for (size_t i = 0; i < COUNT(nothing); i++) {
		reset(nothing[i]);
		environment.pool = "nonsense";
		environment.peers = "nonsense";
		assert_false(read_settings());
		assert_string_equal(logged(), "");
	}
}

static void good_values(void **state)
{
	(void)state;
	reset("8080 [::]:81/any");
	environment.peers = "native";
	environment.pool = "198.18.0.0/15";
	environment.dry_run = "1";
	assert_true(read_settings());
	assert_int_equal(settings.allow.count, 2);
	assert_int_equal(settings.log.level, LOG_ERROR);
	assert_string_equal(settings.log.path, path);
	assert_int_equal(settings.pool.network, 0xc6120000);
	assert_true(settings.native_peers);
	assert_true(settings.dry_run);

	reset("8080");
	environment.peers = "ipv4";
	environment.dry_run = "0";
	assert_true(read_settings());
	assert_false(settings.native_peers);
	assert_false(settings.dry_run);

	/* Set but empty is the default, as for DUALBIND_ALLOW. */
	environment.peers = environment.dry_run = environment.pool = environment.log = "";
	assert_true(read_settings());
	assert_false(settings.native_peers);
	assert_int_equal(settings.log.level, LOG_ERROR);
	assert_int_equal(settings.pool.length, 4);
	assert_string_equal(logged(), "");
}

static void bad_values(void **state)
{
	static const struct {
		const char **variable, *value, *line;
	} rows[] = {
	    {&environment.peers, "ipv6", " inert: DUALBIND_PEERS=\"ipv6\": unknown value; write ipv4 or native\n"},
	    {&environment.peers, "IPV4", " inert: DUALBIND_PEERS=\"IPV4\": "},
	    {&environment.dry_run, "yes", " inert: DUALBIND_DRY_RUN=\"yes\": unknown value; write 0 or 1\n"},
	    {&environment.dry_run, "01", " inert: DUALBIND_DRY_RUN=\"01\": "},
	    {&environment.pool, "10.0.0.0/8", " inert: DUALBIND_POOL=\"10.0.0.0/8\": the prefix overlaps"},
	    {&environment.pool, "x", " inert: DUALBIND_POOL=\"x\": not an IPv4 prefix; write an unused"},
	    {&environment.allow, "80 8O81,9",
	     " inert: DUALBIND_ALLOW: entry 2 \"8O81\", character 2 (5 of the list): unexpected text after the "
	     "port; "
	     "write a port such as 8080"},
	    {&environment.allow, "0",
	     " inert: DUALBIND_ALLOW: entry 1 \"0\", character 1 (1 of the list): 0 is not a port"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char start_of_line[64];
		const char *line;
		int length = snprintf(start_of_line, sizeof start_of_line, "dualbind pid=%d", getpid());

		reset("8080");
		*rows[i].variable = rows[i].value;
		if (read_settings())
			fail_msg("row %zu: not inert", i);
		line = logged();
		assert_int_equal(strncmp(line, start_of_line, (size_t)length), 0);
		if (strncmp(line + length, rows[i].line, strlen(rows[i].line)) != 0)
			fail_msg("row %zu: %s", i, line);
		/* One line. */
		assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	}
}

/* A long entry is quoted in part, and the line still ends. */
static void long_mistakes(void **state)
{
	static char entry[4000];

	(void)state;
	memset(entry, 'z', sizeof entry - 1);
	reset(entry);
	assert_false(read_settings());
	assert_non_null(strstr(logged(), "missing port"));
	reset("8080");
	entry[400] = '\0';
	environment.pool = entry;
	assert_false(read_settings());
	assert_non_null(strstr(logged(), "not an IPv4 prefix"));
}

/* If the log's own setting is wrong, there is only stderr. */
static void bad_log(void **state)
{
	static const char *const values[] = {"loud", "info:relative/path"};
	int stderr_copy = dup(STDERR_FILENO), fd;

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		bool taken;

		reset("8080");
		environment.log = values[i];
		fd = open(path, O_WRONLY | O_APPEND);
		dup2(fd, STDERR_FILENO);
		taken = read_settings();
		dup2(stderr_copy, STDERR_FILENO);
		close(fd);
		assert_false(taken);
		assert_non_null(strstr(logged(), values[i]));
	}
	close(stderr_copy);
	/* Silence is silence. */
	reset("0");
	environment.log = "off";
	assert_false(read_settings());
	assert_string_equal(logged(), "");
	reset("8080");
	environment.log = "off";
	environment.pool = "10.0.0.0/8";
	assert_false(read_settings());
	assert_string_equal(logged(), "");
}

/* This program is test_settings, and its first thread is called what it likes. */
static void entries_for_this_program(void **state)
{
	(void)state;
	prctl(PR_SET_NAME, "some worker");
	reset("test_settings@80 test_*@81 settings@82 !other@83 some?worker@84 some@85 86");
	assert_true(read_settings());
	assert_int_equal(settings.allow.count, 4);
	assert_true(allowlist_covers(&settings.allow, ALLOW_ANY4, 80, TRANSPORT_TCP));
	assert_true(allowlist_covers(&settings.allow, ALLOW_ANY4, 84, TRANSPORT_TCP));
	assert_false(allowlist_covers(&settings.allow, ALLOW_ANY4, 82, TRANSPORT_TCP));
	reset("other@80");
	assert_true(read_settings());
	assert_int_equal(settings.allow.count, 0);
	assert_string_equal(logged(), "");
}

/* Whether a UDP socket may come to be shown as AF_INET: here, or in a program
 * that hands one over. */
static void datagrams(void **state)
{
	static const struct {
		const char *allow;
		bool datagrams;
	} rows[] = {
	    {"8080", false},         {"*/tcp", false},           {"53/udp", true},         {"53/any", true},
	    {"8080 53/udp", true},   {"127.0.0.1:53/udp", true}, {"[::]:53/udp", false},   {"!53/udp", false},
	    {"8080 !53/any", false}, {"other@53/udp", true},     {"53/udp !53/udp", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		reset(rows[i].allow);
		assert_true(read_settings());
		if (settings.datagrams != rows[i].datagrams)
			fail_msg("%s", rows[i].allow);
	}
	assert_string_equal(logged(), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(defaults),
	    cmocka_unit_test(inert_and_silent),
	    cmocka_unit_test(good_values),
	    cmocka_unit_test(bad_values),
	    cmocka_unit_test(long_mistakes),
	    cmocka_unit_test(bad_log),
	    cmocka_unit_test(entries_for_this_program),
	    cmocka_unit_test(datagrams),
	};

	return cmocka_run_group_tests_name("settings", tests, start, end);
}
