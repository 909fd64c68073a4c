/* SPDX-License-Identifier: MIT */
#include "calls/ioctl.h"

#include "base/sys.h"
#include "calls/names.h"

#include <errno.h>

/* Requests that AF_INET6 sockets do not refuse by ENOTTY. */
static bool is_of_ipv6_too(uint32_t request)
{
	return request == SIOCADDRT || request == SIOCDELRT || request == SIOCSIFADDR ||
	       request == SIOCSIFDSTADDR || request == SIOCDIFADDR;
}

/* If no AF_INET socket can be made, FD itself is asked. */
static int ask_ipv4(int fd, unsigned long request, void *argument, native_ioctl *native)
{
	int other = sys_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), result, error;

	result = native(other >= 0 ? other : fd, request, argument);
	error = errno;
	if (other >= 0)
		sys_close(other);
	errno = error;
	return result;
}

int call_ioctl(int fd, unsigned long request, void *argument, native_ioctl *native)
{
	bool of_both = is_of_ipv6_too((uint32_t)request);
	int result = of_both ? -1 : native(fd, request, argument);

	if (!of_both && (result >= 0 || errno != ENOTTY))
		return result;
	if (names_are_shown(fd))
		return ask_ipv4(fd, request, argument, native);
	if (of_both)
		return native(fd, request, argument);
	errno = ENOTTY;
	return result;
}
