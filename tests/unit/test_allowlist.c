/* SPDX-License-Identifier: MIT */
/* The allowlist: its grammar, what it covers, what it says of mistakes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "config/allowlist.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { ANY4 = ALLOW_ANY4, LOOP4 = ALLOW_LOOPBACK4, ANY6 = ALLOW_ANY6, TCP = TRANSPORT_TCP, UDP = TRANSPORT_UDP };

static struct allowlist list;

static void parse(const char *text)
{
	struct allow_error error;

	if (!allowlist_parse(&list, text, &error))
		fail_msg("\"%s\": entry %zu, offset %zu: %s", text, error.number, error.offset, error.problem);
}

struct coverage {
	const char *text;
	int address, port, protocol;
	bool covered;
};

static void check_coverage(const struct coverage *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct coverage *row = &rows[i];

		parse(row->text);
		if (allowlist_covers(&list, (enum allow_address)row->address, (uint16_t)row->port,
				     (enum transport)row->protocol) != row->covered)
			fail_msg("row %zu: \"%s\" address %d port %d protocol %d: not %d", i, row->text,
				 row->address, row->port, row->protocol, row->covered);
	}
}

static void design_examples(void **state)
{
	static const struct coverage rows[] = {
	    {"8080", ANY4, 8080, TCP, true},
	    {"8080", ANY4, 8081, TCP, false},
	    {"8080", ANY4, 8080, UDP, false},
	    {"8080", LOOP4, 8080, TCP, false},
	    {"8080", ANY6, 8080, TCP, false},
	    {"8080,9000-9100", ANY4, 8080, TCP, true},
	    {"8080,9000-9100", ANY4, 8999, TCP, false},
	    {"8080,9000-9100", ANY4, 9000, TCP, true},
	    {"8080,9000-9100", ANY4, 9100, TCP, true},
	    {"8080,9000-9100", ANY4, 9101, TCP, false},
	    {"*", ANY4, 1, TCP, true},
	    {"*", ANY4, 65535, TCP, true},
	    {"*", ANY4, 53, UDP, false},
	    {"*", LOOP4, 80, TCP, false},
	    {"*", ANY6, 80, TCP, false},
	    {"dnsmasq@53/any", ANY4, 53, TCP, true},
	    {"dnsmasq@53/any", ANY4, 53, UDP, true},
	    {"* !9090", ANY4, 9090, TCP, false},
	    {"* !9090", ANY4, 9091, TCP, true},
	    {"gradio*@127.0.0.1:7860", LOOP4, 7860, TCP, true},
	    {"gradio*@127.0.0.1:7860", ANY4, 7860, TCP, false},
	    {"[::]:6379", ANY6, 6379, TCP, true},
	    {"[::]:6379", ANY4, 6379, TCP, false},
	};

	(void)state;
	check_coverage(rows, COUNT(rows));
}

static void forms(void **state)
{
	static const struct coverage rows[] = {
	    {"0.0.0.0:80", ANY4, 80, TCP, true},
	    {"0.0.0.0:80", LOOP4, 80, TCP, false},
	    {"80/tcp", ANY4, 80, UDP, false},
	    {"80/udp", ANY4, 80, UDP, true},
	    {"80/udp", ANY4, 80, TCP, false},
	    {"*/any", ANY4, 1, UDP, true},
	    {"[::]:*/udp", ANY6, 1, UDP, true},
	    {"x@[::]:*/udp", ANY6, 1, UDP, true},
	    {"1-65535", ANY4, 65535, TCP, true},
	    {"80-80", ANY4, 80, TCP, true},
	    {"080", ANY4, 80, TCP, true},
	    {"a@b@80", ANY4, 80, TCP, true},
	    {"a:b@127.0.0.1:1-2", LOOP4, 2, TCP, true},
	    {" \t80\n,\r ,81,", ANY4, 81, TCP, true},
	    {",,,", ANY4, 80, TCP, false},
	    {"", ANY4, 80, TCP, false},
	    {"80 80 80/udp 80/udp", ANY4, 80, UDP, true},
	};

	(void)state;
	check_coverage(rows, COUNT(rows));
}

static void forbidding(void **state)
{
	static const struct coverage rows[] = {
	    /* Wherever it stands, and however the other was written. */
	    {"!9090 *", ANY4, 9090, TCP, false},
	    {"* !9090 9090", ANY4, 9090, TCP, false},
	    {"!*, 80", ANY4, 80, TCP, false},
	    {"!80", ANY4, 81, TCP, false},
	    {"80-90 !85-99", ANY4, 84, TCP, true},
	    {"80-90 !85-99", ANY4, 85, TCP, false},
	    /* No address: all three. No protocol: both. */
	    {"127.0.0.1:1 !1", LOOP4, 1, TCP, false},
	    {"[::]:1 !1", ANY6, 1, TCP, false},
	    {"1/udp !1", ANY4, 1, UDP, false},
	    {"1/any !1", ANY4, 1, TCP, false},
	    /* Named ones leave the others. */
	    {"*/any [::]:*/any !0.0.0.0:1", ANY4, 1, TCP, false},
	    {"*/any [::]:*/any !0.0.0.0:1", ANY4, 1, UDP, false},
	    {"*/any [::]:*/any !0.0.0.0:1", ANY6, 1, TCP, true},
	    {"*/any [::]:*/any !1/udp", ANY4, 1, TCP, true},
	    {"*/any [::]:*/any !1/udp", ANY6, 1, UDP, false},
	    {"* 127.0.0.1:* !127.0.0.1:5", LOOP4, 5, TCP, false},
	    {"* 127.0.0.1:* !127.0.0.1:5", ANY4, 5, TCP, true},
	    {"*/any !x@[::]:7/any !x@8/tcp", ANY4, 7, TCP, true},
	    {"*/any !x@[::]:7/any !x@8/tcp", ANY4, 8, TCP, false},
	    {"*/any !x@[::]:7/any !x@8/tcp", ANY4, 8, UDP, true},
	};

	(void)state;
	check_coverage(rows, COUNT(rows));
}

static void mistakes(void **state)
{
	static const struct {
		const char *text;
		size_t number, offset;
		const char *problem, *entry;
	} rows[] = {
	    {"0", 1, 0, "0 is not a port", "0"},
	    {"80-0", 1, 3, "0 is not a port", "80-0"},
	    {"65536", 1, 0, "the port is above 65535", "65536"},
	    {"1-99999999999999999999", 1, 2, "the port is above 65535", "1-99999999999999999999"},
	    {"80-70", 1, 0, "the first port of the range is above the last", "80-70"},
	    {"80-", 1, 3, "missing port", "80-"},
	    {"-80", 1, 0, "missing port", "-80"},
	    {"80 nginx", 2, 3, "missing port", "nginx"},
	    {"nginx@", 1, 6, "missing port", "nginx@"},
	    {"0.0.0.0:", 1, 8, "missing port", "0.0.0.0:"},
	    {"0.0.0.0", 1, 7, "missing port after the address", "0.0.0.0"},
	    {"80 nginx@127.0.0.1", 2, 18, "missing port after the address", "nginx@127.0.0.1"},
	    {"[::]", 1, 4, "missing port after the address", "[::]"},
	    {"!::", 1, 3, "missing port after the address", "!::"},
	    {"* ! 80", 2, 3, "missing port", "!"},
	    {"!!80", 1, 1, "missing port", "!!80"},
	    {"+80", 1, 0, "missing port", "+80"},
	    {"0x50", 1, 0, "0 is not a port", "0x50"},
	    {"80x", 1, 2, "unexpected text after the port", "80x"},
	    {"*80", 1, 1, "unexpected text after the port", "*80"},
	    {"1,2;3", 2, 3, "unexpected text after the port", "2;3"},
	    {"1-2-3", 1, 3, "unexpected text after the port", "1-2-3"},
	    {"80/", 1, 3, "unknown protocol", "80/"},
	    {"80/TCP", 1, 3, "unknown protocol", "80/TCP"},
	    {"1  ,\t80/sctp 7", 2, 8, "unknown protocol", "80/sctp"},
	    {"80/tcp/udp", 1, 3, "unknown protocol", "80/tcp/udp"},
	    {"@80", 1, 0, "missing program name before @", "@80"},
	    {"1 2 !@80", 3, 5, "missing program name before @", "!@80"},
	    {"10.0.0.1:80", 1, 0, "unknown address", "10.0.0.1:80"},
	    {":80", 1, 0, "unknown address", ":80"},
	    {":::80", 1, 0, "unknown address", ":::80"},
	    {"[::1]:80", 1, 0, "unknown address", "[::1]:80"},
	    {"!x@localhost:80", 1, 3, "unknown address", "!x@localhost:80"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct allow_error error = {0};

		list.count = 7;
		if (allowlist_parse(&list, rows[i].text, &error))
			fail_msg("\"%s\" was taken", rows[i].text);
		assert_int_equal(list.count, 0);
		if (error.number != rows[i].number || error.offset != rows[i].offset)
			fail_msg("\"%s\": entry %zu, offset %zu", rows[i].text, error.number, error.offset);
		assert_string_equal(error.problem, rows[i].problem);
		assert_int_equal(error.entry.length, strlen(rows[i].entry));
		assert_memory_equal(error.entry.start, rows[i].entry, error.entry.length);
		assert_true(strlen(error.remedy) > 0);
	}
}

static void limits(void **state)
{
	char text[4 * (ALLOWLIST_MAX + 1) + 1] = "", program[ALLOWLIST_PROGRAM_MAX + 8];
	struct allow_error error;

	(void)state;
	for (int i = 0; i < ALLOWLIST_MAX; i++)
		strcat(text, "123 ");
	parse(text);
	assert_int_equal(list.count, ALLOWLIST_MAX);
	strcat(text, "124");
	assert_false(allowlist_parse(&list, text, &error));
	assert_int_equal(error.number, ALLOWLIST_MAX + 1);
	assert_int_equal(error.offset, 4 * ALLOWLIST_MAX);
	assert_string_equal(error.problem, "there are more than 256 entries");

	memset(program, 'p', sizeof program);
	strcpy(program + ALLOWLIST_PROGRAM_MAX, "@80");
	parse(program);
	program[ALLOWLIST_PROGRAM_MAX] = '\0';
	allowlist_keep_for(&list, program, "");
	assert_int_equal(list.count, 1);
	strcpy(program + ALLOWLIST_PROGRAM_MAX, "p@80");
	assert_false(allowlist_parse(&list, program, &error));
	assert_string_equal(error.problem, "the program is longer than 255 characters");
	assert_int_equal(error.offset, 0);
}

static void programs(void **state)
{
	static const struct {
		const char *text, *executable, *comm;
		size_t kept;
	} rows[] = {
	    {"80 nginx@81 !nginx@82", "nginx", "nginx", 3},
	    {"80 nginx@81 !nginx@82", "redis", "redis", 1},
	    {"nginx@81", "nginx.real", "nginx", 1},
	    {"python3*@8080", "python3.11", "uvicorn", 1},
	    {"python3*@8080", "python2.7", "uvicorn", 0},
	    {"uvi?orn@8080", "python3.11", "uvicorn", 1},
	    {"[a-c]x@1 [!a-c]x@2", "bx", "bx", 1},
	    {"*@1", "", "", 1},
	    {"ngin@1 nginxx@2 NGINX@3", "nginx", "nginx", 0},
	    {"a@b@1", "a@b", "", 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		parse(rows[i].text);
		allowlist_keep_for(&list, rows[i].executable, rows[i].comm);
		if (list.count != rows[i].kept)
			fail_msg("row %zu: %zu kept", i, list.count);
		/* The text may go now. */
		for (size_t entry = 0; entry < list.count; entry++)
			assert_null(list.entries[entry].program.start);
	}
	parse("x@1 2 x@3 4");
	allowlist_keep_for(&list, "y", "y");
	assert_int_equal(list.entries[0].low, 2);
	assert_int_equal(list.entries[1].low, 4);
}

/* DHCP over IPv6 is another protocol at other ports. */
static void dhcp_is_never_meant(void **state)
{
	static const struct coverage rows[] = {
	    {"*/any", ANY4, 67, UDP, false},     {"*/any", ANY4, 68, UDP, false},
	    {"*/any", ANY4, 69, UDP, true},      {"*/any", ANY4, 67, TCP, true},
	    {"67/udp", ANY4, 67, UDP, false},    {"60-70/udp", ANY4, 68, UDP, false},
	    {"60-70/any", ANY4, 67, TCP, true},  {"60-70/udp", ANY4, 66, UDP, true},
	    {"67/any !*", ANY4, 67, UDP, false},
	};

	(void)state;
	check_coverage(rows, COUNT(rows));
}

static void forbids(void **state)
{
	(void)state;
	parse("*/udp !80-90/udp !127.0.0.1:100/udp");
	assert_true(allowlist_forbids(&list, ALLOW_ANY4, 85, TRANSPORT_UDP));
	assert_false(allowlist_forbids(&list, ALLOW_ANY4, 85, TRANSPORT_TCP));
	assert_false(allowlist_forbids(&list, ALLOW_ANY4, 91, TRANSPORT_UDP));
	assert_false(allowlist_forbids(&list, ALLOW_ANY4, 100, TRANSPORT_UDP));
	assert_true(allowlist_forbids(&list, ALLOW_LOOPBACK4, 100, TRANSPORT_UDP));
}

static void mentions(void **state)
{
	(void)state;
	parse("80 !127.0.0.1:* [::]:1/udp");
	assert_true(allowlist_mentions(&list, ALLOW_ANY4, TRANSPORT_TCP));
	assert_false(allowlist_mentions(&list, ALLOW_ANY4, TRANSPORT_UDP));
	assert_false(allowlist_mentions(&list, ALLOW_LOOPBACK4, TRANSPORT_TCP));
	assert_true(allowlist_mentions(&list, ALLOW_ANY6, TRANSPORT_UDP));
	assert_false(allowlist_mentions(&list, ALLOW_ANY6, TRANSPORT_TCP));
	parse("");
	assert_false(allowlist_mentions(&list, ALLOW_ANY4, TRANSPORT_TCP));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(design_examples), cmocka_unit_test(forms),
	    cmocka_unit_test(forbidding),      cmocka_unit_test(mistakes),
	    cmocka_unit_test(limits),          cmocka_unit_test(programs),
	    cmocka_unit_test(mentions),        cmocka_unit_test(dhcp_is_never_meant),
	    cmocka_unit_test(forbids),
	};

	return cmocka_run_group_tests_name("allowlist", tests, NULL, NULL);
}
