/* SPDX-License-Identifier: MIT */
/*
 * The oracle: a program that walks every combination of call, buffer length,
 * flags and family on one kind of socket, and prints what came of each. A line
 * says which combination it is, up to the first ": ", and then what the call
 * returned and every byte that it wrote. It knows nothing of the library: the
 * kernel's own answers are the standard that oracle.t compares with.
 *
 * Only the calls under test go by the C library; whatever prepares them, or
 * looks at what they did, is made past it.
 */
#ifndef DUALBIND_TESTS_ORACLE_H
#define DUALBIND_TESTS_ORACLE_H

#include "base/sys.h"

#include <linux/netlink.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

enum { PEER_PORT = 7000, FILL = 0xaa };

union name {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
	struct sockaddr_nl netlink;
	unsigned char bytes[192];
};

struct address {
	union name name;
	socklen_t length;
};

/* A socket under test and the one that it talks with, both in this process. */
struct subject {
	const struct kind *kind;
	uint16_t port;
	int fd, peer;
	struct address local, remote; /* where they are bound */
};

/* Which socket is tested, by the program's first argument. */
struct kind {
	const char *name;
	int family, type;
	void (*open)(struct subject *subject); /* both, neither bound */
	void (*join)(struct subject *subject); /* both bound, to where they are */
};

/* oracle_subject.c */
const struct kind *kind_named(const char *name);
bool is_kind(const struct subject *subject, const char *name);
void subject_open(struct subject *subject);
void subject_renew(struct subject *subject); /* closed, and opened again */
void subject_close(struct subject *subject);
struct address in4(uint32_t address, uint16_t port); /* in host byte order */
struct address in6(const char *address, uint16_t port);
void set_option(int fd, int level, int name, int value);

/* oracle_traffic.c */
void subject_feed(const struct subject *subject, const void *data, size_t size); /* the peer sends */
void subject_await(const struct subject *subject);                               /* what it sent is there */
void subject_observe(const struct subject *subject, bool wait);                  /* prints what the peer has got */
int drain(int fd); /* empties it: how many there were */

/* oracle_print.c: a line is begin(), then what came of it, then end(). */
void begin(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_result(long result);                                     /* with errno's name */
void say_bytes(const char *what, const void *bytes, size_t size); /* but for the fill at its end */
void say_name(const char *what, const void *name, size_t size);
void say_control(const struct msghdr *header, const unsigned char *control, size_t size);
void end(void);
void fill(void *bytes, size_t size);
const char *flags_name(int flags);

/* What recvfrom becomes with -D_FORTIFY_SOURCE. */
ssize_t __recvfrom_chk(int fd, void *buffer, size_t size, size_t room, int flags, struct sockaddr *name,
		       socklen_t *length);

/* oracle_message.c: a message to receive into, filled so that each byte that
 * is written shows. */
struct message {
	unsigned char name[192], data[256], control[320];
	struct iovec part;
	struct mmsghdr given;
};
enum call { RECVFROM, RECVFROM_CHK, RECVMSG, RECVMMSG, RECEIVING_CALLS };
extern const char *const receiving_calls[RECEIVING_CALLS];
struct place { /* for the name of who sent it */
	const char *label;
	bool name, length;
	socklen_t capacity;
};
extern const struct place places[];
extern const size_t place_count;
bool is_impossible(enum call call, const struct place *place); /* with this call */
void message_prepare(struct message *message, struct mmsghdr *header, const struct place *place, size_t data,
		     size_t control);
void message_say(const struct message *message, const struct mmsghdr *header);
void receive_and_say(int fd, enum call call, int flags, const struct place *place, size_t data, size_t control);

/* One file each. */
void walk_reception(struct subject *subject);
void walk_bad_pointers(struct subject *subject);
void walk_names(struct subject *subject);
void walk_connect(struct subject *subject);
void walk_bind(struct subject *subject);
void walk_wrong_descriptors(struct subject *subject);
void walk_sends(struct subject *subject);
void walk_batches(struct subject *subject);
void walk_received_control(struct subject *subject);
void walk_sent_control(struct subject *subject);
void walk_errors(struct subject *subject);
void walk_segments(struct subject *subject);
void walk_options(struct subject *subject);
void walk_rights(struct subject *subject);

#endif
