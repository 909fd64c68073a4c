/* SPDX-License-Identifier: MIT */
/*
 * within LIMIT... COMMAND [ARG...]: runs COMMAND in narrower surroundings:
 *
 *   nofile=N as=BYTES   resource limits
 *   close=N             without this descriptor
 *   no-inet6            a kernel without IPv6: socket(AF_INET6) says EAFNOSUPPORT
 *   no-isolate          one before 5.1: no IPV6_ROUTER_ALERT_ISOLATE (ENOPROTOOPT)
 *   no-freebind         no IPV6_FREEBIND, the mark that such a kernel has
 *   NAME=VALUE          a variable, for COMMAND alone
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ISOLATE = 30, FREEBIND = 78 };

/* Both architectures keep the low half of an argument first. */
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offsetof(struct seccomp_data, field))
#define UNLESS(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)(value), 0, skip)
#define REFUSE(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static void filter(const struct sock_filter *code, size_t count)
{
	struct sock_filter copy[16];
	struct sock_fprog program = {(unsigned short)count, copy};

	memcpy(copy, code, count * sizeof *code);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
		err(1, "seccomp");
}

static void without_inet6(void)
{
	const struct sock_filter code[] = {
	    LOAD(nr), UNLESS(SYS_socket, 3), LOAD(args[0]), UNLESS(AF_INET6, 1), REFUSE(EAFNOSUPPORT), ALLOW};

	filter(code, sizeof code / sizeof code[0]);
}

static void without_option(unsigned name)
{
	static const unsigned calls[] = {SYS_getsockopt, SYS_setsockopt};

	for (int i = 0; i < 2; i++) {
		const struct sock_filter code[] = {
		    LOAD(nr),      UNLESS(calls[i], 5), LOAD(args[1]),       UNLESS(IPPROTO_IPV6, 3),
		    LOAD(args[2]), UNLESS(name, 1),     REFUSE(ENOPROTOOPT), ALLOW};

		filter(code, sizeof code / sizeof code[0]);
	}
}

static void limit(int resource, const char *text)
{
	const rlim_t value = strtoul(text, NULL, 10);
	const struct rlimit both = {value, value};

	if (setrlimit(resource, &both) != 0)
		err(1, "setrlimit");
}

int main(int argc, char *argv[])
{
	const char *memory = NULL;

	(void)argc;
	for (argv++; *argv != NULL; argv++)
		if (strncmp(*argv, "nofile=", 7) == 0)
			limit(RLIMIT_NOFILE, *argv + 7);
		else if (strncmp(*argv, "as=", 3) == 0)
			memory = *argv + 3;
		else if (strncmp(*argv, "close=", 6) == 0)
			close(atoi(*argv + 6));
		else if (strcmp(*argv, "no-inet6") == 0)
			without_inet6();
		else if (strcmp(*argv, "no-isolate") == 0)
			without_option(ISOLATE);
		else if (strcmp(*argv, "no-freebind") == 0)
			without_option(FREEBIND);
		else if (isupper((unsigned char)**argv) && strchr(*argv, '=') != NULL)
			putenv(*argv);
		else
			break;
	if (*argv == NULL)
		errx(2, "within LIMIT... COMMAND [ARG...]");
	if (memory != NULL)
		limit(RLIMIT_AS, memory);
	execvp(*argv, argv);
	err(1, "%s", *argv);
}
