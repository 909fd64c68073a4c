/* SPDX-License-Identifier: MIT */
/* getaddrinfo(3) */

#include "calls/getaddrinfo.h"
#include "preload/hook.h"

HOOK int getaddrinfo(const char *restrict node, const char *restrict service, const struct addrinfo *restrict hints,
		     struct addrinfo **restrict result)
{
	int before = errno;

	return keep_errno(before, call_getaddrinfo(node, service, hints, result, next()->getaddrinfo));
}
