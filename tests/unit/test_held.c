/* SPDX-License-Identifier: MIT */
/* What the library holds in another process, of which nothing is trusted. */
#define _GNU_SOURCE
#include "inspect/held.h"

#include "held_image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct image image;
static struct held held;

static enum held_state seen(void)
{
	held_read(&held, IMAGE_BASE, image_read, &image);
	return held.state;
}

static void as_it_is(void **state)
{
	(void)state;
	image_make(&image, "8080 nginx@9 prog*@9000-9100/udp !9090 127.0.0.1:7860/any");
	image.kept.settings.native_peers = true;
	assert_int_equal(seen(), HELD_ACTIVE);
	assert_true(held.native_peers);
	assert_false(held.dry_run);
	assert_int_equal(held.pool_network, 0xf0000000);
	assert_int_equal(held.pool_length, 4);
	assert_int_equal(held.allow.count, 4);
	assert_int_equal(held.allow.entries[1].low, 9000);
	assert_int_equal(held.allow.entries[1].protocols, TRANSPORT_UDP);
	assert_true(held.allow.entries[2].forbid);
	assert_true(allowlist_covers(&held.allow, ALLOW_LOOPBACK4, 7860, TRANSPORT_TCP));
	assert_false(allowlist_covers(&held.allow, ALLOW_ANY4, 9090, TRANSPORT_TCP));
	image.kept.settings.native_peers = false;
	image.kept.settings.dry_run = true;
	assert_int_equal(seen(), HELD_ACTIVE);
	assert_true(held.dry_run && !held.native_peers);
}

static void states(void **state)
{
	static const struct {
		int state;
		bool given;
		enum held_state seen;
	} rows[] = {
	    {SETTINGS_UNREAD, false, HELD_UNREAD},     {SETTINGS_READING, true, HELD_UNREAD},
	    {SETTINGS_INERT, false, HELD_INERT},       {SETTINGS_INERT, true, HELD_MALFORMED},
	    {SETTINGS_ACTIVE, true, HELD_ACTIVE},      {SETTINGS_ACTIVE, false, HELD_UNKNOWN},
	    {SETTINGS_ACTIVE + 1, true, HELD_UNKNOWN}, {-1, true, HELD_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		image_make(&image, "8080");
		image.kept.state = rows[i].state;
		image.kept.settings.given = rows[i].given;
		assert_int_equal(seen(), rows[i].seen);
	}
}

/* Each field alone. */
static void damaged(void **state)
{
#define DAMAGE(field, value, seen)                                                                                 \
	{                                                                                                          \
		offsetof(struct image, field), sizeof image.field, value, seen                                     \
	}
#define ENTRY kept.settings.allow.entries[0]
	static const struct {
		size_t offset, size;
		uint64_t value;
		enum held_state seen;
	} rows[] = {
	    DAMAGE(header.e_ident[1], 0, HELD_UNKNOWN),
	    DAMAGE(header.e_ident[EI_CLASS], ELFCLASS32, HELD_UNKNOWN),
	    DAMAGE(header.e_phentsize, 32, HELD_UNKNOWN),
	    DAMAGE(header.e_phnum, 0, HELD_UNKNOWN),
	    DAMAGE(header.e_phoff, UINT64_MAX, HELD_UNREADABLE),
	    DAMAGE(parts[1].p_type, PT_LOAD, HELD_UNKNOWN),
	    DAMAGE(parts[1].p_filesz, 40, HELD_UNKNOWN),
	    DAMAGE(parts[1].p_vaddr, UINT64_MAX, HELD_UNREADABLE),
	    DAMAGE(other.head.n_namesz, UINT32_MAX, HELD_UNKNOWN),
	    DAMAGE(other.head.n_descsz, UINT32_MAX, HELD_UNKNOWN),
	    DAMAGE(note.head.n_type, SETTINGS_LAYOUT + 1, HELD_UNKNOWN),
	    DAMAGE(note.head.n_descsz, 4, HELD_UNKNOWN),
	    DAMAGE(note.head.n_namesz, 8, HELD_UNKNOWN),
	    DAMAGE(note.name[0], 'D', HELD_UNKNOWN),
	    DAMAGE(note.size, sizeof image.kept - 1, HELD_UNKNOWN),
	    DAMAGE(note.distance, 0x7fffffff, HELD_UNREADABLE),
	    DAMAGE(note.distance, 0x80000000, HELD_UNREADABLE),
	    DAMAGE(kept.settings.given, 2, HELD_UNKNOWN),
	    DAMAGE(kept.settings.native_peers, 2, HELD_UNKNOWN),
	    DAMAGE(kept.settings.dry_run, 0xff, HELD_UNKNOWN),
	    DAMAGE(kept.settings.pool.length, 33, HELD_UNKNOWN),
	    DAMAGE(kept.settings.allow.count, ALLOWLIST_MAX + 1, HELD_UNKNOWN),
	    DAMAGE(kept.settings.allow.count, UINT64_MAX, HELD_UNKNOWN),
	    DAMAGE(kept.settings.allow.count, 2, HELD_UNKNOWN), /* the second is zeros */
	    DAMAGE(ENTRY.program.length, 1, HELD_UNKNOWN),
	    DAMAGE(ENTRY.forbid, 2, HELD_UNKNOWN),
	    DAMAGE(ENTRY.addresses, 0, HELD_UNKNOWN),
	    DAMAGE(ENTRY.addresses, ALLOW_ADDRESSES + 1, HELD_UNKNOWN),
	    DAMAGE(ENTRY.protocols, 0, HELD_UNKNOWN),
	    DAMAGE(ENTRY.protocols, TRANSPORT_ANY + 1, HELD_UNKNOWN),
	    DAMAGE(ENTRY.low, 0, HELD_UNKNOWN),
	    DAMAGE(ENTRY.high, 1, HELD_UNKNOWN),
	};
#undef ENTRY
#undef DAMAGE

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		image_make(&image, "8080");
		memcpy((unsigned char *)&image + rows[i].offset, &rows[i].value, rows[i].size);
		if (seen() != rows[i].seen)
			fail_msg("row %zu: %d", i, held.state);
	}
}

static bool nothing(void *context, uint64_t address, void *to, size_t size)
{
	(void)context, (void)address, (void)to, (void)size;
	return false;
}

static void unreadable(void **state)
{
	(void)state;
	held_read(&held, IMAGE_BASE, nothing, NULL);
	assert_int_equal(held.state, HELD_UNREADABLE);
	image_make(&image, "8080");
	held_read(&held, IMAGE_BASE + 1, image_read, &image);
	assert_int_equal(held.state, HELD_UNKNOWN);
}

static void key_is_not_kept(void **state)
{
	(void)state;
	image_make(&image, "8080");
	image.kept.settings.pool.key = (struct siphash_key){0x1122334455667788, 0x99aabbccddeeff00};
	assert_int_equal(seen(), HELD_ACTIVE);
	assert_null(memmem(&held, sizeof held, &image.kept.settings.pool.key, 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_it_is),   cmocka_unit_test(states),          cmocka_unit_test(damaged),
	    cmocka_unit_test(unreadable), cmocka_unit_test(key_is_not_kept),
	};

	return cmocka_run_group_tests_name("held", tests, NULL, NULL);
}
