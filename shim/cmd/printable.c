/* SPDX-License-Identifier: MIT */
#include "cmd/printable.h"

#include <stdbool.h>
#include <stddef.h>

/* First bytes of characters, and the limits of the second byte (RFC 3629, section 4). */
static const struct {
	unsigned char low, high, second_low, second_high, length;
} forms[] = {
    {0x20, 0x7e, 0, 0, 1},       {0xc2, 0xc2, 0xa0, 0xbf, 2}, /* up to U+009F: controls */
    {0xc3, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, /* surrogates */
    {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static bool is_within(unsigned char byte, unsigned char low, unsigned char high)
{
	return byte >= low && byte <= high;
}

/* The bytes of the printable character at the start of TEXT; 0: there is none. */
static size_t printable_length(const unsigned char *text)
{
	size_t form = 0, length;

	while (form < sizeof forms / sizeof forms[0] && !is_within(text[0], forms[form].low, forms[form].high))
		form++;
	if (form == sizeof forms / sizeof forms[0])
		return 0;
	length = forms[form].length;
	for (size_t i = 1; i < length; i++)
		if (!is_within(text[i], i == 1 ? forms[form].second_low : 0x80,
			       i == 1 ? forms[form].second_high : 0xbf))
			return 0;
	return length;
}

void printable_clean(char *text)
{
	while (*text != '\0') {
		size_t length = printable_length((const unsigned char *)text);

		if (length == 0)
			*text = '?';
		text += length > 0 ? length : 1;
	}
}
