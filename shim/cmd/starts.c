/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "cmd/starts.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How much of a script is read, how many files are looked for, and how deep scripts that
 * scripts name are followed. */
enum { TEXT_BYTES = 16 << 10, FILES_MAX = 256, COMMANDS_MAX = 4096, DEPTH_MAX = 3, WORD_MAX = 200 };

struct search {
	const char *path;
	unsigned files, commands;
	const char *launcher;        /* the last one that was named, if it clears anything; else "" */
	bool rights;                 /* a program is named that would lose its rights under a supervisor here */
	char why[2 * WORD_MAX + 64]; /* the first reason; empty: there is none */
};

/* A text, and where the search for its next word goes on. */
struct words {
	char *rest;
	char delimiter;   /* the one that ended the last word: it is overwritten */
	bool script;      /* the text is a script, not a command line */
	const char *last; /* the word before */
	bool first;       /* the word is the first one of a command */
	bool value;       /* it comes after "=" */
};

/* Launchers that clear LD_PRELOAD, and the option by which they do; "": without any option. */
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
		  {"sudo", ""},
		  {"doas", ""}};

static bool is_among(const char *word, const char *const names[])
{
	while (*names != NULL && strcmp(word, *names) != 0)
		names++;
	return *names != NULL;
}

/* Programs in Go or Rust that are no servers: they start another program, or are clients. */
static bool serves_nothing(const char *path)
{
	static const char *const names[] = {"gosu", "uv", "uvx", "kubectl", "helm", "docker", NULL};

	return is_among(program_base_name(path), names);
}

/* Whether another command's words follow, as after su -c and runuser -u. */
static bool ends_options(const char *launcher, const char *option)
{
	static const char *const names[] = {"-c", "--command", "-u", "--user", NULL};

	return strcmp(option, "--") == 0 || (strcmp(launcher, "env") != 0 && is_among(option, names));
}

/* OPTION follows the launcher that was named last; "": the launcher itself has just been named. */
static void look_at_option(struct search *search, const char *option)
{
	for (size_t i = 0; i < sizeof cleared_by / sizeof cleared_by[0] && search->why[0] == '\0'; i++)
		if (strcmp(cleared_by[i].name, search->launcher) == 0 && strcmp(cleared_by[i].option, option) == 0)
			snprintf(search->why, sizeof search->why,
				 "%s%s%s clears the environment, and LD_PRELOAD with it", search->launcher,
				 option[0] != '\0' ? " " : "", option);
}

/* A word that is not an option may be the value of one, except after env. */
static void note_launcher(struct search *search, const char *word)
{
	const char *base = program_base_name(word);

	if (strcmp(search->launcher, "env") == 0)
		search->launcher = "";
	for (size_t i = 0; i < sizeof cleared_by / sizeof cleared_by[0]; i++)
		if (strcmp(cleared_by[i].name, base) == 0)
			search->launcher = cleared_by[i].name;
}

static void look_at_script(struct search *search, const char *path, unsigned depth);

/* A word that may name a program. */
static void look_at_program(struct search *search, const char *word, unsigned depth)
{
	static struct program program; /* not needed any more when the next word is looked at */
	char path[PATH_MAX];

	if (strlen(word) > WORD_MAX)
		return;
	if (search->files == 0) {
		search->rights = true; /* not looked at any more: it may have rights */
		return;
	}
	search->files--;
	if (program_find(&program, word, search->path) != 0)
		return;
	if (program.privilege != PRIVILEGE_NONE) {
		search->rights = true;
	} else if (program.scripts > 0 || program.by_shell) {
		memcpy(path, program.path, sizeof path);
		if (program_is_shell(&program))
			look_at_script(search, path, depth + 1);
	} else if (program.language != LANGUAGE_UNKNOWN && search->why[0] == '\0' && !serves_nothing(word)) {
		snprintf(search->why, sizeof search->why,
			 "it seems to start %s, a program in %s, which calls the kernel itself", word,
			 language_name(program.language));
	}
}

/* For a word without a path in a script. If it is a COMMAND it may also be a function. A program that gives
 * a command rights may come after other words: "X=1 sudo ...". */
static void look_at_rights(struct search *search, const char *word, bool command)
{
	static const char *const names[] = {"sudo", "su", "doas", NULL};

	if (search->rights || strlen(word) > WORD_MAX || !(command || is_among(word, names)))
		return;
	search->rights = search->commands == 0 || program_has_rights(word, search->path);
	search->commands -= search->commands > 0;
}

/* The word after BEFORE, which is NULL for the first word; NULL: there are no more. */
static char *next_word(struct words *words, char *before)
{
	static const char separators[] = " \t\r\n;&|()<>\"'`=,", commands[] = "\n;&|()`";
	size_t gap = strspn(words->rest, separators), length;
	char *word = words->rest + gap;

	words->last = before;
	words->value = words->delimiter == '=' || memchr(words->rest, '=', gap) != NULL;
	words->first = before == NULL || (words->delimiter != '\0' && strchr(commands, words->delimiter) != NULL) ||
		       strcspn(words->rest, commands) < gap;
	length = strcspn(word, separators);
	words->delimiter = word[length];
	words->rest = word + length + (word[length] != '\0');
	word[length] = '\0';
	return length > 0 ? word : NULL;
}

/* Whether the word is a command's first one. Other words of a script are mostly no programs. */
static bool is_command(const struct words *words)
{
	static const char *const before[] = {"exec", "if", "then", "else", "do", "!", "nohup", "command", NULL};

	return !words->script || words->first || is_among(words->last, before);
}

/* In a script any word may happen to be the name of a program, so only paths count there, and
 * the word after "exec". */
static bool may_be_program(const char *word, const struct words *words)
{
	return strchr(word, '/') != NULL ||
	       (words->script ? strcmp(words->last ? words->last : "", "exec") == 0 : !words->value);
}

static void look_at_words(struct search *search, char *text, bool script, unsigned depth)
{
	struct words words = {.rest = text, .script = script};
	char *word = NULL;

	while ((word = next_word(&words, word)) != NULL) {
		const bool command = is_command(&words);

		if ((words.first && words.last != NULL) || ends_options(search->launcher, word))
			search->launcher = "";
		look_at_option(search, word);
		if (word[0] == '-')
			continue;
		if (may_be_program(word, &words))
			look_at_program(search, word, depth);
		else
			look_at_rights(search, word, command);
		if (command)
			note_launcher(search, word);
	}
}

/* The rest is moved together. */
static void remove_comments(char *text)
{
	for (char *at = text, before = '\n'; *at != '\0'; before = *at++)
		if (*at == '#' && strchr(" \t\n;", before) != NULL)
			memset(at, ' ', strcspn(at, "\n"));
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
	const bool keeps = privilege_keeps(); /* then rights do not matter */

	if (program_is_interpreter(program))
		return NULL;
	search = (struct search){
	    .path = path, .files = FILES_MAX, .commands = COMMANDS_MAX, .launcher = "", .rights = keeps};
	if (program->scripts > 0 || program->by_shell)
		look_at_script(&search, program->path, 0);
	search.launcher = "";
	note_launcher(&search, program->name);
	look_at_option(&search, "");
	for (size_t i = 0; arguments[i] != NULL; i++) {
		char *text = strdup(arguments[i]); /* a word, or a text for sh -c */

		if (text != NULL)
			look_at_words(&search, text, false, 0);
		free(text);
	}
	return search.why[0] != '\0' && (keeps || !search.rights) ? search.why : NULL;
}
