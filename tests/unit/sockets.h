/* SPDX-License-Identifier: MIT */
/*
 * What several unit tests need of sockets: a private network where the kernel
 * allows one, ports, and a look at what a descriptor is.
 */
#ifndef DUALBIND_TEST_SOCKETS_H
#define DUALBIND_TEST_SOCKETS_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

enum { FAMILY_EITHER = AF_UNSPEC, WAIT_MS = 10000 };

/*
 * Best effort: ports are the kernel's choice everywhere, so a test also works
 * in the network it was started in. MORE is CLONE_NEWUSER or 0.
 */
static inline bool enter_network(int more)
{
	struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd;
	bool up;

	if (unshare(CLONE_NEWNET | more) != 0)
		return false;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	up = ioctl(fd, SIOCSIFFLAGS, &loopback) == 0;
	close(fd);
	return up;
}

static inline int private_network(void **state)
{
	(void)state;
	if (!enter_network(0))
		enter_network(CLONE_NEWUSER);
	return 0;
}

static inline int new_socket(int family)
{
	int fd = socket(family, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	return fd;
}

static inline int int_option(int fd, int level, int name)
{
	int value = 0;
	socklen_t length = sizeof value;

	assert_int_equal(getsockopt(fd, level, name, &value, &length), 0);
	return value;
}

/* Whether this kernel does not know a socket option; it is then told which. */
static inline bool lacks_option(int level, int name, const char *text)
{
	int fd = socket(AF_INET6, SOCK_STREAM, 0), value;
	socklen_t length = sizeof value;
	bool lacks = getsockopt(fd, level, name, &value, &length) != 0 && errno == ENOPROTOOPT;

	close(fd);
	if (lacks)
		print_message("# no %s on this kernel\n", text);
	return lacks;
}

static inline bool lacks_multicast_all(void)
{
	return lacks_option(IPPROTO_IPV6, 29, "IPV6_MULTICAST_ALL");
}

static inline bool lacks_pidfd_getfd(void)
{
	bool lacks = syscall(SYS_pidfd_getfd, -1, 0, 0) != 0 && errno == ENOSYS;

	if (lacks)
		print_message("# no pidfd_getfd on this kernel\n");
	return lacks;
}

/* The same of MPTCP, and of the only mark that such a socket can have. */
static inline bool lacks_mptcp(void)
{
	enum { FREEBIND = 78 };
	int fd = socket(AF_INET6, SOCK_STREAM, IPPROTO_MPTCP), off = 0;
	const char *lack = NULL;

	if (fd < 0)
		lack = "MPTCP";
	else if (setsockopt(fd, IPPROTO_IPV6, FREEBIND, &off, sizeof off) != 0)
		lack = "IPV6_FREEBIND of MPTCP";
	if (fd >= 0)
		close(fd);
	if (lack != NULL)
		print_message("# no %s on this kernel\n", lack);
	return lack != NULL;
}

static inline void set_int_option(int fd, int level, int name, int value)
{
	assert_int_equal(setsockopt(fd, level, name, &value, sizeof value), 0);
}

static inline int domain_of(int fd)
{
	return int_option(fd, SOL_SOCKET, SO_DOMAIN);
}

static inline ino_t inode_of(int fd)
{
	struct stat status;

	assert_int_equal(fstat(fd, &status), 0);
	return status.st_ino;
}

/* 0.0.0.0 or 127.0.0.1, :: or ::1. */
static inline socklen_t fill_address(struct sockaddr_storage *to, int family, bool loopback, uint16_t port)
{
	struct sockaddr_in *in = (void *)to;
	struct sockaddr_in6 *in6 = (void *)to;

	memset(to, 0, sizeof *to);
	if (family == AF_INET) {
		*in = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
		in->sin_addr.s_addr = htonl(loopback ? INADDR_LOOPBACK : INADDR_ANY);
		return sizeof *in;
	}
	*in6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
	in6->sin6_addr = loopback ? in6addr_loopback : in6addr_any;
	return sizeof *in6;
}

static inline int try_bind(int fd, int family, uint16_t port)
{
	struct sockaddr_storage any;
	socklen_t length = fill_address(&any, family, false, port);

	return bind(fd, (struct sockaddr *)&any, length);
}

static inline uint16_t port_of(int fd)
{
	struct sockaddr_in6 local = {0};
	socklen_t length = sizeof local;

	assert_int_equal(getsockname(fd, (struct sockaddr *)&local, &length), 0);
	return ntohs(local.sin6_port);
}

/* A port that neither family has. */
static inline uint16_t free_port(void)
{
	int fd = new_socket(AF_INET6);
	uint16_t port;

	set_int_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	assert_int_equal(try_bind(fd, AF_INET6, 0), 0);
	port = port_of(fd);
	close(fd);
	return port;
}

/* A connected client of the loopback address, or -1. It ends with a reset, so
 * that thousands of them leave nothing in TIME_WAIT. */
static inline int connect_to(int family, uint16_t port)
{
	struct sockaddr_storage to;
	socklen_t length = fill_address(&to, family, true, port);
	struct linger reset = {1, 0};
	int fd = new_socket(family);

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	if (connect(fd, (struct sockaddr *)&to, length) == 0)
		return fd;
	close(fd);
	return -1;
}

static inline bool is_readable(int fd, int milliseconds)
{
	struct pollfd watched = {.fd = fd, .events = POLLIN};

	return poll(&watched, 1, milliseconds) == 1 && (watched.revents & POLLIN);
}

/* Whether a byte goes from a new client of FAMILY to what LISTENER accepts. */
static inline bool serves(int listener, int family)
{
	int client = connect_to(family, port_of(listener)), server = -1;
	char byte = 0;
	bool served;

	if (client < 0)
		return false;
	if (is_readable(listener, WAIT_MS))
		server = accept(listener, NULL, NULL);
	served = server >= 0 && write(client, "x", 1) == 1 && is_readable(server, WAIT_MS) &&
		 read(server, &byte, 1) == 1 && byte == 'x';
	close(client);
	if (server >= 0)
		close(server);
	return served;
}

static inline unsigned open_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	unsigned count = 0;

	assert_non_null(folder);
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count;
}

#endif
