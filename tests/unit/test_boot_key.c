/* SPDX-License-Identifier: MIT */
/* The machine's key: from the boot id, or where that cannot be read, another one. Each
 * test is a process of its own, since a process takes one key. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "base/sys.h"
#include "peers/boot_key.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>

enum { THREADS = 4 };

static char boot_id[] = "/tmp/dualbind-boot-id-XXXXXX", log_path[] = "/tmp/dualbind-key-XXXXXX";
static int boot_id_error, random_error, auxv_error;
static unsigned opened;
static atomic_uint drawn, drawing, meeting; /* how many threads draw, and how many are waited for */

int __real_sys_openat(int directory, const char *path, int flags, mode_t mode);
int __wrap_sys_openat(int directory, const char *path, int flags, mode_t mode);
ssize_t __wrap_sys_getrandom(void *buffer, size_t size, unsigned flags);

static int failing(int error)
{
	errno = error;
	return -1;
}

int __wrap_sys_openat(int directory, const char *path, int flags, mode_t mode)
{
	if (strstr(path, "/boot_id") != NULL) {
		opened++;
		return boot_id_error != 0 ? failing(boot_id_error)
					  : __real_sys_openat(directory, boot_id, flags, mode);
	}
	if (strstr(path, "/auxv") != NULL && auxv_error != 0)
		return failing(auxv_error);
	return __real_sys_openat(directory, path, flags, mode);
}

/* Another one each time. All of the threads are here before the first is answered. */
ssize_t __wrap_sys_getrandom(void *buffer, size_t size, unsigned flags)
{
	unsigned number = atomic_fetch_add(&drawing, 1);

	assert_int_equal(flags, 1); /* never to wait */
	drawn++;
	if (random_error != 0)
		return random_error > 0 ? failing(random_error) : 3;
	for (int tries = 0; atomic_load(&drawing) < atomic_load(&meeting) && tries < 1000000; tries++)
		sched_yield();
	memset(buffer, (int)(0x11 * (number + 1)), size);
	return (ssize_t)size;
}

static void write_boot_id(const char *text)
{
	FILE *file = fopen(boot_id, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

/* What FUNCTION finds in a fresh process. */
static void apart(void (*function)(void))
{
	int status;
	pid_t child;

	assert_int_equal(truncate(log_path, 0), 0);
	child = fork();
	if (child == 0) {
		function();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static bool is_key(struct siphash_key key, uint64_t low, uint64_t high)
{
	return key.low == low && key.high == high;
}

/* Lines of the log, and whether they say that the key can be guessed. */
static void expect_log(unsigned lines, bool guessed)
{
	char text[4096];
	FILE *file = fopen(log_path, "r");
	size_t size = fread(text, 1, sizeof text - 1, file);
	unsigned seen = 0;

	text[size] = '\0';
	fclose(file);
	for (size_t i = 0; i < size; i++)
		seen += text[i] == '\n';
	if (seen != lines || (strstr(text, "getrandom(2) fails") != NULL) != guessed ||
	    (lines > 0 && strstr(text, "DUALBIND_KEY") == NULL))
		_exit(1);
}

static void read_once(void)
{
	struct siphash_key key;

	boot_key_prepare();
	key = boot_key_get();
	if (!is_key(key, UINT64_C(0x0123456789ab4cde), UINT64_C(0x8f01234567ABCDEF)) || drawn != 0 || opened != 1)
		_exit(1);
	boot_id_error = ENOENT;
	key = boot_key_get();
	if (!is_key(key, UINT64_C(0x0123456789ab4cde), UINT64_C(0x8f01234567ABCDEF)))
		_exit(2);
	expect_log(0, false);
}

static void the_boot_id(void **state)
{
	(void)state;
	write_boot_id("01234567-89ab-4cde-8f01-234567ABCDEF\n");
	apart(read_once);
}

static void expect_drawn(void)
{
	struct siphash_key key;

	boot_key_prepare();
	boot_key_prepare();
	key = boot_key_get();
	if (!is_key(key, UINT64_C(0x1111111111111111), UINT64_C(0x1111111111111111)) || drawn != 1)
		_exit(1);
	expect_log(1, false);
}

static void no_boot_id(void **state)
{
	static const int errors[] = {ENOENT, EACCES, EPERM};
	static const char *const texts[] = {
	    "",
	    "\n",
	    "01234567-89ab-4cde-8f01-234567abcde",
	    "0123456789ab4cde8f01234567abcdef0123",
	    "01234567-89ab-4cde-8f01-234567abcdeg\n",
	    "01234567-89ab-4cde-8f010234567abcdef\n",
	    "00000000-0000-0000-0000-000000000000\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		write_boot_id(texts[i]);
		apart(expect_drawn);
	}
	for (size_t i = 0; i < COUNT(errors); i++) {
		boot_id_error = errors[i];
		apart(expect_drawn);
	}
	boot_id_error = 0;
}

/* In a pipe, since two processes are to differ. */
static int answers[2];

static void tell_gathered(void)
{
	struct siphash_key key;

	key = boot_key_get();
	if (write(answers[1], &key, sizeof key) != sizeof key)
		_exit(1);
	expect_log(1, true);
}

static void nothing_random(void **state)
{
	static const int errors[] = {ENOSYS, EPERM, EAGAIN, -1};
	struct siphash_key keys[2 * COUNT(errors)];

	(void)state;
	boot_id_error = ENOENT;
	assert_int_equal(pipe(answers), 0);
	for (size_t i = 0; i < COUNT(keys); i++) {
		random_error = errors[i / 2];
		auxv_error = i % 2 ? ENOENT : 0;
		apart(tell_gathered);
		assert_int_equal(read(answers[0], &keys[i], sizeof *keys), sizeof *keys);
		assert_true(keys[i].low != 0 && keys[i].high != 0 && keys[i].low != keys[i].high);
		for (size_t other = 0; other < i; other++)
			assert_false(is_key(keys[i], keys[other].low, keys[other].high));
	}
	close(answers[0]);
	close(answers[1]);
	boot_id_error = random_error = auxv_error = 0;
}

/* At the limit of descriptors: it is taken when one is free again, unless it is needed. */
static void come_again(void)
{
	struct siphash_key key;

	boot_key_prepare();
	if (drawn != 0)
		_exit(1);
	boot_id_error = 0;
	key = boot_key_get();
	if (!is_key(key, UINT64_C(0x0123456789ab4cde), UINT64_C(0x8f01234567abcdef)))
		_exit(2);
	expect_log(0, false);
}

static void no_descriptor(void **state)
{
	static const int errors[] = {EMFILE, ENFILE};

	(void)state;
	write_boot_id("01234567-89ab-4cde-8f01-234567abcdef\n");
	for (size_t i = 0; i < COUNT(errors); i++) {
		boot_id_error = errors[i];
		apart(come_again);
	}
	boot_id_error = 0;
}

static void *take(void *key)
{
	*(struct siphash_key *)key = boot_key_get();
	return NULL;
}

static void all_at_once(void)
{
	struct siphash_key keys[THREADS];
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, take, &keys[i]);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < THREADS; i++)
		if (!is_key(keys[i], keys[0].low, keys[0].high))
			_exit(1);
	if (drawn != THREADS)
		_exit(2);
	expect_log(1, false);
}

static void threads(void **state)
{
	(void)state;
	boot_id_error = ENOENT;
	meeting = THREADS;
	for (int i = 0; i < 20; i++)
		apart(all_at_once);
	meeting = 0;
	boot_id_error = 0;
}

static void needs_none(void)
{
	setenv("DUALBIND_KEY", "secret", 1);
	boot_key_prepare();
	if (opened != 0 || drawn != 0)
		_exit(1);
	expect_log(0, false);
}

static void another_key(void **state)
{
	(void)state;
	apart(needs_none);
}

static int start(void **state)
{
	char log[64];

	(void)state;
	close(mkstemp(boot_id));
	close(mkstemp(log_path));
	snprintf(log, sizeof log, "info:%s", log_path);
	setenv("DUALBIND_LOG", log, 1);
	return setenv("DUALBIND_ALLOW", "*", 1);
}

static int end(void **state)
{
	(void)state;
	return unlink(boot_id) | unlink(log_path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_boot_id),   cmocka_unit_test(no_boot_id), cmocka_unit_test(nothing_random),
	    cmocka_unit_test(no_descriptor), cmocka_unit_test(threads),    cmocka_unit_test(another_key),
	};

	return cmocka_run_group_tests_name("key", tests, start, end);
}
