/* SPDX-License-Identifier: MIT */
#include "bind/company.h"

unsigned company_after(unsigned at_port, unsigned yielding)
{
	unsigned yielded = at_port & yielding;

	return (at_port & ~yielding) | (yielded & (AT_PORT_CONVERTED | AT_PORT_MAPPED) ? AT_PORT_IPV4_ANY : 0) |
	       (yielded & AT_PORT_PROMOTED ? AT_PORT_IPV4 : 0) | (yielded & AT_PORT_WIDENED ? AT_PORT_IPV6_ANY : 0);
}

bool company_at(bool ipv4, unsigned at_port)
{
	return (at_port & (ipv4 ? AT_PORT_WIDENED | AT_PORT_IPV6 | AT_PORT_IPV6_ANY | AT_PORT_IPV4_ANY
				: AT_PORT_AS_IPV4 | AT_PORT_IPV4 | AT_PORT_IPV4_ANY | AT_PORT_IPV6_ANY)) != 0;
}

/* With SO_REUSEADDR two TCP sockets can bind, but the second one cannot listen. */
bool company_shares(const struct sock *one, const struct sock *other)
{
	return (one->reuse_port == 1 && other->reuse_port == 1 && one->uid == other->uid) ||
	       (one->transport == TRANSPORT_UDP && one->reuse_addr == 1 && other->reuse_addr == 1);
}

bool company_refuses(const struct survey *survey)
{
	return survey->taken != 0 && survey->taken != survey->ours.inode;
}

unsigned company_apart(const struct survey *survey, enum mark mark)
{
	return mark == MARK_WIDENED ? 0 : AT_PORT_IPV6 & ~survey->foreign;
}

/* SO_REUSEPORT works between sockets of one user. A UDP socket that lacks an option by which others share
 * the port with ours would not natively be beside those. */
bool company_can_be_apart(const struct survey *survey)
{
	const struct sock *self = &survey->self, *ours = &survey->ours;

	if (survey->place != PLACE_OTHER6)
		return false;
	if (self->transport == TRANSPORT_TCP)
		return self->uid == ours->uid;
	return !address_is_multicast(&survey->request.asked) && self->reuse_addr >= ours->reuse_addr &&
	       self->reuse_port >= ours->reuse_port;
}
