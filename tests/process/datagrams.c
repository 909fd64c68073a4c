/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "datagrams.h"
#include "base/sys.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/capability.h>
#include <net/if.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static int limited(int fd)
{
	ck_assert_int_ge(fd, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){5, 0}, sizeof(struct timeval));
	return fd;
}

int server_unbound(void)
{
	return limited(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

int bind_to(int fd, struct sockaddr_in local)
{
	return bind(fd, (struct sockaddr *)&local, sizeof local);
}

int server_with(uint16_t port, int option)
{
	int fd = server_unbound();

	if (option != 0)
		ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, option, &(int){1}, sizeof(int)), 0);
	ck_assert_int_eq(bind_to(fd, ipv4(INADDR_ANY, port)), 0);
	ck_assert_int_eq(is_converted(fd), port >= SERVER && port <= SERVER + 100);
	return fd;
}

int server(uint16_t port)
{
	return server_with(port, 0);
}

bool is_converted(int fd)
{
	return kernel_option(fd, SOL_SOCKET, SO_DOMAIN) == AF_INET6;
}

static struct in6_addr home6(enum whence whence)
{
	return whence == FROM_LOOPBACK6 ? in6addr_loopback : client_address();
}

static int bound_past_the_hooks(const void *local, socklen_t length)
{
	int fd = limited(socket(((const struct sockaddr *)local)->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));

	ck_assert_int_eq(sys_call(SYS_bind, fd, local, length), 0);
	return fd;
}

int client(enum whence whence, uint16_t port)
{
	struct sockaddr_in local4 = ipv4(INADDR_LOOPBACK, port);
	struct sockaddr_in6 local6 = ipv6(home6(whence), port);

	if (whence == FROM_IPV4)
		return bound_past_the_hooks(&local4, sizeof local4);
	return bound_past_the_hooks(&local6, sizeof local6);
}

int client_at(const char *address, uint16_t port)
{
	struct sockaddr_in6 local = ipv6(in6addr_any, port);

	ck_assert_int_eq(inet_pton(AF_INET6, address, &local.sin6_addr), 1);
	return bound_past_the_hooks(&local, sizeof local);
}

bool asked_at(int client, enum whence whence, uint16_t port, const char *text)
{
	struct sockaddr_in to4 = ipv4(INADDR_LOOPBACK, port);
	struct sockaddr_in6 to6 = ipv6(home6(whence), port);
	const void *to = whence == FROM_IPV4 ? (void *)&to4 : (void *)&to6;
	size_t length = whence == FROM_IPV4 ? sizeof to4 : sizeof to6;

	return sys_call(SYS_sendto, client, text, strlen(text), 0, to, length) == (long)strlen(text);
}

void ask_at(int client, enum whence whence, uint16_t port, const char *text)
{
	ck_assert(asked_at(client, whence, port, text));
}

void ask(int client, enum whence whence, const char *text)
{
	ask_at(client, whence, SERVER, text);
}

struct sockaddr_in shown(enum whence whence, uint16_t port)
{
	return ipv4(whence == FROM_ELSEWHERE6 ? CLIENT_SHOWN : INADDR_LOOPBACK, port);
}

void same_address(const struct sockaddr_in *seen, const struct sockaddr_in *wanted)
{
	ck_assert_int_eq(seen->sin_family, AF_INET);
	ck_assert_uint_eq(ntohl(seen->sin_addr.s_addr), ntohl(wanted->sin_addr.s_addr));
	ck_assert_uint_eq(ntohs(seen->sin_port), ntohs(wanted->sin_port));
	ck_assert_mem_eq(seen->sin_zero, wanted->sin_zero, sizeof seen->sin_zero);
}

struct sockaddr_in heard(int fd, const char *text)
{
	struct sockaddr_storage name;
	struct sockaddr_in result;
	socklen_t length = sizeof name;
	char data[256];
	ssize_t size;

	memset(&name, 0xaa, sizeof name);
	errno = 77;
	size = recvfrom(fd, data, sizeof data, 0, (struct sockaddr *)&name, &length);
	ck_assert_int_eq(size, (ssize_t)strlen(text));
	ck_assert_int_eq(errno, 77);
	ck_assert_mem_eq(data, text, strlen(text));
	ck_assert_uint_eq(length, sizeof result);
	ck_assert_int_eq(name.ss_family, AF_INET);
	memcpy(&result, &name, sizeof result);
	return result;
}

void hear(int fd, enum whence whence, uint16_t port, const char *text)
{
	struct sockaddr_in wanted = shown(whence, port), seen = heard(fd, text);

	same_address(&seen, &wanted);
}

void reply(int fd, const struct sockaddr_in *to, const char *text)
{
	errno = 77;
	ck_assert_int_eq(sendto(fd, text, strlen(text), 0, (const struct sockaddr *)to, sizeof *to),
			 (ssize_t)strlen(text));
	ck_assert_int_eq(errno, 77);
}

void answered_from(int client, const struct sockaddr_in6 *from, const char *text)
{
	struct sockaddr_in6 name = {0};
	socklen_t length = sizeof name;
	char data[256];

	ck_assert_int_eq(sys_call(SYS_recvfrom, client, data, sizeof data, 0, &name, &length), (long)strlen(text));
	ck_assert_mem_eq(data, text, strlen(text));
	ck_assert_int_eq(name.sin6_family, from->sin6_family);
	ck_assert_uint_eq(ntohs(name.sin6_port), ntohs(from->sin6_port));
	if (from->sin6_family == AF_INET) /* the address comes at once after the port */
		ck_assert_mem_eq(&name.sin6_flowinfo, &from->sin6_flowinfo, sizeof(struct in_addr));
	else
		ck_assert_mem_eq(&name.sin6_addr, &from->sin6_addr, sizeof name.sin6_addr);
}

void answered(int client, enum whence whence, const char *text)
{
	struct sockaddr_in from4 = ipv4(INADDR_LOOPBACK, SERVER);
	struct sockaddr_in6 from = ipv6(home6(whence), SERVER);

	if (whence == FROM_IPV4)
		memcpy(&from, &from4, sizeof from4);
	answered_from(client, &from, text);
}

bool received(int client, const char *text)
{
	char data[256];
	long size = sys_call(SYS_recvfrom, client, data, sizeof data, 0, NULL, NULL);

	return size == (long)strlen(text) && memcmp(data, text, strlen(text)) == 0;
}

/* Long enough for what would come over lo. */
void unanswered_all(const int *fds, int count)
{
	enum { AT_MOST = 128 };
	struct pollfd watched[AT_MOST];

	ck_assert_int_le(count, AT_MOST);
	for (int i = 0; i < count; i++)
		watched[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
	ck_assert_int_eq(poll(watched, (nfds_t)count, 100), 0);
}

void unanswered(int fd)
{
	unanswered_all(&fd, 1);
}

struct sockaddr_in name_of(int fd, bool peer)
{
	struct sockaddr_in name = {0};
	socklen_t length = sizeof name;

	errno = 77;
	ck_assert_int_eq((peer ? getpeername : getsockname)(fd, (struct sockaddr *)&name, &length), 0);
	ck_assert_int_eq(errno, 77);
	ck_assert_uint_eq(length, sizeof name);
	ck_assert_int_eq(name.sin_family, AF_INET);
	return name;
}

int disconnect(int fd)
{
	struct sockaddr nowhere = {.sa_family = AF_UNSPEC};

	return connect(fd, &nowhere, sizeof nowhere);
}

int connect_to(int fd, const struct sockaddr_in *to)
{
	return connect(fd, (const struct sockaddr *)to, sizeof *to);
}

/* In a user namespace, where we are not root, a program that we start has our
 * rights over the network only if they are inherited. */
static void let_inherit_rights(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

	ck_assert_int_eq(sys_call(SYS_capget, &header, sets), 0);
	sets[0].inheritable |= sets[0].permitted & 1u << CAP_NET_ADMIN;
	ck_assert_int_eq(sys_call(SYS_capset, &header, sets), 0);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_ADMIN, 0, 0);
}

void run_command(const char *format, ...)
{
	char command[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(command, sizeof command, format, arguments);
	va_end(arguments);
	let_inherit_rights();
	ck_assert_msg(system(command) == 0, "%s", command);
}

/* A new address is tentative until the kernel's worker has run, and can be
 * bound for a moment before there is a route to it. */
static bool hears_itself(const struct sockaddr_in6 *address)
{
	struct sockaddr_in6 name = *address;
	socklen_t length = sizeof name;
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct pollfd watched = {.fd = fd, .events = POLLIN};
	bool heard = sys_call(SYS_bind, fd, &name, sizeof name) == 0 &&
		     sys_call(SYS_getsockname, fd, &name, &length) == 0 &&
		     sys_call(SYS_sendto, fd, "x", 1, 0, &name, length) == 1 && poll(&watched, 1, 10) == 1;

	close(fd);
	return heard;
}

void add_address6(const char *address, const char *interface)
{
	struct sockaddr_in6 local = ipv6(in6addr_any, 0);

	run_command("ip address add %s dev %s nodad", address, interface);
	ck_assert_int_eq(inet_pton(AF_INET6, address, &local.sin6_addr), 1);
	if (IN6_IS_ADDR_LINKLOCAL(&local.sin6_addr))
		local.sin6_scope_id = if_nametoindex(interface);
	for (int tries = 0; !hears_itself(&local); tries++) {
		ck_assert_int_lt(tries, 1000);
		poll(NULL, 0, 1);
	}
}

static bool has_carrier(const char *name)
{
	char command[128];

	snprintf(command, sizeof command, "ip -o link show %s | grep -q LOWER_UP", name);
	return system(command) == 0;
}

void add_veth(const char *one, const char *other)
{
	run_command("ip link add %s type veth peer name %s", one, other);
	run_command("ip link set %s up && ip link set %s up", one, other);
	for (int tries = 0; !has_carrier(one) || !has_carrier(other); tries++) {
		ck_assert_int_lt(tries, 200);
		poll(NULL, 0, 10);
	}
}
