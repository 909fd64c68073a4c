/* SPDX-License-Identifier: MIT */
#include "cmd/elsewhere.h"

#include "cmd/say.h"
#include "config/allowlist.h"

#include <string.h>

static const char system_folders[] = "/usr/local/sbin:/usr/sbin:/sbin";

static bool find(struct program *program, const char *name)
{
	return strchr(name, '/') == NULL && program_find(program, name, system_folders) == 0;
}

bool elsewhere_find(struct program *program, const char *name)
{
	static struct program found;

	if (!find(&found, name))
		return false;
	*program = found;
	say("%s is not in PATH; this is %s", name, program->path);
	return true;
}

static bool is_a_list_of_rules(const char *text)
{
	static struct allowlist list;
	struct allow_error error;

	return allowlist_parse(&list, text, &error) && list.count > 0;
}

void elsewhere_hint(const char *name, const char *next)
{
	static struct program found;

	if (find(&found, name))
		say("it is %s: write that path", found.path);
	else if (next != NULL && is_a_list_of_rules(name))
		say("did you mean: dualbind run -a '%s' -- %s ...", name, next);
}
