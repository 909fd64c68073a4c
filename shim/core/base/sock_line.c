/* SPDX-License-Identifier: MIT */
#include "base/sock_line.h"

#include "base/procfs.h"

#include <string.h>

enum { WORD_DIGITS = 8, WORDS_MAX = 4, DIGITS_MAX = WORDS_MAX * WORD_DIGITS, HEXADECIMAL = 16 };

/* "0100007F:1F90": the words of an address in the machine's byte order, and a port. */
static bool parse_endpoint(struct address *address, const char *text)
{
	size_t digits = strspn(text, "0123456789ABCDEFabcdef");
	char word[WORD_DIGITS + 1] = "";
	uint32_t words[WORDS_MAX];
	uint64_t number;
	struct in6_addr ip;

	if (digits != WORD_DIGITS && digits != DIGITS_MAX)
		return false;
	for (size_t i = 0; i < digits / WORD_DIGITS; i++) {
		memcpy(word, text + i * WORD_DIGITS, WORD_DIGITS);
		procfs_digits(word, HEXADECIMAL, &number);
		words[i] = (uint32_t)number;
	}
	if (text[digits] != ':' || !procfs_digits(text + digits + 1, HEXADECIMAL, &number) || number > UINT16_MAX)
		return false;
	if (digits == WORD_DIGITS) {
		address_set_in(address, words[0], (uint16_t)number);
		return true;
	}
	memcpy(&ip, words, sizeof ip);
	address_set_in6(address, &ip, (uint16_t)number);
	return true;
}

/* "  12: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 27318 ..." */
bool sock_line_parse(struct sock_line *socket, const char *line)
{
	enum { LOCAL = 1, REMOTE, STATE, UID = 7, INODE = 9 };
	uint64_t state, uid, inode;

	if (!parse_endpoint(&socket->local, procfs_word(line, LOCAL)) ||
	    !parse_endpoint(&socket->remote, procfs_word(line, REMOTE)) ||
	    !procfs_digits(procfs_word(line, STATE), HEXADECIMAL, &state) ||
	    !procfs_digits(procfs_word(line, UID), 10, &uid) ||
	    !procfs_digits(procfs_word(line, INODE), 10, &inode))
		return false;
	socket->state = (unsigned)state;
	socket->uid = (uid_t)uid;
	socket->inode = (ino_t)inode;
	return true;
}
