/* SPDX-License-Identifier: MIT */
#include "cmd/command.h"

#include "cmd/say.h"

#include <getopt.h>
#include <stddef.h>

int command_options(int argc, char **argv, int least, int most, bool *json)
{
	static const struct option options[] = {{"json", no_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};
	int option;

	*json = false;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (option == 'j')
			*json = true;
		else
			return say_option(argv[0], argv[optind - 1], "");
	if (argc - optind < least)
		return say_usage(argv[0], "missing operand after \"%s\"", argv[argc - 1]);
	if (argc - optind > most)
		return say_usage(argv[0], "extra operand \"%s\"", argv[optind + most]);
	return 0;
}
