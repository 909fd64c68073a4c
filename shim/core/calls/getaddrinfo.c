/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "calls/getaddrinfo.h"

#include "base/address.h"
#include "config/settings.h"

#include <errno.h>
#include <string.h>

/* Whether this is a lookup for which another answer may be given. */
static bool is_wildcard(const char *node, const struct addrinfo *hints)
{
	if (hints == NULL || (hints->ai_family != AF_UNSPEC && hints->ai_family != AF_INET))
		return false;
	return node == NULL ? (hints->ai_flags & AI_PASSIVE) != 0 : strcmp(node, "0.0.0.0") == 0;
}

static bool covers(const struct settings *settings, const struct addrinfo *list, enum transport protocol)
{
	int type = protocol == TRANSPORT_TCP ? SOCK_STREAM : SOCK_DGRAM;
	struct address address;

	for (; list != NULL; list = list->ai_next)
		if (list->ai_family == AF_INET && (list->ai_socktype == type || list->ai_socktype == 0) &&
		    address_read(&address, list->ai_addr, list->ai_addrlen) && address_is_any(&address) &&
		    address_port(&address) != 0 &&
		    allowlist_covers(&settings->allow, ALLOW_ANY4, address_port(&address), protocol))
			return true;
	return false;
}

/* A lookup without a service does not tell the port: then any rule counts. */
static bool may_cover(const struct settings *settings, const struct addrinfo *list)
{
	const struct allowlist *allow = &settings->allow;
	struct address address;

	if (covers(settings, list, TRANSPORT_TCP) || covers(settings, list, TRANSPORT_UDP))
		return true;
	return list != NULL && address_read(&address, list->ai_addr, list->ai_addrlen) &&
	       address_port(&address) == 0 &&
	       (allowlist_mentions(allow, ALLOW_ANY4, TRANSPORT_TCP) ||
		allowlist_mentions(allow, ALLOW_ANY4, TRANSPORT_UDP));
}

/* 0 with *RESULT if the allowlist covers what AI_ADDRCONFIG has hidden. */
static int ask_again(const struct settings *settings, const char *node, const char *service,
		     const struct addrinfo *hints, struct addrinfo **result, native_getaddrinfo *native)
{
	struct addrinfo all = *hints, *found;
	int failure;

	all.ai_flags &= ~AI_ADDRCONFIG;
	failure = native(node, service, &all, &found);
	if (failure == 0 && !may_cover(settings, found)) {
		freeaddrinfo(found);
		return EAI_NONAME;
	}
	if (failure == 0)
		*result = found;
	return failure;
}

int call_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result,
		     native_getaddrinfo *native)
{
	const struct settings *settings = settings_get();
	int failure = native(node, service, hints, result), error = errno;

	if (failure == 0 || settings == NULL || settings->dry_run || !is_wildcard(node, hints) ||
	    !(hints->ai_flags & AI_ADDRCONFIG))
		return failure;
	if (ask_again(settings, node, service, hints, result, native) == 0)
		return 0;
	errno = error;
	return failure;
}
