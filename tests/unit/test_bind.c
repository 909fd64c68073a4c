/* SPDX-License-Identifier: MIT */
/* Random allowlists and random binds: what becomes of each socket is what a model
 * says that knows README's words alone, and none of the parser's code. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "bind/bind.h"
#include "random.h"

#include <stdio.h>
#include <sys/wait.h>

enum { LISTS = 120, BINDS = 60, ENTRIES = 6, ENTRY_BYTES = 64 };

enum place { DEFAULT, ANY4, LOOPBACK4, ANY6, OTHER };
enum protocol { UNSAID, TCP, UDP, EITHER };

/* An entry as it was meant, from which its text is written. */
struct entry {
	bool forbid, every_port, for_others;
	enum place place;
	enum protocol protocol;
	uint16_t low, high;
};

static const uint16_t some_ports[] = {67, 68, 69, 1, 80, 81, 1024, 8080, 8081, 9000, 32768, 65534, 65535};
static uint16_t random_port(void)
{
	return random_below(8) ? some_ports[random_below(COUNT(some_ports))] : (uint16_t)(1 + random_below(65535));
}

static struct entry random_entry(void)
{
	struct entry entry = {.forbid = random_below(4) == 0, .every_port = random_below(4) == 0};
	uint16_t one = random_port(), other = random_below(2) ? one : random_port();

	entry.for_others = random_below(6) == 0;
	entry.place = random_below(4);
	entry.protocol = random_below(4);
	entry.low = one < other ? one : other;
	entry.high = one < other ? other : one;
	return entry;
}

static int write_entry(const struct entry *entry, char *to)
{
	static const char *const own[] = {"", "", "", "test_bind@", "*@", "test_*nd@"};
	static const char *const foreign[] = {"nginx@", "test_bin@", "?@"};
	static const char *const places[] = {"", "0.0.0.0:", "127.0.0.1:", "[::]:"};
	static const char *const protocols[] = {"", "/tcp", "/udp", "/any"};
	static const char *const between[] = {" ", ",", ", ", "  "};
	int length =
	    sprintf(to, "%s%s%s", entry->forbid ? "!" : "",
		    entry->for_others ? foreign[random_below(COUNT(foreign))] : own[random_below(COUNT(own))],
		    places[entry->place]);

	if (entry->every_port)
		length += sprintf(to + length, "*");
	else if (entry->low == entry->high && random_below(2))
		length += sprintf(to + length, "%u", entry->low);
	else
		length += sprintf(to + length, "%u-%u", entry->low, entry->high);
	return length + sprintf(to + length, "%s%s", protocols[entry->protocol], between[random_below(4)]);
}

/* What is bound: the place, the protocol, the port. */
struct wish {
	enum place place;
	bool udp, v6only;
	uint16_t port;
};

/* "A ! entry that names no address forbids all three, one that names no protocol
 * both"; any other means 0.0.0.0 and tcp. */
static bool names(const struct entry *entry, const struct wish *wish)
{
	enum place place = entry->place == DEFAULT && !entry->forbid ? ANY4 : entry->place;
	enum protocol protocol = entry->protocol == UNSAID ? (entry->forbid ? EITHER : TCP) : entry->protocol;

	if (entry->for_others || (place != DEFAULT && place != wish->place))
		return false;
	if (protocol != EITHER && (protocol == UDP) != wish->udp)
		return false;
	/* "DHCP's ports are in none" */
	if (!entry->forbid && wish->udp && (wish->port == 67 || wish->port == 68))
		return false;
	return entry->every_port || (wish->port >= entry->low && wish->port <= entry->high);
}

static enum mark model(const struct entry *entries, unsigned count, const struct wish *wish)
{
	static const enum mark marks[] = {
	    [ANY4] = MARK_CONVERTED, [LOOPBACK4] = MARK_PROMOTED, [ANY6] = MARK_WIDENED};
	bool allowed = false;

	for (unsigned i = 0; i < count; i++) {
		if (!names(&entries[i], wish))
			continue;
		if (entries[i].forbid)
			return MARK_NONE;
		allowed = true;
	}
	if (!allowed || wish->place == OTHER || (wish->place == ANY6 && !wish->v6only))
		return MARK_NONE;
	return marks[wish->place];
}

static struct wish random_wish(struct address *local)
{
	static const char *const others[] = {"127.0.0.2", "127.1.0.1", "::1", "::ffff:127.0.0.1"};
	struct wish wish = {.place = ANY4 + random_below(4), .udp = random_below(2), .v6only = random_below(3) > 0};
	const char *other = others[random_below(COUNT(others))];

	wish.port = random_port();
	if (wish.place == ANY6)
		*local = peer6("::", 0, wish.port);
	else if (wish.place != OTHER)
		*local = peer4(wish.place == ANY4 ? "0.0.0.0" : "127.0.0.1", wish.port);
	else if (strchr(other, ':') == NULL)
		*local = peer4(other, wish.port);
	else
		*local = peer6(other, 0, wish.port);
	if (strncmp(other, "::f", 3) == 0)
		wish.v6only = false;
	return wish;
}

static bool is_dual(int fd)
{
	return domain_of(fd) == AF_INET6 && int_option(fd, IPPROTO_IPV6, IPV6_V6ONLY) == 0;
}

/* The mark, the kernel's own word on the socket, and where it is bound. */
static bool became(int fd, enum mark mark, const struct wish *wish, const struct address *asked)
{
	struct address local = {.length = sizeof local.in6};

	if (mark_get(fd) != mark || getsockname(fd, &local.any, &local.length) != 0)
		return false;
	if (mark != MARK_NONE)
		return is_dual(fd) && address_is_any(&local) && address_port(&local) == wish->port;
	if (domain_of(fd) != asked->any.sa_family || !same_address(&local, asked))
		return false;
	return wish->place != ANY6 || is_dual(fd) != wish->v6only;
}

/* One of the list's own process: the settings are read once. */
static int bind_some(const struct entry *entries, unsigned count)
{
	for (unsigned i = 0; i < BINDS; i++) {
		struct address local;
		struct wish wish = random_wish(&local);
		enum mark expected = model(entries, count, &wish);
		int fd = socket(local.any.sa_family, wish.udp ? SOCK_DGRAM : SOCK_STREAM, 0), one = 1,
		    v6only = wish.v6only;

		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
		if (local.any.sa_family == AF_INET6)
			setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof v6only);
		if (call_bind(settings_get(), fd, &local.any, local.length, bind) != 0 ||
		    (!wish.udp && call_listen(settings_get(), fd, 1, listen) != 0) ||
		    !became(fd, expected, &wish, &local)) {
			print_message("# %s place %d port %u v6only %d: mark %d, not %d\n",
				      wish.udp ? "udp" : "tcp", wish.place, wish.port, wish.v6only, mark_get(fd),
				      expected);
			return 1;
		}
		close(fd);
	}
	return 0;
}

static void decisions_are_the_models(void **state)
{
	(void)state;
	for (unsigned i = 0; i < LISTS; i++) {
		unsigned count = 1 + random_below(ENTRIES);
		struct entry entries[ENTRIES];
		char text[ENTRIES * ENTRY_BYTES];
		int used = 0, status;
		pid_t child;

		for (unsigned entry = 0; entry < count; entry++) {
			entries[entry] = random_entry();
			used += write_entry(&entries[entry], text + used);
		}
		child = fork();
		if (child == 0) {
			setenv("DUALBIND_ALLOW", text, 1);
			_exit(bind_some(entries, count));
		}
		random_state += 0x9e3779b97f4a7c15; /* the child has used it */
		assert_int_equal(waitpid(child, &status, 0), child);
		if (status != 0)
			fail_msg("DUALBIND_ALLOW='%s': status %d", text, status);
	}
}

/* Whatever else a list says, without the address it opens no loopback listener. */
static void promotion_is_named(void **state)
{
	struct entry entries[ENTRIES];
	struct wish wish = {.place = LOOPBACK4};

	(void)state;
	for (unsigned i = 0; i < 100 * LISTS; i++) {
		static struct allowlist list;
		char text[ENTRIES * ENTRY_BYTES];
		struct allow_error error;
		int used = 0;

		for (unsigned entry = 0; entry < ENTRIES; entry++) {
			entries[entry] = random_entry();
			if (entries[entry].place == LOOPBACK4)
				entries[entry].place = ANY6;
			used += write_entry(&entries[entry], text + used);
		}
		wish.port = random_port();
		assert_true(allowlist_parse(&list, text, &error));
		if (allowlist_covers(&list, ALLOW_LOOPBACK4, wish.port, TRANSPORT_TCP) ||
		    allowlist_covers(&list, ALLOW_LOOPBACK4, wish.port, TRANSPORT_UDP))
			fail_msg("'%s' promotes port %u", text, wish.port);
	}
}

/* Without settings a socket that was bound past bind(2) stays as it is. */
static void an_inert_program(void **state)
{
	int fd = new_datagram(AF_INET);

	(void)state;
	assert_int_equal(try_bind(fd, AF_INET, free_port()), 0);
	call_bound(NULL, fd);
	assert_int_equal(domain_of(fd), AF_INET);
	close(fd);
}

static int start(void **state)
{
	random_start();
	return private_network(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(decisions_are_the_models),
	    cmocka_unit_test(promotion_is_named),
	    cmocka_unit_test(an_inert_program),
	};

	return cmocka_run_group_tests_name("bind", tests, start, NULL);
}
