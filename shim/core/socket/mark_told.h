/* SPDX-License-Identifier: MIT */
/*
 * What other processes see of a mark, without a descriptor and without a privilege: options that sock_diag(7) lists
 * (INET_DIAG_SOCKOPT, Linux 5.10), which none of the mark's own are. It is for `dualbind ps` alone
 * (inspect/sock_diag.c reads it): any program can set them, and nothing here believes them.
 *
 *   IP_RECVERR_RFC4884         1 on TCP, to which it means nothing: converted or promoted. 1 on UDP, to which it
 *       means nothing without IP_RECVERR: promoted or widened.
 *   IP_BIND_ADDRESS_NO_PORT    1 on UDP and MPTCP, to which it means nothing once they have their port: converted
 *       or promoted. It is a part of one mark besides (mark.h).
 *
 * A program sees of them what it has set itself: on UDP and MPTCP that is noted in a bit of a SO_LINGER that is off. Of
 * TCP it reads IP_RECVERR_RFC4884 as 0.
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

/* Of a socket that becomes a converted or promoted one; best effort, and true. */
bool mark_told_set(int fd, enum transport transport);

/* What depends on other options, after they were set. */
void mark_told_renew(int fd, enum transport transport, enum mark mark);

/* Whether option NAME of IPPROTO_IP, which is 1 on FD, is that for ps, or as a part of the mark, and not by the program. */
bool mark_told_alone(int fd, int name);

/* Whether IP_BIND_ADDRESS_NO_PORT is so on a socket of PROTOCOL (socket(2)) with MARK; on FD; and whether the program has
 * set it besides, by what SO_LINGER says. */
bool mark_told_by_no_port(int protocol, enum mark mark);
bool mark_told_has_no_port(int fd);
bool mark_told_owns_no_port(const struct linger *linger);

/* The program has set it, or cleared it, on such a socket. */
void mark_told_own_no_port(int fd, bool own);

/* The program has set IP_RECVERR. */
void mark_told_errors(int fd);

#endif
