/* SPDX-License-Identifier: MIT */
/* Programs that the kernel starts with more rights than their caller has. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "skip.h"
#include "inspect/privilege.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <sched.h>
#include <unistd.h>

enum { STRANGER = 65534 };

static char file[64];

/* Mounts of its own, since /tmp may be mounted nosuid; root alone has them. */
static int begin(void **state)
{
	static char folder[] = "/tmp/dualbind-privilege.XXXXXX";
	int fd;

	(void)state;
	if (mkdtemp(folder) == NULL)
		return 1;
	if (unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		mount("none", folder, "tmpfs", 0, "mode=755");
	snprintf(file, sizeof file, "%s/file", folder);
	fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0755);
	close(fd);
	return fd < 0;
}

static int end(void **state)
{
	(void)state;
	unlink(file);
	*strrchr(file, '/') = '\0';
	umount2(file, MNT_DETACH);
	return rmdir(file);
}

static void is_of(uid_t uid, gid_t gid, mode_t mode)
{
	assert_int_equal(chown(file, uid, gid), 0);
	assert_int_equal(chmod(file, mode), 0);
}

/* What it is to a child that PREPARE has run in. */
static enum privilege seen_after(void (*prepare)(void))
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		prepare();
		_exit(privilege_of(file));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return (enum privilege)WEXITSTATUS(status);
}

static void become_stranger(void)
{
	if (setresgid(STRANGER, STRANGER, STRANGER) != 0 || setresuid(STRANGER, STRANGER, STRANGER) != 0)
		_exit(99);
}

static void renounce(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		_exit(99);
}

static void nothing_of_its_own(void **state)
{
	(void)state;
	assert_int_equal(privilege_of(file), PRIVILEGE_NONE);
	assert_int_equal(privilege_of("/none"), PRIVILEGE_NONE);
	assert_int_equal(chmod(file, 04755), 0);
	assert_int_equal(privilege_of(file), PRIVILEGE_NONE); /* it is ours */
	assert_int_equal(chmod(file, 02755), 0);
	assert_int_equal(privilege_of(file), PRIVILEGE_NONE);
}

static void another_users(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip_because(NOT_ROOT);
	is_of(STRANGER, 0, 04755);
	assert_int_equal(privilege_of(file), PRIVILEGE_SETUID);
	assert_int_equal(seen_after(become_stranger), PRIVILEGE_NONE);
	assert_int_equal(seen_after(renounce), PRIVILEGE_NONE);
	is_of(0, 0, 04700); /* it need not be readable */
	assert_int_equal(seen_after(become_stranger), PRIVILEGE_SETUID);
}

static void another_groups(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip_because(NOT_ROOT);
	is_of(0, STRANGER, 02755);
	assert_int_equal(privilege_of(file), PRIVILEGE_SETGID);
	assert_int_equal(seen_after(become_stranger), PRIVILEGE_NONE);
	assert_int_equal(seen_after(renounce), PRIVILEGE_NONE);
	is_of(0, STRANGER, 02745); /* of a file that the group may not execute it means locking */
	assert_int_equal(privilege_of(file), PRIVILEGE_NONE);
	is_of(STRANGER, STRANGER, 06755);
	assert_int_equal(privilege_of(file), PRIVILEGE_SETUID);
}

/* Three words: revision and flags, permitted, inheritable; and two more for the higher ones. */
static int set_capabilities(uint32_t flags, uint32_t permitted, uint32_t higher)
{
	uint32_t value[] = {VFS_CAP_REVISION_2 | flags, permitted, 0, higher, 0};

	return setxattr(file, "security.capability", value, sizeof value, 0);
}

static void capabilities(void **state)
{
	(void)state;
	if (geteuid() != 0 || set_capabilities(0, 1 << CAP_NET_BIND_SERVICE, 0) != 0)
		skip_because("this user, or this file system, sets no file capabilities");
	is_of(0, 0, 0755); /* which takes them away */
	assert_int_equal(seen_after(become_stranger), PRIVILEGE_NONE);
	assert_int_equal(set_capabilities(0, 1 << CAP_NET_BIND_SERVICE, 0), 0);
	assert_int_equal(privilege_of(file), PRIVILEGE_NONE); /* root has them */
	assert_int_equal(seen_after(become_stranger), PRIVILEGE_CAPABILITIES);
	assert_int_equal(set_capabilities(0, 0, 1), 0);
	assert_int_equal(seen_after(become_stranger), PRIVILEGE_CAPABILITIES);
	assert_int_equal(set_capabilities(VFS_CAP_FLAGS_EFFECTIVE, 0, 0), 0);
	assert_int_equal(seen_after(become_stranger), PRIVILEGE_CAPABILITIES);
	assert_int_equal(set_capabilities(0, 0, 0), 0);
	assert_int_equal(seen_after(become_stranger), PRIVILEGE_NONE);
}

static void a_nosuid_mount(void **state)
{
	char folder[64];

	(void)state;
	if (geteuid() != 0)
		skip_because(NOT_ROOT);
	is_of(STRANGER, STRANGER, 06755);
	strcpy(folder, file);
	*strrchr(folder, '/') = '\0';
	if (mount("none", folder, NULL, MS_REMOUNT | MS_NOSUID, NULL) != 0)
		skip_because("this mount cannot be made nosuid");
	assert_int_equal(privilege_of(file), PRIVILEGE_NONE);
	assert_int_equal(mount("none", folder, NULL, MS_REMOUNT, NULL), 0);
	assert_int_equal(privilege_of(file), PRIVILEGE_SETUID);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(privilege_name(PRIVILEGE_NONE), "none");
	assert_string_equal(privilege_name(PRIVILEGE_SETUID), "set-user-ID");
	assert_string_equal(privilege_name(PRIVILEGE_SETGID), "set-group-ID");
	assert_string_equal(privilege_name(PRIVILEGE_CAPABILITIES), "file capabilities");
}

static bool lacks_the_capability(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) != 0)
		return false;
	data[0].effective &= ~(1U << CAP_SYS_ADMIN);
	return syscall(SYS_capset, &header, data) == 0 && !privilege_keeps();
}

static void whether_a_filter_keeps_them(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0)
		_exit(!lacks_the_capability());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(privilege_keeps(), prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) == 1 && geteuid() == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_of_its_own),
	    cmocka_unit_test(another_users),
	    cmocka_unit_test(another_groups),
	    cmocka_unit_test(capabilities),
	    cmocka_unit_test(a_nosuid_mount),
	    cmocka_unit_test(names),
	    cmocka_unit_test(whether_a_filter_keeps_them),
	};

	return cmocka_run_group_tests_name("privilege", tests, begin, end);
}
