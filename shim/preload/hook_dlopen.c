/* SPDX-License-Identifier: MIT */
/* dlopen(3), because of RTLD_DEEPBIND, with which PHP loads its extensions */
#include "config/settings.h"
#include "preload/hook.h"
#include "preload/redirect.h"
#include "preload/symbols.h"
#include "process/target.h"

#include <stdatomic.h>
#include <stddef.h>

enum { DEEPBIND = 8 }; /* RTLD_DEEPBIND, which musl does not define */

typedef void *dlopen_function(const char *file, int mode);

void *dlopen(const char *file, int mode);

/*
 * The hooks whose next function is in next.h's table. The others look it up when they are
 * called, and would find themselves. If only bind or listen of a module goes past the library,
 * the module opens an IPv4 listener, which does no harm.
 */
static const char names[] = "bind\0listen\0accept\0accept4\0chroot\0connect\0epoll_ctl\0getaddrinfo\0getpeername\0"
			    "getsockname\0getsockopt\0recvfrom\0__recvfrom_chk\0recvmmsg\0recvmsg\0sendmmsg\0"
			    "sendmsg\0sendto\0setsockopt\0syscall\0ioctl\0";
enum { BIND_AND_LISTEN = 3 };

static void report(const struct settings *settings, int error)
{
	struct strbuf line;

	if (settings->log.level < LOG_ERROR)
		return;
	log_begin(&line, target_pid());
	strbuf_add(&line, " nothing is converted any more, since modules loaded with RTLD_DEEPBIND pass by: ");
	if (error == 0)
		strbuf_add(&line, "another preloaded library has their functions");
	else
		strbuf_add_error(&line, error);
	log_send(&settings->log, &line);
}

/* Done once, for all modules; or twice, if another thread comes meanwhile. */
static void cover(const struct settings *settings)
{
	static atomic_bool done;
	uint32_t past;

	if (atomic_load(&done))
		return;
	next(); /* resolved first, while the C library's tables still lead to its own functions */
	past = redirect_libc(names);
	if ((past & ~(uint32_t)BIND_AND_LISTEN) != 0 && !atomic_exchange(&next_is_passed_by, true))
		report(settings, past == UINT32_MAX ? errno : 0);
	atomic_store(&done, true);
}

static void *no_dlopen(const char *file, int mode)
{
	(void)file, (void)mode;
	return NULL;
}

__attribute__((noinline)) static dlopen_function *prepared(int mode)
{
	static dlopen_function *_Atomic native;
	const struct settings *settings = mode & DEEPBIND ? settings_get() : NULL;
	dlopen_function *found = atomic_load(&native);
	int before = errno;

	next_liburing_forget();
	if (found == NULL) {
		found = (dlopen_function *)symbols_find_one("dlopen");
		atomic_store(&native, found);
	}
	if (settings != NULL)
		cover(settings);
	errno = before;
	return found != NULL ? found : no_dlopen;
}

/* dlopen takes RUNPATH and namespace from the object to which it returns, so this must end
 * in a jump. */
HOOK void *dlopen(const char *file, int mode)
{
	return prepared(mode)(file, mode);
}
