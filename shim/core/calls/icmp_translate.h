/* SPDX-License-Identifier: MIT */
/*
 * What IP_RECVERR tells of an ICMPv6 error, as an ICMP error (RFC 7915, 5.2).
 */
#ifndef DUALBIND_CALLS_ICMP_TRANSLATE_H
#define DUALBIND_CALLS_ICMP_TRANSLATE_H

#include <netinet/in.h>
#include <time.h>

#include <linux/errqueue.h>

/* The data of an IPV6_RECVERR control message. */
struct icmp_error6 {
	struct sock_extended_err error;
	struct sockaddr_in6 offender;
};

/* An error of another origin than ICMPv6 stays as it is. ee_errno stays. */
void icmp_to_ipv4(struct sock_extended_err *error);

#endif
