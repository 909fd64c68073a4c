#include "key.h"

#include "proc.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { UUID_BYTES = 36, HEX_DIGITS = 16 };

/* Whoever reads it reads the same: two threads may write it at once. */
static _Atomic uint64_t halves[2];
static atomic_bool is_there;

static void take(const char *text)
{
	uint64_t read[2] = {0, 0}, digit;
	unsigned digits = 0;

	for (; *text != '\0'; text++) {
		char one[2] = {*text, '\0'};

		if (digits < 2 * HEX_DIGITS && proc_digits(one, 16, &digit)) {
			read[digits / HEX_DIGITS] = read[digits / HEX_DIGITS] << 4 | digit;
			digits++;
		}
	}
	for (int i = 0; i < 2; i++)
		atomic_store_explicit(&halves[i], read[i], memory_order_relaxed);
	atomic_store_explicit(&is_there, true, memory_order_release);
}

static void read_key(void)
{
	char text[UUID_BYTES + 1] = "";
	int saved = errno, file = proc_open(AT_FDCWD, "/proc/sys/kernel/random/boot_id", "", 0);

	if (file >= 0) {
		if (sys_read(file, text, UUID_BYTES) == UUID_BYTES)
			take(text);
		sys_close(file);
	}
	errno = saved;
}

void key_prepare(void)
{
	if (!atomic_load_explicit(&is_there, memory_order_acquire))
		read_key();
}

struct siphash_key key_of_machine(void)
{
	key_prepare();
	return (struct siphash_key){atomic_load_explicit(&halves[0], memory_order_relaxed),
				    atomic_load_explicit(&halves[1], memory_order_relaxed)};
}
