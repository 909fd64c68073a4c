/* SPDX-License-Identifier: MIT */
/* ELF files, of which nothing is trusted. */
#define _GNU_SOURCE
#include "fuzz.h"

#include "inspect/elffile.h"
#include "inspect/language.h"
#include "inspect/own_calls.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct elf elf, other;
	static int file = -1;
	enum elf_kind kind;

	if (file < 0)
		file = memfd_create("program", MFD_CLOEXEC);
	must(ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == (ssize_t)size);
	memset(&elf, 0x55, sizeof elf);
	kind = elf_read(file, &elf);
	must(lseek(file, 0, SEEK_CUR) == 0);
	must(kind == ELF_NONE || (size >= 4 && memcmp(data, "\177ELF", 4) == 0));
	if (kind == ELF_SOUND) {
		must(elf.bits == 32 || elf.bits == 64);
		must(memchr(elf.loader, '\0', sizeof elf.loader) != NULL);
		must((elf.libc == ELF_NO_LIBC) == (elf.loader[0] == '\0'));
		must(elf.libc == elf_libc_of(elf.loader) || elf.loader[0] == '\0');
		must(elf_machine(&elf)[0] != '\0' && elf_libc_name(elf.libc) != NULL);
		must(elf_agree(&elf, &elf));
		must(calls_of(file, &elf) == CALLS_BY_LIBRARY || elf.bits == 64);
		must(elf.go == (language_of(file, &elf) == LANGUAGE_GO));
		memset(&other, 0, sizeof other);
		must(elf_read(file, &other) == kind && elf_agree(&elf, &other));
	}
	return 0;
}
