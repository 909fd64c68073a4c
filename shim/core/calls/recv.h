/* SPDX-License-Identifier: MIT */
/*
 * recvfrom(2), recvmsg(2), recvmmsg(2): the sender of a datagram and its ancillary data, as
 * an AF_INET socket shows them (arrival.h).
 *
 * A call that wants neither costs a branch. If nothing of IPv6 arrives, there is no further
 * system call, on any socket; otherwise one, which reads the mark.
 *
 * A datagram whose peer cannot be shown is thrown away, and the call goes on as if it had
 * not come: it waits for the next one, or returns EAGAIN if it must not wait.
 *
 * No lock, no malloc. NATIVE is the call that the program meant.
 */
#ifndef DUALBIND_CALLS_RECV_H
#define DUALBIND_CALLS_RECV_H

#include "calls/arrival.h"

#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

struct mmsghdr;

typedef ssize_t native_recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *address,
				socklen_t *length);
typedef ssize_t native_recvmsg(int fd, struct msghdr *message, int flags);
typedef int native_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout);

/* NATIVE_MESSAGE is called instead of NATIVE if ancillary data are needed (v4mapped_item.h). */
ssize_t call_recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *address, socklen_t *length,
		      native_recvfrom *native, native_recvmsg *native_message);
ssize_t call_recvmsg(int fd, struct msghdr *message, int flags, native_recvmsg *native);

/* What the native call has received already, and whether the socket has the hint (mark.h): these functions
 * go on from there. */
struct came {
	ssize_t result;
	bool is_hinted;
};
ssize_t call_recvfrom_came(int fd, void *buffer, size_t size, int flags, struct sockaddr *address,
			   socklen_t *length, const struct came *came, const struct name_buf *name,
			   native_recvfrom *native, native_recvmsg *native_message);
ssize_t call_recvmsg_came(int fd, struct msghdr *message, int flags, const struct came *came,
			  const struct msghdr *received, native_recvmsg *native);

/* The program's messages go to the kernel as they are if their buffers are large enough; if not,
 * copies go there, in batches. */
int call_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout,
		  native_recvmmsg *native);

#endif
