/* SPDX-License-Identifier: MIT */
#include "bind/port_holders.h"

#include "base/sys.h"
#include "process/fd_walk.h"
#include "process/target.h"
#include "socket/sock.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>

enum { NUMBERS_MAX = 65536 };

struct search {
	enum transport protocol;
	uint16_t port;
	holder_visitor *visit;
	void *context;
	struct ref_list *refs; /* may be NULL */
	struct address tied;
};

static bool consider_socket(const struct search *search, int fd, const struct address *local)
{
	struct address served = address_served(local);
	struct holder holder = {.fd = fd, .family = served.any.sa_family, .any = address_is_any(&served)};
	struct stat status;
	bool more;

	if (address_port(local) != search->port || sock_transport(fd) != search->protocol ||
	    !sock_is_unconnected(fd, search->protocol))
		return true;
	if (local->any.sa_family == AF_INET6)
		holder.mark = mark_get(fd);
	if (sys_fstat(fd, &status) == 0)
		holder.inode = status.st_ino;
	more = search->visit(search->context, &holder);
	if (!more && search->refs != NULL)
		search->refs->whole = false;
	return more;
}

static bool is_same(const struct address *one, const struct address *other)
{
	return one->length == other->length && memcmp(&one->in6, &other->in6, one->length) == 0;
}

/* One call for each number rules out most, and is all that a connection costs. */
static enum look look_at(void *context, int number)
{
	const struct search *search = context;
	struct address local;

	errno = 0; /* as it stays for a socket of another family */
	if (!sock_local(number, &local)) {
		if (errno == EBADF)
			return LOOK_CLOSED;
		return errno != 0 && search->refs != NULL ? LOOK_CLOSER : LOOK_ON;
	}
	if (!consider_socket(search, number, &local))
		return LOOK_END;
	return search->refs != NULL && is_same(&local, &search->tied) ? LOOK_CLOSER : LOOK_ON;
}

static bool consider(const struct search *search, int number)
{
	int fd = target_take(number);
	struct address local;
	bool more = true;

	if (fd >= 0) {
		more = !sock_local(fd, &local) || consider_socket(search, fd, &local);
		target_put_back(fd);
	}
	return more;
}

static bool visit(void *context, const struct descriptor *descriptor)
{
	const struct search *search = context;

	if (search->refs != NULL)
		ref_list_note(search->refs, descriptor);
	return target_is_self() || descriptor->kind != DESCRIPTOR_SOCKET || consider(search, descriptor->number);
}

static void consider_all(const struct search *search)
{
	struct rlimit limit = {.rlim_cur = NUMBERS_MAX};

	sys_call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0L, &limit);
	for (int number = 0; number < NUMBERS_MAX && (rlim_t)number < limit.rlim_cur; number++)
		if (!consider(search, number))
			return;
}

void holders_walk(enum transport protocol, uint16_t port, holder_visitor *visitor, void *context,
		  struct ref_list *refs)
{
	struct search search = {protocol, port, visitor, context, refs, {.length = 0}};

	if (refs != NULL && !sock_local(refs->fd, &search.tied))
		refs->whole = false;
	if (fd_walk(target_is_self() ? look_at : NULL, visit, &search))
		return;
	if (refs != NULL)
		refs->whole = false;
	consider_all(&search);
}
