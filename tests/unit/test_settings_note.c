/* SPDX-License-Identifier: MIT */
/* The note by which `dualbind check PID` finds the settings: in this program, which has it. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "config/settings.h"
#include "inspect/held.h"

#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool read_memory(void *context, uint64_t address, void *to, size_t size)
{
	return pread(*(int *)context, to, size, (off_t)address) == (ssize_t)size;
}

/* The beginning of the file that has the settings: the lowest part that is mapped. */
static int find_base(struct dl_phdr_info *info, size_t size, void *context)
{
	const uintptr_t wanted = (uintptr_t)&settings_kept;
	uint64_t *base = context;
	bool found = false;

	(void)size;
	*base = UINT64_MAX;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + part->p_vaddr;

		if (part->p_type != PT_LOAD)
			continue;
		*base = start < *base ? start : *base;
		found = found || (wanted >= start && wanted < start + part->p_memsz);
	}
	return found;
}

static struct held found(void)
{
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	struct held held;
	uint64_t base;

	assert_true(memory >= 0);
	assert_int_equal(dl_iterate_phdr(find_base, &base), 1);
	held_read(&held, base, read_memory, &memory);
	close(memory);
	return held;
}

static void it_leads_to_the_settings(void **state)
{
	struct held held = found();

	(void)state;
	assert_int_equal(held.state, HELD_UNREAD);
	setenv("DUALBIND_ALLOW", "8080 127.0.0.1:81/udp none@82", 1);
	setenv("DUALBIND_POOL", "198.18.0.0/15", 1);
	setenv("DUALBIND_PEERS", "native", 1);
	assert_non_null(settings_get());
	held = found();
	assert_int_equal(held.state, HELD_ACTIVE);
	assert_true(held.native_peers);
	assert_int_equal(held.pool_network, 0xc6120000);
	assert_int_equal(held.pool_length, 15);
	assert_int_equal(held.allow.count, 2); /* the entries for this program */
	assert_int_equal(held.allow.entries[0].low, 8080);
	assert_int_equal(held.allow.entries[1].addresses, ALLOW_LOOPBACK4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(it_leads_to_the_settings)};

	return cmocka_run_group_tests_name("settings_note", tests, NULL, NULL);
}
