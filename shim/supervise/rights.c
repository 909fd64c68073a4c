/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "supervise/rights.h"

#include "supervise/target.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Uses the system calls directly: the C library's functions would change every thread. */
static bool capabilities_read(struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};

	return syscall(SYS_capget, &header, data) == 0;
}

static bool capabilities_set(const uint32_t effective[2])
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2] = {{0}};

	if (!capabilities_read(data))
		return false;
	data[0].effective = effective[0];
	data[1].effective = effective[1];
	return syscall(SYS_capset, &header, data) == 0;
}

/* setfsuid(2) does not report failure, but returns the user before the call. */
static bool files_are_of(uid_t uid, gid_t gid)
{
	syscall(SYS_setfsgid, gid);
	syscall(SYS_setfsuid, uid);
	return (uid_t)syscall(SYS_setfsuid, (uid_t)-1) == uid && (gid_t)syscall(SYS_setfsgid, (gid_t)-1) == gid;
}

bool rights_take(struct rights *own, const struct target *target)
{
	struct __user_cap_data_struct data[2] = {{0}};
	uint32_t lowered[2];

	own->changed = false;
	if (target == NULL)
		return true;
	own->uid = (uid_t)syscall(SYS_setfsuid, (uid_t)-1);
	own->gid = (gid_t)syscall(SYS_setfsgid, (gid_t)-1);
	if (!capabilities_read(data))
		return false;
	for (int i = 0; i < 2; i++) {
		own->effective[i] = data[i].effective;
		lowered[i] = data[i].effective & (uint32_t)(target->capabilities >> (32 * i));
	}
	if (own->uid == target->uid && own->gid == target->gid && lowered[0] == own->effective[0] &&
	    lowered[1] == own->effective[1])
		return true;
	own->changed = true;
	if (files_are_of(target->uid, target->gid) && capabilities_set(lowered))
		return true;
	rights_give_back(own);
	errno = EPERM;
	return false;
}

void rights_give_back(const struct rights *own)
{
	int saved = errno;

	if (own->changed) {
		capabilities_set(own->effective);
		files_are_of(own->uid, own->gid);
		/* With the user the kernel removes some capabilities, or adds some. */
		capabilities_set(own->effective);
	}
	errno = saved;
}

bool rights_can_be_taken(const struct target *target)
{
	struct rights own;

	if (!rights_take(&own, target))
		return false;
	rights_give_back(&own);
	return true;
}
