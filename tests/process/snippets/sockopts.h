/* SPDX-License-Identifier: MIT */
/*
 * What each option of IPPROTO_IP does that is set on a bound socket (sockopts.t): the answers of
 * setsockopt and getsockopt, and what is seen of the socket by its peers. A line is a label, ": ",
 * and what was seen. It knows nothing of the library.
 */
#ifndef DUALBIND_TESTS_SOCKOPTS_H
#define DUALBIND_TESTS_SOCKOPTS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* A client of IPv6 has the port after that of IPv4's. */
enum { SERVER_PORT = 9000, CLIENT_PORT = 7000, CLOSED_PORT = 7998 };

/* sockopts_values.c: what an option is set to. */
struct value {
	const char *label;
	socklen_t length;
	unsigned char bytes[280];
};

const char *option_name(int option); /* OPTION_N: of no kernel yet */
size_t values_of(int option, struct value *values, size_t room);
void prepare(int fd, int option); /* what the option undoes, or changes */

/* sockopts_probe.c: how the peers of FAMILY see the socket, on the line that has begun. */
void probes_open(void);
void probe_udp(int fd, int family);
void probe_tcp(int fd, int family, int option);
void say_errno(const char *what, long result);

#endif
