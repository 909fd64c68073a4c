/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "calls/cmsg_pktinfo.h"

#include "base/cmsg_buf.h"
#include "peers/lately.h"

#include <string.h>

union pktinfo4 {
	struct cmsghdr header;
	unsigned char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
};

enum { PADDING = CMSG_SPACE(sizeof(struct in6_pktinfo)) - CMSG_LEN(sizeof(struct in6_pktinfo)) };

/* Whether MESSAGE has one item only, of that kind and with SIZE bytes of data. */
static inline bool is_only(const struct msghdr *message, int level, int type, size_t size)
{
	const struct cmsghdr *item = message->msg_control;

	return message->msg_controllen - CMSG_LEN(size) < sizeof(size_t) && cmsg_length(item) == CMSG_LEN(size) &&
	       item->cmsg_level == level && item->cmsg_type == type;
}

/* False for groups, ::1 and IPv4-mapped addresses, which lately.h does not know: they are shown in other ways. */
__attribute__((hot)) bool cmsg_pktinfo_to_ipv4(const struct msghdr *received, struct msghdr *shown, uint32_t now)
{
	struct sockaddr_in6 local;
	struct in6_pktinfo info;
	struct in_pktinfo of_ipv4;
	union pktinfo4 item;

	if (shown->msg_controllen < sizeof item || !is_only(received, IPPROTO_IPV6, IPV6_PKTINFO, sizeof info))
		return false;
	memcpy(&info, CMSG_DATA((const struct cmsghdr *)received->msg_control), sizeof info);
	local.sin6_addr = info.ipi6_addr;
	local.sin6_scope_id = IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr) ? info.ipi6_ifindex : 0;
	of_ipv4.ipi_addr.s_addr = IN6_IS_ADDR_MULTICAST(&info.ipi6_addr) ? 0 : lately_shown_by(&local, now);
	if (of_ipv4.ipi_addr.s_addr == 0)
		return false;
	of_ipv4.ipi_spec_dst = of_ipv4.ipi_addr;
	of_ipv4.ipi_ifindex = (int)info.ipi6_ifindex;
	item.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof of_ipv4), .cmsg_type = IP_PKTINFO};
	memcpy(CMSG_DATA(&item.header), &of_ipv4, sizeof of_ipv4);
	memcpy(shown->msg_control, &item, CMSG_LEN(sizeof of_ipv4));
	shown->msg_controllen = CMSG_SPACE(sizeof of_ipv4);
	return true;
}

/* 0.0.0.0: the kernel is to choose. */
__attribute__((hot)) bool cmsg_pktinfo_to_ipv6(struct msghdr *message, union cmsg_pktinfo6 *item, uint32_t now)
{
	struct sockaddr_in6 real = {.sin6_scope_id = 0};
	struct in6_pktinfo of_ipv6;
	struct in_pktinfo info;

	if (!is_only(message, IPPROTO_IP, IP_PKTINFO, sizeof info))
		return false;
	memcpy(&info, CMSG_DATA((const struct cmsghdr *)message->msg_control), sizeof info);
	if (info.ipi_spec_dst.s_addr != 0 && !lately_stands_for(info.ipi_spec_dst.s_addr, now, &real))
		return false;
	item->header = (struct cmsghdr){
	    .cmsg_len = CMSG_LEN(sizeof of_ipv6), .cmsg_level = IPPROTO_IPV6, .cmsg_type = IPV6_PKTINFO};
	of_ipv6.ipi6_addr = real.sin6_addr;
	of_ipv6.ipi6_ifindex = info.ipi_ifindex != 0 ? (unsigned)info.ipi_ifindex : real.sin6_scope_id;
	memcpy(CMSG_DATA(&item->header), &of_ipv6, sizeof of_ipv6);
	memset(item->bytes + CMSG_LEN(sizeof of_ipv6), 0, PADDING); /* the padding goes to the kernel, too */
	message->msg_control = item;
	message->msg_controllen = sizeof *item;
	return true;
}
