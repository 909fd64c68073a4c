/* SPDX-License-Identifier: MIT */
/*
 * What a swap carries over: setsockopt(2)'s options, by what has them.
 */
#ifndef DUALBIND_SOCKET_SOCKOPT_TABLE_H
#define DUALBIND_SOCKET_SOCKOPT_TABLE_H

#include <stddef.h>

/*
 * OFF: a fresh socket has 0, in every namespace and with every sysctl and BPF
 * program, so that of one it need not be asked. ON: nothing unless its first number says
 * that it is on; what is off may be the mark. DOUBLED: the kernel stores, and
 * reports, twice the buffer size that it is given. SURE: read back.
 */
enum option_form { PLAIN, OFF, ON, DOUBLED, SURE };

/* Small numbers all of them, in a library that is to be small. */
struct sockopt {
	unsigned char level, name, form;
};

/* What decides with whom a bind conflicts. */
extern const struct sockopt sockopt_table_binding[];
extern const size_t sockopt_table_binding_count;

/* Of every socket, in the order in which they must be set: SO_BUF_LOCK after the
 * buffers that lock themselves, SO_PRIORITY after the IP_TOS that sets it too. */
extern const struct sockopt sockopt_table_any[];
extern const size_t sockopt_table_any_count;

/* After those: TCP_MAXSEG is what the IP options shrink. */
extern const struct sockopt sockopt_table_tcp[];
extern const size_t sockopt_table_tcp_count;
extern const struct sockopt sockopt_table_udp[];
extern const size_t sockopt_table_udp_count;

#endif
