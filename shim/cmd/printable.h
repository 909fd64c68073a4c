/* SPDX-License-Identifier: MIT */
/*
 * Text that comes from elsewhere (a process's name, a path, a list of rules), made safe for a
 * terminal.
 */
#ifndef DUALBIND_CMD_PRINTABLE_H
#define DUALBIND_CMD_PRINTABLE_H

/* Each byte of TEXT that is no printable character of UTF-8 (RFC 3629) becomes '?': control
 * characters, those from U+0080 to U+009F too, and what is malformed. The length stays. */
void printable_clean(char *text);

#endif
