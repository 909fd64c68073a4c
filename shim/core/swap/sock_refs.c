/* SPDX-License-Identifier: MIT */
#include "swap/sock_refs.h"

#include "base/sys.h"
#include "process/fd_walk.h"
#include "process/rings.h"
#include "process/target.h"

#include <errno.h>
#include <fcntl.h>

static bool add_name(struct names *names, int number)
{
	struct name name = {number, owner_closes(number)};

	if (name.closes < 0 || names->count == NAMES_MAX)
		return false;
	names->name[names->count++] = name;
	return true;
}

/* 1 or 0: another thread has closed it meanwhile, and may have something else
 * there; -1 with errno: no telling. */
static int still_means(const struct names *names, int number)
{
	struct stat status;

	if (owner_stat(number, &status) != 0)
		return errno == EBADF ? 0 : -1;
	return S_ISSOCK(status.st_mode) && status.st_ino == names->inode;
}

static bool collect_number(struct names *names, int number)
{
	return number == names->name[0].number || add_name(names, number) || still_means(names, number) == 0;
}

static bool collect_one(void *context, const struct descriptor *descriptor)
{
	struct names *names = context;

	if (descriptor->kind == DESCRIPTOR_RING)
		names->ringed = rings_hold(descriptor->number, names->inode);
	else if (descriptor->kind == DESCRIPTOR_EPOLL)
		names->complete = registrations_collect(&names->registrations, descriptor->number, names->inode);
	else if (descriptor->inode == names->inode)
		names->complete = collect_number(names, descriptor->number);
	return names->complete && !names->ringed;
}

static void collect_known(struct names *names, const struct ties *ties)
{
	for (size_t i = 0; names->complete && i < ties->epolls; i++)
		names->complete = registrations_collect(&names->registrations, ties->epoll[i], names->inode);
	for (size_t i = 0; names->complete && i < ties->numbers; i++)
		names->complete = collect_number(names, ties->number[i]);
	for (size_t i = 0; !names->ringed && i < ties->rings; i++)
		names->ringed = rings_hold(ties->ring[i], names->inode);
}

/* By an instance of a kernel that tells nothing of it. */
static bool may_be_watched(const struct names *names)
{
	bool watched = !owner_is_self();

	for (size_t i = 0; i < names->count; i++)
		watched |= registrations_are_noted(names->name[i].number);
	if (watched)
		errno = EUNTOLD;
	return watched;
}

/* Where a program has more epoll instances than ties have room for, each is
 * asked on the way. */
bool names_collect(struct names *names, const struct ties *known)
{
	names->complete = true;
	names->ringed = false;
	if (known != NULL && known->whole && known->inode == names->inode)
		collect_known(names, known);
	else if (!descriptors_walk(NULL, collect_one, names))
		return false;
	if (names->ringed || !names->complete)
		errno = names->ringed ? ERINGED : E2BIG;
	return names->complete && !names->ringed && !(names->registrations.untold && may_be_watched(names));
}

bool names_begin(struct names *names, int fd, ino_t inode)
{
	struct stat status;

	names->count = names->registrations.count = 0;
	names->registrations.untold = false;
	if (sys_fstat(fd, &status) != 0)
		return false;
	if (inode != 0 && status.st_ino != inode) {
		errno = EBADF;
		return false;
	}
	names->inode = status.st_ino;
	names->flags = sys_fcntl(fd, F_GETFL, 0);
	return names->flags >= 0 && add_name(names, owner_number(fd));
}

static bool take_place(int to, const struct name *name)
{
	return owner_install(to, name->number, name->closes > 0);
}

/* The swapped descriptor comes last: until then the old socket is alive under
 * it, and can be put back under the others. */
static bool replace_names(const struct names *names, int fd, int to)
{
	size_t i = 1;

	while (i < names->count && take_place(to, &names->name[i]))
		i++;
	if (i == names->count && take_place(to, &names->name[0]))
		return true;
	while (--i > 0)
		take_place(fd, &names->name[i]);
	return false;
}

/* Of the names, those that still mean the socket. */
static bool names_again(struct names *names)
{
	size_t count = 0;

	for (size_t i = 0; i < names->count; i++) {
		int means = still_means(names, names->name[i].number);

		if (means == 0 && i == 0)
			errno = EBADF;
		if (means < 0 || (means == 0 && i == 0))
			return false;
		if (means > 0)
			names->name[count++] = names->name[i];
	}
	names->count = count;
	return true;
}

bool names_take(struct names *names, int fd, int to)
{
	bool done;

	if (!names_again(names) || !registrations_remove(&names->registrations, fd))
		return false;
	done = replace_names(names, fd, to);
	registrations_add(&names->registrations, fd);
	/* O_ASYNC is armed for a number, so it waits until the number is right. */
	if (done && (names->flags & O_ASYNC))
		owner_set_flags(names->name[0].number, fd, (unsigned long)names->flags);
	return done;
}
