/* SPDX-License-Identifier: MIT */
/* ioctl by the C library's function: what a server asks of its own socket about interfaces. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "base/sys.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static uint32_t address_by(int fd, unsigned long request)
{
	struct ifreq asked = {.ifr_name = "lo"};
	struct sockaddr_in told;

	errno = EDOTDOT;
	ck_assert_int_eq(ioctl(fd, request, &asked), 0);
	ck_assert_int_eq(errno, EDOTDOT);
	memcpy(&told, &asked.ifr_addr, sizeof told);
	ck_assert_int_eq(told.sin_family, AF_INET);
	return ntohl(told.sin_addr.s_addr);
}

START_TEST(of_a_converted_socket)
{
	int fd = _i == 0 ? server(SERVER) : listening(INADDR_ANY, SERVER), descriptors = count_descriptors(),
	    size = 0;
	struct ifreq none = {.ifr_name = "none", .ifr_addr.sa_family = AF_INET};

	ck_assert(is_converted(fd));
	ck_assert_uint_eq(address_by(fd, SIOCGIFADDR), INADDR_LOOPBACK);
	ck_assert_uint_eq(address_by(fd, SIOCGIFNETMASK), 0xff000000);
	ck_assert_int_eq(ioctl(fd, SIOCGIFADDR, &none), -1);
	ck_assert_int_eq(errno, ENODEV);
	ck_assert_int_eq(ioctl(fd, SIOCSIFADDR, &none), -1);
	ck_assert_int_eq(errno, ENODEV);
	ck_assert_int_eq(ioctl(fd, _i == 0 ? FIONREAD : SIOCATMARK, &size), 0);
	ck_assert_int_eq(count_descriptors(), descriptors);
}
END_TEST

/* Their own answer, as without the library. */
START_TEST(of_others)
{
	int six = socket(AF_INET6, SOCK_DGRAM, 0), four = socket(AF_INET, SOCK_DGRAM, 0), ends[2], size = -1;
	struct ifreq asked = {.ifr_name = "lo"};

	ck_assert_int_eq(ioctl(six, SIOCGIFADDR, &asked), -1);
	ck_assert_int_eq(errno, ENOTTY);
	ck_assert_uint_eq(address_by(four, SIOCGIFADDR), INADDR_LOOPBACK);
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(ioctl(ends[0], SIOCGIFADDR, &asked), -1);
	ck_assert_int_eq(errno, ENOTTY);
	ck_assert_int_eq(write(ends[1], "abc", 3), 3);
	ck_assert_int_eq(ioctl(ends[0], FIONREAD, &size), 0);
	ck_assert_int_eq(size, 3);
	ck_assert_int_eq(ioctl(-1, SIOCGIFADDR, &asked), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {{of_a_converted_socket, 2}, {of_others, 1}};

	(void)argc;
	return preloaded_main(argv, "9000/any", "ipv4", tests, 2);
}
