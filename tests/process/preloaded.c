/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "preloaded.h"
#include "base/sys.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct in6_addr client_address(void)
{
	return (struct in6_addr){{{0xfd, 0, 0, 0xdb, [15] = 1}}};
}

static void read_own_path(char *path)
{
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);

	if (length < 0)
		err(1, "/proc/self/exe");
	path[length] = '\0';
}

const char *preloaded_library(void)
{
	static char path[PATH_MAX + sizeof "/libdualbind.so"];

	read_own_path(path);
	for (int up = 0; up < 3; up++) /* build/tests/process/NAME */
		*strrchr(path, '/') = '\0';
	strcat(path, "/libdualbind.so");
	return path;
}

/* The kernel's struct in6_ifreq, whose header clashes with the C library's. */
static void add_client_address(void)
{
	struct {
		struct in6_addr address;
		uint32_t prefix_length;
		int index;
	} request = {client_address(), 128, (int)if_nametoindex("lo")};
	struct sockaddr_in6 local = ipv6(client_address(), 0);
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	if (ioctl(fd, SIOCSIFADDR, &request) != 0)
		err(1, "an IPv6 address on lo");
	/* Tentative until the kernel's worker has run: no source address yet. */
	for (int tries = 0; bind(fd, (struct sockaddr *)&local, sizeof local) != 0; tries++) {
		if (tries == 1000)
			err(1, "the IPv6 address on lo does not become usable");
		poll(NULL, 0, 1);
	}
	close(fd);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err(1, "%s", path);
	close(fd);
}

/* An ordinary user gets a network namespace in a user namespace, and must be
 * somebody there to get another one inside it. */
static void unshare_as_user(void)
{
	char users[32], groups[32];

	snprintf(users, sizeof users, "%u %u 1", getuid(), getuid());
	snprintf(groups, sizeof groups, "%u %u 1", getgid(), getgid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		err(1, "no private network namespace");
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", users);
	write_file("/proc/self/gid_map", groups);
}

void preloaded_private_network(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd;

	if (unshare(CLONE_NEWNET) != 0)
		unshare_as_user();
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (ioctl(fd, SIOCSIFFLAGS, &lo) != 0)
		err(1, "lo");
	close(fd);
	add_client_address();
}

static int run(const struct preloaded_test *tests, size_t count)
{
	enum { SECONDS = 60 };
	Suite *suite = suite_create("preloaded");
	TCase *cases = tcase_create(program_invocation_short_name);
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(cases, SECONDS);
	tcase_add_checked_fixture(cases, preloaded_private_network, NULL);
	for (size_t i = 0; i < count; i++)
		tcase_add_loop_test(cases, tests[i].test, 0, tests[i].runs);
	suite_add_tcase(suite, cases);
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

int preloaded_main(char **argv, const char *allow, const char *peers, const struct preloaded_test *tests,
		   size_t count)
{
	const char *log = getenv("TEST_LOG"), *loaded = getenv("LD_PRELOAD");
	char path[PATH_MAX];

	/* valgrind has libraries of its own there. */
	if (loaded != NULL && strstr(loaded, preloaded_library()) != NULL)
		return run(tests, count);
	preloaded_private_network();
	setenv("LD_PRELOAD", preloaded_library(), 1);
	setenv("DUALBIND_ALLOW", allow, 1);
	setenv("DUALBIND_PEERS", peers, 1);
	setenv("DUALBIND_KEY", "process tests", 1);
	setenv("DUALBIND_LOG", log ? log : "off", 1);
	read_own_path(path); /* under valgrind /proc/self/exe is valgrind */
	execv(path, argv);
	err(1, "exec");
}

int kernel_option(int fd, int level, int name)
{
	int value = -1;
	socklen_t length = sizeof value;

	return sys_call(SYS_getsockopt, fd, level, name, &value, &length) == 0 ? value : -1;
}

bool lacks(const char *name, bool indeed)
{
	if (indeed)
		dprintf(STDOUT_FILENO, "    ok # SKIP no %s on this kernel\n", name);
	return indeed;
}

bool lacks_option(int level, int option, const char *name)
{
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	bool unknown = kernel_option(fd, level, option) == -1 && errno == ENOPROTOOPT;

	close(fd);
	return lacks(name, unknown);
}

bool lacks_multicast_all(void)
{
	return lacks_option(IPPROTO_IPV6, IPV6_MULTICAST_ALL, "IPV6_MULTICAST_ALL");
}

bool lacks_mptcp(void)
{
	enum { PROTOCOL_MPTCP = 262 };
	int fd = socket(AF_INET6, SOCK_STREAM, PROTOCOL_MPTCP);
	bool none = lacks("MPTCP", fd < 0) ||
		    lacks("IPV6_FREEBIND of MPTCP",
			  setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &(int){0}, sizeof(int)) != 0);

	if (fd >= 0)
		close(fd);
	return none;
}

struct sockaddr_in ipv4(uint32_t address, uint16_t port)
{
	return (struct sockaddr_in){
	    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(address)};
}

struct sockaddr_in6 ipv6(struct in6_addr address, uint16_t port)
{
	return (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = address};
}

int listening(uint32_t address, uint16_t port)
{
	struct sockaddr_in local = ipv4(address, port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&local, sizeof local), 0);
	ck_assert_int_eq(listen(fd, 16), 0);
	return fd;
}

int connected4(uint16_t port)
{
	struct sockaddr_in remote = ipv4(INADDR_LOOPBACK, port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(connect(fd, (struct sockaddr *)&remote, sizeof remote), 0);
	return fd;
}

int connected6(struct in6_addr address, uint16_t port)
{
	struct sockaddr_in6 remote = ipv6(address, port);
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	ck_assert_int_eq(connect(fd, (struct sockaddr *)&remote, sizeof remote), 0);
	return fd;
}

int count_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count;
}
