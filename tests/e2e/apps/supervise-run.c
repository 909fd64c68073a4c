/* supervise-run PROGRAM [ARG...]: supervise() by itself, with the settings of
 * the environment, as `dualbind run --mode supervise` sets it up. */
#define _GNU_SOURCE
#include "supervise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *find(const char *name, char *path, size_t size)
{
	const char *folders = getenv("PATH");

	snprintf(path, size, "%s", name);
	while (strchr(name, '/') == NULL && folders != NULL && *folders != '\0') {
		size_t length = strcspn(folders, ":");

		snprintf(path, size, "%.*s/%s", (int)length, folders, name);
		if (access(path, X_OK) == 0)
			break;
		folders += length + (folders[length] == ':');
	}
	return path;
}

int main(int argc, char **argv)
{
	static struct settings settings;
	static char path[4096];

	if (argc < 2)
		return 2;
	if (!settings_read_for_all(&settings, getenv))
		return 2;
	return supervise(&settings, getenv("LD_PRELOAD") != NULL, find(argv[1], path, sizeof path), argv + 1,
			 environ);
}
