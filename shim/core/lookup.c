#define _GNU_SOURCE
#include "lookup.h"

#include "address.h"
#include "settings.h"
#include "sys.h"

#include <errno.h>
#include <string.h>

static void exchange(struct addrinfo *one, struct addrinfo *other)
{
	struct addrinfo kept = *one;

	*one = *other;
	*other = kept;
	/* The links and the name, which is the first node's, belong to the node. */
	other->ai_next = one->ai_next;
	one->ai_next = kept.ai_next;
	other->ai_canonname = one->ai_canonname;
	one->ai_canonname = kept.ai_canonname;
}

void lookup_ipv6_first(struct addrinfo *list)
{
	for (bool moved = true; moved;) {
		moved = false;
		for (struct addrinfo *node = list; node != NULL && node->ai_next != NULL; node = node->ai_next)
			if (node->ai_family == AF_INET && node->ai_next->ai_family == AF_INET6) {
				exchange(node, node->ai_next);
				moved = true;
			}
	}
}

/* Whether the lookup is one whose order or emptiness we may change. */
static bool is_wildcard(const char *node, const struct addrinfo *hints)
{
	if (hints == NULL || (hints->ai_family != AF_UNSPEC && hints->ai_family != AF_INET))
		return false;
	return node == NULL ? (hints->ai_flags & AI_PASSIVE) != 0 : strcmp(node, "0.0.0.0") == 0;
}

static bool covers(const struct settings *settings, const struct addrinfo *list, enum allow_protocol protocol)
{
	int type = protocol == ALLOW_TCP ? SOCK_STREAM : SOCK_DGRAM;
	struct address address;

	for (; list != NULL; list = list->ai_next)
		if (list->ai_family == AF_INET && (list->ai_socktype == type || list->ai_socktype == 0) &&
		    address_read(&address, list->ai_addr, list->ai_addrlen) && address_is_any(&address) &&
		    address_port(&address) != 0 &&
		    allowlist_covers(&settings->allow, ALLOW_ANY4, address_port(&address), protocol))
			return true;
	return false;
}

/* A lookup without a service does not tell the port: any rule counts then. */
static bool may_cover(const struct settings *settings, const struct addrinfo *list)
{
	const struct allowlist *allow = &settings->allow;
	struct address address;

	if (covers(settings, list, ALLOW_TCP) || covers(settings, list, ALLOW_UDP))
		return true;
	return list != NULL && address_read(&address, list->ai_addr, list->ai_addrlen) &&
	       address_port(&address) == 0 &&
	       (allowlist_mentions(allow, ALLOW_ANY4, ALLOW_TCP) ||
		allowlist_mentions(allow, ALLOW_ANY4, ALLOW_UDP));
}

/* With net.ipv6.bindv6only=1 a program that takes the first address alone
 * would no longer serve IPv4. */
static bool is_dual_by_default(void)
{
	int fd = sys_socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int only = sys_get_int(fd, IPPROTO_IPV6, IPV6_V6ONLY);

	sys_close(fd);
	return only == 0;
}

/* 0 with *RESULT where the allowlist covers what AI_ADDRCONFIG had hidden. */
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

int lookup_addresses(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result,
		     native_getaddrinfo *native)
{
	const struct settings *settings = settings_get();
	int saved = errno, failure = native(node, service, hints, result), native_errno = errno;

	if (settings == NULL || settings->dry_run || !is_wildcard(node, hints))
		return failure;
	if (failure != 0) {
		if ((hints->ai_flags & AI_ADDRCONFIG) &&
		    ask_again(settings, node, service, hints, result, native) == 0) {
			errno = saved;
			return 0;
		}
		errno = native_errno;
		return failure;
	}
	if (node == NULL && hints->ai_family == AF_UNSPEC && covers(settings, *result, ALLOW_TCP) &&
	    is_dual_by_default())
		lookup_ipv6_first(*result);
	errno = native_errno;
	return 0;
}
