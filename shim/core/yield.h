/*
 * Yield: give a program its own kind of socket back, because it, or a stranger,
 * serves the other family at the port.
 */
#ifndef DUALBIND_YIELD_H
#define DUALBIND_YIELD_H

#include "request.h"

#include <stdbool.h>

/*
 * The program is about to bind at the request's address: whatever of ours would
 * be in the way, and was not in its way without us, yields. True: one could
 * not, because other processes serve on it too; the program's socket is then
 * to be bound by yield_bind_beside().
 */
bool yield_make_way(const struct request *request);

/*
 * bind(2), beside a socket of ours that stays. SO_REUSEPORT stays set on
 * success, since listen(2) looks at it again.
 */
typedef int native_bind(int fd, const struct sockaddr *address, socklen_t length);
int yield_bind_beside(const struct request *request, const struct sockaddr *address, socklen_t length,
		      native_bind *native);

/*
 * listen(2) failed with EADDRINUSE on FD: a stranger holds the port in the
 * other family, which bind(2) could not see, since both sockets had
 * SO_REUSEADDR and neither listened. True: FD has yielded.
 */
bool yield_to_stranger(int fd);

#endif
