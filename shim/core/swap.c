#define _GNU_SOURCE
#include "swap.h"

#include "descriptors.h"
#include "key.h"
#include "memberships.h"
#include "options.h"
#include "owner.h"
#include "registrations.h"
#include "sys.h"
#include "ties.h"
#include "transport.h"

#include <errno.h>
#include <fcntl.h>

enum { NAMES_MAX = 64 };

struct name {
	int number;
	int closes; /* on exec */
};

/* Everything that means the old socket and must mean the new one. It is all
 * asked for before the new one is bound: from then on datagrams come to it. */
struct meaning {
	ino_t inode;
	size_t count; /* names */
	struct name names[NAMES_MAX];
	struct registrations registrations;
	int flags; /* O_ASYNC */
	bool complete;
};

static bool add_name(struct meaning *meaning, int number)
{
	struct name name = {number, owner_closes(number)};

	if (name.closes < 0 || meaning->count == NAMES_MAX)
		return false;
	meaning->names[meaning->count++] = name;
	return true;
}

/* 1 or 0: another thread has closed it meanwhile, and may have something else
 * there; -1 with errno: no telling. */
static int still_means(const struct meaning *meaning, int number)
{
	struct stat status;

	if (owner_stat(number, &status) != 0)
		return errno == EBADF ? 0 : -1;
	return S_ISSOCK(status.st_mode) && status.st_ino == meaning->inode;
}

static bool collect_number(struct meaning *meaning, int number)
{
	return number == meaning->names[0].number || add_name(meaning, number) || still_means(meaning, number) == 0;
}

static bool collect_one(void *context, const struct descriptor *descriptor)
{
	struct meaning *meaning = context;

	if (descriptor->kind == DESCRIPTOR_EPOLL)
		meaning->complete =
		    registrations_collect(&meaning->registrations, descriptor->number, meaning->inode);
	else if (descriptor->inode == meaning->inode)
		meaning->complete = collect_number(meaning, descriptor->number);
	return meaning->complete;
}

static void collect_known(struct meaning *meaning, const struct ties *ties)
{
	for (size_t i = 0; meaning->complete && i < ties->epolls; i++)
		meaning->complete = registrations_collect(&meaning->registrations, ties->epoll[i], meaning->inode);
	for (size_t i = 0; meaning->complete && i < ties->numbers; i++)
		meaning->complete = collect_number(meaning, ties->number[i]);
}

/* Where a program has more epoll instances than ties have room for, each is
 * asked on the way. */
static bool collect_others(struct meaning *meaning, const struct ties *known)
{
	meaning->complete = true;
	if (known != NULL && known->whole && known->inode == meaning->inode)
		collect_known(meaning, known);
	else if (!descriptors_walk(NULL, collect_one, meaning))
		return false;
	if (!meaning->complete)
		errno = E2BIG;
	return meaning->complete;
}

/* The swapped descriptor is the first name. */
static bool collect(struct meaning *meaning, const struct swap *swap)
{
	struct stat status;

	meaning->count = meaning->registrations.count = 0;
	if (sys_fstat(swap->fd, &status) != 0)
		return false;
	if (swap->inode != 0 && status.st_ino != swap->inode) {
		errno = EBADF;
		return false;
	}
	meaning->inode = status.st_ino;
	meaning->flags = sys_fcntl(swap->fd, F_GETFL, 0);
	if (meaning->flags < 0 || !add_name(meaning, owner_number(swap->fd)))
		return false;
	return swap->alone || collect_others(meaning, swap->ties);
}

/* A socket stays in the network namespace that it was made in, wherever its
 * program has gone since: a copy made here would serve another network. */
static int copy_of_kind(int fd, int family)
{
	int type = sys_get_int(fd, SOL_SOCKET, SO_TYPE);
	int protocol = sys_get_int(fd, SOL_SOCKET, SO_PROTOCOL);
	int copy = type < 0 || protocol < 0 ? -1 : owner_socket(family, type, protocol);

	if (copy < 0 || !transport_apart(copy, fd))
		return copy;
	sys_close(copy);
	errno = EXDEV;
	return -1;
}

static bool copy_flags(int from, int to)
{
	struct f_owner_ex owner;
	int flags = sys_fcntl(from, F_GETFL, 0);
	int signal = sys_fcntl(from, F_GETSIG, 0);

	if (flags < 0 || sys_fcntl(to, F_SETFL, (unsigned long)(flags & ~O_ASYNC)) != 0)
		return false;
	if (signal < 0 || (signal > 0 && sys_fcntl(to, F_SETSIG, (unsigned long)signal) != 0))
		return false;
	if (sys_fcntl(from, F_GETOWN_EX, (unsigned long)&owner) != 0)
		return false;
	return owner.pid == 0 || sys_fcntl(to, F_SETOWN_EX, (unsigned long)&owner) == 0;
}

static bool bind_and_listen(const struct swap *swap, int to)
{
	int listens = transport_listens(swap->fd);

	/* Not bound yet: connect(2) or the first datagram does it. */
	if (address_port(&swap->local) == 0 && address_is_any(&swap->local))
		return true;
	if (listens < 0 || owner_bind(to, &swap->local.any, swap->local.length) != 0)
		return false;
	return listens == 0 || sys_listen(to, transport_backlog(swap->fd)) == 0;
}

static bool is_free(const struct swap *swap, const struct address *address)
{
	int probe = copy_of_kind(swap->fd, address->any.sa_family), saved;
	bool done;

	if (probe < 0)
		return false;
	done = options_copy_binding(swap->fd, probe) &&
	       (address->any.sa_family == AF_INET || sys_set_int(probe, IPPROTO_IPV6, IPV6_V6ONLY, 1) == 0) &&
	       owner_bind(probe, &address->any, address->length) == 0;
	saved = errno;
	sys_close(probe);
	errno = saved;
	return done;
}

/*
 * Once a TCP socket of a SO_REUSEPORT group is bound, the kernel lets the next
 * one that takes the same addresses, in whichever family, bind without looking
 * for strangers, and a dual-stack socket takes both (measured). Asked for one
 * family after the other it looks. With UDP what is bound for a moment would
 * take datagrams: there the caller has looked (strangers.h).
 */
static bool both_families_are_free(const struct swap *swap)
{
	struct address ipv6, ipv4;

	address_set_in6(&ipv6, &in6addr_any, address_port(&swap->local));
	address_set_in(&ipv4, htonl(INADDR_ANY), address_port(&swap->local));
	return is_free(swap, &ipv6) && is_free(swap, &ipv4);
}

/*
 * With SO_REUSEPORT on both for the moment, two sockets of one user share a
 * port whatever their families, even while the old one listens. The old one
 * may live on in another process, so it too gets back what the program set; not
 * one that yields: the program is about to bind beside it.
 */
static bool bind_beside(const struct swap *swap, int to)
{
	int reuse = sys_get_int(swap->fd, SOL_SOCKET, SO_REUSEPORT);
	bool done;
	int saved;

	if (reuse < 0)
		return false;
	if (reuse == 1 && swap->mark != MARK_NONE && transport_of(swap->fd) == ALLOW_TCP &&
	    !both_families_are_free(swap))
		return false;
	if (reuse == 1 || !transport_is_bound(swap->fd))
		return bind_and_listen(swap, to);
	done = sys_set_int(swap->fd, SOL_SOCKET, SO_REUSEPORT, 1) == 0 &&
	       sys_set_int(to, SOL_SOCKET, SO_REUSEPORT, 1) == 0 && bind_and_listen(swap, to) &&
	       sys_set_int(to, SOL_SOCKET, SO_REUSEPORT, 0) == 0;
	saved = errno;
	if (!done || swap->mark != MARK_NONE)
		sys_set_int(swap->fd, SOL_SOCKET, SO_REUSEPORT, 0);
	errno = saved;
	return done;
}

static bool is_in_use(const struct swap *swap)
{
	if (swap->is_in_use == NULL || !swap->is_in_use(swap->fd))
		return false;
	errno = EBUSY;
	return true;
}

static bool prepare(const struct swap *swap, int to)
{
	if (swap->local.any.sa_family == AF_INET6 && sys_set_int(to, IPPROTO_IPV6, IPV6_V6ONLY, swap->v6only) != 0)
		return false;
	return options_copy(swap->fd, to) && (swap->alone || memberships_copy(swap->fd, to)) &&
	       (swap->mark == MARK_NONE || mark_set(to, swap->mark)) && copy_flags(swap->fd, to);
}

static bool take_place(int to, const struct name *name)
{
	return owner_install(to, name->number, name->closes > 0);
}

/* The swapped descriptor comes last: until then the old socket is alive under
 * it, and can be put back under the others. */
static bool replace_names(const struct meaning *meaning, int fd, int to)
{
	size_t i = 1;

	while (i < meaning->count && take_place(to, &meaning->names[i]))
		i++;
	if (i == meaning->count && take_place(to, &meaning->names[0]))
		return true;
	while (--i > 0)
		take_place(fd, &meaning->names[i]);
	return false;
}

/* Of the names, those that still mean the socket. */
static bool names_again(struct meaning *meaning)
{
	size_t count = 0;

	for (size_t i = 0; i < meaning->count; i++) {
		int means = still_means(meaning, meaning->names[i].number);

		if (means == 0 && i == 0)
			errno = EBADF;
		if (means < 0 || (means == 0 && i == 0))
			return false;
		if (means > 0)
			meaning->names[count++] = meaning->names[i];
	}
	meaning->count = count;
	return true;
}

static bool replace(struct meaning *meaning, int fd, int to)
{
	bool done;

	if (!names_again(meaning) || !registrations_remove(&meaning->registrations, fd))
		return false;
	done = replace_names(meaning, fd, to);
	registrations_add(&meaning->registrations, fd);
	/* O_ASYNC is armed for a number, so it waits until the number is right. */
	if (done && (meaning->flags & O_ASYNC))
		owner_set_flags(meaning->names[0].number, fd, (unsigned long)meaning->flags);
	return done;
}

/* What other threads do in between is lost (README's limits), or has its number
 * taken: a handler is not to make that longer. */
static bool take_over(const struct swap *swap, int to)
{
	struct meaning meaning;
	uint64_t kept_before = sys_keep_signals();
	bool done = collect(&meaning, swap) && bind_beside(swap, to) && replace(&meaning, swap->fd, to);
	int saved = errno;

	sys_allow_signals(kept_before);
	errno = saved;
	return done;
}

bool swap_socket(const struct swap *swap)
{
	bool done;
	int to, saved;

	if (swap->mark != MARK_NONE)
		key_prepare(); /* there will be clients to show */
	to = copy_of_kind(swap->fd, swap->local.any.sa_family);
	if (to < 0)
		return false;
	/* Whether it is in use takes a look at every process, and meanwhile other
	 * threads may have it watched by their epoll instances (memcached's do). */
	done = prepare(swap, to) && !is_in_use(swap) && take_over(swap, to);
	saved = errno;
	sys_close(to);
	errno = saved;
	return done;
}
