/* SPDX-License-Identifier: MIT */
#include "swap/sock_refs.h"

#include "base/sys.h"
#include "process/fd_walk.h"
#include "process/rings.h"
#include "process/target.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

void ref_list_begin(struct ref_list *list, const struct sock *sock)
{
	list->sock = sock;
	list->count = 0;
	list->has_ring = false;
	list->whole = sock->inode != 0;
}

/* One call for each number rules out most, and is all that a connection costs. */
enum look sock_refs_look(const struct sock *sock, int number, struct address *local)
{
	local->length = 0;
	if (number == sock->fd)
		return LOOK_ON;
	errno = 0; /* and it stays 0 for a socket of another family */
	if (sock_local(number, local))
		return address_equals(local, &sock->local) ? LOOK_SOCKET : LOOK_ON;
	local->length = 0;
	return errno == EBADF      ? LOOK_CLOSED
	       : errno == ENOTSOCK ? LOOK_NO_SOCKET
	       : errno != 0        ? LOOK_UNTOLD
				   : LOOK_ON;
}

void ref_list_note(struct ref_list *list, const struct descriptor *descriptor)
{
	if (descriptor->kind == DESCRIPTOR_SOCKET && descriptor->inode != list->sock->inode)
		return;
	list->has_ring |= descriptor->kind == DESCRIPTOR_RING;
	if (list->count == REF_LIST_MAX)
		list->whole = false;
	else
		list->each[list->count++] = *descriptor;
}

static bool add_ref(struct sock_refs *refs, int number)
{
	struct fd_ref ref = {number, target_closes(number)};

	if (ref.closes < 0 || refs->count == SOCK_REFS_MAX)
		return false;
	refs->fd[refs->count++] = ref;
	return true;
}

static bool collect_number(struct sock_refs *refs, int number)
{
	return number == refs->fd[0].number || add_ref(refs, number) ||
	       fd_is_socket(number, refs->sock->inode) == 0;
}

static bool collect_one(void *context, const struct descriptor *descriptor)
{
	struct sock_refs *refs = context;

	if (descriptor->kind == DESCRIPTOR_RING)
		refs->ringed = rings_hold(descriptor->number, refs->sock->inode) ||
			       (refs->yields && rings_wait(descriptor->number, refs->sock->transport));
	else if (descriptor->kind == DESCRIPTOR_EPOLL)
		refs->complete = epoll_refs_collect(&refs->epoll_refs, descriptor->number, refs->sock->inode);
	else if (descriptor->inode == refs->sock->inode)
		refs->complete = collect_number(refs, descriptor->number);
	return refs->complete && !refs->ringed;
}

static enum look look(void *context, int number)
{
	const struct sock_refs *refs = context;
	struct address local;

	return sock_refs_look(refs->sock, number, &local);
}

/* On a kernel that lists no registrations: whether an epoll instance may watch the socket. */
static bool may_be_watched(const struct sock_refs *refs)
{
	bool watched = false;

	for (size_t i = 0; i < refs->count; i++)
		watched |= epoll_refs_are_noted(refs->fd[i].number);
	if (watched)
		errno = EUNTOLD;
	return watched;
}

/* If the program has more epoll instances than fit into a list, there is a walk,
 * and each is read on the way. */
bool sock_refs_collect(struct sock_refs *refs, const struct ref_list *known)
{
	refs->complete = true;
	refs->ringed = false;
	if (known != NULL && known->whole) {
		for (size_t i = 0; i < known->count && collect_one(refs, &known->each[i]); i++)
			;
	} else if (!fd_walk(target_is_self() ? look : NULL, collect_one, refs)) {
		return false;
	}
	if (refs->ringed || !refs->complete)
		errno = refs->ringed ? ERINGED : E2BIG;
	return refs->complete && !refs->ringed && !(refs->epoll_refs.untold && may_be_watched(refs));
}

bool sock_refs_begin(struct sock_refs *refs, const struct sock *sock, int flags)
{
	int means;

	refs->sock = sock;
	refs->flags = flags;
	refs->count = refs->epoll_refs.count = 0;
	refs->epoll_refs.untold = false;
	means = fd_is_socket(target_number(sock->fd), refs->sock->inode);
	if (means == 0)
		errno = EBADF;
	return means > 0 && add_ref(refs, target_number(sock->fd));
}

static bool take_place(int to, const struct fd_ref *ref)
{
	return target_install(to, ref->number, ref->closes > 0);
}

/* The swapped descriptor is replaced last: until then the old socket is alive under
 * it, and can be put back under the others. */
static bool replace_refs(const struct sock_refs *refs, int fd, int to)
{
	size_t i = 1;

	while (i < refs->count && take_place(to, &refs->fd[i]))
		i++;
	if (i == refs->count && take_place(to, &refs->fd[0]))
		return true;
	while (--i > 0)
		take_place(fd, &refs->fd[i]);
	return false;
}

/* Keeps the numbers that still mean the socket. */
static bool sock_refs_again(struct sock_refs *refs)
{
	size_t count = 0;

	for (size_t i = 0; i < refs->count; i++) {
		int means = fd_is_socket(refs->fd[i].number, refs->sock->inode);

		if (means == 0 && i == 0)
			errno = EBADF;
		if (means < 0 || (means == 0 && i == 0))
			return false;
		if (means > 0)
			refs->fd[count++] = refs->fd[i];
	}
	refs->count = count;
	return true;
}

bool sock_refs_take(struct sock_refs *refs, int fd, int to)
{
	bool done;

	if (!sock_refs_again(refs) || !epoll_refs_remove(&refs->epoll_refs, fd))
		return false;
	done = replace_refs(refs, fd, to);
	epoll_refs_add(&refs->epoll_refs, fd);
	/* O_ASYNC is armed for a number, so it waits until the number is right. */
	if (done && (refs->flags & O_ASYNC))
		target_set_flags(refs->fd[0].number, fd, (unsigned long)refs->flags);
	return done;
}
