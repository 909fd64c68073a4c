/* SPDX-License-Identifier: MIT */
/* A module that needs liburing, for hook_liburing.t. */
#include <liburing.h>

int module_submits(void);

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
