/* SPDX-License-Identifier: MIT */
/* chroot(2), after which /proc may be out of reach: boot_key.h */
#include "config/settings.h"
#include "peers/boot_key.h"
#include "preload/hook.h"

/* glibc declares it under _DEFAULT_SOURCE. */
int chroot(const char *path);

HOOK int chroot(const char *path)
{
	int before = errno;

	if (settings_get() != NULL)
		boot_key_prepare();
	return keep_errno(before, next()->chroot(path));
}
