/* SPDX-License-Identifier: MIT */
#include "cmd/say.h"

#include "cmd/command.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>

static __attribute__((format(printf, 1, 0))) void say_words(const char *format, va_list words)
{
	fflush(stdout); /* so that both outputs are in order */
	fputs("dualbind: ", stderr);
	vfprintf(stderr, format, words);
	fputc('\n', stderr);
}

void say(const char *format, ...)
{
	va_list words;

	va_start(words, format);
	say_words(format, words);
	va_end(words);
}

int say_usage(const char *command, const char *format, ...)
{
	va_list words;

	va_start(words, format);
	say_words(format, words);
	va_end(words);
	say("see dualbind %s%s--help", command, command[0] ? " " : "");
	return STATUS_USAGE;
}

/* Inside a word like -xyz getopt gives only the letter. */
int say_option(const char *command, const char *word, const char *hint)
{
	if (word[0] == '-')
		return say_usage(command, "unknown option %s%s", word, hint);
	return say_usage(command, "unknown option -%c%s", optopt, hint);
}

int say_refusal(const char *reason, const char *remedy)
{
	say("%s", reason);
	if (remedy[0] != '\0')
		say("remedy: %s", remedy);
	return STATUS_FAILED;
}
