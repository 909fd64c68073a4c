/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "swap/mcast_copy.h"

#include "base/address.h"
#include "base/procfs.h"
#include "base/setsockopt_checked.h"
#include "base/sys.h"
#include "process/target.h"

#include <errno.h>
#include <string.h>

/* More than the kernel's own limit for one group (net.ipv4.igmp_max_msf). */
enum { SOURCES_MAX = 16 };

struct filter {
	struct group_filter filter;
	struct sockaddr_storage more[SOURCES_MAX - 1];
};

/* "1\tlo        :     1      V3", and below it "\t\t\t\t010000E0     1 ...": the
 * address as the number that its bytes are in memory. */
static bool parse4(struct mcast_group *group, const char *line)
{
	struct sockaddr_in *address = (struct sockaddr_in *)&group->address;
	uint64_t number;

	if (line[0] != '\t') {
		group->interface = procfs_digits(line, 10, &number) ? (uint32_t)number : 0;
		return false;
	}
	if (!procfs_digits(line + strspn(line, "\t"), 16, &number))
		return false;
	address->sin_family = AF_INET;
	address->sin_addr.s_addr = (in_addr_t)number;
	return true;
}

/* "1    lo              ff020000000000000000000000000001     1 ..." */
static bool parse6(struct mcast_group *group, const char *line)
{
	struct sockaddr_in6 *address = (struct sockaddr_in6 *)&group->address;
	const char *digits = procfs_word(line, 2);
	char byte[3] = "";
	uint64_t number;

	if (!procfs_digits(line, 10, &number))
		return false;
	group->interface = (uint32_t)number;
	address->sin6_family = AF_INET6;
	for (size_t i = 0; i < sizeof address->sin6_addr; i++) {
		if (strlen(digits) < 2)
			return false;
		memcpy(byte, digits, 2);
		if (!procfs_digits(byte, 16, &number))
			return false;
		address->sin6_addr.s6_addr[i] = (uint8_t)number;
		digits += 2;
	}
	return true;
}

bool mcast_parse(struct mcast_group *group, sa_family_t family, const char *line)
{
	memset(&group->address, 0, sizeof group->address);
	return family == AF_INET ? parse4(group, line) : parse6(group, line);
}

static bool join(int to, int level, const struct filter *filter)
{
	struct group_req request;

	memset(&request, 0, sizeof request); /* the padding goes to the kernel too */
	request.gr_interface = filter->filter.gf_interface;
	request.gr_group = filter->filter.gf_group;
	if (sys_setsockopt(to, level, MCAST_JOIN_GROUP, &request, sizeof request) != 0)
		return false;
	if (filter->filter.gf_fmode == MCAST_EXCLUDE && filter->filter.gf_numsrc == 0)
		return true;
	return sys_setsockopt(to, level, MCAST_MSFILTER, filter, GROUP_FILTER_SIZE(filter->filter.gf_numsrc)) == 0;
}

struct copying {
	int from, to;
	sa_family_t family;
	struct mcast_group group;
};

static bool ask_filter(int fd, int level, const struct mcast_group *group, struct filter *filter)
{
	socklen_t length = sizeof *filter;

	memset(filter, 0, sizeof *filter);
	filter->filter.gf_numsrc = SOURCES_MAX;
	filter->filter.gf_interface = group->interface;
	filter->filter.gf_group = group->address;
	return sys_getsockopt(fd, level, MCAST_MSFILTER, filter, &length) == 0;
}

/* This also says that FD is a member. */
static bool has_filter(int fd, int level, const struct mcast_group *group, struct group_filter wanted)
{
	struct filter filter;

	if (ask_filter(fd, level, group, &filter) && filter.filter.gf_fmode == wanted.gf_fmode &&
	    filter.filter.gf_numsrc == wanted.gf_numsrc)
		return true;
	errno = EFORGOTTEN;
	return false;
}

static bool copy_group(void *context, const char *line)
{
	struct copying *copying = context;
	struct filter filter;
	int level = copying->family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;

	if (!mcast_parse(&copying->group, copying->family, line))
		return true;
	if (!ask_filter(copying->from, level, &copying->group, &filter))
		return errno == EADDRNOTAVAIL || errno == ENODEV; /* the membership is another socket's */
	if (filter.filter.gf_numsrc > SOURCES_MAX) {
		errno = E2BIG;
		return false;
	}
	return join(copying->to, level, &filter) && has_filter(copying->to, level, &copying->group, filter.filter);
}

static bool copy_family(int from, int to, sa_family_t family, const char *list)
{
	struct copying copying = {.from = from, .to = to, .family = family};
	int file = target_open_proc(list, 0);

	if (file < 0)
		return errno == ENOENT; /* a kernel without multicast */
	return procfs_all_lines(file, copy_group, &copying);
}

bool mcast_copy(const struct sock *from, const struct sock *to)
{
	if (from->transport == TRANSPORT_TCP)
		return true;
	return copy_family(from->fd, to->fd, AF_INET, "/net/igmp") &&
	       (from->local.any.sa_family != AF_INET6 || to->local.any.sa_family != AF_INET6 ||
		copy_family(from->fd, to->fd, AF_INET6, "/net/igmp6"));
}
