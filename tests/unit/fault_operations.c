/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "fault_operations.h"

#include "bind/bind.h"
#include "bind/convert_for_peer.h"

struct native native;

static int finish_native(int result)
{
	native.calls++;
	native.error = errno;
	return native.result = result;
}

/* Whether one of its kind, without options that let sockets share a port, has no place there. */
static bool is_taken(int fd, const struct sockaddr *address, socklen_t length)
{
	int probe = socket(address->sa_family, SOCK_DGRAM, 0), only = 0;
	socklen_t size = sizeof only;
	bool taken;

	if (getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, &size) == 0)
		setsockopt(probe, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
	taken = bind(probe, address, length) != 0 && errno == EADDRINUSE;
	close(probe);
	return taken;
}

static int bind_natively(int fd, const struct sockaddr *address, socklen_t length)
{
	int result = -1;

	errno = ENETDOWN;
	if (native.refuses && native.calls == 0 && is_taken(fd, address, length))
		errno = EADDRINUSE;
	else if (!native.refuses)
		result = bind(fd, address, length);
	native.refused += native.calls == 0 && result != 0 && errno == EADDRINUSE;
	return finish_native(result);
}

static int listen_natively(int fd, int backlog)
{
	return finish_native(listen(fd, backlog));
}

static const struct ip_mreqn group = {.imr_multiaddr = {0x010203ef}, .imr_ifindex = 1};

/* A second membership of the same group is refused. */
bool is_member(int fd)
{
	if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) != 0)
		return errno == EADDRINUSE;
	setsockopt(fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group, sizeof group);
	return false;
}

static void set_options(int fd, bool datagrams)
{
	set_int_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_int_option(fd, SOL_SOCKET, SO_SNDBUF, 30000);
	if (datagrams) {
		set_int_option(fd, SOL_SOCKET, SO_BROADCAST, 1);
		assert_int_equal(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group), 0);
	} else {
		set_int_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
		set_int_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 77);
	}
}

void make_world(struct world *world, const struct operation *operation)
{
	int type = operation->datagrams ? SOCK_DGRAM : SOCK_STREAM;

	world->port = free_port();
	world->fd = socket(operation->mark == MARK_NONE ? operation->family : AF_INET, type, 0);
	world->other = socket(AF_INET6, type, 0);
	world->copy = fcntl(world->fd, F_DUPFD_CLOEXEC, 0);
	if (domain_of(world->fd) == AF_INET6)
		set_int_option(world->fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	set_int_option(world->other, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	set_options(world->fd, operation->datagrams);
	assert_int_equal(fcntl(world->fd, F_SETFL, O_NONBLOCK | O_ASYNC), 0);
	for (int i = 0; i < 2; i++) {
		struct epoll_event event = {.events = EPOLLIN, .data.u64 = WATCHED_DATA + (uint64_t)i};

		world->epfd[i] = epoll_create1(0);
		assert_int_equal(epoll_ctl(world->epfd[i], EPOLL_CTL_ADD, i ? world->copy : world->fd, &event), 0);
	}
	operation->prepare(world);
}

void end_world(struct world *world)
{
	close(world->fd);
	close(world->copy);
	close(world->other);
	close(world->epfd[0]);
	close(world->epfd[1]);
}

static void leave_unbound(struct world *world)
{
	(void)world;
}

static void bind_it(struct world *world)
{
	assert_int_equal(try_bind(world->fd, domain_of(world->fd), world->port), 0);
}

static int run_bind(int fd, int family, uint16_t port)
{
	struct sockaddr_storage any;
	socklen_t length = fill_address(&any, family, false, port);

	return call_bind(settings_get(), fd, (struct sockaddr *)&any, length, bind_natively);
}

static int run_bind4(struct world *world)
{
	return run_bind(world->fd, AF_INET, world->port);
}

static int run_bind6(struct world *world)
{
	return run_bind(world->fd, AF_INET6, world->port);
}

/* A port that others may share is looked at more closely. */
static void share_it(struct world *world)
{
	set_int_option(world->fd, SOL_SOCKET, SO_REUSEADDR, 1);
}

/* A client that was shown is sent to. */
static int run_send(struct world *world)
{
	struct address client;

	address_set_in6(&client, &in6addr_loopback, world->port);
	if (convert_for_peer(settings_get(), world->fd, &client, SENDS))
		return 0;
	errno = ENETUNREACH;
	return finish_native(-1);
}

static int run_listen(struct world *world)
{
	return call_listen(settings_get(), world->fd, 5, listen_natively);
}

static void convert_it(struct world *world)
{
	bool refuses = native.refuses;

	native.refuses = false;
	assert_int_equal(run_bind4(world), 0);
	native.refuses = refuses;
	assert_int_equal(domain_of(world->fd), AF_INET6);
}

static void convert_and_listen(struct world *world)
{
	convert_it(world);
	assert_int_equal(listen(world->fd, 5), 0);
}

static int run_second_bind(struct world *world)
{
	return run_bind(world->other, AF_INET6, world->port);
}

const struct operation operations[OPERATIONS] = {
    {"convert at bind", leave_unbound, run_bind4, BIND, AF_INET, MARK_NONE, AF_INET6, MARK_CONVERTED, false},
    {"convert at listen", bind_it, run_listen, LISTEN, AF_INET, MARK_NONE, AF_INET6, MARK_CONVERTED, false},
    {"convert, port 0", leave_unbound, run_listen, LISTEN, AF_INET, MARK_NONE, AF_INET6, MARK_CONVERTED, false},
    {"yield", convert_and_listen, run_second_bind, SECOND_BIND, AF_INET6, MARK_CONVERTED, AF_INET, MARK_NONE,
     false},
    {"widen at bind", leave_unbound, run_bind6, BIND, AF_INET6, MARK_NONE, AF_INET6, MARK_WIDENED, false},
    {"widen at listen", bind_it, run_listen, LISTEN, AF_INET6, MARK_NONE, AF_INET6, MARK_WIDENED, false},
    {"convert UDP", share_it, run_bind4, BIND, AF_INET, MARK_NONE, AF_INET6, MARK_CONVERTED, true},
    {"yield UDP", convert_it, run_second_bind, SECOND_BIND, AF_INET6, MARK_CONVERTED, AF_INET, MARK_NONE, true},
    {"send to a client", bind_it, run_send, SEND, AF_INET, MARK_NONE, AF_INET6, MARK_CONVERTED, true},
};
