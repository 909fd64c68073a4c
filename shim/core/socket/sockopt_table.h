/* SPDX-License-Identifier: MIT */
/*
 * What a swap carries over: setsockopt(2)'s options, by what has them.
 */
#ifndef DUALBIND_SOCKET_SOCKOPT_TABLE_H
#define DUALBIND_SOCKET_SOCKOPT_TABLE_H

/*
 * What a fresh socket has, in every namespace and with every sysctl and BPF program, so that it
 * need not be asked: OFF: 0, ONE: 1, ONES: all bits. DOUBLED: the kernel stores, and
 * reports, twice the buffer size that it is given. SURE: read back.
 */
enum option_form { END, PLAIN, OFF, ONE, ONES, DOUBLED, SURE };

/*
 * Rows of a form, a level and names, with a 0 after them, as far as END. In the order in which they
 * must be set: SO_BUF_LOCK after the buffers that lock themselves, SO_PRIORITY after the IP_TOS that
 * sets it too, and TCP_MAXSEG after the IP options, which shrink it.
 */
extern const unsigned char sockopt_table_any[]; /* of every socket */
extern const unsigned char sockopt_table_tcp[]; /* after those */
extern const unsigned char sockopt_table_udp[];

#endif
