/* SPDX-License-Identifier: MIT */
#include "config/unknown_setting.h"

#include "base/sys.h"

#include <fcntl.h>
#include <string.h>

static bool starts(const char *name, const char *with)
{
	return strncmp(name, with, strlen(with)) == 0;
}

static bool is_unknown(const char *name)
{
	static const char prefix[] = "DUALBIND_";
	static const char *const known[] = {"ALLOW", "PEERS", "POOL", "KEY", "LOG", "DRY_RUN", "LIBRARY"};

	if (!starts(name, prefix))
		return false;
	name += sizeof prefix - 1;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(name, known[i]) == 0)
			return false;
	return !starts(name, "SERVICE_") && !starts(name, "PORT");
}

bool unknown_setting_in(int fd, char name[SETTING_NAME_MAX])
{
	char chunk[512];
	size_t length = 0; /* of the name; SETTING_NAME_MAX once the value has begun */
	ssize_t size;

	while ((size = sys_read(fd, chunk, sizeof chunk)) > 0)
		for (ssize_t i = 0; i < size; i++)
			if (chunk[i] == '\0') {
				length = 0;
			} else if (length < SETTING_NAME_MAX) {
				bool ended = chunk[i] == '=' || length == SETTING_NAME_MAX - 1;

				name[length++] = chunk[i];
				if (ended)
					name[length - 1] = '\0';
				if (ended && is_unknown(name))
					return true;
				if (ended)
					length = SETTING_NAME_MAX;
			}
	return false;
}

bool unknown_setting(char name[SETTING_NAME_MAX])
{
	int fd = sys_openat(AT_FDCWD, "/proc/self/environ", O_RDONLY | O_CLOEXEC, 0);
	bool found = fd >= 0 && unknown_setting_in(fd, name);

	if (fd >= 0)
		sys_close(fd);
	return found;
}
