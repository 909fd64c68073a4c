/* SPDX-License-Identifier: MIT */
/* A variable in the environment that has a name like a setting's, and is none: DUALBIND_ALOW. */
#ifndef DUALBIND_CONFIG_UNKNOWN_SETTING_H
#define DUALBIND_CONFIG_UNKNOWN_SETTING_H

#include <stdbool.h>
#include <stddef.h>

enum { SETTING_NAME_MAX = 64 };

/* Copies the first one in FD, a file like /proc/self/environ, to NAME, cut to fit. Those that Kubernetes sets for a
 * Service called dualbind (DUALBIND_SERVICE_HOST, DUALBIND_PORT_...) do not count. */
bool unknown_setting_in(int fd, char name[SETTING_NAME_MAX]);

/* The first one in the environment with which this process was started. */
bool unknown_setting(char name[SETTING_NAME_MAX]);

#endif
