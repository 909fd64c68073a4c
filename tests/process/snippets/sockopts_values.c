/* SPDX-License-Identifier: MIT */
/* The options of IPPROTO_IP by their numbers, and what they are set to. */
#define _GNU_SOURCE
#include "sockopts.h"

#include <arpa/inet.h>
#include <linux/xfrm.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
    [1] = "IP_TOS",
    [2] = "IP_TTL",
    [3] = "IP_HDRINCL",
    [4] = "IP_OPTIONS",
    [5] = "IP_ROUTER_ALERT",
    [6] = "IP_RECVOPTS",
    [7] = "IP_RETOPTS",
    [8] = "IP_PKTINFO",
    [9] = "IP_PKTOPTIONS",
    [10] = "IP_MTU_DISCOVER",
    [11] = "IP_RECVERR",
    [12] = "IP_RECVTTL",
    [13] = "IP_RECVTOS",
    [14] = "IP_MTU",
    [15] = "IP_FREEBIND",
    [16] = "IP_IPSEC_POLICY",
    [17] = "IP_XFRM_POLICY",
    [18] = "IP_PASSSEC",
    [19] = "IP_TRANSPARENT",
    [20] = "IP_RECVORIGDSTADDR",
    [21] = "IP_MINTTL",
    [22] = "IP_NODEFRAG",
    [23] = "IP_CHECKSUM",
    [24] = "IP_BIND_ADDRESS_NO_PORT",
    [25] = "IP_RECVFRAGSIZE",
    [26] = "IP_RECVERR_RFC4884",
    [32] = "IP_MULTICAST_IF",
    [33] = "IP_MULTICAST_TTL",
    [34] = "IP_MULTICAST_LOOP",
    [35] = "IP_ADD_MEMBERSHIP",
    [36] = "IP_DROP_MEMBERSHIP",
    [37] = "IP_UNBLOCK_SOURCE",
    [38] = "IP_BLOCK_SOURCE",
    [39] = "IP_ADD_SOURCE_MEMBERSHIP",
    [40] = "IP_DROP_SOURCE_MEMBERSHIP",
    [41] = "IP_MSFILTER",
    [42] = "MCAST_JOIN_GROUP",
    [43] = "MCAST_BLOCK_SOURCE",
    [44] = "MCAST_UNBLOCK_SOURCE",
    [45] = "MCAST_LEAVE_GROUP",
    [46] = "MCAST_JOIN_SOURCE_GROUP",
    [47] = "MCAST_LEAVE_SOURCE_GROUP",
    [48] = "MCAST_MSFILTER",
    [49] = "IP_MULTICAST_ALL",
    [50] = "IP_UNICAST_IF",
    [51] = "IP_LOCAL_PORT_RANGE",
    [52] = "IP_PROTOCOL",
    [80] = "SO_ORIGINAL_DST",
};

const char *option_name(int option)
{
	static char other[sizeof "OPTION_1234567890"];

	if (option < (int)(sizeof names / sizeof names[0]) && names[option] != NULL)
		return names[option];
	snprintf(other, sizeof other, "OPTION_%d", option);
	return other;
}

static size_t add(struct value *values, size_t count, const char *label, const void *bytes, size_t length)
{
	values[count] = (struct value){.label = label, .length = (socklen_t)length};
	memcpy(values[count].bytes, bytes, length);
	return count + 1;
}

/* On the link that probe_udp() sends to the group on. */
static struct in_addr here(void)
{
	return (struct in_addr){htonl(0xc0000201)};
}

static size_t add_groups(int option, struct value *values, size_t count)
{
	struct in_addr group = {htonl(0xe00000fb)};
	struct ip_mreqn by_index = {.imr_multiaddr = group, .imr_ifindex = (int)if_nametoindex("a0")};
	struct ip_mreq_source of_source = {
	    .imr_multiaddr = group, .imr_interface = here(), .imr_sourceaddr = here()};
	struct group_source_req source = {.gsr_interface = if_nametoindex("a0")};
	struct group_req request = {.gr_interface = if_nametoindex("a0")};
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = group};
	struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr = here()};
	struct ip_msfilter filter = {
	    .imsf_multiaddr = group, .imsf_interface = here(), .imsf_fmode = MCAST_EXCLUDE, .imsf_numsrc = 1};
	struct group_filter by_group = {
	    .gf_interface = if_nametoindex("a0"), .gf_fmode = MCAST_EXCLUDE, .gf_numsrc = 1};

	memcpy(&request.gr_group, &address, sizeof address);
	memcpy(&source.gsr_group, &address, sizeof address);
	memcpy(&source.gsr_source, &from, sizeof from);
	memcpy(&by_group.gf_group, &address, sizeof address);
	memcpy(by_group.gf_slist, &from, sizeof from);
	filter.imsf_slist[0] = here();
	switch (option) {
	case IP_ADD_MEMBERSHIP:
	case IP_DROP_MEMBERSHIP:
		return add(values, count, "a group", &by_index, sizeof by_index);
	case IP_ADD_SOURCE_MEMBERSHIP:
	case IP_DROP_SOURCE_MEMBERSHIP:
	case IP_BLOCK_SOURCE:
	case IP_UNBLOCK_SOURCE:
		return add(values, count, "a source", &of_source, sizeof of_source);
	case MCAST_JOIN_GROUP:
	case MCAST_LEAVE_GROUP:
		return add(values, count, "a group", &request, sizeof request);
	case MCAST_JOIN_SOURCE_GROUP:
	case MCAST_LEAVE_SOURCE_GROUP:
	case MCAST_BLOCK_SOURCE:
	case MCAST_UNBLOCK_SOURCE:
		return add(values, count, "a source", &source, sizeof source);
	case IP_MSFILTER:
		return add(values, count, "a filter", &filter, sizeof filter);
	case MCAST_MSFILTER:
		return add(values, count, "a filter", &by_group, sizeof by_group);
	}
	return count;
}

static void set(int fd, int option)
{
	struct value value[1];

	if (add_groups(option, value, 0) == 1)
		setsockopt(fd, IPPROTO_IP, option, value->bytes, value->length);
}

void prepare(int fd, int option)
{
	switch (option) {
	case IP_UNBLOCK_SOURCE:
	case MCAST_UNBLOCK_SOURCE:
		set(fd, IP_ADD_MEMBERSHIP);
		set(fd, IP_BLOCK_SOURCE);
		break;
	case IP_DROP_MEMBERSHIP:
	case MCAST_LEAVE_GROUP:
	case IP_BLOCK_SOURCE:
	case MCAST_BLOCK_SOURCE:
	case IP_MSFILTER:
	case MCAST_MSFILTER:
		set(fd, IP_ADD_MEMBERSHIP);
		break;
	case IP_DROP_SOURCE_MEMBERSHIP:
	case MCAST_LEAVE_SOURCE_GROUP:
		set(fd, IP_ADD_SOURCE_MEMBERSHIP);
		break;
	}
}

static size_t add_special(int option, struct value *values, size_t count)
{
	struct ip_mreqn by_index = {.imr_ifindex = 1}, by_address = {.imr_address = {htonl(INADDR_LOOPBACK)}};
	struct xfrm_userpolicy_info bypass = {
	    .sel.family = AF_INET, .dir = XFRM_POLICY_IN, .action = XFRM_POLICY_ALLOW};
	uint32_t lo = htonl(1), other = htonl(2), range = 9000u << 16 | 8000;

	switch (option) {
	case IP_OPTIONS:
		return add(values, count, "four that do nothing", "\1\1\1\1", 4);
	case IP_MULTICAST_IF:
		count = add(values, count, "an interface by its index", &by_index, sizeof by_index);
		return add(values, count, "an interface by its address", &by_address, sizeof by_address);
	case IP_UNICAST_IF:
		count = add(values, count, "lo", &lo, sizeof lo);
		return add(values, count, "another interface", &other, sizeof other);
	case 51:
		return add(values, count, "a range", &range, sizeof range);
	case IP_XFRM_POLICY:
		return add(values, count, "a bypass", &bypass, sizeof bypass);
	case IP_IPSEC_POLICY:
		return add(values, count, "a bypass", "\2\0\22\0\4\0\1\0\0\0\0\0\0\0\0\0", 16);
	}
	return add_groups(option, values, count);
}

size_t values_of(int option, struct value *values, size_t room)
{
	static const struct {
		const char *label;
		int number;
		socklen_t length;
	} numbers[] = {{"1", 1, 4},         {"0", 0, 4},      {"-1", -1, 4},      {"2", 2, 4},
		       {"3", 3, 4},         {"7", 7, 4},      {"72", 72, 4},      {"255", 255, 4},
		       {"300", 300, 4},     {"byte 1", 1, 1}, {"byte 72", 72, 1}, {"byte 0", 0, 1},
		       {"two bytes", 1, 2}, {"nothing", 1, 0}};
	size_t count = 0;

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0] && count + 4 < room; i++)
		count = add(values, count, numbers[i].label, &numbers[i].number, numbers[i].length);
	return add_special(option, values, count);
}
