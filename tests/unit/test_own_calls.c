/* SPDX-License-Identifier: MIT */
/* Whether a program makes system calls of its own: by its code, in files that are made here. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "inspect/own_calls.h"

#include <linux/elf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BYTES(text) text, sizeof(text) - 1

enum { CODE = 0x1000, PAGE = 64 << 10 };

/* x86-64 */
static const char sets_bind[] = "\xb8\x31\0\0\0\x48\x89\xc7\x0f\x05", sets_listen[] = "\x6a\x32\x58\x0f\x05",
		  function[] = "\x48\x89\xf8\x48\x89\xf7\x0f\x05\x48\x3d\x01\xf0\xff\xff",
		  hands_on[] = "\xbf\x31\0\0\0\x89\xc6\xe8\x10\x20\0\0";
/* aarch64: mov w8, #200; svc #0 and mov x8, x0; svc #0 and mov w0, #201; bl */
static const uint32_t arm_bind[] = {0x52801908, 0xd503201f, 0xd4000001},
		      arm_function[] = {0xaa0003e8, 0xaa0103e0, 0xd4000001},
		      arm_hands_on[] = {0x52801920, 0x94000010};

struct file {
	int fd;
	struct elf elf;
};

static void put(const struct file *file, const void *bytes, size_t size, size_t at)
{
	assert_int_equal(pwrite(file->fd, bytes, size, (off_t)at), size);
}

/* A program of MACHINE with SIZE bytes of code, all zero, that imports NAME. */
static struct file begin(uint16_t machine, size_t size, const char *name)
{
	struct file file = {.fd = memfd_create("program", MFD_CLOEXEC)};
	Elf64_Ehdr header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1},
			     .e_type = ET_DYN,
			     .e_machine = machine,
			     .e_phoff = 64,
			     .e_phentsize = sizeof(Elf64_Phdr),
			     .e_phnum = 1,
			     .e_shoff = 256,
			     .e_shentsize = sizeof(Elf64_Shdr),
			     .e_shnum = 3};
	Elf64_Phdr part = {.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_offset = CODE, .p_filesz = size};
	Elf64_Shdr symbols = {.sh_type = SHT_DYNSYM,
			      .sh_offset = 512,
			      .sh_size = 2 * sizeof(Elf64_Sym),
			      .sh_link = 2},
		   strings = {.sh_type = SHT_STRTAB, .sh_offset = 640, .sh_size = 64};
	Elf64_Sym symbol = {.st_name = 1};

	assert_true(file.fd >= 0);
	assert_int_equal(ftruncate(file.fd, (off_t)(CODE + size)), 0);
	put(&file, &header, sizeof header, 0);
	put(&file, &part, sizeof part, 64);
	put(&file, &symbols, sizeof symbols, 256 + sizeof symbols);
	put(&file, &strings, sizeof strings, 256 + 2 * sizeof strings);
	put(&file, &symbol, sizeof symbol, 512 + sizeof symbol);
	put(&file, name, strlen(name), 641);
	assert_int_equal(elf_read(file.fd, &file.elf), ELF_SOUND);
	return file;
}

static enum calls end(const struct file *file)
{
	enum calls calls = calls_of(file->fd, &file->elf);

	assert_int_equal(lseek(file->fd, 0, SEEK_CUR), 0);
	close(file->fd);
	return calls;
}

static enum calls found(uint16_t machine, const void *code, size_t size)
{
	struct file file = begin(machine, 512, "accept");

	put(&file, code, size, CODE + 128);
	return end(&file);
}

static enum calls found_both(uint16_t machine, const void *one, size_t size, const void *other, size_t other_size)
{
	struct file file = begin(machine, 4096, "accept");

	put(&file, one, size, CODE + 128);
	put(&file, other, other_size, CODE + 2048);
	return end(&file);
}

static void x86(void **state)
{
	(void)state;
	assert_int_equal(found(EM_X86_64, "", 0), CALLS_BY_LIBRARY);
	assert_int_equal(found(EM_X86_64, BYTES(sets_bind)), CALLS_BIND);
	assert_int_equal(found(EM_X86_64, BYTES(sets_listen)), CALLS_BIND);
	assert_int_equal(found(EM_X86_64, BYTES("\xb8\x30\0\0\0\x0f\x05")), CALLS_SOME);
	assert_int_equal(found(EM_X86_64, BYTES(function)), CALLS_SOME);
	assert_int_equal(found(EM_X86_64, BYTES(hands_on)), CALLS_BY_LIBRARY);
	assert_int_equal(found_both(EM_X86_64, BYTES(function), BYTES(hands_on)), CALLS_BIND);
	assert_int_equal(found_both(EM_X86_64, BYTES(hands_on), BYTES(function)), CALLS_BIND);
	/* Two such bytes of a longer instruction. */
	assert_int_equal(found_both(EM_X86_64, BYTES("\x48\x89\xf8\x0f\x05"), BYTES(hands_on)), CALLS_SOME);
	/* The number is too far away. */
	assert_int_equal(found_both(EM_X86_64, BYTES("\xb8\x31\0\0\0"), BYTES("\x0f\x05")), CALLS_SOME);
}

static void arm(void **state)
{
	(void)state;
	assert_int_equal(found(EM_AARCH64, arm_bind, sizeof arm_bind), CALLS_BIND);
	assert_int_equal(found(EM_AARCH64, &arm_bind[1], 8), CALLS_SOME);
	assert_int_equal(found(EM_AARCH64, arm_function, sizeof arm_function), CALLS_SOME);
	assert_int_equal(found(EM_AARCH64, arm_hands_on, sizeof arm_hands_on), CALLS_BY_LIBRARY);
	assert_int_equal(
	    found_both(EM_AARCH64, arm_function, sizeof arm_function, arm_hands_on, sizeof arm_hands_on),
	    CALLS_BIND);
	assert_int_equal(found(EM_X86_64, arm_bind, sizeof arm_bind), CALLS_BY_LIBRARY);
	assert_int_equal(found(EM_S390, arm_bind, sizeof arm_bind), CALLS_BY_LIBRARY);
}

/* Across each place where a chunk may end. */
static void anywhere(void **state)
{
	(void)state;
	for (size_t at = PAGE - 160; at < PAGE + 32; at++) {
		struct file one = begin(EM_X86_64, 3 * PAGE, "accept"), two = begin(EM_X86_64, 3 * PAGE, "accept");

		put(&one, BYTES(sets_bind), CODE + at);
		put(&two, BYTES(function), CODE + at);
		put(&two, BYTES(hands_on), CODE + PAGE + at);
		if (end(&one) != CALLS_BIND || end(&two) != CALLS_BIND)
			fail_msg("at %zu", at);
	}
}

static void is_bounded(void **state)
{
	struct file file = begin(EM_X86_64, CALLS_BYTES_MAX + PAGE, "accept");

	(void)state;
	put(&file, BYTES(sets_bind), (size_t)CODE + CALLS_BYTES_MAX + 100);
	assert_int_equal(end(&file), CALLS_BY_LIBRARY);
}

/* If the program calls the C library's bind, that is what counts. */
static void imports(void **state)
{
	static const char *const names[] = {"bind", "listen"}, *const others[] = {"bindtextdomain", "listener",
										  "bin"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct file file = begin(EM_X86_64, 512, names[i]);

		put(&file, BYTES(sets_bind), CODE + 128);
		assert_int_equal(end(&file), CALLS_BY_LIBRARY);
	}
	for (size_t i = 0; i < 3; i++) {
		struct file file = begin(EM_X86_64, 512, others[i]);

		put(&file, BYTES(sets_bind), CODE + 128);
		assert_int_equal(end(&file), CALLS_BIND);
	}
}

/* Cut anywhere, and with any byte of its tables changed, it is read to its end. */
static void damaged(void **state)
{
	static const unsigned char values[] = {0, 0x7f, 0xff};
	unsigned char bytes[CODE + 512];
	struct file whole = begin(EM_X86_64, 512, "accept");

	(void)state;
	put(&whole, BYTES(sets_bind), CODE + 128);
	assert_int_equal(pread(whole.fd, bytes, sizeof bytes, 0), sizeof bytes);
	for (size_t at = 0; at < 704; at++)
		for (size_t i = 0; i < sizeof values; i++) {
			put(&whole, &values[i], 1, at);
			calls_of(whole.fd, &whole.elf);
			put(&whole, &bytes[at], 1, at);
		}
	assert_int_equal(calls_of(whole.fd, &whole.elf), CALLS_BIND);
	for (off_t length = sizeof bytes; length >= 0; length -= length > 704 ? 64 : 1) {
		assert_int_equal(ftruncate(whole.fd, length), 0);
		if (length <= CODE + 128)
			assert_int_equal(calls_of(whole.fd, &whole.elf), CALLS_BY_LIBRARY);
	}
	whole.elf.bits = 32;
	assert_int_equal(end(&whole), CALLS_BY_LIBRARY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(x86),      cmocka_unit_test(arm),
					   cmocka_unit_test(anywhere), cmocka_unit_test(is_bounded),
					   cmocka_unit_test(imports),  cmocka_unit_test(damaged)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
