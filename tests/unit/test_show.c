/* SPDX-License-Identifier: MIT */
/* How each kind of address is shown, and what the log says of it. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "socks.h"

#include "peers/mapper.h"
#include "peers/show.h"

#include <stdio.h>

static char path[] = "/tmp/dualbind-show-XXXXXX";
static struct settings settings = {.pool = {.network = 0xf0000000, .length = 4}}, native, logging;

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

static int start(void **state)
{
	close(mkstemp(path));
	native = logging = settings;
	native.native_peers = true;
	logging.log.level = LOG_INFO;
	strcpy(logging.log.path, path);
	return private_network(state);
}

static int end(void **state)
{
	(void)state;
	return unlink(path);
}

static struct address show(const struct settings *which, const char *text, uint32_t scope)
{
	struct address address = peer6(text, scope, 4321);

	show_address(which, -1, OF_OTHER, &address);
	assert_int_equal(address_port(&address), 4321);
	return address;
}

static void the_same_for_all_settings(void **state)
{
	static const struct {
		const char *real, *shown;
	} rows[] = {
	    {"::ffff:192.0.2.1", "192.0.2.1"},
	    {"::ffff:127.0.0.1", "127.0.0.1"},
	    {"::ffff:0.0.0.0", "0.0.0.0"},
	    {"::ffff:255.255.255.255", "255.255.255.255"},
	};
	const struct settings *each[] = {&settings, &native};

	(void)state;
	for (size_t i = 0; i < COUNT(rows) * COUNT(each); i++) {
		struct address expected = peer4(rows[i / 2].shown, 4321),
			       shown = show(each[i % 2], rows[i / 2].real, 0);

		if (!same_address(&shown, &expected))
			fail_msg("%s", rows[i / 2].real);
	}
}

/* The local address :: is what the program bound. */
static void the_wildcard_address(void **state)
{
	static const struct {
		enum mark mark;
		uint32_t shown;
	} rows[] = {{MARK_NONE, INADDR_ANY}, {MARK_CONVERTED, INADDR_ANY}, {MARK_PROMOTED, INADDR_LOOPBACK}};
	static const int types[] = {SOCK_STREAM, SOCK_DGRAM};

	(void)state;
	for (size_t i = 0; i < COUNT(rows) * COUNT(types); i++) {
		int fd = socket(AF_INET6, types[i % 2], 0);
		struct address local = peer6("::", 0, 53);

		if (rows[i / 2].mark != MARK_NONE)
			assert_true(set_mark(fd, rows[i / 2].mark));
		assert_true(show_address(&settings, fd, OF_SOCKET, &local));
		assert_int_equal(local.any.sa_family, AF_INET);
		assert_int_equal(local.in.sin_addr.s_addr, htonl(rows[i / 2].shown));
		assert_int_equal(address_port(&local), 53);
		close(fd);
	}
}

static void synthetic_ones(void **state)
{
	static const struct {
		const char *text;
		uint32_t scope;
	} rows[] = {{"2001:db8::1", 0},     {"fe80::1", 3}, {"fe80::1", 4},
		    {"fd00::1", 0},         {"::2", 0}, /* the deprecated IPv4-compatible form is no IPv4 address */
		    {"64:ff9b::1.2.3.4", 0}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct address real = peer6(rows[i].text, rows[i].scope, 4321), found;
		struct address first = synthetic_address(&settings.pool, &real, 0);
		struct address shown = show(&settings, rows[i].text, rows[i].scope);

		assert_true(same_address(&shown, &first));
		assert_true(mapper_find(&shown, &found));
		assert_true(same_address(&found, &real));
		shown = show(&native, rows[i].text, rows[i].scope);
		assert_true(same_address(&shown, &real));
	}
}

/* As a peer, which it can be of a connection: never as it is, since it is this host to
 * whoever calls it. */
static void from_nowhere(void **state)
{
	const struct settings *each[] = {&settings, &native};
	struct address real = peer6("::", 0, 4321), expected = synthetic_address(&settings.pool, &real, 0);

	(void)state;
	for (size_t i = 0; i < COUNT(each); i++) {
		struct address shown = show(each[i], "::", 0);

		assert_true(same_address(&shown, &expected));
	}
}

/* Only ::1 is what comes from this host alone. */
static void loopback(void **state)
{
	struct address shown = show(&settings, "::1", 0), expected = peer4("127.0.0.1", 4321), found;

	(void)state;
	assert_true(same_address(&shown, &expected));
	assert_false(mapper_find(&shown, &found));
	shown = show(&native, "::1", 0);
	expected = peer6("::1", 0, 4321);
	assert_true(same_address(&shown, &expected));
}

static void groups(void **state)
{
	struct address real = peer6("ff02::fb", 2, 4321), shown = show(&settings, "ff02::fb", 2), found;
	struct address expected = synthetic_address(&settings.pool, &real, 0);

	(void)state;
	assert_true(same_address(&shown, &expected));
	assert_false(mapper_find(&shown, &found));
	shown = show(&native, "ff02::fb", 2);
	assert_true(same_address(&shown, &real));
}

/* An IPv4 peer in the pool stands for itself, and the client that had the address gets another one. */
static void ipv4_peers_of_the_pool(void **state)
{
	struct address real = peer6("2001:db8::77", 0, 4321), mapped = synthetic_address(&settings.pool, &real, 0),
		       shown, found;
	struct address own = mapped;
	char text[INET6_ADDRSTRLEN];

	(void)state;
	shown = show(&settings, "2001:db8::77", 0);
	assert_true(same_address(&shown, &own));
	address_map(&mapped);
	assert_non_null(inet_ntop(AF_INET6, &mapped.in6.sin6_addr, text, sizeof text));
	shown = show(&settings, text, 0);
	assert_true(same_address(&shown, &own));
	assert_true(mapper_find(&own, &found));
	assert_true(same_address(&found, &mapped));
	shown = show(&settings, "2001:db8::77", 0);
	assert_false(same_address(&shown, &own));
	/* Of another range: no client needs to be known. */
	shown = show(&settings, "::ffff:192.0.2.9", 0);
	assert_false(mapper_find(&shown, &found));
}

static void expect_line(int fd, enum whose whose, const char *text, uint32_t scope, const char *about)
{
	struct address address = peer6(text, scope, 4321), shown;
	char expected[256], ip[INET_ADDRSTRLEN], brackets[64];

	if (scope != 0)
		snprintf(brackets, sizeof brackets, "[%s%%%u]", text, scope);
	else
		snprintf(brackets, sizeof brackets, "[%s]", text);
	shown = synthetic_address(&settings.pool, &address, 0);
	snprintf(expected, sizeof expected, "dualbind pid=%d%s shown %s as %s\n", getpid(), about, brackets,
		 inet_ntop(AF_INET, &shown.in.sin_addr, ip, sizeof ip));
	show_address(&logging, fd, whose, &address);
	assert_string_equal(logged(), expected);
	/* Once. */
	address = peer6(text, scope, 4322);
	show_address(&logging, fd, whose, &address);
	assert_string_equal(logged(), "");
}

static void what_is_logged(void **state)
{
	int stream = new_socket(AF_INET6), datagram = marked_datagram(0);
	struct address silent[] = {peer6("::1", 0, 1), peer6("::ffff:192.0.2.1", 0, 1),
				   peer6("::ffff:240.0.0.1", 0, 1), peer6("ff02::fb", 0, 1)};
	char about[64];

	(void)state;
	assert_int_equal(try_bind(stream, AF_INET6, 0), 0);
	snprintf(about, sizeof about, " port=%u/udp", port_of(datagram));
	expect_line(datagram, OF_OTHER, "2001:db8:1::1", 0, about);
	expect_line(datagram, OF_OTHER, "fe80::77", 9, about);
	snprintf(about, sizeof about, " port=%u/tcp", port_of(stream));
	expect_line(stream, OF_OTHER, "2001:db8:1::2", 0, about);
	expect_line(-1, OF_OTHER, "2001:db8:1::3", 0, "");
	for (size_t i = 0; i < COUNT(silent); i++)
		show_address(&logging, datagram, OF_OTHER, &silent[i]);
	assert_string_equal(logged(), "");
	logging.log.level = LOG_ERROR;
	show(&logging, "2001:db8:1::4", 0);
	logging.log.level = LOG_INFO;
	assert_string_equal(logged(), "");
	close(stream);
	close(datagram);
}

/* 127.0.0.1 would be the other socket at that port. */
static void loopback_senders(void **state)
{
	struct address taken = peer4("127.0.0.1", 4321), in6 = peer6("::1", 0, 4320);
	int other = bound_datagram(&taken), server = marked_datagram(0);
	char about[64];

	(void)state;
	assert_true(show_address(&logging, server, OF_SENDER, &in6));
	taken = peer4("127.0.0.1", 4320);
	assert_true(same_address(&in6, &taken));
	assert_string_equal(logged(), "");
	snprintf(about, sizeof about, " port=%u/udp", port_of(server));
	expect_line(server, OF_SENDER, "::1", 0, about);
	assert_int_equal(close(other) | close(server), 0);
}

/* An IPv6 sender that claims to be an IPv4 one is not shown as that. */
static void forgers(void **state)
{
	int server = marked_datagram(0);
	char about[64];

	(void)state;
	snprintf(about, sizeof about, " port=%u/udp", port_of(server));
	expect_line(server, OF_FORGER, "::ffff:192.0.2.5", 0, about);
	assert_int_equal(close(server), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_same_for_all_settings),
	    cmocka_unit_test(the_wildcard_address),
	    cmocka_unit_test(synthetic_ones),
	    cmocka_unit_test(from_nowhere),
	    cmocka_unit_test(loopback),
	    cmocka_unit_test(groups),
	    cmocka_unit_test(loopback_senders),
	    cmocka_unit_test(forgers),
	    cmocka_unit_test(ipv4_peers_of_the_pool),
	    cmocka_unit_test(what_is_logged),
	};

	return cmocka_run_group_tests_name("show", tests, start, end);
}
