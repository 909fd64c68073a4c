/* SPDX-License-Identifier: MIT */
/* What is shown, and logged, when a pool has no address left for a client. */
#define _GNU_SOURCE
#include "clients.h"

#include "calls/cmsg_translate.h"
#include "peers/show.h"

#include <stdio.h>

enum { SITE = 1, FLOOD = 3000 };

static char path[] = "/tmp/dualbind-refused-XXXXXX";
static struct settings settings = {.pool = {.network = 0xc6336400, .length = 24}};

/* How many lines the log has since the last time; the last one. */
static unsigned logged(char *last, size_t size)
{
	FILE *file = fopen(path, "re");
	unsigned lines = 0;

	assert_non_null(file);
	while (fgets(last, (int)size, file) != NULL)
		lines++;
	fclose(file);
	assert_int_equal(truncate(path, 0), 0);
	return lines;
}

/* Nothing is left for the /64. */
static int start(void **state)
{
	close(mkstemp(path));
	for (uint32_t i = 0; i < FLOOD; i++) {
		struct address real = client_in(SITE, 0, i), shown;

		mapper_show(&settings.pool, &real, &shown);
	}
	strcpy(settings.log.path, path);
	return private_network(state);
}

static int end(void **state)
{
	(void)state;
	return unlink(path);
}

static void the_first_choice(void **state)
{
	struct address real = client_in(SITE, 0, FLOOD), shown = real,
		       first = synthetic_address(&settings.pool, &real, 0), other;

	(void)state;
	assert_false(show_address(&settings, -1, OF_OTHER, &shown));
	assert_true(same_address(&shown, &first));
	assert_false(stands_for(&shown, &real));
	/* Another network has a share of its own. */
	other = client_in(SITE + 1, 0, 1);
	shown = other;
	assert_true(show_address(&settings, -1, OF_OTHER, &shown));
	assert_true(stands_for(&shown, &other));
}

static void a_line_each_second(void **state)
{
	int fd = marked_datagram(0);
	char line[256], wanted[256];

	(void)state;
	settings.log.level = LOG_INFO;
	for (uint32_t i = 0; i < 300; i++) {
		struct address address = client_in(SITE, 0, FLOOD + i);

		seconds += i % 100 == 0;
		assert_false(show_address(&settings, fd, OF_OTHER, &address));
	}
	assert_int_equal(logged(line, sizeof line), 3);
	snprintf(wanted, sizeof wanted,
		 "dualbind pid=%d port=%u/udp no address of DUALBIND_POOL is left for [2001:db8:1::%x]\n", getpid(),
		 port_of(fd), FLOOD + 200);
	assert_string_equal(line, wanted);
	settings.log.level = LOG_ERROR;
	close(fd);
}

/* The address that was asked is then for the kernel to choose. */
static void a_local_address(void **state)
{
	struct in6_pktinfo info = {.ipi6_ifindex = 7};
	_Alignas(struct cmsghdr) unsigned char control[CMSG_TRANSLATE_BYTES];
	struct msghdr to = {.msg_control = control, .msg_controllen = sizeof control}, from;
	struct packet packet = {.length = 0};
	const struct in_pktinfo *shown;

	(void)state;
	info.ipi6_addr = client_in(SITE, 0, FLOOD).in6.sin6_addr;
	add_item(&packet, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
	from = message_of(&packet);
	cmsg_to_ipv4(&settings, -1, &from, &to);
	shown = find_item(&to, IPPROTO_IP, IP_PKTINFO, sizeof *shown);
	assert_non_null(shown);
	assert_int_equal(shown->ipi_ifindex, 7);
	assert_int_equal(shown->ipi_addr.s_addr, INADDR_ANY);
	assert_int_equal(shown->ipi_spec_dst.s_addr, INADDR_ANY);
}

/* IPv4 clients are not refused, not even by an address that is in use. */
static void ipv4_clients(void **state)
{
	struct address real = client_in(SITE, 0, 0), taken, mapped;

	(void)state;
	for (uint32_t i = 0; !mapper_show(&settings.pool, &real, &taken); i++)
		real = client_in(SITE, 0, i);
	mapped = taken;
	address_map(&mapped);
	real = mapped;
	assert_true(show_address(&settings, -1, OF_OTHER, &mapped));
	assert_true(same_address(&mapped, &taken));
	assert_true(stands_for(&taken, &real));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_choice),
	    cmocka_unit_test(a_line_each_second),
	    cmocka_unit_test(a_local_address),
	    cmocka_unit_test(ipv4_clients),
	};

	return cmocka_run_group_tests_name("show: refused", tests, start, end);
}
