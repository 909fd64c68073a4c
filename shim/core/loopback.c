#include "loopback.h"

#include "proc.h"
#include "sys.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <string.h>

enum { BITS = 32, PORTS = 65536 };

static _Atomic uint32_t is_ipv6[PORTS / BITS];

/* "  12: 0100007F:1388 ...", the address as the number that its bytes are in
 * memory. */
bool loopback_line_is_at(const char *line, uint16_t port)
{
	const char *address = strstr(line, ": "), *colon;
	uint64_t ip, number;

	if (address == NULL || !proc_digits(address + 2, 16, &ip))
		return false;
	colon = strchr(address + 2, ':');
	return colon != NULL && proc_digits(colon + 1, 16, &number) && number == port &&
	       (ip == htonl(INADDR_LOOPBACK) || ip == htonl(INADDR_ANY));
}

static bool is_elsewhere(void *context, const char *line)
{
	const uint16_t *port = context;

	return !loopback_line_is_at(line, *port);
}

/* UNKNOWN where /proc does not tell. */
static bool somebody_has_it(uint16_t port, bool unknown)
{
	int file = proc_open_own("/net/udp", 0);
	bool nobody;

	if (file < 0)
		return unknown;
	nobody = proc_lines(file, is_elsewhere, &port);
	sys_close(file);
	return !nobody;
}

bool loopback_means_ipv6(uint16_t port)
{
	return atomic_load_explicit(&is_ipv6[port / BITS], memory_order_relaxed) >> port % BITS & 1;
}

bool loopback_means_ipv6_now(uint16_t port, bool unknown)
{
	return loopback_means_ipv6(port) && !somebody_has_it(port, !unknown);
}

bool loopback_heard_ipv6(uint16_t port)
{
	if (loopback_means_ipv6(port))
		return true;
	if (somebody_has_it(port, false))
		return false;
	atomic_fetch_or_explicit(&is_ipv6[port / BITS], UINT32_C(1) << port % BITS, memory_order_relaxed);
	return true;
}

void loopback_heard_ipv4(uint16_t port)
{
	if (loopback_means_ipv6(port))
		atomic_fetch_and_explicit(&is_ipv6[port / BITS], ~(UINT32_C(1) << port % BITS),
					  memory_order_relaxed);
}
