/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "starts.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So much of a script is read, so many files are looked for, and scripts that scripts
 * name are followed so deep. */
enum { TEXT_BYTES = 16 << 10, FILES_MAX = 256, DEPTH_MAX = 3, WORD_MAX = 200 };

struct search {
	const char *path;
	unsigned files;
	const char *launcher;        /* the last one that was named, if it clears anything; else "" */
	bool rights;                 /* a program is named that a supervisor here would take its rights */
	char why[2 * WORD_MAX + 64]; /* the first reason; empty: there is none */
};

/* The name of a launcher, and an option of it; NULL: it does so unless it is told not to. */
static const struct {
	const char *name, *option;
} cleared_by[] = {{"env", "-i"},
		  {"env", "-"},
		  {"env", "--ignore-environment"},
		  {"setpriv", "--reset-env"},
		  {"su", "-"},
		  {"su", "-l"},
		  {"su", "--login"},
		  {"runuser", "-"},
		  {"runuser", "-l"},
		  {"runuser", "--login"},
		  {"sudo", NULL},
		  {"doas", NULL}};

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* OPTION of the launcher that was named last; NULL: that was the launcher itself. */
static void look_at_option(struct search *search, const char *option)
{
	for (size_t i = 0; i < sizeof cleared_by / sizeof cleared_by[0] && search->why[0] == '\0'; i++) {
		const char *clears = cleared_by[i].option;

		if (strcmp(cleared_by[i].name, search->launcher) != 0 || (clears == NULL) != (option == NULL) ||
		    (clears != NULL && strcmp(clears, option) != 0))
			continue;
		snprintf(search->why, sizeof search->why, "%s%s%s clears the environment, and LD_PRELOAD with it",
			 search->launcher, option ? " " : "", option ? option : "");
	}
}

/* What is no option may be the value of one, except after env. */
static void note_launcher(struct search *search, const char *word)
{
	const char *base = base_of(word);

	if (strcmp(search->launcher, "env") == 0)
		search->launcher = "";
	for (size_t i = 0; i < sizeof cleared_by / sizeof cleared_by[0]; i++)
		if (strcmp(cleared_by[i].name, base) == 0)
			search->launcher = cleared_by[i].name;
}

static void look_at_script(struct search *search, const char *path, unsigned depth);

/* A word that may name a program. */
static void look_at_word(struct search *search, const char *word, unsigned depth)
{
	static struct program program; /* of no use any more when another word is looked at */
	char path[PATH_MAX];

	if (search->files == 0 || strlen(word) > WORD_MAX)
		return;
	search->files--;
	if (program_find(&program, word, search->path) != 0)
		return;
	if (program.privilege != PRIVILEGE_NONE) {
		search->rights = true;
	} else if (program.scripts > 0 || program.by_shell) {
		memcpy(path, program.path, sizeof path);
		look_at_script(search, path, depth + 1);
	} else if (program.language != LANGUAGE_UNKNOWN && search->why[0] == '\0') {
		snprintf(search->why, sizeof search->why,
			 "it seems to start %s, a program in %s, which calls the kernel itself", word,
			 language_name(program.language));
	}
}

/* In a text that was written for people any word may be the name of a program: there
 * only paths count, what follows "exec", and who gives rights. */
static bool may_be_program(const char *word, const char *last, bool script)
{
	return !script || strchr(word, '/') != NULL || strcmp(last, "exec") == 0 || strcmp(word, "sudo") == 0 ||
	       strcmp(word, "su") == 0 || strcmp(word, "doas") == 0;
}

static void look_at_words(struct search *search, char *text, bool script, unsigned depth)
{
	const char *last = "";
	char *rest = text, *word;

	while ((word = strtok_r(rest, " \t\r\n;&|()<>\"'`=,", &rest)) != NULL) {
		look_at_option(search, word);
		if (word[0] != '-') {
			if (may_be_program(word, last, script))
				look_at_word(search, word, depth);
			note_launcher(search, word);
		}
		last = word;
	}
}

/* Lines that are comments go; the rest is one text. */
static void remove_comments(char *text)
{
	for (char *line = text, *end; *line != '\0'; line = end) {
		end = line + strcspn(line, "\n");
		end += *end != '\0';
		if (line[strspn(line, " \t")] == '#')
			memset(line, ' ', (size_t)(end - line));
	}
}

static void look_at_script(struct search *search, const char *path, unsigned depth)
{
	char *text;
	ssize_t length;
	int file = depth <= DEPTH_MAX ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;

	if (file < 0)
		return;
	text = calloc(1, TEXT_BYTES + 1);
	length = text != NULL ? pread(file, text, TEXT_BYTES, 0) : -1;
	close(file);
	if (length > 0) {
		remove_comments(text);
		look_at_words(search, text, true, depth);
	}
	free(text);
}

const char *starts_unserved(const struct program *program, char *const arguments[], const char *path)
{
	static struct search search;

	search = (struct search){.path = path, .files = FILES_MAX, .launcher = ""};
	if (program->scripts > 0 || program->by_shell)
		look_at_script(&search, program->path, 0);
	search.launcher = "";
	note_launcher(&search, program->name);
	look_at_option(&search, NULL);
	for (size_t i = 0; arguments[i] != NULL; i++) {
		char *text = strdup(arguments[i]); /* a word, or a text for sh -c */

		if (text != NULL)
			look_at_words(&search, text, false, 0);
		free(text);
	}
	return search.why[0] != '\0' && (!search.rights || privilege_keeps()) ? search.why : NULL;
}
