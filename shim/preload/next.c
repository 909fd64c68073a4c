#define _GNU_SOURCE
#include "next.h"

#include "mapper.h"
#include "settings.h"
#include "sys.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

/* One library for old and new C libraries: dlsym moved into libc in glibc 2.34
 * under a new version, and is still there under its first one. */
#if defined(__GLIBC__) && defined(__x86_64__)
__asm__(".symver dlsym,dlsym@GLIBC_2.2.5");
#elif defined(__GLIBC__) && defined(__aarch64__)
__asm__(".symver dlsym,dlsym@GLIBC_2.17");
#endif

/* Stand-ins for a C library that lacks a function: the system call itself. */
static int plain_accept(int fd, struct sockaddr *address, socklen_t *length)
{
	return sys_accept4(fd, address, length, 0);
}

static ssize_t plain_recvfrom_chk(int fd, void *buffer, size_t size, size_t room, int flags,
				  struct sockaddr *address, socklen_t *length)
{
	return sys_recvfrom(fd, buffer, size < room ? size : room, flags, address, length);
}

static int no_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
			  struct addrinfo **result)
{
	(void)node, (void)service, (void)hints, (void)result;
	errno = ENOSYS;
	return EAI_SYSTEM;
}

/* ISO C has no cast from an object pointer to a function pointer. */
static void resolve(void *function, const char *name)
{
	void *symbol = dlsym(RTLD_NEXT, name);

	if (symbol != NULL)
		memcpy(function, &symbol, sizeof symbol);
}

static struct next table;
static atomic_bool resolved;

const struct next *next_if_ready(void)
{
	return atomic_load_explicit(&resolved, memory_order_acquire) ? &table : NULL;
}

const struct next *next(void)
{
	if (!atomic_load_explicit(&resolved, memory_order_acquire)) {
		struct next found = {
		    .bind = sys_bind,
		    .listen = sys_listen,
		    .connect = sys_connect,
		    .accept = plain_accept,
		    .accept4 = sys_accept4,
		    .getsockname = sys_getsockname,
		    .getpeername = sys_getpeername,
		    .getsockopt = sys_getsockopt,
		    .setsockopt = sys_setsockopt,
		    .recvfrom = sys_recvfrom,
		    .recvfrom_chk = plain_recvfrom_chk,
		    .recvmsg = sys_recvmsg,
		    .recvmmsg = sys_recvmmsg,
		    .sendto = sys_sendto,
		    .sendmsg = sys_sendmsg,
		    .sendmmsg = sys_sendmmsg,
		    .syscall = sys_call,
		    .getaddrinfo = no_getaddrinfo,
		};
		int saved = errno;

		resolve(&found.bind, "bind");
		resolve(&found.listen, "listen");
		resolve(&found.connect, "connect");
		resolve(&found.accept, "accept");
		resolve(&found.accept4, "accept4");
		resolve(&found.getsockname, "getsockname");
		resolve(&found.getpeername, "getpeername");
		resolve(&found.getsockopt, "getsockopt");
		resolve(&found.setsockopt, "setsockopt");
		resolve(&found.recvfrom, "recvfrom");
		resolve(&found.recvfrom_chk, "__recvfrom_chk");
		resolve(&found.recvmsg, "recvmsg");
		resolve(&found.recvmmsg, "recvmmsg");
		resolve(&found.sendto, "sendto");
		resolve(&found.sendmsg, "sendmsg");
		resolve(&found.sendmmsg, "sendmmsg");
		resolve(&found.syscall, "syscall");
		resolve(&found.getaddrinfo, "getaddrinfo");
		/* Two threads may both come here; they write the same. */
		table = found;
		atomic_store_explicit(&resolved, true, memory_order_release);
		errno = saved;
	}
	return &table;
}

/* While the program has one thread, and outside any signal handler. */
__attribute__((constructor)) static void start(void)
{
	const struct settings *settings;

	next();
	settings = settings_get();
	if (settings != NULL && settings->datagrams)
		mapper_share();
}
