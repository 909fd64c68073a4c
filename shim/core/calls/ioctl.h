/* SPDX-License-Identifier: MIT */
/*
 * ioctl(2) for addresses of interfaces, neighbours and routes (netdevice(7), arp(7)), which only AF_INET sockets answer:
 * AF_INET6 ones return ENOTTY, or take some of them for IPv6 requests of the same number. For a socket that is shown as
 * AF_INET these calls are made on an AF_INET one, since the answer belongs to the network and not to the socket.
 *
 * No lock, no malloc. NATIVE is the call that the program meant.
 */
#ifndef DUALBIND_CALLS_IOCTL_H
#define DUALBIND_CALLS_IOCTL_H

#include <linux/sockios.h>
#include <stdbool.h>
#include <stdint.h>

/* Whether REQUEST is one of them. C libraries pass it as an int, or as an unsigned long. */
static inline bool ioctl_is_of_ipv4(unsigned long request)
{
	switch ((uint32_t)request) {
	case SIOCADDRT:
	case SIOCDELRT:
	case SIOCRTMSG:
	case SIOCGIFADDR:
	case SIOCSIFADDR:
	case SIOCGIFDSTADDR:
	case SIOCSIFDSTADDR:
	case SIOCGIFBRDADDR:
	case SIOCSIFBRDADDR:
	case SIOCGIFNETMASK:
	case SIOCSIFNETMASK:
	case SIOCGIFPFLAGS:
	case SIOCSIFPFLAGS:
	case SIOCDIFADDR:
	case SIOCGARP:
	case SIOCSARP:
	case SIOCDARP:
		return true;
	default:
		return false;
	}
}

typedef int native_ioctl(int fd, unsigned long request, void *argument);

/* To be called for such a REQUEST. */
int call_ioctl(int fd, unsigned long request, void *argument, native_ioctl *native);

#endif
