/* SPDX-License-Identifier: MIT */
/*
 * hostile MODE PORT: what a program may do to its supervisor. Ends with 0 if it
 * was served as it should be; otherwise says what was wrong.
 *
 *   unmapped  addresses that are not there, or are cut short
 *   killed    children are killed in the midst of their calls
 *   stopped   children are stopped in the midst of their calls, and go on
 *   busy      a signal comes every few hundred microseconds
 *   flip      a thread changes the address while another one binds it
 *   lost      binds for a while, with a socket that takes some time, whatever
 *             becomes of the supervisor; then says "bound" or what was wrong
 *   fault     the address is in memory that is never provided (userfaultfd);
 *             77 where the kernel does not allow that
 *   halt      a process of its supervisor's is stopped in the midst of a call
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NO_FAULTS = 77 };

static struct sockaddr_in address_of(in_addr_t host, int port)
{
	return (struct sockaddr_in){
	    .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(host)};
}

static int family_of(int fd)
{
	int family = -1;
	socklen_t length = sizeof family;

	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &length);
	return family;
}

static int new_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	return fd;
}

static int wrong(const char *what, int round)
{
	printf("%s (round %d): %s\n", what, round, strerror(errno));
	return 1;
}

/* After all that it is served as anybody is. */
static int is_served(int port)
{
	struct sockaddr_in any = address_of(INADDR_ANY, port);
	int fd = new_socket();

	if (bind(fd, (struct sockaddr *)&any, sizeof any) != 0 || listen(fd, 5) != 0)
		return wrong("an ordinary bind", 0);
	if (family_of(fd) != AF_INET6)
		return wrong("an ordinary bind is not converted", 0);
	close(fd);
	return 0;
}

static int unmapped(int port)
{
	struct sockaddr_in any = address_of(INADDR_ANY, port);
	long page = sysconf(_SC_PAGESIZE);
	char *edge = mmap(NULL, 2 * (size_t)page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = new_socket();

	munmap(edge + page, (size_t)page);
	memcpy(edge + page - 8, &any, 8);
	if (bind(fd, (struct sockaddr *)(edge + page - 8), sizeof any) == 0 || errno != EFAULT)
		return wrong("half an address", 0);
	if (bind(fd, (struct sockaddr *)8, sizeof any) == 0 || errno != EFAULT)
		return wrong("no address", 0);
	if (bind(fd, (struct sockaddr *)&any, 4) == 0 || errno != EINVAL)
		return wrong("four bytes", 0);
	if (bind(fd, (struct sockaddr *)&any, 1 << 20) == 0 || errno != EINVAL)
		return wrong("a megabyte", 0);
	if (syscall(SYS_bind, 9999, &any, sizeof any) == 0 || errno != EBADF)
		return wrong("no descriptor", 0);
	if (syscall(SYS_bind, 1, &any, sizeof any) == 0 || errno != ENOTSOCK)
		return wrong("no socket", 0);
	close(fd);
	return 0;
}

static void bind_forever(int port)
{
	struct sockaddr_in any = address_of(INADDR_ANY, port);

	for (;;) {
		int fd = new_socket();

		if (bind(fd, (struct sockaddr *)&any, sizeof any) == 0)
			listen(fd, 5);
		close(fd);
	}
}

static void wait_a_moment(int microseconds)
{
	struct timespec time = {0, microseconds * 1000L};

	nanosleep(&time, NULL);
}

static int signalled(int port, bool stops)
{
	for (int round = 0; round < 200; round++) {
		pid_t child = fork();
		int status;

		if (child == 0)
			bind_forever(port);
		wait_a_moment(100 + round * 17 % 3000);
		if (stops) {
			kill(child, SIGSTOP);
			wait_a_moment(200);
			kill(child, SIGCONT);
			wait_a_moment(200);
		}
		kill(child, SIGKILL);
		if (waitpid(child, &status, 0) != child)
			return wrong("a child", round);
	}
	return 0;
}

static void ignore(int number)
{
	(void)number;
}

static int busy(int port)
{
	struct sockaddr_in any = address_of(INADDR_ANY, port);
	struct itimerval often = {{0, 300}, {0, 300}}, never = {{0, 0}, {0, 0}};
	struct sigaction action = {.sa_handler = ignore, .sa_flags = SA_RESTART};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int round = 0; round < 2000; round++) {
		int fd = new_socket();

		if (bind(fd, (struct sockaddr *)&any, sizeof any) != 0)
			return wrong("bind", round);
		if (listen(fd, 5) != 0)
			return wrong("listen", round);
		if (family_of(fd) != AF_INET6)
			return wrong("not converted", round);
		close(fd);
	}
	setitimer(ITIMER_REAL, &never, NULL);
	return 0;
}

static struct sockaddr_in flipping;
static volatile int flips = 1;

static void *flip_address(void *context)
{
	(void)context;
	while (flips) {
		*(volatile in_addr_t *)&flipping.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		*(volatile in_addr_t *)&flipping.sin_addr.s_addr = htonl(INADDR_ANY);
	}
	return NULL;
}

/* Either what was decided on is converted, or it is the other address: never
 * a wildcard that a rule covers and that was not converted. */
static int flip(int port)
{
	pthread_t thread;
	int seen[2] = {0, 0};

	flipping = address_of(INADDR_ANY, port);
	pthread_create(&thread, NULL, flip_address, NULL);
	for (int round = 0; round < 2000; round++) {
		struct sockaddr_in6 local;
		socklen_t length = sizeof local;
		int fd = new_socket();

		if (bind(fd, (struct sockaddr *)&flipping, sizeof flipping) != 0)
			return wrong("bind", round);
		getsockname(fd, (struct sockaddr *)&local, &length);
		if (local.sin6_family == AF_INET && ((struct sockaddr_in *)&local)->sin_addr.s_addr == INADDR_ANY)
			return wrong("0.0.0.0 was bound", round);
		seen[local.sin6_family == AF_INET6]++;
		close(fd);
	}
	flips = 0;
	pthread_join(thread, NULL);
	printf("%d and %d\n", seen[0] > 0, seen[1] > 0);
	return 0;
}

/* Each registration with epoll takes its time. No SO_REUSEADDR: what anybody else
 * still has of an earlier round's socket would be in the way. */
static int bind_watched(int port)
{
	static int instances[60];
	struct sockaddr_in any = address_of(INADDR_ANY, port);
	struct epoll_event event = {.events = EPOLLIN};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), result;

	for (size_t i = 0; i < sizeof instances / sizeof instances[0]; i++) {
		if (instances[i] == 0)
			instances[i] = epoll_create1(EPOLL_CLOEXEC);
		epoll_ctl(instances[i], EPOLL_CTL_ADD, fd, &event);
	}
	result = bind(fd, (struct sockaddr *)&any, sizeof any);
	close(fd);
	return result;
}

static int lost(int port)
{
	struct timespec start, now;
	int round = 0;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		if (bind_watched(port) != 0)
			return wrong("bind", round);
		round++;
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < 600);
	puts("bound");
	return 0;
}

static pthread_barrier_t all_are_there;

static void *bind_there(void *address)
{
	pthread_barrier_wait(&all_are_there);
	bind(new_socket(), address, sizeof(struct sockaddr_in));
	return NULL;
}

static void *be_served(void *port)
{
	pthread_barrier_wait(&all_are_there);
	return (void *)(intptr_t)is_served((int)(intptr_t)port); /* NOLINT(performance-no-int-to-ptr) */
}

/* The thread's call never ends; those of others do, within the time that the supervisor takes for one: of those
 * that it may have received together with it, too. */
static int fault(int port)
{
	enum { OTHERS = 30 };
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register range = {.mode = UFFDIO_REGISTER_MODE_MISSING};
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *memory = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC), result;
	pthread_t thread, others[OTHERS];
	void *served;

	range.range.start = (uintptr_t)memory;
	range.range.len = page;
	if (faults < 0 || ioctl(faults, UFFDIO_API, &api) != 0 || ioctl(faults, UFFDIO_REGISTER, &range) != 0)
		return NO_FAULTS;
	pthread_barrier_init(&all_are_there, NULL, OTHERS + 1);
	for (int i = 0; i < OTHERS; i++) {
		if (i == OTHERS / 2)
			pthread_create(&thread, NULL, bind_there, memory);
		/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
		pthread_create(&others[i], NULL, be_served, (void *)(intptr_t)(port + 1 + i));
	}
	wait_a_moment(300000);
	result = is_served(port);
	for (int i = 0; i < OTHERS; i++) {
		pthread_join(others[i], &served);
		result |= served != NULL;
	}
	exit(result);
}

/* It may have been about to end. */
static bool stays_stopped(pid_t process)
{
	char path[64], text[256];
	const char *state;
	ssize_t length;
	int file;

	if (kill(process, SIGSTOP) != 0)
		return false;
	wait_a_moment(50000);
	snprintf(path, sizeof path, "/proc/%d/stat", process);
	file = open(path, O_RDONLY | O_CLOEXEC);
	length = file < 0 ? 0 : read(file, text, sizeof text - 1);
	close(file);
	text[length > 0 ? length : 0] = '\0';
	state = strrchr(text, ')');
	return state != NULL && strncmp(state, ") T", 3) == 0;
}

/* Stop the first process that a thread of the supervisor starts, other than its
 * first one, which has started the program. */
static int stop_an_errand(pid_t supervisor)
{
	char path[64], children[16];
	const struct dirent *thread;
	DIR *threads;

	snprintf(path, sizeof path, "/proc/%d/task", supervisor);
	for (int round = 0; round < 200000; round++) {
		threads = opendir(path);
		while (threads != NULL && (thread = readdir(threads)) != NULL) {
			int file, number = atoi(thread->d_name);
			ssize_t length;
			char name[64];

			if (number == 0 || number == supervisor)
				continue;
			snprintf(name, sizeof name, "/proc/%d/task/%d/children", supervisor, number);
			file = open(name, O_RDONLY | O_CLOEXEC);
			length = file < 0 ? 0 : read(file, children, sizeof children - 1);
			close(file);
			children[length > 0 ? length : 0] = '\0';
			if (atoi(children) > 0 && stays_stopped(atoi(children)))
				return 0;
		}
		closedir(threads);
	}
	return wrong("no errand was seen", 0);
}

/* The call that is held up ends, one way or the other, and others are served. */
static int halt(int port)
{
	const pid_t supervisor = getppid(), stopper = fork();
	int status;

	if (stopper == 0)
		_exit(stop_an_errand(supervisor));
	while (waitpid(stopper, &status, WNOHANG) == 0)
		bind_watched(port + 1);
	return status;
}

int main(int argc, char **argv)
{
	int port = argc == 3 ? atoi(argv[2]) : 0, result = 2;

	alarm(60);
	if (port == 0)
		return 2;
	if (strcmp(argv[1], "unmapped") == 0)
		result = unmapped(port);
	else if (strcmp(argv[1], "killed") == 0)
		result = signalled(port, false);
	else if (strcmp(argv[1], "stopped") == 0)
		result = signalled(port, true);
	else if (strcmp(argv[1], "busy") == 0)
		result = busy(port);
	else if (strcmp(argv[1], "flip") == 0)
		result = flip(port);
	else if (strcmp(argv[1], "lost") == 0)
		return lost(port);
	else if (strcmp(argv[1], "halt") == 0)
		result = halt(port);
	else if (strcmp(argv[1], "fault") == 0)
		result = fault(port);
	return result == 0 ? is_served(port) : result;
}
