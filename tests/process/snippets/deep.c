/* SPDX-License-Identifier: MIT */
/*
 * deep plain|deep|threads module|program tcp|udp: loads deep_module.so, with
 * RTLD_DEEPBIND unless plain, and from many threads at once. The module or the program
 * opens 0.0.0.0:8080, a client comes over IPv6, and the module hears it. Says whose
 * function the module calls, and how it was shown the client.
 *
 * The module is named without its folder, which is in the program's RUNPATH alone.
 */
#define _GNU_SOURCE
#include "deep.h"

#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 8 };

const char *whose(void)
{
	return "the program's";
}

static int flags = RTLD_NOW;

static void *load(void *unused)
{
	void *module = dlopen("deep_module.so", flags);

	(void)unused;
	if (module == NULL)
		errx(1, "%s", dlerror());
	return module;
}

static void *load_at_once(void)
{
	pthread_t thread[THREADS];
	void *module = NULL;

	for (int i = 0; i < THREADS; i++)
		pthread_create(&thread[i], NULL, load, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], &module);
	return module;
}

static void find(void *module, const char *name, void *function)
{
	void *found = dlsym(module, name);

	memcpy(function, &found, sizeof found);
}

static int client_comes(int type)
{
	struct sockaddr_in6 server = {
	    .sin6_family = AF_INET6, .sin6_port = htons(PORT), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int fd = socket(AF_INET6, type, 0);

	return connect(fd, (struct sockaddr *)&server, sizeof server) == 0 && send(fd, "x", 1, 0) == 1 &&
	       !(poll(&(struct pollfd){fd, POLLIN, 0}, 1, type == SOCK_DGRAM ? 50 : 0) > 0);
}

int main(int argc, char **argv)
{
	const char *(*calls)(void), *(*unused)(void);
	int (*module_opens)(int), (*hears)(int, int), type, fd, family;
	void *module;

	if (argc != 4)
		errx(2, "usage: deep plain|deep|threads module|program tcp|udp");
	flags |= strcmp(argv[1], "plain") == 0 ? 0 : RTLD_DEEPBIND;
	module = strcmp(argv[1], "threads") == 0 ? load_at_once() : load(NULL);
	type = strcmp(argv[3], "tcp") == 0 ? SOCK_STREAM : SOCK_DGRAM;
	find(module, "module_calls", &calls);
	find(module, "module_bound", &module_opens);
	find(module, "module_hears", &hears);
	find(RTLD_DEFAULT, "whose", &unused);
	printf("calls %s own, ", strcmp(calls(), unused()) == 0 ? "not its" : "its");
	fd = strcmp(argv[2], "module") == 0 ? module_opens(type) : bound(type);
	family = client_comes(type) ? hears(fd, type) : -1;
	puts(family < 0 ? "no client" : family == AF_INET ? "AF_INET" : "another family");
	return 0;
}
