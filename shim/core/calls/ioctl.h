/* SPDX-License-Identifier: MIT */
/*
 * ioctl(2) for addresses of interfaces, neighbours and routes (netdevice(7), arp(7)), which AF_INET sockets answer
 * alone: AF_INET6 ones say ENOTTY, or take some of them for what IPv6 has by that number. For a socket that is shown as
 * AF_INET they are asked of an AF_INET one, since the answer is the network's and not the socket's.
 *
 * No lock, no malloc. NATIVE is the call that the program meant.
 */
#ifndef DUALBIND_CALLS_IOCTL_H
#define DUALBIND_CALLS_IOCTL_H

#include <linux/sockios.h>
#include <stdbool.h>
#include <stdint.h>

/* Whether REQUEST is one of them. It is a C library's int, or an unsigned long. */
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

/* Of such a REQUEST. */
int call_ioctl(int fd, unsigned long request, void *argument, native_ioctl *native);

#endif
