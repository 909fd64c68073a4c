/* SPDX-License-Identifier: MIT */
/*
 * What the command says on standard error.
 */
#ifndef DUALBIND_CMD_SAY_H
#define DUALBIND_CMD_SAY_H

/* A line that starts with "dualbind: ". */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, and where the help for COMMAND is to be found. STATUS_USAGE. */
int say_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* After getopt_long(3) met an option that it does not know, the last word read
 * being WORD: names it, with HINT. STATUS_USAGE. */
int say_option(const char *command, const char *word, const char *hint);

/* The reason and the remedy, on a line each. STATUS_FAILED. */
int say_refusal(const char *reason, const char *remedy);

#endif
