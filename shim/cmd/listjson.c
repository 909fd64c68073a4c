/* SPDX-License-Identifier: MIT */
#include "cmd/listjson.h"

#include "inspect/reach.h"
#include "inspect/whyalone.h"
#include "socket/sock.h"

#include <arpa/inet.h>

static void owners(struct json *json, const struct listener *listener)
{
	json_open(json, "owners", '[');
	for (size_t i = 0; i < listener->owner_count && i < SOCK_OWNERS_KEPT; i++) {
		json_open(json, NULL, '{');
		json_number(json, "pid", listener->owners[i].pid);
		json_number(json, "fd", listener->owners[i].fd);
		json_string(json, "command", listener->owners[i].command);
		json_close(json, '}');
	}
	json_close(json, ']');
	json_number(json, "owner_count", (long)listener->owner_count);
}

void listjson_open(struct json *json, const struct listing *listing, const struct listener *listener)
{
	char ip[INET6_ADDRSTRLEN] = "", rule[REACH_TEXT];
	bool ipv6 = listener->local.any.sa_family == AF_INET6;

	if (ipv6)
		inet_ntop(AF_INET6, &listener->local.in6.sin6_addr, ip, sizeof ip);
	else
		inet_ntop(AF_INET, &listener->local.in.sin_addr, ip, sizeof ip);
	reach_rule(rule, listing, listener);
	json_open(json, NULL, '{');
	json_string(json, "protocol", transport_name(listener->protocol));
	json_string(json, "family", ipv6 ? "ipv6" : "ipv4");
	json_string(json, "address", ip);
	json_number(json, "port", address_port(&listener->local));
	if (ipv6)
		json_bool(json, "v6only", listener->v6only);
	else
		json_null(json, "v6only");
	json_number(json, "device", (long)listener->device);
	json_number(json, "uid", (long)listener->uid);
	json_number(json, "inode", (long)listener->inode);
	owners(json, listener);
	json_string(json, "reach", reach_word(reach_of(listing, listener)));
	json_string(json, "rule", rule[0] ? rule : NULL);
	json_string(json, "why", rule[0] ? why_alone_of_owners(listener) : NULL);
}
