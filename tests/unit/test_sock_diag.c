/* SPDX-License-Identifier: MIT */
/* What the kernel lists: its messages, cut and garbled ones, and real sockets. */
#define _GNU_SOURCE
#include "sockets.h"

#include "inspect/procnet.h"
#include "inspect/sock_diag.h"
#include "inspect/sock_owners.h"
#include "skip.h"
#include "socks.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct message {
	struct inet_diag_msg told;
	char attributes[64];
};

static struct message about(int family, uint16_t port)
{
	struct message message = {
	    .told = {.idiag_family = (unsigned char)family, .idiag_uid = 7, .idiag_inode = 9}};

	message.told.id.idiag_sport = htons(port);
	message.told.id.idiag_if = 3;
	return message;
}

/* An attribute at AT; where the next one is. */
static size_t put(struct message *message, size_t at, unsigned short type, unsigned char value)
{
	struct rtattr attribute = {.rta_len = RTA_LENGTH(1), .rta_type = type};

	memcpy(message->attributes + at, &attribute, sizeof attribute);
	message->attributes[at + RTA_LENGTH(0)] = (char)value;
	return at + RTA_SPACE(1);
}

static void messages(void **state)
{
	struct message message = about(AF_INET, 80);
	struct listing listing = {0};
	size_t length;

	(void)state;
	assert_true(sock_diag_add(&listing, TRANSPORT_TCP, &message, sizeof message.told));
	assert_int_equal(listing.count, 1);
	assert_int_equal(address_port(&listing.list[0].local), 80);
	assert_true(address_is_any(&listing.list[0].local));
	assert_int_equal(listing.list[0].uid, 7);
	assert_int_equal(listing.list[0].inode, 9);
	assert_int_equal(listing.list[0].device, 3);
	message = about(AF_INET6, 53);
	length = put(&message, put(&message, 0, INET_DIAG_SHUTDOWN, 1), INET_DIAG_SKV6ONLY, 1);
	assert_true(sock_diag_add(&listing, TRANSPORT_UDP, &message, sizeof message.told + length));
	assert_true(listing.list[1].v6only);
	assert_int_equal(listing.list[1].protocol, TRANSPORT_UDP);
	put(&message, put(&message, 0, INET_DIAG_SHUTDOWN, 1), INET_DIAG_SKV6ONLY, 0);
	assert_true(sock_diag_add(&listing, TRANSPORT_UDP, &message, sizeof message.told + length));
	assert_false(listing.list[2].v6only);
	/* Neither family, and no port: not a listener. */
	message = about(AF_UNIX, 80);
	assert_true(sock_diag_add(&listing, TRANSPORT_TCP, &message, sizeof message.told));
	message = about(AF_INET, 0);
	assert_true(sock_diag_add(&listing, TRANSPORT_UDP, &message, sizeof message.told));
	assert_int_equal(listing.count, 3);
	listing_free(&listing);
	assert_null(listing.list);
}

/* Each length, each length that an attribute can claim, and many messages. */
static void garbled_messages(void **state)
{
	struct message message = about(AF_INET6, 80);
	struct listing listing = {0};

	(void)state;
	put(&message, 0, INET_DIAG_SKV6ONLY, 1);
	for (size_t length = 0; length < sizeof message; length++)
		assert_true(sock_diag_add(&listing, TRANSPORT_TCP, &message, length));
	assert_int_equal(listing.count, sizeof message - sizeof message.told);
	for (unsigned claimed = 0; claimed < 65536; claimed += claimed < 300 ? 1 : 997) {
		unsigned short claim = (unsigned short)claimed;

		memcpy(message.attributes, &claim, sizeof claim);
		for (size_t length = 0; length < 8; length++)
			assert_true(sock_diag_add(&listing, TRANSPORT_TCP, &message, sizeof message.told + length));
	}
	assert_true(listing.count > 2000);
	listing_free(&listing);
}

static int listener_of(int family, int type, int protocol, bool v6only, struct address *local, ino_t *inode)
{
	int fd = socket(family, type | SOCK_CLOEXEC, protocol), on = v6only;
	struct stat status;

	assert_true(fd >= 0);
	if (family == AF_INET)
		address_set_in(local, htonl(INADDR_ANY), 0);
	else {
		address_set_in6(local, &in6addr_any, 0);
		assert_int_equal(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on), 0);
	}
	assert_int_equal(bind(fd, &local->any, local->length), 0);
	assert_int_equal(getsockname(fd, &local->any, &local->length), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(fstat(fd, &status), 0);
	*inode = status.st_ino;
	return fd;
}

static int listener(int family, int type, bool v6only, struct address *local, ino_t *inode)
{
	return listener_of(family, type, 0, v6only, local, inode);
}

/* The inode of an MPTCP listener is not that of the socket within it, which is listed. */
static const struct listener *at_port(const struct listing *listing, uint16_t port)
{
	for (size_t i = 0; i < listing->count; i++)
		if (address_port(&listing->list[i].local) == port)
			return &listing->list[i];
	return NULL;
}

static bool lacks_listed_marks(void)
{
	struct listing listing = {0};
	struct address local;
	ino_t inode;
	int fd = listener(AF_INET6, SOCK_STREAM, false, &local, &inode);
	const struct listener *found;
	bool lacks;

	assert_true(sock_diag_read(&listing));
	found = at_port(&listing, address_port(&local));
	assert_non_null(found);
	lacks = !found->mark_known;
	listing_free(&listing);
	close(fd);
	return lacks;
}

static const struct listener *find(const struct listing *listing, ino_t inode)
{
	for (size_t i = 0; i < listing->count; i++)
		if (listing->list[i].inode == inode)
			return &listing->list[i];
	return NULL;
}

/* Every kind of socket of this process is there, and it is its owner. */
static void real_sockets(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		bool ipv6 = i % 3 > 0, v6only = i % 3 == 2;
		int type = i < 3 ? SOCK_STREAM : SOCK_DGRAM;
		struct listing listing = {0};
		const struct listener *found;
		struct address local;
		ino_t inode;
		int fd = listener(ipv6 ? AF_INET6 : AF_INET, type, v6only, &local, &inode);

		assert_true(sock_diag_read(&listing));
		assert_true(sock_owners_find(&listing, i % 2 ? getpid() : 0));
		found = find(&listing, inode);
		assert_non_null(found);
		assert_int_equal(found->protocol, type == SOCK_STREAM ? TRANSPORT_TCP : TRANSPORT_UDP);
		assert_int_equal(found->local.any.sa_family, local.any.sa_family);
		assert_int_equal(address_port(&found->local), address_port(&local));
		assert_int_equal(found->v6only, v6only);
		assert_int_equal(found->uid, getuid());
		assert_int_equal(found->owner_count, 1);
		assert_int_equal(found->owners[0].pid, getpid());
		assert_int_equal(found->owners[0].fd, fd);
		assert_string_equal(found->owners[0].command, "test_sock_diag");
		listing_free(&listing);
		close(fd);
	}
}

static int promoted_that_wants_errors(struct address *local, ino_t *inode)
{
	int fd = listener(AF_INET6, SOCK_DGRAM, false, local, inode), on = 1;

	assert_true(set_mark(fd, MARK_PROMOTED));
	assert_int_equal(setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on), 0);
	assert_true(mark_renew(fd, TRANSPORT_UDP, MARK_PROMOTED));
	return fd;
}

static bool lacks_no_port_of_mptcp(void)
{
	int fd = socket(AF_INET6, SOCK_STREAM, IPPROTO_MPTCP), on = 1;
	bool lacks = setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) != 0;

	close(fd);
	if (lacks)
		print_message("# no IP_BIND_ADDRESS_NO_PORT of MPTCP on this kernel\n");
	return lacks;
}

/* The mark is listed, since Linux 5.10: no process need be looked into. */
static void marks_that_are_listed(void **state)
{
	static const struct {
		int type, protocol;
		enum mark mark, listed;
	} rows[] = {
	    {SOCK_STREAM, 0, MARK_NONE, MARK_NONE},
	    {SOCK_STREAM, 0, MARK_CONVERTED, MARK_CONVERTED},
	    {SOCK_STREAM, 0, MARK_PROMOTED, MARK_PROMOTED},
	    {SOCK_STREAM, 0, MARK_MAPPED, MARK_MAPPED},
	    {SOCK_STREAM, 0, MARK_WIDENED, MARK_WIDENED},
	    {SOCK_STREAM, IPPROTO_MPTCP, MARK_NONE, MARK_NONE},
	    {SOCK_STREAM, IPPROTO_MPTCP, MARK_CONVERTED, MARK_CONVERTED},
	    {SOCK_DGRAM, 0, MARK_NONE, MARK_NONE},
	    {SOCK_DGRAM, 0, MARK_CONVERTED, MARK_CONVERTED},
	    {SOCK_DGRAM, 0, MARK_PROMOTED, MARK_PROMOTED},
	    {SOCK_DGRAM, 0, MARK_MAPPED, MARK_CONVERTED}, /* which ps calls it too */
	    {SOCK_DGRAM, 0, MARK_WIDENED, MARK_WIDENED},
	};
	struct address local;
	ino_t inode;

	(void)state;
	if (lacks_listed_marks())
		skip_because("sock_diag lists no options of sockets on this kernel");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct listing listing = {0};
		const struct listener *found;
		int fd;

		if (rows[i].protocol == IPPROTO_MPTCP && (lacks_mptcp() || lacks_no_port_of_mptcp()))
			continue;
		fd = listener_of(AF_INET6, rows[i].type, rows[i].protocol, false, &local, &inode);
		if (rows[i].mark != MARK_NONE)
			assert_true(set_mark(fd, rows[i].mark));
		assert_true(sock_diag_read(&listing));
		found = rows[i].protocol == 0 ? find(&listing, inode) : at_port(&listing, address_port(&local));
		assert_non_null(found);
		assert_true(found->mark_known);
		assert_int_equal(found->mark, rows[i].listed);
		listing_free(&listing);
		close(fd);
	}
}

/* Where a bit would mean something it is not there: what is told is less. */
static void marks_beside_ip_recverr(void **state)
{
	struct listing listing = {0};
	const struct listener *found;
	struct address local;
	ino_t inode;
	int fd;

	(void)state;
	if (lacks_listed_marks())
		skip_because("sock_diag lists no options of sockets on this kernel");
	fd = promoted_that_wants_errors(&local, &inode);
	assert_true(sock_diag_read(&listing));
	found = find(&listing, inode);
	assert_non_null(found);
	assert_int_equal(found->mark, MARK_CONVERTED);
	listing_free(&listing);
	close(fd);
}

/* Older kernels do not list it: then it is read through the owner's descriptor. */
static void marks(void **state)
{
	static const enum mark marks[] = {MARK_NONE, MARK_CONVERTED, MARK_PROMOTED, MARK_WIDENED};

	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		struct listing listing = {0};
		const struct listener *found;
		struct address local;
		ino_t inode;
		int fd = listener(AF_INET6, i < 4 ? SOCK_STREAM : SOCK_DGRAM, false, &local, &inode);

		if (marks[i % 4] != MARK_NONE && !set_mark(fd, marks[i % 4]))
			skip_because("this kernel does not keep the mark");
		assert_true(procnet_read(&listing));
		found = find(&listing, inode);
		assert_non_null(found);
		assert_false(found->mark_known);
		assert_true(sock_owners_find(&listing, getpid()));
		if (!found->mark_known && lacks_pidfd_getfd())
			skip();
		assert_true(found->mark_known);
		assert_int_equal(found->mark, marks[i % 4]);
		listing_free(&listing);
		close(fd);
	}
}

static void no_such_owner(void **state)
{
	struct listing listing = {0};

	(void)state;
	assert_false(sock_owners_find(&listing, 999999999));
	listing_free(&listing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(messages),
	    cmocka_unit_test(garbled_messages),
	    cmocka_unit_test(real_sockets),
	    cmocka_unit_test(marks_that_are_listed),
	    cmocka_unit_test(marks_beside_ip_recverr),
	    cmocka_unit_test(marks),
	    cmocka_unit_test(no_such_owner),
	};

	return cmocka_run_group_tests_name("sock_diag", tests, NULL, NULL);
}
