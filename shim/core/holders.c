#include "holders.h"

#include "descriptors.h"
#include "owner.h"
#include "sys.h"
#include "transport.h"

#include <errno.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/syscall.h>

enum { NUMBERS_MAX = 65536 };

struct search {
	enum allow_protocol protocol;
	uint16_t port;
	holder_visitor *visit;
	void *context;
};

static bool consider_socket(const struct search *search, int fd, const struct address *local)
{
	struct address served = address_served(local);
	struct holder holder = {.fd = fd, .family = served.any.sa_family, .any = address_is_any(&served)};
	struct stat status;

	if (transport_of(fd) != search->protocol || !transport_is_unconnected(fd, search->protocol))
		return true;
	if (local->any.sa_family == AF_INET6)
		holder.mark = mark_get(fd);
	if (sys_fstat(fd, &status) == 0)
		holder.inode = status.st_ino;
	return search->visit(search->context, &holder);
}

static bool is_at_port(const struct search *search, int fd, struct address *local)
{
	return transport_local(fd, local) && address_port(local) == search->port;
}

/* The question that rules out most, and that every number may be asked. */
static enum look look_at_self(void *context, int folder, int number)
{
	struct address local;

	(void)folder;
	errno = 0;
	if (is_at_port(context, number, &local))
		return consider_socket(context, number, &local) ? LOOK_ON : LOOK_END;
	return errno == EBADF ? LOOK_CLOSED : LOOK_ON;
}

static bool consider(void *context, const struct descriptor *descriptor)
{
	struct address local;
	bool more = true;
	int fd;

	if (descriptor->kind != DESCRIPTOR_SOCKET)
		return true;
	fd = owner_take(descriptor->number);
	if (fd >= 0) {
		more = !is_at_port(context, fd, &local) || consider_socket(context, fd, &local);
		owner_put_back(fd);
	}
	return more;
}

void holders_walk(enum allow_protocol protocol, uint16_t port, holder_visitor *visit, void *context)
{
	struct search search = {.protocol = protocol, .port = port, .visit = visit, .context = context};
	struct descriptor one = {.kind = DESCRIPTOR_SOCKET};
	struct rlimit limit = {.rlim_cur = NUMBERS_MAX};

	if (owner_is_self() ? descriptors_look(look_at_self, &search) : descriptors_walk(consider, &search))
		return;
	sys_call(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &limit);
	for (one.number = 0; one.number < NUMBERS_MAX && (rlim_t)one.number < limit.rlim_cur; one.number++)
		if (!consider(&search, &one))
			return;
}
