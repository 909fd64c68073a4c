/* SPDX-License-Identifier: MIT */
/*
 * The seccomp filter that makes bind(2) and listen(2) wait for the supervisor.
 */
#ifndef DUALBIND_SUPERVISE_FILTER_H
#define DUALBIND_SUPERVISE_FILTER_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

/* The headers of the oldest system that builds this do not have it. */
#ifndef SECCOMP_IOCTL_NOTIF_ADDFD
#define SECCOMP_ADDFD_FLAG_SETFD (1UL << 0)
struct seccomp_notif_addfd {
	uint64_t id;
	uint32_t flags, srcfd, newfd, newfd_flags;
};
#define SECCOMP_IOCTL_NOTIF_ADDFD SECCOMP_IOW(3, struct seccomp_notif_addfd)
#endif

/*
 * Install the filter in this process and those that it will start. Returns the listener,
 * close-on-exec, or -1 with errno: EBUSY if a supervisor or a container runtime already
 * listens. *NO_NEW_PRIVILEGES tells whether that had to be set, *INTERRUPTIBLE whether any
 * signal interrupts a call that is being looked at.
 */
int filter_install(bool *no_new_privileges, bool *interruptible);

/*
 * Whether the kernel has every answer that a listener may have to give. Kernels before
 * Linux 5.9 would accept the filter, and leave its calls waiting. This forks.
 */
bool filter_can_be_answered(void);

#define FILTER_LACK "the kernel lacks SECCOMP_IOCTL_NOTIF_ADDFD (Linux has it since 5.9, gVisor has not)"

#endif
