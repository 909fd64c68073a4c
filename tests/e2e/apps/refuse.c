/* SPDX-License-Identifier: MIT */
/*
 * refuse WHAT COMMAND...: run COMMAND under a seccomp filter, as container
 * runtimes do.
 *
 *   getfd    pidfd_getfd fails with EPERM (containerd's RuntimeDefault)
 *   memory   and so do process_vm_readv, and opening /proc/PID/mem does not help,
 *            since pread64 fails too
 *   kill     waiting for the answer can be interrupted by any signal (before 5.19)
 *   notify   there are no listeners (before 5.0)
 *   addfd    the listener's youngest ioctl is not known (before 5.9)
 *   sendmsg  fails with EPERM
 *   diag     there is no sock_diag(7)
 *   inet6    socket(2) knows no AF_INET6 (systemd's RestrictAddressFamilies=)
 *   listen   a listener of its own is there already, and answers natively
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int install(struct sock_filter *code, unsigned short count, unsigned flags)
{
	struct sock_fprog program = {count, code};

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static int refuse(unsigned first, unsigned second, unsigned third, unsigned action, unsigned flags)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, first, 3, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, second, 2, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, third, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	    BPF_STMT(BPF_RET | BPF_K, action),
	};

	return install(code, sizeof code / sizeof code[0], flags);
}

/* pread(2) so far into a file as only memory goes. */
static int refuse_far_pread(void)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pread64, 0, 3),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[3]) + 4), /* the high half */
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	return install(code, sizeof code / sizeof code[0], 0);
}

/* seccomp(2) knows no such flag. */
static int refuse_flag(unsigned flag)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 3),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
	    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, flag, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	return install(code, sizeof code / sizeof code[0], 0);
}

static int refuse_addfd(void)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 3),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SECCOMP_IOCTL_NOTIF_ADDFD, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	return install(code, sizeof code / sizeof code[0], 0);
}

/* socket(2) knows no such protocol. */
static int refuse_diag(void)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 5),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 3),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NETLINK_SOCK_DIAG, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPROTONOSUPPORT),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	return install(code, sizeof code / sizeof code[0], 0);
}

static int refuse_inet6(void)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	return install(code, sizeof code / sizeof code[0], 0);
}

/* The child listens to what the parent, which becomes COMMAND, calls. Not a
 * descriptor is passed on: the child is forked after the filter is there. */
static int listen_natively(void)
{
	int listener =
	    refuse(SYS_listen, SYS_listen, SYS_listen, SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER);

	if (listener < 0)
		return -1;
	if (fork() != 0) {
		close(listener);
		return 0;
	}
	setsid();
	for (;;) {
		struct seccomp_notif call;
		struct seccomp_notif_resp answer;
		struct pollfd watched = {.fd = listener, .events = POLLIN};

		/* This process is under the filter too: no end of users tells. */
		if (poll(&watched, 1, 60000) <= 0)
			_exit(0);
		memset(&call, 0, sizeof call);
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0)
			continue;
		answer = (struct seccomp_notif_resp){.id = call.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
		ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
	}
}

int main(int argc, char **argv)
{
	int done = -1;

	if (argc < 3)
		return 2;
	if (strcmp(argv[1], "getfd") == 0)
		done = refuse(SYS_pidfd_getfd, SYS_pidfd_getfd, SYS_pidfd_getfd, SECCOMP_RET_ERRNO | EPERM, 0);
	else if (strcmp(argv[1], "memory") == 0)
		done = refuse(SYS_pidfd_getfd, SYS_process_vm_readv, SYS_process_vm_readv,
			      SECCOMP_RET_ERRNO | EPERM, 0) |
		       refuse_far_pread();
	else if (strcmp(argv[1], "kill") == 0)
		done = refuse_flag(1 << 5); /* SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV */
	else if (strcmp(argv[1], "notify") == 0)
		done = refuse_flag(SECCOMP_FILTER_FLAG_NEW_LISTENER);
	else if (strcmp(argv[1], "addfd") == 0)
		done = refuse_addfd();
	else if (strcmp(argv[1], "sendmsg") == 0)
		done = refuse(SYS_sendmsg, SYS_sendmsg, SYS_sendmsg, SECCOMP_RET_ERRNO | EPERM, 0);
	else if (strcmp(argv[1], "diag") == 0)
		done = refuse_diag();
	else if (strcmp(argv[1], "inet6") == 0)
		done = refuse_inet6();
	else if (strcmp(argv[1], "listen") == 0)
		done = listen_natively();
	if (done < 0) {
		perror("refuse");
		return 125;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
