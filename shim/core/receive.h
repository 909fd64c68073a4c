/*
 * recvfrom(2), recvmsg(2), recvmmsg(2): who sent a datagram, and its ancillary
 * data, as an AF_INET socket shows them.
 *
 * A call that asks for neither costs a branch. Any other costs one system call
 * on top, which asks for the mark; on an unmarked socket the program's own
 * buffers then go to the kernel. On a marked one they would be too small, or be
 * written with more than they should: the kernel gets other ones.
 *
 * errno is untouched on success; no lock, no malloc. NATIVE is the call that
 * the program meant.
 */
#ifndef DUALBIND_RECEIVE_H
#define DUALBIND_RECEIVE_H

#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

struct mmsghdr;

typedef ssize_t native_recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *address,
				socklen_t *length);
typedef ssize_t native_recvmsg(int fd, struct msghdr *message, int flags);
typedef int native_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout);

ssize_t receive_from(int fd, void *buffer, size_t size, int flags, struct sockaddr *address, socklen_t *length,
		     native_recvfrom *native);
ssize_t receive_message(int fd, struct msghdr *message, int flags, native_recvmsg *native);

/* On a marked socket the messages go through in batches. */
int receive_messages(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout,
		     native_recvmmsg *native);

#endif
