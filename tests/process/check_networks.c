/* SPDX-License-Identifier: MIT */
/* Programs that go from one network namespace to another: a socket stays where
 * it was made, and what is held elsewhere is not in the way. */
#define _GNU_SOURCE
#include "preloaded.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PORT = 8080 };

/* A socket that is not bound. */
static int made(int family)
{
	int fd = socket(family, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)), 0);
	return fd;
}

static void serve4(int fd)
{
	struct sockaddr_in local = ipv4(INADDR_ANY, PORT);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&local, sizeof local), 0);
	ck_assert_int_eq(listen(fd, 5), 0);
}

static void serve6(int fd)
{
	struct sockaddr_in6 local = ipv6(in6addr_any, PORT);

	ck_assert_int_eq(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int)), 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&local, sizeof local), 0);
	ck_assert_int_eq(listen(fd, 5), 0);
}

static uint64_t network(int fd)
{
	struct stat status;
	int file = ioctl(fd, SIOCGSKNS);

	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(fstat(file, &status), 0);
	close(file);
	return status.st_ino;
}

/* The way back: setns(2). */
static int leave(void)
{
	int home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(home, 0);
	preloaded_private_network();
	return home;
}

/* haproxy and FRR bind in one what they made in another. */
START_TEST(made_elsewhere)
{
	int fd = made(AF_INET), home;
	uint64_t before = network(fd);

	home = leave();
	serve4(fd);
	ck_assert_uint_eq(network(fd), before);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET);
	ck_assert_int_eq(setns(home, CLONE_NEWNET), 0);
	close(connected4(PORT));
}
END_TEST

START_TEST(listens_elsewhere)
{
	int fd = made(AF_INET);
	uint64_t before = network(fd);

	leave();
	ck_assert_int_eq(listen(fd, 5), 0);
	ck_assert_uint_eq(network(fd), before);
}
END_TEST

START_TEST(own_ipv6_elsewhere)
{
	int four = made(AF_INET), six, home;
	uint64_t before = network(four);

	serve4(four);
	ck_assert_int_eq(kernel_option(four, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	home = leave();
	six = made(AF_INET6);
	serve6(six);
	close(connected6(in6addr_loopback, PORT));
	ck_assert_int_eq(kernel_option(four, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	ck_assert_uint_eq(network(four), before);
	ck_assert_int_eq(setns(home, CLONE_NEWNET), 0);
	close(connected6(client_address(), PORT));
	close(connected4(PORT));
}
END_TEST

START_TEST(company_elsewhere)
{
	int six = made(AF_INET6), four;

	serve6(six);
	leave();
	four = made(AF_INET);
	serve4(four);
	ck_assert_int_eq(kernel_option(four, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	close(connected6(in6addr_loopback, PORT));
	close(connected4(PORT));
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {made_elsewhere, 1},
	    {listens_elsewhere, 1},
	    {own_ipv6_elsewhere, 1},
	    {company_elsewhere, 1},
	};

	(void)argc;
	return preloaded_main(argv, "*", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
