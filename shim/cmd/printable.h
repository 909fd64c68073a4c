/* SPDX-License-Identifier: MIT */
/*
 * Text that comes from elsewhere (a process's name, a path, a list of rules), made safe for a
 * terminal.
 */
#ifndef DUALBIND_CMD_PRINTABLE_H
#define DUALBIND_CMD_PRINTABLE_H

/* Replaces each byte of TEXT that is not part of a printable UTF-8 character (RFC 3629) by '?': control characters,
 * including U+0080 to U+009F, and malformed ones. The length does not change. */
void printable_clean(char *text);

#endif
