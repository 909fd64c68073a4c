/* SPDX-License-Identifier: MIT */
#include "socket/mark_told.h"

#include "base/sys.h"
#include "config/settings.h"

#include <errno.h>
#include <linux/in.h>

#ifndef IPV6_RECVERR_RFC4884
#define IPV6_RECVERR_RFC4884 31
#endif

/* MPTCP refuses the first option with EOPNOTSUPP. On a kernel that does not have it, ps sees nothing. */
bool mark_told_set(int fd, enum transport transport)
{
	if (transport == TRANSPORT_UDP ||
	    (sys_set_int(fd, IPPROTO_IP, IP_RECVERR_RFC4884, 1) != 0 && errno == EOPNOTSUPP))
		sys_set_int(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	return true;
}

/* Whether the program has set IP_RECVERR_RFC4884 on a promoted socket. */
static bool owns_rfc4884(int fd)
{
	return sys_get_int(fd, IPPROTO_IPV6, IPV6_RECVERR_RFC4884) > 0 && mark_shown(fd) > 0;
}

static void renew_rfc4884(int fd)
{
	sys_set_int(fd, IPPROTO_IP, IP_RECVERR_RFC4884,
		    sys_get_int(fd, IPPROTO_IP, IP_RECVERR) == 0 || owns_rfc4884(fd));
}

void mark_told_renew(int fd, enum transport transport, enum mark mark)
{
	if (transport == TRANSPORT_UDP && (mark == MARK_PROMOTED || mark == MARK_WIDENED))
		renew_rfc4884(fd);
}

bool mark_told_by_no_port(int protocol, enum mark mark)
{
	return mark == MARK_MAPPED ||
	       ((mark == MARK_CONVERTED || mark == MARK_PROMOTED) && protocol != IPPROTO_TCP);
}

bool mark_told_has_no_port(int fd)
{
	return sys_get_int(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT) > 0 &&
	       mark_told_by_no_port(sys_get_int(fd, SOL_SOCKET, SO_PROTOCOL), mark_get(fd));
}

bool mark_told_owns_no_port(int fd)
{
	return (mark_linger_bits(fd) & MARK_OWN_NO_PORT) != 0;
}

/* To MPTCP a SO_LINGER that is on, of which that is the first number, means something: then it is not noted. */
void mark_told_own_no_port(int fd, bool own)
{
	if (sys_get_int(fd, SOL_SOCKET, SO_LINGER) == 0 || sys_get_int(fd, SOL_SOCKET, SO_TYPE) == SOCK_DGRAM)
		mark_set_linger_bit(fd, MARK_OWN_NO_PORT, own);
	sys_set_int(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
}

static bool is_datagram_apart(int fd)
{
	return sys_get_int(fd, SOL_SOCKET, SO_TYPE) == SOCK_DGRAM && mark_is_apart(fd, TRANSPORT_UDP);
}

static bool has_rfc4884(int fd)
{
	return sys_get_int(fd, SOL_SOCKET, SO_TYPE) == SOCK_STREAM ||
	       (is_datagram_apart(fd) && sys_get_int(fd, IPPROTO_IP, IP_RECVERR) == 0 && !owns_rfc4884(fd));
}

bool mark_told_alone(int fd, int name)
{
	if ((name != IP_RECVERR_RFC4884 && name != IP_BIND_ADDRESS_NO_PORT) || settings_get() == NULL)
		return false;
	if (name == IP_RECVERR_RFC4884)
		return has_rfc4884(fd);
	return mark_told_has_no_port(fd) && !mark_told_owns_no_port(fd);
}

void mark_told_errors(int fd)
{
	if (is_datagram_apart(fd))
		renew_rfc4884(fd);
}
