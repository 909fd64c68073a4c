/* SPDX-License-Identifier: MIT */
/* The target's rights for a moment. */
#define _GNU_SOURCE
#include "skip.h"
#include "sockets.h"

#include "supervise/rights.h"
#include "supervise/target.h"

#include <linux/capability.h>
#include <stdlib.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { STRANGER = 65534 };

static const uint64_t everything = UINT64_MAX;

static struct target of(uid_t id, uint64_t capabilities)
{
	return (struct target){.uid = id, .gid = id, .capabilities = capabilities};
}

static uint64_t effective(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2] = {{0}};

	assert_int_equal(syscall(SYS_capget, &header, data), 0);
	return data[0].effective | (uint64_t)data[1].effective << 32;
}

/* By which files and ports are had now. */
static void is_of(uid_t id, uint64_t capabilities)
{
	assert_int_equal(setfsuid((uid_t)-1), id);
	assert_int_equal(setfsgid((gid_t)-1), id);
	assert_int_equal(effective(), capabilities);
}

/* Whether this process may bind a port below 1024. */
static bool may_bind_port_80(void)
{
	int fd = new_socket(AF_INET);
	bool may = try_bind(fd, AF_INET, 80) == 0;

	assert_true(may || errno == EACCES);
	close(fd);
	return may;
}

static void nobodys(void **state)
{
	const uint64_t before = effective();
	const struct target same = of(getuid(), everything);
	struct rights own;

	(void)state;
	assert_true(rights_take(&own, NULL));
	is_of(getuid(), before);
	rights_give_back(&own);
	assert_true(rights_take(&own, &same));
	assert_false(own.changed);
	is_of(getuid(), before);
	rights_give_back(&own);
	is_of(getuid(), before);
}

static void another_users(void **state)
{
	const struct target stranger = of(STRANGER, 0);
	const uint64_t before = effective();
	struct rights own;
	struct stat status;
	int file;

	(void)state;
	if (geteuid() != 0)
		skip_because(NOT_ROOT);
	assert_true(may_bind_port_80());
	assert_true(rights_can_be_taken(&stranger));
	is_of(0, before);
	assert_true(rights_take(&own, &stranger));
	is_of(STRANGER, 0);
	assert_false(may_bind_port_80());
	assert_int_equal(open("/etc/shadow", O_RDONLY | O_CLOEXEC), -1);
	file = memfd_create("file", MFD_CLOEXEC); /* what is made is theirs */
	assert_int_equal(fstat(file, &status), 0);
	assert_int_equal(status.st_uid, STRANGER);
	close(file);
	errno = EXDEV;
	rights_give_back(&own);
	assert_int_equal(errno, EXDEV);
	is_of(0, before);
	assert_true(may_bind_port_80());
}

/* None that this process lacks, and those that both have. */
static void some_capabilities(void **state)
{
	const uint64_t before = effective(), bind = UINT64_C(1) << CAP_NET_BIND_SERVICE;
	const struct target binds = of(getuid(), bind), stranger = of(STRANGER, bind);
	struct rights own;

	(void)state;
	if (geteuid() != 0)
		skip_because(NOT_ROOT);
	assert_true(rights_take(&own, &binds));
	is_of(0, bind);
	assert_true(may_bind_port_80());
	rights_give_back(&own);
	is_of(0, before);
	assert_true(rights_take(&own, &stranger));
	is_of(STRANGER, bind);
	assert_true(may_bind_port_80());
	rights_give_back(&own);
	is_of(0, before);
}

/* In a process of the stranger's, without capabilities: those of root cannot be had. */
static int try_roots(void)
{
	const struct target root = of(0, everything), same = of(STRANGER, everything);
	struct rights own;

	if (setresgid(STRANGER, STRANGER, STRANGER) != 0 || setresuid(STRANGER, STRANGER, STRANGER) != 0)
		return 1;
	if (rights_can_be_taken(&root) || rights_take(&own, &root) || errno != EPERM)
		return 2;
	if (setfsuid((uid_t)-1) != STRANGER || setfsgid((gid_t)-1) != STRANGER)
		return 3;
	return rights_can_be_taken(&same) ? 0 : 4;
}

static void what_cannot_be_had(void **state)
{
	pid_t child;
	int status;

	(void)state;
	if (geteuid() != 0)
		skip_because(NOT_ROOT);
	child = fork();
	if (child == 0)
		_exit(try_roots());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nobodys),
	    cmocka_unit_test(another_users),
	    cmocka_unit_test(some_capabilities),
	    cmocka_unit_test(what_cannot_be_had),
	};

	return cmocka_run_group_tests_name("rights", tests, private_network, NULL);
}
