/* SPDX-License-Identifier: MIT */
#include "bind/port_walk.h"

#include "base/sys.h"
#include "process/fd_walk.h"
#include "process/target.h"

#include <stddef.h>
#include <sys/resource.h>
#include <sys/syscall.h>

enum { NUMBERS_MAX = 65536 };

struct search {
	enum transport transport;
	uint16_t port;
	sock_visitor *visit;
	void *context;
	struct ref_list *refs; /* may be NULL */
	bool without_shown, guess;
};

static bool consider(const struct search *search, struct sock *sock)
{
	return address_port(&sock->local) != search->port || !sock_read_rest(sock) ||
	       sock->transport != search->transport || !sock->unconnected || search->visit(search->context, sock);
}

/* If a program has many sockets of ours, their numbers follow each other: so after one of ours only the hint of
 * the next one is read first. */
static enum look look_at_sock(struct search *search, struct sock *sock)
{
	static const struct sock nothing = {.fd = -1};
	enum look look;

	if (search->guess && mark_is_hinted(sock->fd))
		return LOOK_ON;
	look = sock_refs_look(search->refs != NULL ? search->refs->sock : &nothing, sock->fd, &sock->local);
	search->guess =
	    search->without_shown && sock->local.any.sa_family == AF_INET6 && address_is_any(&sock->local);
	if (sock->local.length != 0 && !consider(search, sock))
		return LOOK_END;
	return search->refs != NULL || look == LOOK_CLOSED ? look : LOOK_ON;
}

static enum look look_at(void *context, int number)
{
	struct sock sock = {.fd = number};

	return look_at_sock(context, &sock);
}

/* Whether SEEN, a socket, is neither the one that is looked for nor at the port. */
static bool is_apart(const struct search *search, const struct sight *seen)
{
	const struct sock *sock = search->refs != NULL ? search->refs->sock : NULL;

	if (seen == NULL)
		return false;
	if (seen->shown)
		return search->without_shown;
	if (seen->port == 0)
		return sock == NULL || seen->inode != sock->inode;
	return seen->port != search->port && (sock == NULL || seen->port != address_port(&sock->local));
}

/* Notes what was found, unless it may be the socket itself: then LOOK_UNTOLD. Sockets without a port are told apart
 * by their inodes. */
static enum look note_sight(const struct search *search, const struct sock *sock, int number, enum look look)
{
	struct sight sight = {.shown = search->guess && sock->local.length == 0,
			      .port = address_port(&sock->local)};
	struct stat status;

	if (look == LOOK_SOCKET) {
		if (sys_fstat(sock->fd, &status) != 0)
			return LOOK_UNTOLD;
		sight.inode = status.st_ino;
		look = sight.inode == search->refs->sock->inode ? LOOK_UNTOLD : LOOK_ON;
	}
	if (look == LOOK_ON && (sight.shown || sight.port != 0 || sight.inode != 0))
		target_note_sight(number, &sight);
	return look;
}

/* In another process: a number that was a socket's before is taken and asked what it is now, which is faster than
 * to read its link in /proc. */
static enum look look_at_noted(void *context, int number)
{
	struct search *search = context;
	struct sock sock = {.fd = -1};
	enum look look;

	if ((search->refs != NULL && number == target_number(search->refs->sock->fd)) ||
	    is_apart(search, target_sight(number)))
		return LOOK_ON;
	sock.fd = target_take_noted(number);
	if (sock.fd < 0)
		return LOOK_UNTOLD;
	look = look_at_sock(search, &sock);
	if (look != LOOK_NO_SOCKET)
		target_note_socket(number);
	look = note_sight(search, &sock, number, look);
	target_put_back(sock.fd);
	return look == LOOK_ON || look == LOOK_END ? look : LOOK_UNTOLD;
}

static bool consider_taken(const struct search *search, int number)
{
	struct sock sock = {.fd = target_take(number)};
	bool more = true;

	if (sock.fd >= 0) {
		more = !sock_local(sock.fd, &sock.local) || consider(search, &sock);
		target_put_back(sock.fd);
	}
	return more;
}

static bool visit(void *context, const struct descriptor *descriptor)
{
	const struct search *search = context;

	if (search->refs != NULL)
		ref_list_note(search->refs, descriptor);
	if (target_is_self() || descriptor->kind != DESCRIPTOR_SOCKET)
		return true;
	target_note_socket(descriptor->number);
	return consider_taken(search, descriptor->number);
}

static void consider_all(const struct search *search)
{
	struct rlimit limit = {.rlim_cur = NUMBERS_MAX};

	sys_call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0L, &limit);
	for (int number = 0; number < NUMBERS_MAX && (rlim_t)number < limit.rlim_cur; number++)
		if (!consider_taken(search, number))
			return;
}

void port_walk(enum transport transport, uint16_t port, sock_visitor *visitor, void *context, struct ref_list *refs,
	       bool without_shown)
{
	struct search search = {transport, port, visitor, context, refs, without_shown, false};

	if (fd_walk(target_is_self() ? look_at : look_at_noted, visit, &search))
		return;
	if (refs != NULL)
		refs->whole = false;
	consider_all(&search);
}
