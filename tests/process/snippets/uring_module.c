/* SPDX-License-Identifier: MIT */
/* A module that needs liburing, for hook_liburing.t. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <liburing.h>
#include <string.h>

int module_submits(void);
int module_submits_so(const char *name);

/* How many operations the kernel has taken; a negative errno. */
int module_submits(void)
{
	struct io_uring ring;
	int taken = io_uring_queue_init(8, &ring, 0);

	if (taken != 0)
		return taken;
	io_uring_prep_nop(io_uring_get_sqe(&ring));
	taken = io_uring_submit_and_wait(&ring, 1);
	io_uring_queue_exit(&ring);
	return taken;
}

/* The operation is waited for where the function does so. */
typedef int submit(struct io_uring *ring, ...);

static int call(submit *function, const char *name, struct io_uring *ring)
{
	struct __kernel_timespec second = {.tv_sec = 1};
	struct io_uring_cqe *done = NULL;

	if (strstr(name, "min_timeout") != NULL)
		return function(ring, &done, 1L, &second, 1L, NULL);
	if (strstr(name, "timeout") != NULL)
		return function(ring, &done, 1L, &second, NULL);
	if (strstr(name, "reg") != NULL)
		return function(ring, &done, 1L, 0L);
	return function(ring, 1L);
}

/* By that function, which an old liburing may not have: as above. */
int module_submits_so(const char *name)
{
	struct io_uring ring;
	void *found = dlsym(RTLD_DEFAULT, name);
	submit *function;
	int taken = io_uring_queue_init(8, &ring, 0);

	memcpy(&function, &found, sizeof function);
	if (taken != 0 || found == NULL)
		return taken;
	io_uring_prep_nop(io_uring_get_sqe(&ring));
	taken = call(function, name, &ring);
	io_uring_queue_exit(&ring);
	return taken;
}
