/* SPDX-License-Identifier: MIT */
/* Receptions: each call, with each room for a name, flags and room for data. */
#define _GNU_SOURCE
#include "oracle.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <stdio.h>
#include <unistd.h>

static const struct content {
	const char *label;
	int size; /* of what is sent; -1: nothing is */
	size_t room;
} contents[] = {
    {"5 bytes into 16", 5, 16}, {"5 bytes into 2", 5, 2},         {"5 bytes into 0", 5, 0},
    {"0 bytes into 16", 0, 16}, {"200 bytes into 200", 200, 200}, {"nothing into 16", -1, 16},
};

static const int flag_sets[] = {
    0,
    MSG_PEEK,
    MSG_TRUNC,
    MSG_PEEK | MSG_TRUNC,
    MSG_DONTWAIT,
    MSG_DONTWAIT | MSG_PEEK,
    MSG_WAITALL,
    MSG_ERRQUEUE,
    MSG_ERRQUEUE | MSG_DONTWAIT,
    MSG_OOB,
    MSG_CMSG_CLOEXEC,
    MSG_WAITFORONE,
    MSG_NOSIGNAL,
    MSG_CTRUNC,
    0x8000000,
};

/* What would wait for its time limit is tried with one name only. */
static bool would_wait(const struct subject *subject, const struct content *content, int flags)
{
	bool short_read = subject->kind->type == SOCK_STREAM && (flags & MSG_WAITALL);

	return (content->size < 0 || short_read) && !(flags & (MSG_DONTWAIT | MSG_ERRQUEUE | MSG_OOB));
}

static void try_content(const struct subject *subject, const struct content *content, int flags)
{
	static const unsigned char data[256] = "datagram";

	for (int call = 0; call < RECEIVING_CALLS; call++)
		for (size_t i = 0; i < place_count; i++) {
			if (is_impossible(call, &places[i]) || (would_wait(subject, content, flags) && i != 3))
				continue;
			drain(subject->fd);
			if (content->size >= 0)
				subject_feed(subject, data, (size_t)content->size);
			begin("%s, %s, name %s, %s", receiving_calls[call], content->label, places[i].label,
			      flags_name(flags));
			receive_and_say(subject->fd, call, flags, &places[i], content->room, 0);
			say("left=%d", drain(subject->fd));
			end();
		}
}

static void walk(struct subject *subject)
{
	for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
		if (contents[i].size == 0 &&
		    (subject->kind->type == SOCK_STREAM || subject->kind->family == AF_NETLINK))
			continue; /* no such thing there */
		for (size_t f = 0; f < sizeof flag_sets / sizeof flag_sets[0]; f++)
			try_content(subject, &contents[i], flag_sets[f]);
	}
}

void walk_reception(struct subject *subject)
{
	subject_renew(subject);
	walk(subject);
}

enum { BAD_NAME, BAD_DATA, BAD_CONTROL, BAD_ENDS };

/* Memory that ends where the second page begins. */
static unsigned char *edge(void)
{
	long page = sysconf(_SC_PAGESIZE);
	unsigned char *memory =
	    mmap(NULL, (size_t)page * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mprotect(memory + page, (size_t)page, PROT_NONE);
	return memory + page;
}

static void receive_badly(int fd, enum call call, int which, size_t room)
{
	static unsigned char *beyond;
	unsigned char good[128];
	struct mmsghdr header = {.msg_len = 0};
	struct iovec part = {good, sizeof good};
	const struct place place = {"128", true, true, 128};
	struct message message;

	if (beyond == NULL)
		beyond = edge();
	message_prepare(&message, &header, &place, 16, 128);
	if (which == BAD_NAME)
		header.msg_hdr.msg_name = beyond - room;
	else if (which == BAD_CONTROL)
		header.msg_hdr.msg_control = beyond - room;
	part.iov_base = which == BAD_DATA ? beyond - room : good;
	header.msg_hdr.msg_iov = &part;
	errno = 0;
	if (call == RECVFROM)
		say_result(
		    recvfrom(fd, part.iov_base, 16, 0, header.msg_hdr.msg_name, &header.msg_hdr.msg_namelen));
	else if (call == RECVFROM_CHK)
		say_result(__recvfrom_chk(fd, part.iov_base, 16, 128, 0, header.msg_hdr.msg_name,
					  &header.msg_hdr.msg_namelen));
	else if (call == RECVMSG)
		say_result(recvmsg(fd, &header.msg_hdr, 0));
	else
		say_result(recvmmsg(fd, &header, 1, 0, NULL));
	say("namelen=%u controllen=%zu flags=%s", header.msg_hdr.msg_namelen, header.msg_hdr.msg_controllen,
	    flags_name(header.msg_hdr.msg_flags));
}

/* What the kernel answers with EFAULT, or with less; in a child, which may be
 * ended by it. Only of sockets that the library does not handle. */
void walk_bad_pointers(struct subject *subject)
{
	static const char *const what[] = {"name", "data", "control"};
	static const size_t rooms[] = {0, 2, 8, 16};
	int status;

	subject_renew(subject);
	for (int call = 0; call < RECEIVING_CALLS; call++)
		for (int which = 0; which < BAD_ENDS; which++)
			for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
				drain(subject->fd);
				subject_feed(subject, "hello", 5);
				begin("%s, %s that ends after %zu bytes", receiving_calls[call], what[which],
				      rooms[i]);
				fflush(stdout);
				if (fork() == 0) {
					receive_badly(subject->fd, call, which, rooms[i]);
					fflush(stdout);
					_exit(0);
				}
				wait(&status);
				say("status=%d left=%d", status, drain(subject->fd));
				end();
			}
}
