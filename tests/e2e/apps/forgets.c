/* SPDX-License-Identifier: MIT */
/*
 * forgets WHAT,... COMMAND [ARG...]: runs a command on a kernel that says 0 to
 * setsockopt(2) of these options and does nothing. The filter of seccomp(2) answers
 * in its place. WHAT is one of the names below, or gvisor: all that its network stack
 * answers so, as far as a filter can.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef IPV6_ROUTER_ALERT_ISOLATE
#define IPV6_ROUTER_ALERT_ISOLATE 30
#endif
#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29
#endif
#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78
#endif
#ifndef SO_PEERNAME
#define SO_PEERNAME 28
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

enum { CODE_MAX = 512, TRUTH = 0 };

/* SET: what setsockopt(2) answers, 0 or an errno. GET: the errno of getsockopt(2);
 * TRUTH: the kernel's own answer. */
static const struct option {
	const char *what;
	bool gvisor;
	int level, name, get;
} options[] = {
    {"isolate", true, IPPROTO_IPV6, IPV6_ROUTER_ALERT_ISOLATE, ENOPROTOOPT},
    {"freebind", true, IPPROTO_IPV6, IPV6_FREEBIND, ENOPROTOOPT},
    {"multicast-all", true, IPPROTO_IPV6, IPV6_MULTICAST_ALL, ENOPROTOOPT},
    {"multicast-all", true, IPPROTO_IP, IP_MULTICAST_ALL, ENOPROTOOPT},
    {"multicast-loop", false, IPPROTO_IP, IP_MULTICAST_LOOP, ENOPROTOOPT},
    {"plain", false, SOL_SOCKET, SO_NO_CHECK, ENOPROTOOPT},
    {"plain", false, SOL_SOCKET, SO_LINGER, ENOPROTOOPT},
    {"no-port", true, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, ENOPROTOOPT},
    {"addrform", true, IPPROTO_IPV6, IPV6_ADDRFORM, TRUTH},
    {"filter", true, SOL_SOCKET, SO_ATTACH_FILTER, ENOPROTOOPT},
    {"filter", true, SOL_SOCKET, SO_LOCK_FILTER, ENOPROTOOPT},
    {"unread-filter", false, SOL_SOCKET, SO_ATTACH_FILTER, TRUTH},
    {"reuseport", false, SOL_SOCKET, SO_REUSEPORT, TRUTH},
    {"v6only", false, IPPROTO_IPV6, IPV6_V6ONLY, TRUTH},
    {"names", true, SOL_SOCKET, SO_PEERNAME, ENOPROTOOPT},
    {"names", true, SOL_SOCKET, SO_NETNS_COOKIE, ENOPROTOOPT},
};

static struct sock_filter code[CODE_MAX];
static unsigned short count;

static void add(unsigned short operation, unsigned k, unsigned char if_not)
{
	code[count++] = (struct sock_filter){operation, 0, if_not, k};
}

static void load(size_t offset)
{
	add(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset, 0);
}

static void unless(unsigned value, unsigned char skip)
{
	add(BPF_JMP | BPF_JEQ | BPF_K, value, skip);
}

static void answer_to(long call, int level, int name, int answer)
{
	load(offsetof(struct seccomp_data, nr));
	unless((unsigned)call, 5);
	load(offsetof(struct seccomp_data, args[1]));
	unless((unsigned)level, 3);
	load(offsetof(struct seccomp_data, args[2]));
	unless((unsigned)name, 1);
	add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)answer, 0);
}

/* 0, with nothing written. */
static void forget_owner(void)
{
	load(offsetof(struct seccomp_data, nr));
	unless(SYS_fcntl, 3);
	load(offsetof(struct seccomp_data, args[1]));
	unless(F_GETOWN_EX, 1);
	add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO, 0);
}

static bool forget(const char *what)
{
	bool gvisor = strcmp(what, "gvisor") == 0, known = gvisor || strcmp(what, "owner") == 0;

	if (known)
		forget_owner();
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		const struct option *option = &options[i];

		if (strcmp(what, option->what) != 0 && !(gvisor && option->gvisor))
			continue;
		known = true;
		answer_to(SYS_setsockopt, option->level, option->name, 0);
		if (option->get != TRUTH)
			answer_to(SYS_getsockopt, option->level, option->name, option->get);
	}
	return known;
}

int main(int argc, char **argv)
{
	struct sock_fprog program = {0, code};

	if (argc < 3)
		return 2;
	for (char *what = strtok(argv[1], ","); what != NULL; what = strtok(NULL, ","))
		if (!forget(what)) {
			fprintf(stderr, "forgets: what is %s?\n", what);
			return 2;
		}
	add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0);
	program.len = count;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
		perror("forgets: seccomp");
		return 125;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
