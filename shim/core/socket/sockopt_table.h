/* SPDX-License-Identifier: MIT */
/*
 * The options of setsockopt(2) that a swap carries over, by the kind of socket that has them.
 */
#ifndef DUALBIND_SOCKET_SOCKOPT_TABLE_H
#define DUALBIND_SOCKET_SOCKOPT_TABLE_H

/*
 * OFF, ONE, ONES: the value on a fresh socket is 0, 1, all bits, in every namespace and whatever sysctls and BPF
 * programs there are, so it need not be read. DOUBLED: the kernel stores, and reports, twice the buffer size that it
 * is given. SURE: read back after it is set.
 */
enum option_form { END, PLAIN, OFF, ONE, ONES, DOUBLED, SURE };

/*
 * Each row is a form, a level, names and a 0; END ends the table. The order is that in which the options must be set:
 * SO_BUF_LOCK after the buffer sizes, which set it; SO_PRIORITY after IP_TOS, which sets it; and TCP_MAXSEG after the
 * IP options, which reduce it.
 */
extern const unsigned char sockopt_table_any[]; /* of every socket */
extern const unsigned char sockopt_table_tcp[]; /* after those */
extern const unsigned char sockopt_table_udp[];

#endif
