#include "holders.h"

#include "descriptors.h"
#include "owner.h"
#include "sys.h"
#include "transport.h"

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

static bool consider_socket(const struct search *search, struct holder holder)
{
	struct address local;

	/* The cheapest question that rules out most: one call for a connection. */
	if (!transport_local(holder.fd, &local) || address_port(&local) != search->port ||
	    transport_of(holder.fd) != search->protocol || !transport_is_unconnected(holder.fd, search->protocol))
		return true;
	if (local.any.sa_family == AF_INET6)
		holder.mark = mark_get(holder.fd);
	local = address_served(&local);
	holder.family = local.any.sa_family;
	holder.any = address_is_any(&local);
	return search->visit(search->context, &holder);
}

static bool consider(void *context, const struct descriptor *descriptor)
{
	struct holder holder = {.inode = descriptor->inode};
	bool more = true;

	if (descriptor->kind != DESCRIPTOR_SOCKET)
		return true;
	holder.fd = owner_take(descriptor->number);
	if (holder.fd >= 0) {
		more = consider_socket(context, holder);
		owner_put_back(holder.fd);
	}
	return more;
}

void holders_walk(enum allow_protocol protocol, uint16_t port, holder_visitor *visit, void *context)
{
	struct search search = {.protocol = protocol, .port = port, .visit = visit, .context = context};
	struct descriptor one = {.kind = DESCRIPTOR_SOCKET};
	struct rlimit limit = {.rlim_cur = NUMBERS_MAX};

	if (descriptors_walk(consider, &search))
		return;
	sys_call(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &limit);
	for (one.number = 0; one.number < NUMBERS_MAX && (rlim_t)one.number < limit.rlim_cur; one.number++)
		if (!consider(&search, &one))
			return;
}
