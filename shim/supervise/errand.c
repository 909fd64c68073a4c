/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "supervise/errand.h"

#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

enum { STACK_BYTES = 16384 };

/* What the two processes, which share their memory, pass to each other. */
struct order {
	const struct errand *errand;
	int result, error;
};

static int run(void *context)
{
	struct order *order = context;
	const struct errand *errand = order->errand;
	int epfd = errand->epfd;

	order->result = 0;
	if (epfd == errand->number)
		epfd = order->result = sys_fcntl(epfd, F_DUPFD_CLOEXEC, 0);
	if (order->result >= 0 && errand->socket != errand->number)
		order->result = sys_dup3(errand->socket, errand->number, O_CLOEXEC);
	if (order->result >= 0)
		order->result = errand->epfd >= 0
				    ? sys_epoll_ctl(epfd, errand->operation, errand->number, errand->event)
				    : sys_fcntl(errand->number, F_SETFL, errand->flags);
	order->error = errno;
	return 0;
}

static _Atomic pid_t on_errand;

void errand_give_up(void)
{
	pid_t child = atomic_load(&on_errand);

	if (child > 0)
		kill(child, SIGKILL);
}

int errand_run(const struct errand *errand)
{
	static _Thread_local _Alignas(16) char stack[STACK_BYTES];
	struct order order = {.errand = errand, .result = -1, .error = EAGAIN};
	pid_t child;

	/* This thread waits until the child ends; its end sends no signal. */
	child = clone(run, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_PARENT_SETTID, &order, &on_errand);
	if (child < 0)
		return -1;
	waitpid(child, NULL, __WCLONE);
	atomic_compare_exchange_strong(&on_errand, &child, 0);
	errno = order.error;
	return order.result < 0 ? -1 : 0;
}
