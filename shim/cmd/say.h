/* SPDX-License-Identifier: MIT */
/*
 * The command's messages on standard error.
 */
#ifndef DUALBIND_CMD_SAY_H
#define DUALBIND_CMD_SAY_H

/* A line that starts with "dualbind: ". */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, and where to find the help for COMMAND. Returns STATUS_USAGE. */
int say_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* To be called after getopt_long(3) has met an unknown option; WORD is the last word that was
 * read. Names the option, with HINT. Returns STATUS_USAGE. */
int say_option(const char *command, const char *word, const char *hint);

/* Prints the reason and the remedy, on a line each. Returns STATUS_FAILED. */
int say_refusal(const char *reason, const char *remedy);

#endif
