/* SPDX-License-Identifier: MIT */
#include "inspect/reach.h"

#include "config/allowlist.h"
#include "socket/sock.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>

/* 0.0.0.0, or ::ffff:0.0.0.0. */
static bool is_wildcard4(const struct listener *listener)
{
	struct address served = address_served(&listener->local);

	return served.any.sa_family == AF_INET && address_is_any(&served);
}

static bool is_wildcard6(const struct listener *listener)
{
	return listener->local.any.sa_family == AF_INET6 && address_is_any(&listener->local);
}

/* Whether a listener for IPv6 is there already: the program's own, or another one's, beside
 * which nothing could be bound. */
static bool has_partner(const struct listing *listing, const struct listener *listener)
{
	for (size_t i = 0; i < listing->count; i++) {
		const struct listener *other = &listing->list[i];

		if (is_wildcard6(other) && other->protocol == listener->protocol &&
		    address_port(&other->local) == address_port(&listener->local))
			return true;
	}
	return false;
}

enum reach reach_of(const struct listing *listing, const struct listener *listener)
{
	static const enum reach marked[] = {[MARK_NONE] = REACH_DUAL,
					    [MARK_CONVERTED] = REACH_CONVERTED,
					    [MARK_MAPPED] = REACH_CONVERTED,
					    [MARK_PROMOTED] = REACH_PROMOTED,
					    [MARK_WIDENED] = REACH_WIDENED};

	if (listener->local.any.sa_family == AF_INET || address_is_mapped(&listener->local))
		return is_wildcard4(listener) && has_partner(listing, listener) ? REACH_IPV4_BESIDE : REACH_IPV4;
	if (listener->v6only || !address_is_any(&listener->local))
		return REACH_IPV6;
	return listener->mark_known ? marked[listener->mark] : REACH_DUAL_UNSEEN;
}

const char *reach_words(enum reach reach)
{
	static const char *const words[] = {
	    [REACH_IPV4] = "IPv4 only",
	    [REACH_IPV4_BESIDE] = "IPv4, beside [::]",
	    [REACH_IPV6] = "IPv6 only",
	    [REACH_DUAL] = "dual-stack",
	    [REACH_DUAL_UNSEEN] = "dual-stack (by whom unseen)",
	    [REACH_CONVERTED] = "converted",
	    [REACH_PROMOTED] = "promoted",
	    [REACH_WIDENED] = "widened",
	};

	return words[reach];
}

const char *reach_word(enum reach reach)
{
	static const char *const word[] = {
	    [REACH_IPV4] = "ipv4",
	    [REACH_IPV4_BESIDE] = "ipv4-beside-ipv6",
	    [REACH_IPV6] = "ipv6",
	    [REACH_DUAL] = "dual",
	    [REACH_DUAL_UNSEEN] = "dual-unseen",
	    [REACH_CONVERTED] = "converted",
	    [REACH_PROMOTED] = "promoted",
	    [REACH_WIDENED] = "widened",
	};

	return word[reach];
}

bool reach_is_ipv4_only(const struct listing *listing, const struct listener *listener)
{
	return listener->inode != 0 && reach_of(listing, listener) == REACH_IPV4 && is_wildcard4(listener);
}

void reach_rule(char rule[REACH_TEXT], const struct listing *listing, const struct listener *listener)
{
	const uint16_t port = address_port(&listener->local);

	rule[0] = '\0';
	if (reach_is_ipv4_only(listing, listener) && !listener->beyond_library &&
	    !allowlist_never_covers(port, listener->protocol))
		snprintf(rule, REACH_TEXT, "%u%s", port, listener->protocol == TRANSPORT_UDP ? "/udp" : "");
}

void reach_address(char text[REACH_TEXT], const struct listener *listener)
{
	char ip[INET6_ADDRSTRLEN] = "", name[IF_NAMESIZE] = "";
	bool ipv6 = listener->local.any.sa_family == AF_INET6;

	if (ipv6)
		inet_ntop(AF_INET6, &listener->local.in6.sin6_addr, ip, sizeof ip);
	else
		inet_ntop(AF_INET, &listener->local.in.sin_addr, ip, sizeof ip);
	if (listener->device != 0 && if_indextoname(listener->device, name) == NULL)
		snprintf(name, sizeof name, "%u", listener->device);
	snprintf(text, REACH_TEXT, "%s%s%s%s%s:%u", ipv6 ? "[" : "", ip, name[0] ? "%" : "", name, ipv6 ? "]" : "",
		 address_port(&listener->local));
}
