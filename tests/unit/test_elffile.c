/* SPDX-License-Identifier: MIT */
/* ELF files: real ones, ones made by hand, cut ones, and garbage. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "inspect/elffile.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { IMAGE_BYTES = 4096 };

/* A file in memory that holds the SIZE bytes at IMAGE. */
static int file_of(const void *image, size_t size)
{
	int file = memfd_create("elf", MFD_CLOEXEC);

	assert_true(file >= 0);
	assert_int_equal(write(file, image, size), size);
	return file;
}

static enum elf_kind read_image(const void *image, size_t size, struct elf *elf)
{
	int file = file_of(image, size);
	enum elf_kind kind = elf_read(file, elf);

	close(file);
	return kind;
}

static enum elf_kind read_path(const char *path, struct elf *elf)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	enum elf_kind kind;

	assert_true(file >= 0);
	kind = elf_read(file, elf);
	assert_int_equal(lseek(file, 0, SEEK_CUR), 0);
	close(file);
	return kind;
}

static void put(unsigned char *at, uint64_t value, unsigned size, bool big)
{
	for (unsigned i = 0; i < size; i++)
		at[big ? size - 1 - i : i] = (unsigned char)(value >> 8 * i);
}

struct part {
	unsigned type, flags, offset, size;
};

/* A program of that class and byte order, with these headers. */
static void make(unsigned char image[IMAGE_BYTES], unsigned bits, bool big, const struct part *parts, size_t count)
{
	bool wide = bits == 64;
	unsigned header = wide ? 64 : 52, each = wide ? 56 : 32, word = wide ? 8 : 4;

	memset(image, 0, IMAGE_BYTES);
	memcpy(image, "\177ELF", 4);
	image[4] = wide ? 2 : 1;
	image[5] = big ? 2 : 1;
	image[6] = 1;
	put(image + 16, 3, 2, big);
	put(image + 18, wide ? 62 : 8, 2, big);
	put(image + (wide ? 32 : 28), header, word, big);
	put(image + (wide ? 54 : 42), each, 2, big);
	put(image + (wide ? 56 : 44), count, 2, big);
	for (size_t i = 0; i < count; i++) {
		unsigned char *at = image + header + i * each;

		put(at, parts[i].type, 4, big);
		put(at + (wide ? 4 : 24), parts[i].flags, 4, big);
		put(at + (wide ? 8 : 4), parts[i].offset, word, big);
		put(at + (wide ? 32 : 16), parts[i].size, word, big);
	}
}

enum { LOAD = 1, INTERP = 3, NOTE = 4, WRITABLE = 6, READABLE = 4 };
enum { PLACE = 1024, DATA = 2048 };

static void real_files(void **state)
{
	struct elf elf, own;

	(void)state;
	assert_int_equal(read_path("/proc/self/exe", &own), ELF_SOUND);
	assert_int_equal(own.bits, 8 * sizeof(void *));
	assert_int_equal(own.libc, ELF_GLIBC);
	assert_false(own.go);
	assert_false(own.big_endian);
	assert_int_equal(read_path("/bin/sh", &elf), ELF_SOUND);
	assert_true(elf_agree(&own, &elf));
	assert_true(elf.libc == ELF_GLIBC || elf.libc == ELF_MUSL);
	assert_int_equal(read_path("/etc/passwd", &elf), ELF_NONE);
	assert_int_equal(read_path("/dev/null", &elf), ELF_NONE);
	assert_int_equal(read_path("/", &elf), ELF_NONE);
}

static void loaders(void **state)
{
	static const struct {
		const char *path;
		enum elf_libc libc;
	} rows[] = {{"/lib64/ld-linux-x86-64.so.2", ELF_GLIBC},
		    {"/lib/ld-linux-aarch64.so.1", ELF_GLIBC},
		    {"/nix/store/x-glibc-2.38/lib/ld-linux-x86-64.so.2", ELF_GLIBC},
		    {"/lib/ld.so.1", ELF_GLIBC},
		    {"/lib64/ld64.so.2", ELF_GLIBC},
		    {"/lib/ld-musl-x86_64.so.1", ELF_MUSL},
		    {"ld-musl-aarch64.so.1", ELF_MUSL},
		    {"/system/bin/linker64", ELF_OTHER_LIBC},
		    {"/lib/ld-uClibc.so.0", ELF_OTHER_LIBC},
		    {"/", ELF_OTHER_LIBC}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (elf_libc_of(rows[i].path) != rows[i].libc)
			fail_msg("%s", rows[i].path);
}

/* Each class, each byte order. */
static void classes(void **state)
{
	static const char loader[] = "/lib/ld-musl-mips.so.1";
	const struct part parts[] = {{LOAD, READABLE, 0, 512}, {INTERP, READABLE, PLACE, sizeof loader}};
	unsigned char image[IMAGE_BYTES];
	struct elf elf, little;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		make(image, i & 1 ? 64 : 32, i & 2, parts, COUNT(parts));
		memcpy(image + PLACE, loader, sizeof loader);
		assert_int_equal(read_image(image, sizeof image, &elf), ELF_SOUND);
		assert_int_equal(elf.bits, i & 1 ? 64 : 32);
		assert_int_equal(elf.big_endian, i >> 1);
		assert_int_equal(elf.machine, i & 1 ? 62 : 8);
		assert_int_equal(elf.libc, ELF_MUSL);
		assert_string_equal(elf.loader, loader);
		if (i == 1)
			little = elf;
		else if (i == 3)
			assert_false(elf_agree(&elf, &little));
		make(image, i & 1 ? 64 : 32, i & 2, parts, 1);
		assert_int_equal(read_image(image, sizeof image, &elf), ELF_SOUND);
		assert_int_equal(elf.libc, ELF_NO_LIBC);
	}
	assert_string_equal(elf_machine(&little), "x86-64, 64 bits");
}

static void put_note(unsigned char *at, const char *name, unsigned size, unsigned type, unsigned rest, bool big)
{
	put(at, size, 4, big);
	put(at + 4, rest, 4, big);
	put(at + 8, type, 4, big);
	memcpy(at + 12, name, size);
}

/* The note counts by its name and type, wherever it stands among others. */
static void go_notes(void **state)
{
	const struct part parts[] = {{NOTE, READABLE, PLACE, 256}};
	unsigned char image[IMAGE_BYTES];
	struct elf elf;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		bool big = i & 2;

		make(image, i & 1 ? 64 : 32, big, parts, COUNT(parts));
		put_note(image + PLACE, "GNU", 4, 4, 20, big);
		assert_int_equal(read_image(image, sizeof image, &elf), ELF_SOUND);
		assert_false(elf.go);
		put_note(image + PLACE + 36, "Go\0", 4, 4, 83, big);
		assert_int_equal(read_image(image, sizeof image, &elf), ELF_SOUND);
		assert_true(elf.go);
		put_note(image + PLACE + 36, "Go\0", 4, 5, 83, big);
		assert_int_equal(read_image(image, sizeof image, &elf), ELF_SOUND);
		assert_false(elf.go);
	}
	/* Lengths that lead out of the segment, or nowhere. */
	make(image, 64, false, parts, COUNT(parts));
	memset(image + PLACE, 0xff, 256);
	assert_int_equal(read_image(image, sizeof image, &elf), ELF_SOUND);
	memset(image + PLACE, 0, 256);
	assert_int_equal(read_image(image, sizeof image, &elf), ELF_SOUND);
	assert_false(elf.go);
}

/* Build information counts in data that can be written, on a multiple of 16. */
static void go_build_info(void **state)
{
	static const char magic[] = "\xff Go buildinf:";
	struct part parts[] = {{LOAD, WRITABLE, DATA, IMAGE_BYTES - DATA}};
	static const struct {
		unsigned flags, offset;
		bool go;
	} rows[] = {{WRITABLE, 0, true},
		    {WRITABLE, 512, true},
		    {WRITABLE, 2032, true},
		    {WRITABLE, 8, false},
		    {READABLE, 0, false}};
	unsigned char image[IMAGE_BYTES];
	struct elf elf;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		parts[0].flags = rows[i].flags;
		make(image, 64, false, parts, COUNT(parts));
		memcpy(image + DATA + rows[i].offset, magic, sizeof magic - 1);
		assert_int_equal(read_image(image, sizeof image, &elf), ELF_SOUND);
		if (elf.go != rows[i].go)
			fail_msg("row %zu", i);
	}
}

/* As much data is looked at, in however many parts. */
static void data_is_bounded(void **state)
{
	static const char magic[] = "\xff Go buildinf:";
	const unsigned big = 8 << 20;
	const struct part first[] = {{LOAD, WRITABLE, big, 4096}, {LOAD, WRITABLE, 0, big}},
			  last[] = {{LOAD, WRITABLE, 0, big}, {LOAD, WRITABLE, big, 4096}};
	unsigned char image[IMAGE_BYTES];
	int file = memfd_create("elf", MFD_CLOEXEC);
	struct elf elf;

	(void)state;
	assert_int_equal(ftruncate(file, big + 4096), 0);
	assert_int_equal(pwrite(file, magic, sizeof magic - 1, big), sizeof magic - 1);
	make(image, 64, false, first, COUNT(first));
	assert_int_equal(pwrite(file, image, 512, 0), 512);
	assert_int_equal(elf_read(file, &elf), ELF_SOUND);
	assert_true(elf.go);
	make(image, 64, false, last, COUNT(last));
	assert_int_equal(pwrite(file, image, 512, 0), 512);
	assert_int_equal(elf_read(file, &elf), ELF_SOUND);
	assert_false(elf.go);
	close(file);
}

static void broken_ones(void **state)
{
	static const char loader[] = "/lib64/ld-linux-x86-64.so.2";
	const struct part parts[] = {{INTERP, READABLE, PLACE, sizeof loader}};
	/* Byte, its value, what it breaks. */
	static const struct {
		unsigned at;
		unsigned char value;
	} rows[] = {{4, 0},   {4, 3},  {5, 0},  {5, 3},     {16, 1}, {16, 4},
		    {54, 55}, {56, 0}, {57, 2}, {39, 0x7f}, {38, 1}};
	unsigned char image[IMAGE_BYTES];
	struct elf elf;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		make(image, 64, false, parts, COUNT(parts));
		memcpy(image + PLACE, loader, sizeof loader);
		assert_int_equal(read_image(image, sizeof image, &elf), ELF_SOUND);
		image[rows[i].at] = rows[i].value;
		if (read_image(image, sizeof image, &elf) != ELF_BROKEN)
			fail_msg("row %zu", i);
	}
	/* A loader without its zero, an empty one, one beyond the end. */
	make(image, 64, false, parts, COUNT(parts));
	memset(image + PLACE, 'x', sizeof loader);
	assert_int_equal(read_image(image, sizeof image, &elf), ELF_BROKEN);
	assert_int_equal(read_image(image, PLACE + 8, &elf), ELF_BROKEN);
	memset(image + PLACE, '\0', sizeof loader);
	assert_int_equal(read_image(image, sizeof image, &elf), ELF_BROKEN);
	put(image + 64 + 32, 1, 8, false);
	assert_int_equal(read_image(image, sizeof image, &elf), ELF_BROKEN);
	put(image + 64 + 32, UINT64_MAX, 8, false);
	assert_int_equal(read_image(image, sizeof image, &elf), ELF_BROKEN);
}

/* A real program, cut at each length of its first part: never sound before its
 * headers are whole, and never a fault. */
static void cut_ones(void **state)
{
	static unsigned char image[65536];
	int file = open("/bin/sh", O_RDONLY | O_CLOEXEC);
	ssize_t size = read(file, image, sizeof image);
	struct elf elf;

	(void)state;
	assert_true(size > 2048);
	close(file);
	for (size_t length = 0; length < 2048; length++) {
		enum elf_kind kind = read_image(image, length, &elf);

		if (length < 4 ? kind != ELF_NONE : length < 120 && kind != ELF_BROKEN)
			fail_msg("%zu bytes: %d", length, kind);
	}
}

/* Garbage behind a true magic number, and a real program with bytes changed.
 * The generator is a fixed one: what fails, fails again. */
static void garbage(void **state)
{
	static unsigned char real[8192], image[8192];
	int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	uint64_t random = 1;
	struct elf elf;

	(void)state;
	assert_int_equal(read(file, real, sizeof real), sizeof real);
	close(file);
	for (unsigned round = 0; round < 4000; round++) {
		memcpy(image, real, sizeof image);
		for (unsigned i = 0; i < (round % 2 ? 8 : sizeof image); i++) {
			random = random * 6364136223846793005U + 1442695040888963407U;
			image[round % 2 ? (random >> 33) % 1024 : i] = (unsigned char)(random >> 56);
		}
		memcpy(image, "\177ELF", 4);
		if (round % 2 == 0) {
			image[4] = (unsigned char)(1 + round / 2 % 2);
			image[5] = (unsigned char)(1 + round / 4 % 2);
		}
		assert_int_not_equal(read_image(image, sizeof image, &elf), ELF_NONE);
		assert_non_null(memchr(elf.loader, '\0', sizeof elf.loader));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(real_files),  cmocka_unit_test(loaders),       cmocka_unit_test(classes),
	    cmocka_unit_test(go_notes),    cmocka_unit_test(go_build_info), cmocka_unit_test(data_is_bounded),
	    cmocka_unit_test(broken_ones), cmocka_unit_test(cut_ones),      cmocka_unit_test(garbage),
	};

	return cmocka_run_group_tests_name("elf files", tests, NULL, NULL);
}
