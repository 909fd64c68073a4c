/* SPDX-License-Identifier: MIT */
#include "socket/v4mapped_item.h"

#include "base/setsockopt_checked.h"
#include "base/sys.h"

#include <errno.h>
#include <netinet/in.h>
#include <linux/in6.h>
#include <stdatomic.h>

static _Atomic enum { UNKNOWN, FILTERS, NO_FILTERS } kernel;

bool v4mapped_item_ask(int fd)
{
	kernel = NO_FILTERS;
	return setsockopt_checked(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
}

bool v4mapped_item_is_needed(void)
{
	return kernel == NO_FILTERS;
}

bool v4mapped_item_is_needed_at(int fd)
{
	socklen_t none = 0;

	if (kernel == UNKNOWN)
		kernel = sys_getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, NULL, &none) != 0 && errno == ENOPROTOOPT
			     ? NO_FILTERS
			     : FILTERS;
	return kernel == NO_FILTERS;
}
