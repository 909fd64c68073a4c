/* SPDX-License-Identifier: MIT */
/* A listener as JSON. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "cmd/listjson.h"
#include "made_listener.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void expect(const struct listener *listener, const char *wanted)
{
	struct listener list[] = {*listener};
	struct listing listing = {.list = list, .count = 1};
	struct json json = {0};
	char *text = NULL;
	size_t length;

	json.to = open_memstream(&text, &length);
	listjson_open(&json, &listing, &list[0]);
	json_string(&json, "to_do", NULL); /* the object is open still */
	json_close(&json, '}');
	fclose(json.to);
	assert_string_equal(text, wanted);
	free(text);
}

static void ipv4(void **state)
{
	struct listener listener = made("0.0.0.0", 8080, TRANSPORT_TCP);

	(void)state;
	listener.uid = 1000;
	listener.inode = 12345;
	listener.owner_count = 1;
	listener.owners[0] = (struct sock_owner){.pid = 7, .fd = 3, .command = "a \"b\""};
	expect(&listener, "{\"protocol\":\"tcp\",\"family\":\"ipv4\",\"address\":\"0.0.0.0\",\"port\":8080,"
			  "\"v6only\":null,\"device\":0,\"uid\":1000,\"inode\":12345,"
			  "\"owners\":[{\"pid\":7,\"fd\":3,\"command\":\"a \\\"b\\\"\"}],\"owner_count\":1,"
			  "\"reach\":\"ipv4\",\"rule\":\"8080\",\"why\":null,\"to_do\":null}");
}

static void ipv6(void **state)
{
	struct listener listener = made("2001:db8::1", 53, TRANSPORT_UDP);

	(void)state;
	listener.device = 2;
	expect(&listener, "{\"protocol\":\"udp\",\"family\":\"ipv6\",\"address\":\"2001:db8::1\",\"port\":53,"
			  "\"v6only\":false,\"device\":2,\"uid\":0,\"inode\":1,\"owners\":[],\"owner_count\":0,"
			  "\"reach\":\"ipv6\",\"rule\":null,\"why\":null,\"to_do\":null}");
	listener = made("::", 53, TRANSPORT_UDP);
	listener.v6only = true;
	expect(&listener, "{\"protocol\":\"udp\",\"family\":\"ipv6\",\"address\":\"::\",\"port\":53,"
			  "\"v6only\":true,\"device\":0,\"uid\":0,\"inode\":1,\"owners\":[],\"owner_count\":0,"
			  "\"reach\":\"ipv6\",\"rule\":null,\"why\":null,\"to_do\":null}");
}

/* If there are many owners some are kept, and all are counted. */
static void many_owners(void **state)
{
	struct listener listener = made("::", 80, TRANSPORT_TCP);
	struct listing listing = {.list = &listener, .count = 1};
	struct json json = {0};
	char *text = NULL;
	size_t length, found = 0;

	(void)state;
	listener.owner_count = 2 * SOCK_OWNERS_KEPT;
	json.to = open_memstream(&text, &length);
	listjson_open(&json, &listing, &listener);
	json_close(&json, '}');
	fclose(json.to);
	for (const char *at = text; (at = strstr(at, "\"pid\"")) != NULL; at++)
		found++;
	assert_int_equal(found, SOCK_OWNERS_KEPT);
	assert_non_null(strstr(text, "],\"owner_count\":32,"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(ipv4), cmocka_unit_test(ipv6),
					   cmocka_unit_test(many_owners)};

	return cmocka_run_group_tests_name("listjson", tests, NULL, NULL);
}
