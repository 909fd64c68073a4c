/* SPDX-License-Identifier: MIT */
/*
 * server [SCENE...]: the scenes of these names, or all (scene.h); "list" names them.
 * The exit status is 42.
 *
 * SIGUSR1, which faults.py may send in the midst of a call, is caught by a handler
 * that makes calls of its own. With NO_MEMORY in the environment there is none to
 * be had once it has started.
 */
#define _GNU_SOURCE
#include "scene.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { DONE = 42 };

static const char *volatile handled = "fine";
static int watched = -1;

static void handler(int number)
{
	int saved = errno;
	struct sockaddr_storage address;
	socklen_t length = sizeof address;

	(void)number;
	errno = SENTINEL;
	/* A datagram socket of its own, bound before there were any scenes. */
	if (getsockname(watched, (struct sockaddr *)&address, &length) != 0 || address.ss_family != AF_INET ||
	    errno != SENTINEL)
		handled = "wrong";
	errno = saved;
}

static bool is_wanted(const struct scene *scene, char *const names[])
{
	if (names[0] == NULL)
		return true;
	while (*names != NULL && strcmp(*names, scene->name) != 0)
		names++;
	return *names != NULL;
}

static void run_all(const struct scene *scene, char *const names[])
{
	for (; scene->name != NULL; scene++)
		if (names[0] != NULL && strcmp(names[0], "list") == 0) {
			say("%s\t%s", scene->name, scene->what);
		} else if (is_wanted(scene, names)) {
			say("== %s", scene->name);
			say_descriptors("before");
			scene->run();
			say_descriptors("after");
		}
}

int main(int argc, char *argv[])
{
	const struct sigaction action = {.sa_handler = handler};
	const struct rlimit nothing = {0, 0};
	const pid_t parent = getppid();

	(void)argc;
	sigaction(SIGUSR1, &action, NULL);
	watched = socket(AF_INET, SOCK_DGRAM, 0);
	if (getenv("NO_MEMORY") != NULL)
		setrlimit(RLIMIT_AS, &nothing);
	run_all(tcp_scenes, argv + 1);
	run_all(udp_scenes, argv + 1);
	say("== end");
	say("handler: %s", handled);
	say("parent: %s", getppid() == parent ? "same" : "another");
	return DONE;
}
