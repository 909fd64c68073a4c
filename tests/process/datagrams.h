/* SPDX-License-Identifier: MIT */
/*
 * Datagram servers under test, and clients that talk with them. A server is an
 * AF_INET socket on 0.0.0.0, reached by the library's hooks; what clients do is
 * asked of the kernel directly. Every reception has a time limit; failures end
 * the test.
 */
#ifndef DUALBIND_TESTS_DATAGRAMS_H
#define DUALBIND_TESTS_DATAGRAMS_H

#include "preloaded.h"

/* Ports of the rule (9000-9100), one outside it, and where clients are. */
enum { SERVER = 9000, NATIVE = 8000, CLIENT = 7000 };

/* From where a client sends, always to the address that it has itself. */
enum whence { FROM_IPV4, FROM_LOOPBACK6, FROM_ELSEWHERE6, WHENCES };

int server_unbound(void);
int server(uint16_t port);                  /* converted, where the rule covers the port */
int server_with(uint16_t port, int option); /* an option of SOL_SOCKET, first */
bool is_converted(int fd);

int client(enum whence whence, uint16_t port);
int client_at(const char *address, uint16_t port);          /* an IPv6 address */
void ask(int client, enum whence whence, const char *text); /* of SERVER */
void ask_at(int client, enum whence whence, uint16_t port, const char *text);
bool asked_at(int client, enum whence whence, uint16_t port, const char *text); /* without failing */

/* The address that a client of that kind is shown by. */
struct sockaddr_in shown(enum whence whence, uint16_t port);

/* recvfrom, from any peer. */
struct sockaddr_in heard(int fd, const char *text);
void hear(int fd, enum whence whence, uint16_t port, const char *text);
void reply(int fd, const struct sockaddr_in *to, const char *text);

/* The client receives TEXT, or nothing; in the first case from SERVER at the
 * client's own address, unless it is one more address. */
void answered(int client, enum whence whence, const char *text);
void answered_from(int client, const struct sockaddr_in6 *from, const char *text);
bool received(int client, const char *text); /* from any peer, without failing */
void unanswered(int fd);
void unanswered_all(const int *fds, int count);

struct sockaddr_in name_of(int fd, bool peer); /* getsockname or getpeername */
int disconnect(int fd);
int connect_to(int fd, const struct sockaddr_in *to);
int bind_to(int fd, struct sockaddr_in local);
void same_address(const struct sockaddr_in *seen, const struct sockaddr_in *wanted);

/* A shell command that must succeed. */
void run_command(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* These return when what they add can be used. */
void add_address6(const char *address, const char *interface);
void add_veth(const char *one, const char *other);

#endif
