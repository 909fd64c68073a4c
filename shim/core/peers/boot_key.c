/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "peers/boot_key.h"

#include "base/procfs.h"
#include "base/sys.h"
#include "config/settings.h"
#include "process/target.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

enum { UUID_BYTES = 36, HALF_DIGITS = 16, RANDOM_BYTES = 16 };

/* GRND_NONBLOCK, of newer C libraries' sys/random.h. */
enum { NO_WAIT = 1 };

/* 0: not set yet. */
static _Atomic uint64_t halves[2];

struct halves {
	uint64_t of[2];
};

static bool is_hyphen_at(unsigned at)
{
	return at == 8 || at == 13 || at == 18 || at == 23;
}

/* False if TEXT is not a UUID (RFC 9562), or all zeros. */
static bool parse(struct halves *key, const char *text)
{
	unsigned digits = 0;
	uint64_t digit;

	for (unsigned at = 0; at < UUID_BYTES; at++) {
		char one[2] = {text[at], '\0'};

		if (is_hyphen_at(at)) {
			if (text[at] != '-')
				return false;
			continue;
		}
		if (!procfs_digits(one, 16, &digit))
			return false;
		key->of[digits / HALF_DIGITS] = key->of[digits / HALF_DIGITS] << 4 | digit;
		digits++;
	}
	return key->of[0] != 0 || key->of[1] != 0;
}

static bool read_boot_id(struct halves *key)
{
	char text[UUID_BYTES + 1];

	if (procfs_text(AT_FDCWD, "/proc/sys/kernel/random/boot_id", "", text, sizeof text) < 0)
		return false;
	if (parse(key, text))
		return true;
	errno = 0; /* a descriptor was free */
	return false;
}

/* The random bytes that the kernel gives to each process that it starts (AT_RANDOM,
 * getauxval(3)). */
static void read_own_random(uint8_t bytes[RANDOM_BYTES])
{
	int file = procfs_open_own("/auxv", 0);
	unsigned long entry[2];

	if (file < 0)
		return;
	while (sys_read(file, entry, sizeof entry) == sizeof entry && entry[0] != AT_NULL)
		if (entry[0] == AT_RANDOM)
			memcpy(bytes, (const void *)entry[1], RANDOM_BYTES); /* NOLINT(performance-no-int-to-ptr) */
	sys_close(file);
}

/* Adds what else differs between processes. */
static void gather(struct halves *key)
{
	static const struct siphash_key low = {1, 0}, high = {2, 0};
	struct {
		uint8_t random[RANDOM_BYTES];
		struct timespec clocks[2];
		const void *addresses[2];
	} all;

	memset(&all, 0, sizeof all);
	read_own_random(all.random);
	sys_call(SYS_clock_gettime, CLOCK_REALTIME, &all.clocks[0]);
	sys_call(SYS_clock_gettime, CLOCK_MONOTONIC, &all.clocks[1]);
	all.addresses[0] = &all;
	all.addresses[1] = halves;
	*key = (struct halves){{siphash(low, &all, sizeof all), siphash(high, &all, sizeof all)}};
}

enum source { MACHINE, RANDOM, GATHERED };

static void report(enum source source)
{
	const struct settings *settings = settings_get();
	struct strbuf line;

	if (settings == NULL || settings->log.level < LOG_INFO || settings->native_peers)
		return;
	log_begin(&line, target_pid());
	strbuf_add(&line,
		   " the machine's boot id cannot be read: IPv6 clients are shown differently in each process"
		   " that does not descend from this one; ");
	if (source == GATHERED)
		strbuf_add(&line, "getrandom(2) fails too, so the key is one that might be guessed; ");
	strbuf_add(&line, "DUALBIND_KEY makes it one key");
	log_send(&settings->log, &line);
}

/* Two threads may do this at once with different random keys: each half is set by the thread
 * that comes first. True if this thread has set the first half. */
static bool publish(const struct halves *key)
{
	bool first = false;

	for (int i = 0; i < 2; i++) {
		uint64_t none = 0;
		bool done = atomic_compare_exchange_strong(&halves[i], &none, key->of[i] != 0 ? key->of[i] : 1);

		if (i == 0)
			first = done;
	}
	return first;
}

static bool is_there(void)
{
	return atomic_load_explicit(&halves[0], memory_order_relaxed) != 0 &&
	       atomic_load_explicit(&halves[1], memory_order_relaxed) != 0;
}

/* If there is no descriptor free to read it, a call without NOW leaves it for later. errno is read only after a
 * failure: the thread may have none (hook_syscall.c). */
static void take(bool now)
{
	struct halves key = {{0, 0}};
	enum source source = MACHINE;

	if (!read_boot_id(&key)) {
		if (!now && (errno == EMFILE || errno == ENFILE))
			return;
		source = sys_getrandom(key.of, sizeof key.of, NO_WAIT) == sizeof key.of ? RANDOM : GATHERED;
	}
	if (source == GATHERED)
		gather(&key);
	if (publish(&key) && source != MACHINE)
		report(source);
}

void boot_key_prepare(void)
{
	const struct settings *settings = target_is_self() ? settings_get() : NULL;

	if (settings != NULL && settings->pool.of_machine && !is_there())
		take(false);
}

struct siphash_key boot_key_get(void)
{
	if (!is_there())
		take(true);
	return (struct siphash_key){atomic_load_explicit(&halves[0], memory_order_relaxed),
				    atomic_load_explicit(&halves[1], memory_order_relaxed)};
}
