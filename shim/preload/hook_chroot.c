/* SPDX-License-Identifier: MIT */
/* chroot(2), after which /proc may be out of reach: boot_key.h */
#include "config/settings.h"
#include "peers/boot_key.h"
#include "preload/hook.h"

/* glibc declares it under _DEFAULT_SOURCE. */
int chroot(const char *path);

/* errno is neither read nor written if the boot id can be read: a process without thread-local memory may
 * come here (hook_syscall.c). */
HOOK int chroot(const char *path)
{
	if (settings_get() != NULL)
		boot_key_prepare();
	return next()->chroot(path);
}
