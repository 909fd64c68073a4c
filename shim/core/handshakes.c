#include "handshakes.h"

#include "owner.h"
#include "proc.h"
#include "sys.h"
#include "transport.h"

#include <string.h>

/* What follows the next colon, or an empty string. */
static const char *after_colon(const char *text)
{
	text += strcspn(text, ":");
	return *text == ':' ? text + 1 : text;
}

/* "  1: ADDRESS:PORT ADDRESS:PORT 03 ..." in hexadecimal, the state last. */
bool handshake_parse(const char *line, uint16_t port)
{
	static const char state[] = " 03 "; /* the kernel's TCP_SYN_RECV */
	const char *local = after_colon(after_colon(line)), *remote = after_colon(local);
	uint64_t number;

	return proc_digits(local, 16, &number) && number == port &&
	       strncmp(remote + strcspn(remote, " "), state, sizeof state - 1) == 0;
}

static bool is_other(void *context, const char *line)
{
	return !handshake_parse(line, *(const uint16_t *)context);
}

bool handshakes_under_way(int fd)
{
	struct address local;
	uint16_t port;
	bool none;
	int file;

	if (transport_listens(fd) <= 0 || sys_get_int(fd, SOL_SOCKET, SO_REUSEPORT) != 0 ||
	    !transport_local(fd, &local))
		return false;
	file = owner_open("/net/tcp6", 0);
	if (file < 0)
		return false;
	port = address_port(&local);
	none = proc_lines(file, is_other, &port);
	sys_close(file);
	return !none;
}
