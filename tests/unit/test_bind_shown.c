/* SPDX-License-Identifier: MIT */
/* bind(2) to a local address as the program was shown it. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "bind/bind_shown.h"
#include "peers/mapper.h"

#include <stdio.h>

static const char own_address[] = "fd00:db::1";
static bool has_address;
static char path[] = "/tmp/dualbind-bind-XXXXXX";

static int start(void **state)
{
	char log[64];

	close(mkstemp(path));
	snprintf(log, sizeof log, "info:%s", path);
	setenv("DUALBIND_ALLOW", "*/any", 1);
	setenv("DUALBIND_LOG", log, 1);
	private_network(state);
	has_address = add_address6(own_address);
	return 0;
}

static int end(void **state)
{
	(void)state;
	return unlink(path);
}

/* The log has one line about it, and no other. */
static void logged(uint16_t port, const char *protocol, const char *words)
{
	char text[4096], wanted[128];
	int fd = open(path, O_RDONLY);
	ssize_t size = read(fd, text, sizeof text - 1);

	assert_true(size >= 0);
	text[size] = '\0';
	close(fd);
	assert_int_equal(truncate(path, 0), 0);
	snprintf(wanted, sizeof wanted, " port=%u/%s %s\n", port, protocol, words);
	if (words[0] == '\0')
		assert_string_equal(text, "");
	else
		assert_string_equal(strstr(text, " port=") ?: text, wanted);
}

static struct address show(const struct address *real)
{
	return shown_as(&settings_get()->pool, real);
}

static bool bind_to(int fd, const struct address *given)
{
	return bind_shown(settings_get(), fd, given);
}

/* A TFTP server does this: it answers from the address that was asked. */
static void binds(void **state)
{
	struct address real = peer6(own_address, 0, 0), given, local;
	int types[] = {SOCK_DGRAM, SOCK_STREAM};
	char words[128], shown[INET_ADDRSTRLEN];

	(void)state;
	if (!has_address) {
		print_message("# this user may add no address\n");
		skip();
	}
	for (size_t i = 0; i < COUNT(types); i++) {
		int fd = socket(AF_INET, types[i], 0);

		real.in6.sin6_port = htons(free_port());
		given = show(&real);
		inet_ntop(AF_INET, &given.in.sin_addr, shown, sizeof shown);
		snprintf(words, sizeof words, "converted %s -> [%s]", shown, own_address);
		assert_true(bind_to(fd, &given));
		logged(address_port(&real), i == 0 ? "udp" : "tcp", words);
		local_name(fd, &local);
		assert_true(same_address(&local, &real));
		assert_int_equal(mark_get(fd), MARK_CONVERTED);
		/* It is bound now. */
		assert_false(bind_to(fd, &given));
		close(fd);
	}
	/* The kernel chooses the port. */
	real.in6.sin6_port = 0;
	given = show(&real);
	types[0] = new_datagram(AF_INET);
	assert_true(bind_to(types[0], &given));
	assert_int_not_equal(port_of(types[0]), 0);
	logged(port_of(types[0]), "udp", words);
	close(types[0]);
}

static void no_such_binds(void **state)
{
	struct address elsewhere = peer6("2001:db8::99", 0, 0), given = show(&elsewhere),
		       nobody = peer4("247.2.2.3", 0);
	struct address own = peer4("127.0.0.1", 0), claimed = peer4("247.2.2.4", 0);
	int fd = new_datagram(AF_INET), in6 = new_datagram(AF_INET6), bound = bound_datagram(&own);
	ino_t inode = inode_of(fd);

	(void)state;
	mapper_claim(&claimed);
	assert_false(bind_to(fd, &given));
	assert_false(bind_to(fd, &nobody));
	assert_false(bind_to(fd, &own));
	assert_false(bind_to(fd, &claimed));
	assert_int_equal(inode_of(fd), inode);
	if (has_address) {
		elsewhere = peer6(own_address, 0, 0);
		given = show(&elsewhere);
		assert_false(bind_to(in6, &given));
		assert_false(bind_to(bound, &given));
		assert_false(bind_to(-1, &given));
		assert_int_equal(domain_of(bound), AF_INET);
	}
	logged(0, "", "");
	assert_int_equal(close(fd) | close(in6) | close(bound), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(binds), cmocka_unit_test(no_such_binds)};

	return cmocka_run_group_tests_name("bind, to an address that was shown", tests, start, end);
}
