/* SPDX-License-Identifier: MIT */
/*
 * many DESCRIPTORS INSTANCES WATCHING: a program that holds so many descriptors (or
 * as many as it may), INSTANCES of epoll among them, WATCHING of which its listener was added to
 * before it was bound. Prints what the listener is for the kernel, how many of
 * the instances then tell of a client, rightly and wrongly, how many descriptors
 * the bind cost, and the milliseconds that it took.
 */
#define _GNU_SOURCE
#include "base/sys.h"

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { KINDS = 4, PORT = 8080, DATA = 1000000, SPARE = 100 };

static int *instances;
static int instance_count;

/* COUNT, or what the machine allows. */
static int as_many_as(int count)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		err(1, "the limit of descriptors");
	if (limit.rlim_cur < (rlim_t)(count + SPARE))
		count = (int)limit.rlim_cur - SPARE;
	fprintf(stderr, "%d descriptors\n", count);
	return count;
}

/* Sockets, files and events, as they come in a server that is busy. */
static void hold(int count)
{
	for (int i = 0; i < count; i++) {
		int kind = i % KINDS, fd;

		if (kind == 0)
			fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		else if (kind == 1)
			fd = eventfd(0, EFD_CLOEXEC);
		else
			fd = socket(kind == 2 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd < 0)
			err(1, "descriptor %d", i);
	}
}

static void watch(int listener, int count, int watching)
{
	instances = calloc((size_t)count, sizeof *instances);
	for (int i = 0; i < count; i++) {
		struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)(DATA + i)};
		int other = eventfd(0, EFD_CLOEXEC);

		instances[i] = epoll_create1(EPOLL_CLOEXEC);
		if (instances[i] < 0 || epoll_ctl(instances[i], EPOLL_CTL_ADD, other, &event) != 0)
			err(1, "epoll instance %d", i);
		/* Those that watch are spread over all of them. */
		if (i * watching / count != (i + 1) * watching / count &&
		    epoll_ctl(instances[i], EPOLL_CTL_ADD, listener, &event) != 0)
			err(1, "a registration");
	}
	instance_count = count;
}

static int count_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count;
}

static double milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1000000;
}

static void tell_what_it_is(int fd)
{
	int domain = 0;
	socklen_t length = sizeof domain;

	sys_call(SYS_getsockopt, fd, SOL_SOCKET, SO_DOMAIN, &domain, &length);
	printf("listener %s\n", domain == AF_INET6 ? "AF_INET6" : "AF_INET");
}

/* A client by itself, since it is of the listener's own machine. */
static void tell_who_hears_a_client(void)
{
	struct sockaddr_in to = {
	    .sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), heard = 0, wrong = 0;

	if (connect(client, (struct sockaddr *)&to, sizeof to) != 0)
		err(1, "connect");
	for (int i = 0; i < instance_count; i++) {
		struct epoll_event events[2];
		int count = epoll_wait(instances[i], events, 2, 0);

		heard += count > 0;
		wrong += count > 1 || (count == 1 && events[0].data.u64 != (uint64_t)(DATA + i));
	}
	printf("heard by %d\nwrongly %d\n", heard, wrong);
}

int main(int argc, char **argv)
{
	struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), before;
	double start;

	if (argc != 4)
		errx(2, "usage: many DESCRIPTORS INSTANCES WATCHING");
	hold(as_many_as(atoi(argv[1])) - 2 * atoi(argv[2]));
	watch(fd, atoi(argv[2]), atoi(argv[3]));
	before = count_descriptors();
	start = milliseconds();
	if (bind(fd, (struct sockaddr *)&local, sizeof local) != 0 || listen(fd, 16) != 0)
		err(1, "listen");
	fprintf(stderr, "bind and listen took %.1f ms\n", milliseconds() - start);
	tell_what_it_is(fd);
	tell_who_hears_a_client();
	printf("descriptors more %d\n", count_descriptors() - before - 1);
	return 0;
}
