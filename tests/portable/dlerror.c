/* SPDX-License-Identifier: MIT */
/* Fails, and says why, where a program starts with an error of the loader's that it
 * did not make; or where a function that this C library lacks does more than say so; or
 * where a module cannot be loaded with a flag that this C library may not know. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int fails_as_missing(void *symbol)
{
	int (*function)(int, void *) = NULL;

	memcpy(&function, &symbol, sizeof symbol);
	errno = 0;
	return function == NULL || (function(-1, NULL) == -1 && errno == ENOSYS);
}

enum { DEEPBIND = 8 }; /* RTLD_DEEPBIND, which musl's header lacks */

int main(void)
{
	const char *error = dlerror();

	if (error != NULL)
		puts(error);
	return error != NULL || !fails_as_missing(dlsym(RTLD_DEFAULT, "bindresvport")) ||
	       dlopen(NULL, RTLD_NOW | DEEPBIND) == NULL;
}
