/* SPDX-License-Identifier: MIT */
/* Scenes of listeners. */
#define _GNU_SOURCE
#include "scene.h"

#include <poll.h>

enum { DATA = 77 };

static int listener(int family, bool reuse)
{
	int fd = (int)said("socket", socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0));

	if (reuse)
		said("SO_REUSEADDR", set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1));
	if (family == AF_INET6)
		said("IPV6_V6ONLY", set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1));
	return fd;
}

static long bind_to(int fd, int family, const char *host, uint16_t port)
{
	struct sockaddr_storage address;
	socklen_t length = address_of(&address, family, host, port);

	return said("bind", bind(fd, (struct sockaddr *)&address, length));
}

static void talk(int from, int fd)
{
	struct sockaddr_storage peer = {0};
	socklen_t length = sizeof peer;
	int one = 0, other;
	char byte = 0;

	/* Loopback delivers before connect(2) returns. */
	other = (int)said("accept", accept4(fd, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC));
	if (other < 0) {
		leave(from);
		return;
	}
	say_address("accept", &peer, length);
	say_name("getpeername", other, getpeername);
	say_name("getsockname", other, getsockname);
	length = sizeof one;
	said("SO_DOMAIN", getsockopt(other, SOL_SOCKET, SO_DOMAIN, &one, &length));
	say("SO_DOMAIN: %d", one);
	said("IP_TOS", set_int(other, IPPROTO_IP, IP_TOS, 8));
	PAST(write, from, "x", 1);
	errno = SENTINEL;
	said("recv", recv(other, &byte, 1, 0));
	said("send", send(other, &byte, 1, 0));
	leave(from);
	said("close", close(other));
}

static void one_client(int fd, const char *host, uint16_t port)
{
	int from;

	say("client of %s", host);
	from = client(SOCK_STREAM, host, port);
	if (from >= 0)
		talk(from, fd);
}

void serve_tcp(int fd, uint16_t port, int wanted)
{
	one_client(fd, wanted == AF_INET ? "127.0.0.1" : "::1", port);
	adding(true);
	one_client(fd, wanted == AF_INET ? "::1" : "127.0.0.1", port);
	adding(false);
}

/* A listener with a duplicate that is in epoll before it is bound. */
static void scene_bind(void)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = DATA}, seen[2] = {{0}};
	int fd = listener(AF_INET, true), copy, epfd, from;

	said("TCP_NODELAY", set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1));
	said("SO_RCVBUF", set_int(fd, SOL_SOCKET, SO_RCVBUF, 30000));
	copy = (int)said("dup", fcntl(fd, F_DUPFD_CLOEXEC, 0));
	epfd = (int)said("epoll", epoll_create1(EPOLL_CLOEXEC));
	said("EPOLL_CTL_ADD", epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &event));
	bind_to(fd, AF_INET, NULL, 8080);
	say_descriptors("bound");
	say_name("getsockname", fd, getsockname);
	said("IP_TTL", set_int(fd, IPPROTO_IP, IP_TTL, 33));
	said("listen", listen(fd, 5));
	say_socket(fd);
	say_socket(copy);
	from = client(SOCK_STREAM, "127.0.0.1", 8080);
	said("epoll_wait", epoll_wait(epfd, seen, 2, 0));
	say("epoll: %x %llu", seen[0].events, (unsigned long long)seen[0].data.u64);
	talk(from, copy);
	event.events = 0;
	said("EPOLL_CTL_MOD", epoll_ctl(epfd, EPOLL_CTL_MOD, fd, &event));
	serve_tcp(fd, 8080, AF_INET);
	said("close", close(copy) | close(fd) | close(epfd));
}

/* Bound past the hooks, as before the library was there. */
static void scene_listen(void)
{
	struct sockaddr_storage address;
	socklen_t length = address_of(&address, AF_INET, NULL, 8081);
	int fd = listener(AF_INET, false);

	PAST(bind, fd, &address, length);
	errno = SENTINEL;
	said("listen", listen(fd, 5));
	say_descriptors("listening");
	say_socket(fd);
	serve_tcp(fd, 8081, AF_INET);
	said("close", close(fd));
}

/* The kernel chooses the port. */
static void scene_unbound(void)
{
	struct sockaddr_storage address = {0};
	socklen_t length = sizeof address;
	int fd = listener(AF_INET, true);
	uint16_t port;

	said("listen", listen(fd, 5));
	say_socket(fd);
	PAST(getsockname, fd, &address, &length);
	port = ntohs(((struct sockaddr_in *)&address)->sin_port);
	name_port("chosen", port);
	errno = SENTINEL;
	say_name("getsockname", fd, getsockname);
	serve_tcp(fd, port, AF_INET);
	said("close", close(fd));
}

/* The program binds the second family itself: the first one yields. */
static void scene_dual(void)
{
	int fd = listener(AF_INET, true), other;

	bind_to(fd, AF_INET, NULL, 8082);
	said("listen", listen(fd, 5));
	other = listener(AF_INET6, true);
	bind_to(other, AF_INET6, NULL, 8082);
	said("listen", listen(other, 5));
	say_descriptors("listening");
	say_socket(fd);
	say_socket(other);
	one_client(fd, "127.0.0.1", 8082);
	one_client(other, "::1", 8082);
	said("close", close(fd) | close(other));
}

/* Another socket has the port already, and it is free again later. */
static void scene_taken(void)
{
	struct sockaddr_storage address;
	socklen_t length = address_of(&address, AF_INET, NULL, 8083);
	int holder = (int)PAST(socket, AF_INET, SOCK_STREAM, 0), fd;

	PAST(bind, holder, &address, length);
	PAST(listen, holder, 5);
	errno = SENTINEL;
	fd = listener(AF_INET, false);
	bind_to(fd, AF_INET, NULL, 8083);
	say_descriptors("refused");
	say_socket(fd);
	leave(holder);
	bind_to(fd, AF_INET, NULL, 8083);
	said("listen", listen(fd, 5));
	say_socket(fd);
	serve_tcp(fd, 8083, AF_INET);
	said("close", close(fd));
}

static void scene_promote(void)
{
	int fd = listener(AF_INET, true);

	bind_to(fd, AF_INET, "127.0.0.1", 8086);
	said("listen", listen(fd, 5));
	say_socket(fd);
	say_name("getsockname", fd, getsockname);
	serve_tcp(fd, 8086, AF_INET);
	said("close", close(fd));
}

static void scene_widen(void)
{
	int fd = listener(AF_INET6, true);

	bind_to(fd, AF_INET6, NULL, 8087);
	said("listen", listen(fd, 5));
	say_socket(fd);
	serve_tcp(fd, 8087, AF_INET6);
	said("close", close(fd));
}

/* The program has closed descriptor 2, and has a file of its own there. */
static void scene_stderr(void)
{
	long kept = PAST(fcntl, STDERR_FILENO, F_DUPFD, 10), size;
	int fd;

	PAST(close, STDERR_FILENO);
	said("file at 2", PAST(memfd_create, "own", 0));
	fd = listener(AF_INET, true);
	bind_to(fd, AF_INET, NULL, 8089);
	said("listen", listen(fd, 5));
	serve_tcp(fd, 8089, AF_INET);
	said("close", close(fd));
	size = PAST(lseek, STDERR_FILENO, 0, SEEK_END);
	errno = SENTINEL;
	said("size of its file", size);
	PAST(close, STDERR_FILENO);
	if (kept >= 0)
		PAST(dup3, kept, STDERR_FILENO, 0);
	leave((int)kept);
}

const struct scene tcp_scenes[] = {
    {"bind", "convert at bind, accept, names", scene_bind},
    {"listen", "convert at listen", scene_listen},
    {"unbound", "convert, the kernel's port", scene_unbound},
    {"dual", "yield", scene_dual},
    {"taken", "a port that is taken", scene_taken},
    {"promote", "promote", scene_promote},
    {"widen", "widen", scene_widen},
    {"stderr", "a file of the program's at 2", scene_stderr},
    {NULL, NULL, NULL},
};
