/* SPDX-License-Identifier: MIT */
/*
 * What other processes can see of a mark, without a descriptor and without a privilege: options that sock_diag(7)
 * lists (INET_DIAG_SOCKOPT, Linux 5.10). It does not list those of the mark itself. They are only for `dualbind ps`
 * (inspect/sock_diag.c reads them): any program can set them, and nothing here relies on them.
 *
 *   IP_RECVERR_RFC4884         1 on TCP, where it means nothing: converted or promoted. 1 on UDP, where it means
 *       nothing without IP_RECVERR: promoted or widened.
 *   IP_BIND_ADDRESS_NO_PORT    1 on UDP and MPTCP, where it means nothing once they have their port: converted
 *       or promoted. It is also a part of one mark (mark.h).
 *
 * The program reads the values that it has set itself: that of IP_BIND_ADDRESS_NO_PORT is noted in a bit of a SO_LINGER
 * that is off, that of IP_RECVERR_RFC4884 on a promoted UDP socket is IPv6's. On TCP it reads IP_RECVERR_RFC4884 as 0.
 */
#ifndef DUALBIND_SOCKET_MARK_TOLD_H
#define DUALBIND_SOCKET_MARK_TOLD_H

#include "base/transport.h"
#include "socket/mark.h"

#include <stdbool.h>
#include <sys/socket.h>

#ifndef IP_RECVERR_RFC4884
#define IP_RECVERR_RFC4884 26
#endif

/* For a socket that becomes a converted or promoted one. May fail; returns true in any case. */
bool mark_told_set(int fd, enum transport transport);

/* To be called after other options were set: sets what depends on them. */
void mark_told_renew(int fd, enum transport transport, enum mark mark);

/* Whether option NAME of IPPROTO_IP, which is 1 on FD, is so for ps or as a part of the mark, and not by the program. */
bool mark_told_alone(int fd, int name);

/* Whether IP_BIND_ADDRESS_NO_PORT is set so on a socket of PROTOCOL (socket(2)) with MARK; on FD; and whether, by its
 * SO_LINGER, the program has set it as well. */
bool mark_told_by_no_port(int protocol, enum mark mark);
bool mark_told_has_no_port(int fd);
bool mark_told_owns_no_port(int fd);

/* To be called when the program has set it, or cleared it, on such a socket. */
void mark_told_own_no_port(int fd, bool own);

/* To be called when the program has set IP_RECVERR, or IP_RECVERR_RFC4884 on a socket that is shown as AF_INET. */
void mark_told_errors(int fd);

#endif
