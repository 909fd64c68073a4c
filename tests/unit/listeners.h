/* SPDX-License-Identifier: MIT */
/* Listeners as the library makes them of a program's, and children that hold them. */
#ifndef DUALBIND_TEST_LISTENERS_H
#define DUALBIND_TEST_LISTENERS_H

#include "sockets.h"

#include "base/sys.h"
#include "bind/bind.h"

#include <signal.h>
#include <sys/wait.h>

static inline int listens_at(int fd, int family, uint16_t port)
{
	struct sockaddr_storage local;
	socklen_t length = fill_address(&local, family, false, port);

	if (family == AF_INET6)
		set_int_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	assert_int_equal(call_bind(settings_get(), fd, (struct sockaddr *)&local, length, sys_bind), 0);
	assert_int_equal(call_listen(settings_get(), fd, 4, sys_listen), 0);
	return fd;
}

static inline int listening(int family, uint16_t port)
{
	return listens_at(new_socket(family), family, port);
}

static inline int listening_in_group(int family, uint16_t port)
{
	int fd = new_socket(family);

	set_int_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	return listens_at(fd, family, port);
}

static inline void end_child(pid_t child)
{
	assert_true(child > 0);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

#endif
