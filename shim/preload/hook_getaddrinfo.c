/* SPDX-License-Identifier: MIT */
/* getaddrinfo(3) */

#include "calls/getaddrinfo.h"
#include "preload/next.h"

HOOK int getaddrinfo(const char *restrict node, const char *restrict service, const struct addrinfo *restrict hints,
		     struct addrinfo **restrict result)
{
	return call_getaddrinfo(node, service, hints, result, next()->getaddrinfo);
}
