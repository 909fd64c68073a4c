/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "inspect/privilege.h"

#include <linux/capability.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

/* The attribute has little-endian words: revision and flags, then permitted and
 * inheritable for the first 32 capabilities, and the same for the others. */
static uint32_t word(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* Root has these capabilities already, so root's loader does not ignore LD_PRELOAD. */
static bool grants_capabilities(const char *path)
{
	unsigned char value[64];
	ssize_t size = getxattr(path, "security.capability", value, sizeof value);

	if (getuid() == 0 || size < 12)
		return false;
	return (word(value) & VFS_CAP_FLAGS_EFFECTIVE) != 0 || word(value + 4) != 0 ||
	       (size >= 20 && word(value + 12) != 0);
}

enum privilege privilege_of(const char *path)
{
	struct statvfs mount;
	struct stat status;

	if (stat(path, &status) != 0 || (statvfs(path, &mount) == 0 && (mount.f_flag & ST_NOSUID)))
		return PRIVILEGE_NONE;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) {
		if ((status.st_mode & S_ISUID) && status.st_uid != getuid())
			return PRIVILEGE_SETUID;
		if ((status.st_mode & S_ISGID) && (status.st_mode & S_IXGRP) && status.st_gid != getgid())
			return PRIVILEGE_SETGID;
	}
	return grants_capabilities(path) ? PRIVILEGE_CAPABILITIES : PRIVILEGE_NONE;
}

const char *privilege_name(enum privilege privilege)
{
	static const char *const names[] = {
	    [PRIVILEGE_NONE] = "none",
	    [PRIVILEGE_SETUID] = "set-user-ID",
	    [PRIVILEGE_SETGID] = "set-group-ID",
	    [PRIVILEGE_CAPABILITIES] = "file capabilities",
	};

	return names[privilege];
}

bool privilege_keeps(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}};

	return syscall(SYS_capget, &header, data) == 0 && (data[0].effective & 1U << CAP_SYS_ADMIN) != 0;
}
