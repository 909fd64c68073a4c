/* SPDX-License-Identifier: MIT */
/*
 * An ICMPv6 error becomes the ICMP error that IP_RECVERR would report (RFC 7915, 5.2).
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

/* Errors of another origin than ICMPv6 stay as they are. ee_errno is never changed. */
void icmp_to_ipv4(struct sock_extended_err *error);

#endif
