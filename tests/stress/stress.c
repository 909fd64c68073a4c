/* SPDX-License-Identifier: MIT */
/*
 * stress SECONDS SEED: see stress.h. Prints what it did and every errno that
 * it saw; exit status 1: something did not hold, 3: a thread did not get on.
 */
#define _GNU_SOURCE
#include "stress.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS = 8, PORTS = 3500, FIRST_PORT = 2000, SIGNAL_PORTS = 290, SIGNAL_PORT = 1700 };
enum { ERRNOS = 134, STUCK_SECONDS = 90, TOLD_MOST = 30 };

atomic_uint wrongs, converted, not_converted, answered4, answered6, given_up, busy_ports, interruptions;
atomic_uint births_begun, births_over;
atomic_bool stopping;

static struct worker workers[WORKERS];
static atomic_uint failures[CALLS][ERRNOS];

static const char *const call_names[CALLS] = {"accept",      "bind",        "connect", "epoll_ctl",
					      "getpeername", "getsockname", "listen",  "poll",
					      "recv",        "recvfrom",    "send",    "sendto"};

/* In turns of equal weight; those that start a process are dear. */
static const struct {
	turn *take;
	const char *name;
	bool dear;
} turns[] = {
    {turn_listen, "listen", false},
    {turn_port_0, "port 0", false},
    {turn_duplicates, "duplicates", false},
    {turn_both_families, "both families", false},
    {turn_datagrams, "datagrams", false},
    {turn_shared_port, "shared port", false},
    {turn_fork, "fork", true},
    {turn_vfork, "vfork", true},
    {turn_exec, "exec", true},
};

long saw(enum call call, long result)
{
	if (result < 0 && errno > 0 && errno < ERRNOS)
		atomic_fetch_add(&failures[call][errno], 1);
	return result;
}

bool holds(struct worker *self, bool condition, const char *what)
{
	int error = errno;

	/* What follows from the first few is of no use. */
	if (!condition && atomic_fetch_add(&wrongs, 1) < TOLD_MOST)
		dprintf(1, "wrong: thread %u, %s: %s (errno: %s)\n", self->number, self->doing, what,
			strerrorname_np(error));
	return condition;
}

uint32_t chosen(struct worker *self, uint32_t below)
{
	self->random ^= self->random << 13;
	self->random ^= self->random >> 17;
	self->random ^= self->random << 5;
	return self->random % below;
}

bool perhaps(struct worker *self)
{
	return chosen(self, 2) == 0;
}

uint16_t next_port(struct worker *self)
{
	self->used = (uint16_t)((self->used + 1) % self->ports);
	return (uint16_t)(self->first_port + self->used);
}

static void *work(void *argument)
{
	enum { TURNS = sizeof turns / sizeof turns[0], DEAR_ONE_IN = 4 };
	struct worker *self = argument;

	while (!atomic_load(&stopping)) {
		size_t i = chosen(self, TURNS);

		if (turns[i].dear && chosen(self, DEAR_ONE_IN) != 0)
			continue;
		self->doing = turns[i].name;
		turns[i].take(self);
		atomic_fetch_add(&self->turns, 1);
	}
	return NULL;
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

static void pause_for(long microseconds)
{
	nanosleep(&(struct timespec){0, microseconds * 1000}, NULL);
}

/* Signals one worker after another; ends the program, by a signal that leaves
 * a trace, where one of them does not get on. */
static void watch(int seconds)
{
	time_t start = time(NULL), since[WORKERS], now;
	unsigned before[WORKERS] = {0};

	for (int i = 0; i < WORKERS; i++)
		since[i] = start;
	for (unsigned round = 0; (now = time(NULL)) < start + seconds && wrongs < TOLD_MOST; round++) {
		int i = (int)(round % WORKERS);

		pause_for(700);
		pthread_kill(workers[i].thread, SIGUSR1);
		if (atomic_load(&workers[i].turns) != before[i])
			since[i] = now;
		before[i] = atomic_load(&workers[i].turns);
		if (now > since[i] + STUCK_SECONDS) {
			printf("stuck: thread %d, %s\n", i, workers[i].doing);
			exit(3);
		}
	}
}

static int report(int leaked)
{
	unsigned took = 0;

	for (int i = 0; i < WORKERS; i++)
		took += atomic_load(&workers[i].turns);
	printf("turns %u\nconverted %u\nnot converted %u\nanswered over IPv4 %u\nanswered over IPv6 %u\n", took,
	       converted, not_converted, answered4, answered6);
	printf("closed with their listener %u\nports that were busy %u\ninterruptions %u\n", given_up, busy_ports,
	       interruptions);
	for (int call = 0; call < CALLS; call++)
		for (int error = 0; error < ERRNOS; error++)
			if (failures[call][error] != 0)
				printf("errno %s %s %u\n", call_names[call], strerrorname_np(error),
				       failures[call][error]);
	printf("descriptors lost %d\nwrong %u\n", leaked, wrongs);
	return wrongs != 0 || leaked != 0;
}

int main(int argc, char **argv)
{
	int before, seconds;
	uint32_t seed;

	if (argc == 4 && strcmp(argv[1], "answer") == 0)
		return answer_as_a_program(atoi(argv[2]), atoi(argv[3]));
	if (argc != 3)
		errx(2, "usage: stress SECONDS SEED");
	seconds = atoi(argv[1]);
	seed = (uint32_t)atoi(argv[2]);
	before = count_descriptors();
	if (!signals_start(SIGNAL_PORT, SIGNAL_PORTS))
		err(1, "sockets for the handlers");
	for (unsigned i = 0; i < WORKERS; i++) {
		workers[i] = (struct worker){
		    .number = i,
		    .random = seed * UINT32_C(2654435761) + i * 7919 + 1,
		    .first_port = (uint16_t)(FIRST_PORT + i * PORTS),
		    .ports = PORTS,
		};
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
			err(1, "thread");
	}
	watch(seconds);
	atomic_store(&stopping, true);
	for (int i = 0; i < WORKERS; i++)
		pthread_join(workers[i].thread, NULL);
	signals_stop();
	return report(count_descriptors() - before);
}
