/* SPDX-License-Identifier: MIT */
/* ioctl: what AF_INET sockets answer alone is asked of one, for a socket that is shown so. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "base/sys.h"
#include "calls/ioctl.h"

static const unsigned long requests[] = {
    SIOCGIFADDR,   SIOCGIFNETMASK, SIOCGIFBRDADDR, SIOCGIFDSTADDR, SIOCSIFNETMASK, SIOCSIFBRDADDR,
    SIOCGIFPFLAGS, SIOCSIFPFLAGS,  SIOCGARP,       SIOCSARP,       SIOCDARP,       SIOCRTMSG,
    SIOCADDRT,     SIOCDELRT,      SIOCSIFADDR,    SIOCSIFDSTADDR, SIOCDIFADDR};
static const unsigned long others[] = {
    SIOCGIFCONF, SIOCGIFFLAGS,  SIOCSIFFLAGS, SIOCGIFMTU, SIOCGIFHWADDR, SIOCETHTOOL, SIOCGSKNS, SIOCGIFINDEX,
    SIOCGIFNAME, SIOCGIFMETRIC, 0x541b,       0x5421,     0x5401,        0,           ~0UL}; /* FIONREAD, FIONBIO */
enum { TAKEN_BY_IPV6 = 12 /* the first of these */ };

static void which(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(requests); i++) {
		assert_true(ioctl_is_of_ipv4(requests[i]));
		assert_true(ioctl_is_of_ipv4(requests[i] | UINT64_C(0xffffffff) << 32)); /* as an int may come */
	}
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(ioctl_is_of_ipv4(others[i]));
}

/* What the native calls were made of, and what they say of an AF_INET6 socket. */
static struct {
	int calls, domains[2], error;
	void *argument;
} seen;

static int fake_ioctl(int fd, unsigned long request, void *argument)
{
	(void)request;
	assert_ptr_equal(argument, &seen);
	seen.domains[seen.calls++] = domain_of(fd);
	errno = domain_of(fd) == AF_INET6 ? seen.error : EADDRNOTAVAIL;
	return -1;
}

static void made_of(int fd, unsigned long request, int calls, int first, int second, int error)
{
	unsigned before = open_descriptors();

	seen.calls = seen.domains[1] = 0;
	assert_int_equal(call_ioctl(fd, request, &seen, fake_ioctl), -1);
	assert_int_equal(errno, error);
	assert_int_equal(seen.calls, calls);
	assert_int_equal(seen.domains[0], first);
	assert_int_equal(seen.domains[1], second);
	assert_int_equal(open_descriptors(), before);
}

static void of_whom(void **state)
{
	int marked[] = {marked_datagram(0), new_socket(AF_INET6)}, native = new_datagram(AF_INET6),
	    four = new_datagram(AF_INET);

	(void)state;
	assert_true(set_mark(marked[1], MARK_CONVERTED));
	for (size_t i = 0; i < COUNT(requests); i++) {
		bool taken = i >= TAKEN_BY_IPV6;

		seen.error = ENOTTY;
		for (int type = 0; type < 2; type++)
			made_of(marked[type], requests[i], taken ? 1 : 2, taken ? AF_INET : AF_INET6,
				taken ? 0 : AF_INET, EADDRNOTAVAIL);
		made_of(native, requests[i], 1, AF_INET6, 0, ENOTTY);
		made_of(four, requests[i], 1, AF_INET, 0, EADDRNOTAVAIL);
		seen.error = EFAULT;
		if (!taken)
			made_of(marked[0], requests[i], 1, AF_INET6, 0, EFAULT);
	}
	assert_int_equal(close(marked[0]) | close(marked[1]) | close(native) | close(four), 0);
}

/* What a server asks of its socket, and as the kernel answers an AF_INET one. */
static void answers(void **state)
{
	struct ifreq native = {.ifr_name = "lo"}, shown = native;
	int fds[] = {new_datagram(AF_INET), marked_datagram(0)};

	(void)state;
	for (size_t i = 0; i < COUNT(requests); i++) {
		int results[2], errors[2];

		memset(&native.ifr_addr, 0, sizeof native.ifr_addr);
		shown = native;
		for (int fd = 0; fd < 2; fd++) {
			errno = 0;
			results[fd] = call_ioctl(fds[fd], requests[i], fd == 0 ? &native : &shown, sys_ioctl);
			errors[fd] = results[fd] < 0 ? errno : 0;
		}
		assert_int_equal(results[0], results[1]);
		assert_int_equal(errors[0], errors[1]);
		assert_memory_equal(&native, &shown, sizeof native);
		if (requests[i] == SIOCGIFADDR)
			assert_int_equal(((struct sockaddr_in *)&shown.ifr_addr)->sin_addr.s_addr,
					 htonl(INADDR_LOOPBACK));
	}
	assert_int_equal(close(fds[0]) | close(fds[1]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(which),
	    cmocka_unit_test(of_whom),
	    cmocka_unit_test(answers),
	};

	setenv("DUALBIND_ALLOW", "*/any", 1);
	return cmocka_run_group_tests_name("ioctl", tests, private_network, NULL);
}
