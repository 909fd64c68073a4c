/* SPDX-License-Identifier: MIT */
/* A variable in the environment that is called as a setting is, and is none: DUALBIND_ALOW. */
#ifndef DUALBIND_CONFIG_UNKNOWN_SETTING_H
#define DUALBIND_CONFIG_UNKNOWN_SETTING_H

#include <stdbool.h>
#include <stddef.h>

enum { SETTING_NAME_MAX = 64 };

/* The first one in FD, a file as /proc/self/environ is: into NAME, cut to fit. Kubernetes' own for a Service that is
 * called dualbind (DUALBIND_SERVICE_HOST, DUALBIND_PORT_...) do not count. */
bool unknown_setting_in(int fd, char name[SETTING_NAME_MAX]);

/* The first one that this process was started with. */
bool unknown_setting(char name[SETTING_NAME_MAX]);

#endif
