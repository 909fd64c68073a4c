/* SPDX-License-Identifier: MIT */
/*
 * sequence FIRST COUNT [without STEP...]
 * sequence within COMMAND...: a command in the namespace, which runs sequence.
 *
 * The traces of COUNT sequences from the
 * number FIRST on; see sequence.h. Each is made by a process of its own, all in
 * one new network namespace, which vanishes with them.
 */
#define _GNU_SOURCE
#include "sequence.h"

#include <err.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS = 4, PORTS = 7000, PORTS_EACH = 4, FIRST_PORT = 1100 };

static bool left_out[STEPS_MAX];

void say_descriptor(int fd)
{
	say_result(fd);
}

struct in6_request { /* struct in6_ifreq of <linux/ipv6.h>, which clashes */
	struct in6_addr address;
	uint32_t length;
	int index;
};

static void make_namespace(void)
{
	struct ifreq request = {.ifr_name = "lo"};
	struct in6_request request6 = {.length = 128};
	union name name;
	int fd, fd6;

	if (unshare(geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) != 0)
		err(125, "no network namespace");
	fd = (int)PAST(socket, AF_INET, SOCK_DGRAM, 0);
	fd6 = (int)PAST(socket, AF_INET6, SOCK_DGRAM, 0);
	request.ifr_flags = IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &request) != 0 || ioctl(fd, SIOCGIFINDEX, &request) != 0)
		err(125, "lo");
	request6.index = request.ifr_ifindex;
	name_in6(&name, POD_IP6, 0);
	request6.address = name.in6.sin6_addr;
	if (ioctl(fd6, SIOCSIFADDR, &request6) != 0)
		err(125, POD_IP6);
	name_in(&name, POD_IP4, 0);
	strcpy(request.ifr_name, "lo:1");
	memcpy(&request.ifr_addr, &name.in, sizeof name.in);
	if (ioctl(fd, SIOCSIFADDR, &request) != 0)
		err(125, "10.9.9.9");
	PAST(close, fd);
	PAST(close, fd6);
}

static void take_step(struct world *world, struct step *step)
{
	begin(step);
	step->operation->act(world, step);
	end();
}

static bool forks(const struct step *step)
{
	return strcmp(step->operation->name, "fork") == 0;
}

/* The child makes the next steps and ends, or stays and holds what it has. */
static unsigned in_child(struct world *world, struct step *steps, unsigned at, unsigned count)
{
	unsigned steps_of_child = roll(&steps[at].dice, 4), i;
	bool stays = roll(&steps[at].dice, 3) == 0;
	int done[2];
	pid_t child;
	char word;

	if (pipe2(done, O_CLOEXEC) != 0)
		err(1, "pipe");
	done[0] = keep_high(done[0]);
	done[1] = keep_high(done[1]);
	child = fork();
	for (i = at + 1; i < count && i <= at + steps_of_child; i++)
		if (child == 0 && !left_out[i] && !forks(&steps[i]))
			take_step(world, &steps[i]);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		PAST(write, done[1], "x", 1);
		if (stays)
			for (;;)
				pause();
		_exit(0);
	}
	PAST(close, done[1]);
	PAST(read, done[0], &word, 1);
	PAST(close, done[0]);
	if (!stays)
		waitpid(child, NULL, 0);
	return i - 1;
}

static void take_all(uint64_t number)
{
	struct step steps[STEPS_MAX];
	const char *clients = getenv("SEQUENCE_CLIENTS");
	struct world world = {.ipv6 = clients && strcmp(clients, "ipv6") == 0,
			      .loopback = clients && strcmp(clients, "loopback") == 0};
	unsigned count = steps_make(steps, number);

	world.wildcard = clients != NULL && !world.loopback;
	world.base = (uint16_t)(FIRST_PORT + number % PORTS * PORTS_EACH);
	for (unsigned i = 0; i < SLOTS; i++)
		world.slot[i] = NO_SUCH_FD;
	for (unsigned i = 0; i < CLIENTS; i++)
		world.client[i] = NO_SUCH_FD;
	for (unsigned i = 0; i < EPOLLS; i++)
		world.epoll[i] = epoll_create1(0);
	for (unsigned i = 0; i < count; i++) {
		if (left_out[i])
			continue;
		take_step(&world, &steps[i]);
		if (forks(&steps[i]))
			i = in_child(&world, steps, i, count);
	}
}

static void sequence(uint64_t number)
{
	pid_t child;
	int status;

	dprintf(1, "== %llu\n", (unsigned long long)number);
	child = fork();
	if (child < 0)
		err(1, "fork");
	if (child == 0) {
		alarm(SECONDS);
		signal(SIGIO, SIG_IGN);
		signal(SIGUSR1, SIG_IGN);
		signal(SIGRTMIN, SIG_IGN);
		signal(SIGPIPE, SIG_IGN);
		signal(SIGURG, SIG_IGN);
		take_all(number);
		_exit(0);
	}
	waitpid(child, &status, 0);
	if (status != 0)
		dprintf(1, "ended: status %#x\n", (unsigned)status);
}

int main(int argc, char **argv)
{
	uint64_t first, count;

	if (argc < 3 || (argc > 3 && strcmp(argv[1], "within") != 0 && strcmp(argv[3], "without") != 0))
		errx(2, "usage: sequence FIRST COUNT [without STEP...] | within COMMAND...");
	if (getenv("SEQUENCE_WITHIN") == NULL)
		make_namespace();
	if (strcmp(argv[1], "within") == 0) {
		setenv("SEQUENCE_WITHIN", "1", 1);
		execvp(argv[2], argv + 2);
		err(1, "%s", argv[2]);
	}
	first = strtoull(argv[1], NULL, 10);
	count = strtoull(argv[2], NULL, 10);
	for (int i = 4; i < argc; i++)
		left_out[atoi(argv[i]) % STEPS_MAX] = true;
	for (uint64_t i = 0; i < count; i++)
		sequence(first + i);
	return 0;
}
