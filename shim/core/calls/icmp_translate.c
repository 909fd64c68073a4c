/* SPDX-License-Identifier: MIT */
#include "calls/icmp_translate.h"

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <stddef.h>

/* ICMPv6 gives no code this number. */
enum { ANY_CODE = 255 };

struct pair {
	uint8_t type6, code6, type, code;
};

/* The first line that matches counts. A type without a line of its own is a problem
 * of the header (RFC 4443 has no other errors). */
static const struct pair pairs[] = {
    {ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADMIN, ICMP_DEST_UNREACH, ICMP_HOST_ANO},
    {ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOPORT, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH},
    {ICMP6_DST_UNREACH, ANY_CODE, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH},
    {ICMP6_PACKET_TOO_BIG, ANY_CODE, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED},
    {ICMP6_TIME_EXCEEDED, ICMP6_TIME_EXCEED_TRANSIT, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL},
    {ICMP6_TIME_EXCEEDED, ANY_CODE, ICMP_TIME_EXCEEDED, ICMP_EXC_FRAGTIME},
    {ICMP6_PARAM_PROB, ICMP6_PARAMPROB_NEXTHEADER, ICMP_DEST_UNREACH, ICMP_PROT_UNREACH},
};

void icmp_to_ipv4(struct sock_extended_err *error)
{
	uint8_t type = ICMP_PARAMETERPROB, code = 0;

	if (error->ee_origin != SO_EE_ORIGIN_ICMP6)
		return;
	for (size_t i = sizeof pairs / sizeof pairs[0]; i-- > 0;)
		if (pairs[i].type6 == error->ee_type &&
		    (pairs[i].code6 == error->ee_code || pairs[i].code6 == ANY_CODE)) {
			type = pairs[i].type;
			code = pairs[i].code;
		}
	error->ee_origin = SO_EE_ORIGIN_ICMP;
	error->ee_type = type;
	error->ee_code = code;
}
