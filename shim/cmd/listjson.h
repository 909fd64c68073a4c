/* SPDX-License-Identifier: MIT */
/*
 * A listener as JSON, the same for ps and check.
 */
#ifndef DUALBIND_CMD_LISTJSON_H
#define DUALBIND_CMD_LISTJSON_H

#include "cmd/json.h"
#include "inspect/sock_diag.h"

/* Opens an object, with what the kernel says of the listener; the caller closes it. */
void listjson_open(struct json *json, const struct listing *listing, const struct listener *listener);

#endif
