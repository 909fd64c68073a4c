/* SPDX-License-Identifier: MIT */
/* The kernel's messages about sockets (sock_diag). */
#include "fuzz.h"

#include "inspect/sock_diag.h"

#include <linux/inet_diag.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct listing listing = {.list = NULL};
	void *message;

	if (size == 0)
		return 0;
	message = malloc(size - 1);
	must(size == 1 || message != NULL);
	if (size > 1)
		memcpy(message, data + 1, size - 1);
	must(sock_diag_add(&listing, data[0] & 1 ? TRANSPORT_TCP : TRANSPORT_UDP, message, size - 1));
	must(listing.count <= (size > sizeof(struct inet_diag_msg)));
	if (listing.count == 1) {
		const struct listener *one = &listing.list[0];

		must(one->local.any.sa_family == AF_INET || one->local.any.sa_family == AF_INET6);
		must(address_port(&one->local) != 0);
		must(!one->v6only || one->local.any.sa_family == AF_INET6);
		must(one->owner_count == 0 && (!one->mark_known || listener_may_be_ours(one)));
		must(one->mark_known || one->mark == MARK_NONE);
	}
	free(message);
	listing_free(&listing);
	return 0;
}
