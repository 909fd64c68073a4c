/* SPDX-License-Identifier: MIT */
#include "swap/sock_refs.h"

#include "base/sys.h"
#include "process/fd_walk.h"
#include "process/rings.h"
#include "process/target.h"

#include <errno.h>
#include <fcntl.h>

bool ref_list_begin(struct ref_list *list, int fd)
{
	struct stat status;

	if (sys_fstat(fd, &status) != 0)
		return false;
	list->fd = fd;
	list->inode = status.st_ino;
	list->numbers = list->epolls = list->rings = 0;
	list->whole = true;
	return true;
}

static bool add(int list[REF_LIST_MAX], size_t *count, int number)
{
	if (*count == REF_LIST_MAX)
		return false;
	list[(*count)++] = number;
	return true;
}

bool ref_list_note(struct ref_list *list, const struct descriptor *descriptor)
{
	bool room = true;

	if (descriptor->kind == DESCRIPTOR_EPOLL)
		room = add(list->epoll, &list->epolls, descriptor->number);
	else if (descriptor->kind == DESCRIPTOR_RING)
		room = add(list->ring, &list->rings, descriptor->number);
	else if (descriptor->inode == list->inode)
		room = add(list->number, &list->numbers, descriptor->number);
	list->whole = list->whole && room;
	return room;
}

static bool add_ref(struct sock_refs *refs, int number)
{
	struct fd_ref ref = {number, target_closes(number)};

	if (ref.closes < 0 || refs->count == SOCK_REFS_MAX)
		return false;
	refs->fd[refs->count++] = ref;
	return true;
}

/* 1 or 0: another thread has closed it meanwhile, and may have something else
 * there; -1 with errno: no telling. */
static int still_means(const struct sock_refs *refs, int number)
{
	struct stat status;

	if (target_stat(number, &status) != 0)
		return errno == EBADF ? 0 : -1;
	return S_ISSOCK(status.st_mode) && status.st_ino == refs->inode;
}

static bool collect_number(struct sock_refs *refs, int number)
{
	return number == refs->fd[0].number || add_ref(refs, number) || still_means(refs, number) == 0;
}

static bool collect_one(void *context, const struct descriptor *descriptor)
{
	struct sock_refs *refs = context;

	if (descriptor->kind == DESCRIPTOR_RING)
		refs->ringed = rings_hold(descriptor->number, refs->inode);
	else if (descriptor->kind == DESCRIPTOR_EPOLL)
		refs->complete = epoll_refs_collect(&refs->epoll_refs, descriptor->number, refs->inode);
	else if (descriptor->inode == refs->inode)
		refs->complete = collect_number(refs, descriptor->number);
	return refs->complete && !refs->ringed;
}

static void collect_known(struct sock_refs *refs, const struct ref_list *list)
{
	for (size_t i = 0; refs->complete && i < list->epolls; i++)
		refs->complete = epoll_refs_collect(&refs->epoll_refs, list->epoll[i], refs->inode);
	for (size_t i = 0; refs->complete && i < list->numbers; i++)
		refs->complete = collect_number(refs, list->number[i]);
	for (size_t i = 0; !refs->ringed && i < list->rings; i++)
		refs->ringed = rings_hold(list->ring[i], refs->inode);
}

/* By an instance of a kernel that tells nothing of it. */
static bool may_be_watched(const struct sock_refs *refs)
{
	bool watched = !target_is_self();

	for (size_t i = 0; i < refs->count; i++)
		watched |= epoll_refs_are_noted(refs->fd[i].number);
	if (watched)
		errno = EUNTOLD;
	return watched;
}

/* Where a program has more epoll instances than a list has room for, each is
 * asked on the way. */
bool sock_refs_collect(struct sock_refs *refs, const struct ref_list *known)
{
	refs->complete = true;
	refs->ringed = false;
	if (known != NULL && known->whole && known->inode == refs->inode)
		collect_known(refs, known);
	else if (!fd_walk(NULL, collect_one, refs))
		return false;
	if (refs->ringed || !refs->complete)
		errno = refs->ringed ? ERINGED : E2BIG;
	return refs->complete && !refs->ringed && !(refs->epoll_refs.untold && may_be_watched(refs));
}

bool sock_refs_begin(struct sock_refs *refs, int fd, ino_t inode)
{
	struct stat status;

	refs->count = refs->epoll_refs.count = 0;
	refs->epoll_refs.untold = false;
	if (sys_fstat(fd, &status) != 0)
		return false;
	if (inode != 0 && status.st_ino != inode) {
		errno = EBADF;
		return false;
	}
	refs->inode = status.st_ino;
	refs->flags = sys_fcntl(fd, F_GETFL, 0);
	return refs->flags >= 0 && add_ref(refs, target_number(fd));
}

static bool take_place(int to, const struct fd_ref *ref)
{
	return target_install(to, ref->number, ref->closes > 0);
}

/* The swapped descriptor comes last: until then the old socket is alive under
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

/* Of the names, those that still mean the socket. */
static bool sock_refs_again(struct sock_refs *refs)
{
	size_t count = 0;

	for (size_t i = 0; i < refs->count; i++) {
		int means = still_means(refs, refs->fd[i].number);

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
