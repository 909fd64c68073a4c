/* SPDX-License-Identifier: MIT */
/* chroot(2), after which /proc may be out of reach: key.h */
#include "key.h"
#include "next.h"
#include "settings.h"

/* glibc declares it under _DEFAULT_SOURCE. */
int chroot(const char *path);

HOOK int chroot(const char *path)
{
	if (settings_get() != NULL)
		key_prepare();
	return next()->chroot(path);
}
