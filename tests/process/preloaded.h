/* SPDX-License-Identifier: MIT */
/*
 * A test program that runs under the library that it tests.
 *
 * preloaded_main() starts the program again in a private network namespace,
 * with the library preloaded and the given settings, and runs the tests there:
 * each in a process and a network namespace of its own, with a time limit, as
 * TAP. Ports are therefore the test's own. A test of N runs is told which one
 * it is by libcheck's _i. TEST_LOG=debug in the environment shows what the
 * library says.
 */
#ifndef DUALBIND_TESTS_PRELOADED_H
#define DUALBIND_TESTS_PRELOADED_H

#include <check.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct preloaded_test {
	const TTest *test;
	int runs;
};

int preloaded_main(char **argv, const char *allow, const char *peers, const struct preloaded_test *tests,
		   size_t count);

/* The library's path, from the test's own. */
const char *preloaded_library(void);

/* A private network namespace, as root or in a user namespace: lo is up, and
 * has the address of a client from elsewhere too. */
void preloaded_private_network(void);

struct in6_addr client_address(void); /* fd00:db::1 */

/* How it is shown, by every process, version and machine with the tests' key. */
#define CLIENT_SHOWN UINT32_C(0xfac44613)

/* What the kernel says, past the hooks. */
int kernel_option(int fd, int level, int name);

/* Whether this kernel lacks what the test is about. Then it tells so, as TAP that
 * tests/run counts as skipped, and the test has only to return. */
bool lacks_option(int level, int option, const char *name);
bool lacks(const char *name, bool indeed); /* the same of what is no option */

/* A UDP socket then hears the IPv6 groups that others joined. */
bool lacks_multicast_all(void);
bool lacks_mptcp(void); /* or the only mark that such a socket can have */

/* Sockets and addresses, in host byte order; failures end the test. */
struct sockaddr_in ipv4(uint32_t address, uint16_t port);
struct sockaddr_in6 ipv6(struct in6_addr address, uint16_t port);
int listening(uint32_t address, uint16_t port);
int connected4(uint16_t port);
int connected6(struct in6_addr address, uint16_t port);
int count_descriptors(void);

#endif
