/* SPDX-License-Identifier: MIT */
/* What is read from the library in another process: an image as it should be, damaged at as
 * many places as there are groups of three bytes in the input (where, where, what). */
#define _GNU_SOURCE
#include "fuzz.h"

#include "../unit/held_image.h"
#include "cmd/allowtext.h"
#include "inspect/held.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct image image;
	static struct held held;
	static struct allowlist again;
	static char text[ALLOWTEXT_BYTES];
	struct allow_error error;

	image_make(&image, "8080 9000-9100/udp !9090 127.0.0.1:7860/any");
	for (size_t i = 0; i + 2 < size; i += 3)
		((unsigned char *)&image)[(data[i] << 8 | data[i + 1]) % sizeof image] = data[i + 2];
	memset(&held, 0x55, sizeof held);
	held_read(&held, IMAGE_BASE, image_read, &image);
	must(held.state <= HELD_ACTIVE);
	if (held.state != HELD_ACTIVE)
		return 0;
	must(held.allow.count <= ALLOWLIST_MAX && held.pool_length <= 32);
	allowtext_write(text, &held.allow);
	/* One that covers several addresses is written as several, which may be too many. */
	if (allowlist_parse(&again, text, &error))
		for (unsigned port = 1; port <= UINT16_MAX; port += 997)
			must(allowlist_covers(&again, ALLOW_ANY4, (uint16_t)port, TRANSPORT_TCP) ==
			     allowlist_covers(&held.allow, ALLOW_ANY4, (uint16_t)port, TRANSPORT_TCP));
	return 0;
}
