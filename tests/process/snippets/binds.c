/* SPDX-License-Identifier: MIT */
/*
 * What binds cost: binds KIND COUNT [OPTION...] makes so many, and prints the microseconds of processor time
 * that they took, and how many of the sockets are AF_INET6 then.
 *
 *   tcp, udp        each at a port of its own; "ipv6": at [::], of IPv6 alone
 *   tcp-listen      the same, and each listens
 *   tcp-one, udp-one   all at one port
 *   tcp-yield, udp-yield   0.0.0.0 and then [::] at each port
 *   tcp-both        0.0.0.0 and [::] at each port, in turn, and each listens
 *   tcp-any         listeners at ports that the kernel chooses
 *   tcp-reused      listeners whose epoll instance, or whose second number, is where another listener was before;
 *                   prints how many of their clients are told of
 *   tcp-apart       listeners of threads with tables of descriptors of their own, each with a second number, or with
 *                   another socket at that number; prints at how many second numbers there is another socket then
 *   race            two processes, of which the second has no library in it, bind one port and close it, so
 *                   often, with an option; prints how often a bind failed, of both
 *
 * Options: "reuse" and "group" set SO_REUSEADDR and SO_REUSEPORT; connections=N, eventfds=N, epolls=N are
 * open before; hosts=N processes with a hundred descriptors are; "threads": each is made in a thread of its own,
 * all at once. A write(2) that fails stands before and
 * after each bind, and tells a trace which it is.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.h"

enum { FIRST_PORT = 10000, HOST_DESCRIPTORS = 100, THREAD_STACK = 65536, HOSTS_MAX = 1000, APART_ROUNDS = 8 };

static int argument_count;
static char **arguments;

/* The number after NAME and "="; 1 where it stands alone, 0 where it does not stand. */
static int option(const char *name)
{
	size_t length = strlen(name);

	for (int i = 1; i < argument_count; i++)
		if (strncmp(arguments[i], name, length) == 0 &&
		    (arguments[i][length] == '=' || !arguments[i][length]))
			return arguments[i][length] ? atoi(arguments[i] + length + 1) : 1;
	return 0;
}

static bool is(const char *kind)
{
	return strcmp(arguments[1], kind) == 0;
}

static void mark(const char *part)
{
	if (write(-1, part, strlen(part)) >= 0)
		errx(1, "written");
}

static long processor_time(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000L + usage.ru_utime.tv_usec +
	       usage.ru_stime.tv_usec;
}

static int new_socket(int family)
{
	static const int on = 1;
	int fd = socket(
	    family,
	    (strncmp(arguments[1], "udp", 3) == 0 || option("udp") ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);

	if (fd < 0)
		err(1, "socket");
	if (option("reuse"))
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (option("group"))
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	return fd;
}

static bool bind_at(int fd, int family, int port)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct sockaddr_in6 any6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};

	return (family == AF_INET ? bind(fd, (struct sockaddr *)&any, sizeof any)
				  : bind(fd, (struct sockaddr *)&any6, sizeof any6)) == 0;
}

static int bound(int family, int port)
{
	int fd = new_socket(family);

	mark("bind");
	if (!bind_at(fd, family, port))
		err(1, "bind %d", port);
	mark("rest");
	return fd;
}

static void listens(int fd)
{
	if (strncmp(arguments[1], "tcp", 3) == 0 && listen(fd, 5) != 0)
		err(1, "listen");
}

static int connection(void)
{
	struct sockaddr_in peer = {
	    .sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (connect(fd, (struct sockaddr *)&peer, sizeof peer) != 0)
		err(1, "connect");
	return fd;
}

static void open_others(void)
{
	for (int i = option("connections"); i > 0; i--)
		connection();
	for (int i = option("eventfds"); i > 0; i--)
		if (eventfd(0, 0) < 0)
			err(1, "eventfd");
	for (int i = option("epolls"); i > 0; i--)
		if (epoll_create1(0) < 0)
			err(1, "epoll_create1");
}

/* They are older than this program, which executes itself behind them. */
static void start_hosts(int count)
{
	int ready[2];
	char byte = 'x';

	if (pipe(ready) != 0)
		err(1, "pipe");
	for (int i = 0; i < count; i++) {
		if (fork() != 0)
			continue;
		for (int j = 0; j < HOST_DESCRIPTORS; j++)
			if (eventfd(0, 0) < 0)
				_exit(1);
		if (write(ready[1], &byte, 1) == 1)
			pause();
		_exit(0);
	}
	for (int i = 0; i < count; i++)
		if (read(ready[0], &byte, 1) != 1)
			err(1, "read");
	close(ready[0]);
	close(ready[1]);
}

static int with_hosts(int count)
{
	int status;
	pid_t program;

	setpgid(0, 0);
	signal(SIGTERM, SIG_IGN);
	unsetenv("LD_PRELOAD");
	signal(SIGTERM, SIG_DFL);
	start_hosts(count);
	program = fork();
	if (program == 0) {
		setpgid(0, 0);
		for (int i = 1; i < argument_count; i++)
			if (strncmp(arguments[i], "hosts=", 6) == 0)
				arguments[i] = "settled";
		if (getenv("BINDS_LIBRARY") != NULL)
			setenv("LD_PRELOAD", getenv("BINDS_LIBRARY"), 1);
		execv("/proc/self/exe", arguments);
		_exit(1);
	}
	waitpid(program, &status, 0);
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	while (wait(NULL) > 0)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int make(int at)
{
	int family = option("ipv6") || (is("tcp-both") && at % 2 != 0) ? AF_INET6 : AF_INET;
	int fd = bound(family, is("tcp-any")                   ? 0
			       : strstr(arguments[1], "-one")  ? FIRST_PORT
			       : strstr(arguments[1], "-both") ? FIRST_PORT + at / 2
							       : FIRST_PORT + at);

	if (!is("tcp"))
		listens(fd);
	if (strstr(arguments[1], "-yield") != NULL)
		listens(bound(AF_INET6, FIRST_PORT + at));
	return fd;
}

static int race(int count)
{
	int failed = 0, status;
	pid_t stranger;

	stranger = getenv("LD_PRELOAD") != NULL ? fork() : 1;
	if (stranger == 0) {
		unsetenv("LD_PRELOAD");
		execv("/proc/self/exe", arguments);
		_exit(1);
	}
	for (int i = 0; i < count; i++) {
		int fd = new_socket(AF_INET);

		failed += !bind_at(fd, AF_INET, FIRST_PORT);
		close(fd);
	}
	if (stranger > 1 && waitpid(stranger, &status, 0) == stranger && status != 0)
		failed += 1;
	printf("%d failed\n", failed);
	return failed != 0;
}

/* Whether EPFD tells of an IPv6 client of the listener at PORT, which is at NUMBER. */
static bool is_told(int epfd, int number, int port)
{
	struct sockaddr_in6 to = {
	    .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct epoll_event event = {0};
	int client = socket(AF_INET6, SOCK_STREAM, 0), served;

	if (connect(client, (struct sockaddr *)&to, sizeof to) != 0)
		err(1, "connect");
	if (epoll_wait(epfd, &event, 1, 10000) != 1 || (event.events & EPOLLIN) == 0)
		return false;
	served = accept(number, NULL, NULL);
	close(client);
	close(served);
	return served >= 0;
}

static int reuse(int count)
{
	int told = 0, spare = epoll_create1(EPOLL_CLOEXEC);

	for (int i = 0; i < count; i++) {
		int before = make(2 * i), fd = new_socket(AF_INET), number = fd, epfd = spare;
		struct epoll_event event = {.events = EPOLLIN};

		close(before);
		if (i % 2 == 0)
			epfd = epoll_create1(EPOLL_CLOEXEC);
		else
			number = dup(fd);
		if ((i % 2 == 0 ? epfd : number) != before)
			errx(1, "it has another number");
		epoll_ctl(epfd, EPOLL_CTL_ADD, number, &event);
		if (!bind_at(fd, AF_INET, FIRST_PORT + 2 * i + 1))
			err(1, "bind");
		listens(fd);
		told += is_told(epfd, number, FIRST_PORT + 2 * i + 1);
	}
	printf("%d told\n", told);
	return 0;
}

static int is_ipv6(int fd)
{
	int domain = 0;
	socklen_t length = sizeof domain;

	return sys_call(SYS_getsockopt, fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_INET6;
}

static pthread_barrier_t all_are_there;
static int *made;

static void *make_in_thread(void *place)
{
	pthread_barrier_wait(&all_are_there);
	*(int *)place = make((int)((int *)place - made));
	return NULL;
}

/* In each thread, again and again, the same two numbers. */
static void *make_apart(void *place)
{
	int at = (int)((int *)place - made), differ = 0;

	if (unshare(CLONE_FILES) != 0)
		err(1, "unshare");
	for (int i = 0; i < APART_ROUNDS; i++) {
		int port = FIRST_PORT + 2 * (at * APART_ROUNDS + i), fd = new_socket(AF_INET);
		int second = at % 2 == 0 ? dup(fd) : bound(AF_INET, port + 1);

		pthread_barrier_wait(&all_are_there);
		if (!bind_at(fd, AF_INET, port))
			err(1, "bind %d", port);
		listens(fd);
		differ += at % 2 == 0 && is_ipv6(second) != is_ipv6(fd);
		close(second);
		close(fd);
	}
	*(int *)place = differ;
	return NULL;
}

static void run_in_threads(void *(*run)(void *place), int count)
{
	pthread_t *threads = calloc((size_t)count, sizeof *threads);
	pthread_attr_t attributes;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, THREAD_STACK);
	pthread_barrier_init(&all_are_there, NULL, (unsigned)count);
	for (int i = 0; i < count; i++)
		if (pthread_create(&threads[i], &attributes, run, &made[i]) != 0)
			errx(1, "pthread_create");
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	free(threads);
}

static int apart(int count)
{
	int differ = 0;

	made = calloc((size_t)count, sizeof *made);
	run_in_threads(make_apart, count);
	for (int i = 0; i < count; i++)
		differ += made[i];
	printf("%d differ\n", differ);
	return 0;
}

int main(int argc, char **argv)
{
	struct rlimit limit = {200000, 200000};
	int count = argc > 2 ? atoi(argv[2]) : 0, ipv6 = 0;
	long before;

	argument_count = argc;
	arguments = argv;
	if (count < 1)
		errx(2, "usage: binds KIND COUNT [OPTION...]");
	setrlimit(RLIMIT_NOFILE, &limit);
	if (is("race"))
		return race(count);
	if (is("tcp-reused"))
		return reuse(count);
	if (is("tcp-apart"))
		return apart(count);
	if (option("hosts") > 0)
		return with_hosts(option("hosts"));
	open_others();
	made = calloc((size_t)count, sizeof *made);
	before = processor_time();
	if (option("threads"))
		run_in_threads(make_in_thread, count);
	else
		for (int i = 0; i < count; i++)
			made[i] = make(i);
	for (int i = 0; i < count; i++)
		ipv6 += is_ipv6(made[i]);
	printf("%ld %d\n", processor_time() - before, ipv6);
	return 0;
}
