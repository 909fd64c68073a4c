#include "supervise.h"

#include "command.h"
#include "say.h"

int supervise(const struct settings *settings, bool preload_too, const char *path, char *const argv[],
	      char *const environment[])
{
	(void)settings;
	(void)preload_too;
	(void)argv;
	(void)environment;
	say("%s needs a supervisor, which this build does not have", path);
	return STATUS_FAILED;
}
