/* SPDX-License-Identifier: MIT */
/* Settings: the key of the synthetic addresses. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "config/settings.h"
#include "peers/boot_key.h"

static const char *key_text, *pool_text;

static const char *lookup(const void *context, const char *name)
{
	static char allow[] = "8080", value[64];
	const char *found = strcmp(name, "DUALBIND_KEY") == 0    ? key_text
			    : strcmp(name, "DUALBIND_POOL") == 0 ? pool_text
								 : NULL;

	(void)context;
	if (strcmp(name, "DUALBIND_ALLOW") == 0)
		return allow;
	return found ? strcpy(value, found) : NULL;
}

static struct siphash_key key_of(const char *text)
{
	static struct settings settings;

	key_text = text;
	memset(&settings, 0, sizeof settings);
	assert_true(settings_read(&settings, lookup, NULL));
	return settings.pool.of_machine ? boot_key_get() : settings.pool.key;
}

static bool same_key(struct siphash_key one, struct siphash_key other)
{
	return one.low == other.low && one.high == other.high;
}

/* Any text is a key, the same one everywhere; without one it is the machine's,
 * which no other machine has. */
static void keys(void **state)
{
	static const char *const texts[] = {"a", "b", "ab", "ba", "A", "a ", "0", "correct horse battery staple"};
	struct siphash_key boot = key_of(NULL);

	(void)state;
	assert_true(same_key(key_of(""), boot));
	if (access("/proc/sys/kernel/random/boot_id", R_OK) == 0)
		assert_false(same_key(boot, (struct siphash_key){0, 0}));
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct siphash_key key = key_of(texts[i]);

		assert_true(same_key(key, key_of(texts[i])));
		assert_true(key.low != key.high);
		assert_false(same_key(key, boot));
		for (size_t other = 0; other < i; other++)
			assert_false(same_key(key, key_of(texts[other])));
	}
	/* SipHash-2-4 of the text, under the keys 1 and 2. */
	assert_true(key_of("a").low == UINT64_C(0xb756d69b679d63d1));
	assert_true(key_of("a").high == UINT64_C(0xafb38a205467721c));
	/* The pool's prefix is another question. */
	pool_text = "198.18.0.0/15";
	assert_true(key_of("a").low == UINT64_C(0xb756d69b679d63d1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(keys)};

	return cmocka_run_group_tests_name("settings: key", tests, NULL, NULL);
}
