#include "holders.h"

#include "descriptors.h"
#include "transport.h"

#include <sys/resource.h>

enum { NUMBERS_MAX = 65536 };

struct search {
	enum allow_protocol protocol;
	uint16_t port;
	holder_visitor *visit;
	void *context;
};

static bool consider(void *context, const struct descriptor *descriptor)
{
	const struct search *search = context;
	struct holder holder = {.fd = descriptor->fd, .inode = descriptor->inode};
	struct address local;

	/* The cheapest question that rules out most: one call for a connection. */
	if (descriptor->kind != DESCRIPTOR_SOCKET || !transport_local(holder.fd, &local) ||
	    address_port(&local) != search->port || transport_of(holder.fd) != search->protocol ||
	    !transport_is_unconnected(holder.fd, search->protocol))
		return true;
	holder.family = local.any.sa_family;
	holder.any = address_is_any(&local);
	if (holder.family == AF_INET6)
		holder.mark = mark_get(holder.fd);
	return search->visit(search->context, &holder);
}

void holders_walk(enum allow_protocol protocol, uint16_t port, holder_visitor *visit, void *context)
{
	struct search search = {.protocol = protocol, .port = port, .visit = visit, .context = context};
	struct descriptor one = {.kind = DESCRIPTOR_SOCKET};
	struct rlimit limit = {.rlim_cur = NUMBERS_MAX};

	if (descriptors_walk(consider, &search))
		return;
	getrlimit(RLIMIT_NOFILE, &limit);
	for (one.fd = 0; one.fd < NUMBERS_MAX && (rlim_t)one.fd < limit.rlim_cur; one.fd++)
		if (!consider(&search, &one))
			return;
}
