/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "inspect/program.h"

#include "inspect/exit_status.h"
#include "inspect/own_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The kernel reads this many bytes of a #! line. */
enum { LINE_BYTES = 256 };

static const char default_search[] = "/bin:/usr/bin";
static const char blanks[] = " \t";

static int fail(struct program *program, int status, const char *path, const char *why)
{
	snprintf(program->problem, sizeof program->problem, "%.*s: %s", PATH_MAX, path, why);
	return status;
}

/* 0, or the error that execve(2) would return for the file itself. */
static int executable(const char *path)
{
	struct stat status;

	if (stat(path, &status) != 0)
		return errno;
	if (S_ISDIR(status.st_mode))
		return EISDIR;
	if (!S_ISREG(status.st_mode) || faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) != 0)
		return EACCES;
	return 0;
}

static int explain(struct program *program, const char *path, int error)
{
	switch (error) {
	case 0:
		return STATUS_DONE;
	case ENOENT:
	case ENOTDIR:
		return fail(program, STATUS_NOT_FOUND, path, "there is no such file");
	case EISDIR:
		return fail(program, STATUS_NOT_EXECUTABLE, path, "this is a folder, not a program");
	case EACCES:
		return fail(program, STATUS_NOT_EXECUTABLE, path, "it may not be executed (chmod +x?)");
	default:
		return fail(program, STATUS_NOT_EXECUTABLE, path, strerror(error));
	}
}

static int explain_interpreter(struct program *program, const char *script, int error)
{
	int status = explain(program, program->file, error);

	if (status != STATUS_DONE)
		snprintf(program->problem, sizeof program->problem,
			 "%.2000s: its interpreter %.1900s cannot be executed: %s", script, program->file,
			 strerror(error));
	return status;
}

/* An empty part of PATH is the current folder. */
static int search_for(struct program *program, char found[PATH_MAX], const char *name, const char *search)
{
	int remembered = ENOENT;

	if (search == NULL)
		search = default_search;
	for (const char *part = search;; part++) {
		size_t length = strcspn(part, ":");
		int written = snprintf(found, PATH_MAX, "%.*s%s%s", (int)length, part, length ? "/" : "", name);
		int error = written < PATH_MAX ? executable(found) : ENAMETOOLONG;

		if (error == 0)
			return STATUS_DONE;
		/* EACCES may come from a folder that may not be searched: that does not count. */
		if (error == EACCES && access(found, F_OK) == 0)
			remembered = EACCES;
		part += length;
		if (*part == '\0')
			break;
	}
	if (remembered == EACCES)
		return fail(program, STATUS_NOT_EXECUTABLE, name, "found in PATH, but it may not be executed");
	return fail(program, STATUS_NOT_FOUND, name, "not found in PATH");
}

static int look_up(struct program *program, char found[PATH_MAX], const char *name, const char *search)
{
	if (strchr(name, '/') == NULL && name[0] != '\0')
		return search_for(program, found, name, search);
	if (snprintf(found, PATH_MAX, "%s", name) >= PATH_MAX)
		return fail(program, STATUS_NOT_FOUND, name, "the path is too long");
	return explain(program, found, executable(found));
}

const char *program_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* If INTERPRETER is env, in any folder, and with ARGUMENT starts a program from PATH: that program's name, in
 * ARGUMENT's own memory. */
static char *started_by_env(struct program *program, const char *interpreter, char *argument)
{
	static const char split[] = "--split-string=";
	char *word, *rest = argument;

	if (strcmp(program_base_name(interpreter), "env") != 0 || argument[0] == '\0')
		return NULL;
	if (argument[0] != '-') /* without -S the whole argument is one word */
		return argument;
	if (strncmp(rest, split, sizeof split - 1) == 0)
		rest += sizeof split - 1;
	else if (rest[1 + strspn(rest + 1, "iv0")] == 'S') {
		program->clean = program->clean || memchr(rest, 'i', strcspn(rest, "S")) != NULL;
		rest += strcspn(rest, "S") + 1;
	} else
		return NULL;
	while ((word = strtok_r(rest, blanks, &rest)) != NULL)
		if (strcmp(word, "-i") == 0 || strcmp(word, "-") == 0 || strcmp(word, "--ignore-environment") == 0)
			program->clean = true;
		else if (word[0] != '-' && strchr(word, '=') == NULL)
			return word;
	return NULL;
}

/* The interpreter in a line that starts with #!, in LINE's own memory, and the text
 * that follows it. */
static char *interpreter_of(char *line, char **argument)
{
	char *interpreter = line + 2 + strspn(line + 2, blanks);
	char *end = interpreter + strcspn(interpreter, blanks);
	size_t length;

	*argument = end;
	if (*end != '\0') {
		*end = '\0';
		*argument = end + 1 + strspn(end + 1, blanks);
	}
	for (length = strlen(*argument); length > 0 && strchr(blanks, (*argument)[length - 1]); length--)
		(*argument)[length - 1] = '\0';
	return interpreter;
}

/* For a file that is neither ELF nor starts with #!: if it is a text it is given to /bin/sh, once. */
static int text_or_nothing(struct program *program, const char *start, size_t length)
{
	size_t first = strcspn(start, "\n");

	if ((first < length && start[first] == '\0') || program->by_shell)
		return fail(program, STATUS_NOT_EXECUTABLE, program->file, "neither an ELF program nor a script");
	program->by_shell = true;
	snprintf(program->file, sizeof program->file, "/bin/sh");
	return explain(program, program->file, executable(program->file));
}

/* One step: 0 with *MORE if FILE was a script, and is now its interpreter. */
static int step(struct program *program, const char *search, unsigned *left, unsigned *envs, bool *more)
{
	char line[LINE_BYTES + 1] = "", *argument, *interpreter, *name, next[PATH_MAX], script[PATH_MAX];
	int file = open(program->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t length;

	*more = false;
	program->privilege = privilege_of(program->file); /* only the last file's count */
	if (file < 0) {
		program->unreadable = true;
		return STATUS_DONE;
	}
	program_inspect(program, file, program->file);
	length = pread(file, line, LINE_BYTES, 0);
	close(file);
	if (program->kind == ELF_SOUND)
		return STATUS_DONE;
	if (program->kind == ELF_BROKEN)
		return fail(program, STATUS_NOT_EXECUTABLE, program->file, "a damaged ELF file");
	*more = true;
	if (strncmp(line, "#!", 2) != 0)
		return text_or_nothing(program, line, length > 0 ? (size_t)length : 0);
	line[strcspn(line, "\n")] = '\0';
	interpreter = interpreter_of(line, &argument);
	if (interpreter[0] ==
	    '\0') /* the kernel refuses it (ENOEXEC), and execvp(3) and shells read it as a text */
		return text_or_nothing(program, "", 0);
	if ((*left)-- == 0)
		return fail(program, STATUS_NOT_EXECUTABLE, program->file,
			    "more than 5 #! lines lead from one to the next");
	program->scripts++;
	memcpy(script, program->file, sizeof script);
	name = started_by_env(program, interpreter, argument);
	snprintf(program->file, sizeof program->file, "%s", interpreter);
	if (name != NULL && *envs > 0 && executable(interpreter) == 0 &&
	    look_up(program, next, name, search) == STATUS_DONE) {
		--*envs;
		*left = PROGRAM_SCRIPTS_MAX;
		memcpy(program->file, next, sizeof next);
	}
	return explain_interpreter(program, script, executable(program->file));
}

int program_find(struct program *program, const char *name, const char *search)
{
	unsigned left = PROGRAM_SCRIPTS_MAX, envs = PROGRAM_ENV_MAX;
	bool more = true;
	int status;

	memset(program, 0, sizeof *program);
	program->name = name;
	status = look_up(program, program->path, name, search);
	memcpy(program->file, program->path, sizeof program->file);
	while (status == STATUS_DONE && more)
		status = step(program, search, &left, &envs, &more);
	return status;
}

bool program_has_rights(const char *name, const char *search)
{
	static struct program program; /* only to find out why it was not found */
	char found[PATH_MAX];

	return look_up(&program, found, name, search) == STATUS_DONE && privilege_of(found) != PRIVILEGE_NONE;
}

bool program_calls_library(const struct program *program)
{
	return program->unreadable || (!program->elf.go && program->elf.libc != ELF_NO_LIBC &&
				       program->elf.libc != ELF_OTHER_LIBC && !program->calls_kernel);
}

bool program_is_shell(const struct program *program)
{
	static const char *const names[] = {"sh", "bash", "dash", "ash", "ksh", "zsh", "busybox"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(program_base_name(program->file), names[i]) == 0)
			return true;
	return false;
}

/* A version may follow: python3.11. */
bool program_is_interpreter(const struct program *program)
{
	static const char *const names[] = {"python", "pypy", "node", "java", "perl", "ruby", "php"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strncmp(program_base_name(program->file), names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static bool loads_library(const struct program *program)
{
	return program->privilege == PRIVILEGE_NONE && !program->clean && !program->elf.go &&
	       (program->elf.libc == ELF_GLIBC || program->elf.libc == ELF_MUSL);
}

/* Code that calls the kernel for bind or listen is enough. In a language whose programs import bind if they use
 * the C library for it, code that makes any system call is enough (without optimization the number is passed in
 * memory, and is not seen). */
static void look_for_calls(struct program *program, int file)
{
	enum calls calls = calls_of(file, &program->elf);

	if (calls == CALLS_BY_LIBRARY)
		return;
	program->language = language_of(file, &program->elf);
	program->calls_kernel = calls == CALLS_BIND || program->language != LANGUAGE_UNKNOWN;
}

/* The loader itself may have been started, with the program as its argument: it preloads
 * as usual. */
void program_inspect(struct program *program, int file, const char *name)
{
	program->kind = elf_read(file, &program->elf);
	if (program->kind == ELF_SOUND && program->elf.libc == ELF_NO_LIBC && program->elf.movable &&
	    elf_libc_of(name) != ELF_OTHER_LIBC)
		program->elf.libc = elf_libc_of(name);
	program->language = LANGUAGE_UNKNOWN;
	program->calls_kernel = false;
	if (program->kind == ELF_SOUND && loads_library(program))
		look_for_calls(program, file);
	else if (program->kind == ELF_SOUND)
		program->language = language_of(file, &program->elf);
}
