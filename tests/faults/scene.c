/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "scene.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/stat.h>

enum { DESCRIPTORS = 64, PORTS = 16, LINE_BYTES = 512 };

static const char *prefix = "";
static struct {
	char name[16];
	uint16_t port;
} ports[PORTS];
static size_t ports_known;

void adding(bool on)
{
	prefix = on ? "+ " : "";
}

void say(const char *format, ...)
{
	char line[LINE_BYTES];
	size_t length = strlen(prefix);
	va_list arguments;
	int more;

	memcpy(line, prefix, length);
	va_start(arguments, format);
	more = vsnprintf(line + length, sizeof line - length - 1, format, arguments);
	va_end(arguments);
	length += more > 0 ? (size_t)more : 0;
	length = length < sizeof line - 1 ? length : sizeof line - 2;
	line[length++] = '\n';
	PAST(write, STDOUT_FILENO, line, length);
	errno = SENTINEL;
}

static const char *name_of_error(int error)
{
	return error == SENTINEL ? "-" : strerrorname_np(error) ? strerrorname_np(error) : "?";
}

long said(const char *what, long result)
{
	int error = errno;

	say("%s: %ld %s", what, result, name_of_error(error));
	return result;
}

void name_port(const char *name, uint16_t port)
{
	size_t i = 0;

	while (i < ports_known && strcmp(ports[i].name, name) != 0)
		i++;
	if (i == PORTS)
		return;
	ports_known = i == ports_known ? i + 1 : ports_known;
	snprintf(ports[i].name, sizeof ports[i].name, "%s", name);
	ports[i].port = port;
}

static const char *name_of_port(uint16_t port)
{
	static char number[8];

	for (size_t i = 0; i < ports_known; i++)
		if (ports[i].port == port)
			return ports[i].name;
	snprintf(number, sizeof number, "%u", port);
	return port >= 32768 ? "some" : number;
}

void say_address(const char *what, const struct sockaddr_storage *address, socklen_t length)
{
	const struct sockaddr_in *in = (const void *)address;
	const struct sockaddr_in6 *in6 = (const void *)address;
	char text[INET6_ADDRSTRLEN] = "";

	if (address->ss_family == AF_INET)
		inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
	else if (address->ss_family == AF_INET6)
		inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof text);
	/* Class E: the pool. Which of it depends on the machine. */
	if (address->ss_family == AF_INET && ntohl(in->sin_addr.s_addr) >= 0xf0000000)
		strcpy(text, "synthetic");
	say("%s: family %d, %s, port %s, length %u", what, address->ss_family, text,
	    name_of_port(ntohs(in->sin_port)), length);
}

/* Once with room for any address, and once for an IPv4 one. */
void say_name(const char *what, int fd, int (*ask)(int, struct sockaddr *, socklen_t *))
{
	const socklen_t rooms[] = {sizeof(struct sockaddr_storage), sizeof(struct sockaddr_in)};

	for (int i = 0; i < 2; i++) {
		struct sockaddr_storage address = {0};
		socklen_t length = rooms[i];

		if (said(what, ask(fd, (struct sockaddr *)&address, &length)) == 0)
			say_address(what, &address, length);
	}
}

static int get(int fd, int level, int name)
{
	int value = -1;
	socklen_t length = sizeof value;

	return PAST(getsockopt, fd, level, name, &value, &length) == 0 ? value : -1;
}

void say_socket(int fd)
{
	const bool stream = get(fd, SOL_SOCKET, SO_TYPE) == SOCK_STREAM;

	say("  reuse %d %d, keepalive %d, receives %d, broadcast %d, nodelay %d, flags %lx %lx",
	    get(fd, SOL_SOCKET, SO_REUSEADDR), get(fd, SOL_SOCKET, SO_REUSEPORT), get(fd, SOL_SOCKET, SO_KEEPALIVE),
	    get(fd, SOL_SOCKET, SO_RCVBUF), get(fd, SOL_SOCKET, SO_BROADCAST),
	    stream ? get(fd, IPPROTO_TCP, TCP_NODELAY) : 0, PAST(fcntl, fd, F_GETFL), PAST(fcntl, fd, F_GETFD));
	prefix = "+ ";
	say("  domain %d, v6only %d", get(fd, SOL_SOCKET, SO_DOMAIN), get(fd, IPPROTO_IPV6, IPV6_V6ONLY));
	prefix = "";
}

static const char *kind_of(int fd, char *text, size_t size)
{
	static ino_t sockets[DESCRIPTORS];
	struct stat status;
	size_t i = 0;

	if (PAST(fstat, fd, &status) != 0)
		return "?";
	if (!S_ISSOCK(status.st_mode))
		return S_ISFIFO(status.st_mode)  ? "pipe"
		       : S_ISCHR(status.st_mode) ? "device"
		       : S_ISREG(status.st_mode) ? "file"
		       : S_ISDIR(status.st_mode) ? "folder"
						 : "other";
	/* The first number that means the same socket tells of duplicates. */
	sockets[fd] = status.st_ino;
	while (sockets[i] != status.st_ino)
		i++;
	snprintf(text, size, "socket(%zu)", i);
	return text;
}

/* Of all numbers, with no more than poll(2) and fstat(2): /proc may be missing. */
void say_descriptors(const char *when)
{
	struct pollfd all[DESCRIPTORS];
	char text[LINE_BYTES / 2] = "", kind[32];
	size_t length = 0;

	for (int i = 0; i < DESCRIPTORS; i++)
		all[i] = (struct pollfd){.fd = i};
	if (PAST(ppoll, all, DESCRIPTORS, &(struct timespec){0}, 0L, 0L) < 0)
		/* Natively as few as may be: RLIMIT_NOFILE bounds poll(2) too. */
		for (int i = 0; i < DESCRIPTORS; i++)
			all[i].revents = PAST(fcntl, i, F_GETFD) < 0 ? POLLNVAL : 0;
	for (int i = STDERR_FILENO + 1; i < DESCRIPTORS && length < sizeof text; i++)
		if (!(all[i].revents & POLLNVAL))
			length += (size_t)snprintf(text + length, sizeof text - length, " %d:%s", i,
						   kind_of(i, kind, sizeof kind));
	say("descriptors %s:%s", when, text);
}

socklen_t address_of(struct sockaddr_storage *address, int family, const char *host, uint16_t port)
{
	struct sockaddr_in *in = (void *)address;
	struct sockaddr_in6 *in6 = (void *)address;

	memset(address, 0, sizeof *address);
	address->ss_family = (sa_family_t)family;
	in->sin_port = htons(port);
	if (host != NULL)
		inet_pton(family, host, family == AF_INET ? (void *)&in->sin_addr : (void *)&in6->sin6_addr);
	return family == AF_INET ? sizeof *in : sizeof *in6;
}

int set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof value);
}

/* It ends by a reset, so that its port is free again at once. */
int client(int type, const char *host, uint16_t port)
{
	const struct linger reset = {1, 0};
	int family = strchr(host, ':') != NULL ? AF_INET6 : AF_INET;
	struct sockaddr_storage address;
	socklen_t length = address_of(&address, family, host, port);
	int fd = (int)PAST(socket, family, type | SOCK_CLOEXEC, 0), result;

	PAST(setsockopt, fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	errno = SENTINEL;
	result = (int)PAST(connect, fd, &address, length);
	said("client connects", result);
	length = sizeof address;
	PAST(getsockname, fd, &address, &length);
	name_port("client", ntohs(((struct sockaddr_in *)&address)->sin_port));
	if (result != 0) {
		PAST(close, fd);
		fd = -1;
	}
	errno = SENTINEL;
	return fd;
}

void leave(int fd)
{
	if (fd >= 0)
		PAST(close, fd);
	errno = SENTINEL;
}
