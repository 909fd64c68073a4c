/* SPDX-License-Identifier: MIT */
/* Another process's descriptor, and the reasons that it is refused for. */
#define _GNU_SOURCE
#include "skip.h"
#include "sockets.h"

#include "inspect/borrow.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

enum { NOBODY = 65534, NO_PROCESS = 999999999 };

/* A child that waits to be ended, of another user where UID is not 0; not dumpable if so wanted. */
static pid_t child_of(uid_t uid, bool dumpable)
{
	int ready[2];
	pid_t child;
	char byte;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (uid != 0 && setresuid(uid, uid, uid) != 0)
			_exit(1);
		prctl(PR_SET_DUMPABLE, dumpable);
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(0);
	}
	assert_true(child > 0);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return child;
}

static void end(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* What a child of this process that has become UID and done PREPARE is told of PID. */
static enum borrow_refusal asked_by(uid_t uid, void (*prepare)(void), pid_t pid, int fd)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (uid != 0 && setresuid(uid, uid, uid) != 0)
			_exit(100);
		if (prepare != NULL)
			prepare();
		_exit(borrow_descriptor(pid, fd) >= 0 ? 101 : (int)borrow_refused(pid, errno));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return (enum borrow_refusal)WEXITSTATUS(status);
}

static void refuse_with(int error)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_getfd, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof code / sizeof code[0], code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		_exit(102);
}

static void forbid(void)
{
	refuse_with(EPERM);
}

static void forget(void)
{
	refuse_with(ENOSYS);
}

static void is_had(void **state)
{
	int fd = new_socket(AF_INET), borrowed;
	unsigned before = open_descriptors();
	pid_t child;

	(void)state;
	if (lacks_pidfd_getfd())
		skip_because("no pidfd_getfd on this kernel");
	child = child_of(0, true);
	borrowed = borrow_descriptor(child, fd);
	assert_true(borrowed >= 0);
	assert_int_equal(inode_of(borrowed), inode_of(fd));
	close(borrowed);
	assert_int_equal(borrow_descriptor(child, 9999), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(borrow_refused(child, EBADF), BORROW_UNREFUSED);
	assert_int_equal(borrow_descriptor(NO_PROCESS, fd), -1);
	assert_int_equal(borrow_refused(NO_PROCESS, ESRCH), BORROW_UNREFUSED);
	assert_int_equal(open_descriptors(), before);
	end(child);
	close(fd);
}

/* A filter is blamed before the user is, whom it would be in vain to become. */
static void by_a_filter(void **state)
{
	pid_t child;

	(void)state;
	if (lacks_pidfd_getfd())
		skip_because("no pidfd_getfd on this kernel");
	child = child_of(0, true);
	assert_int_equal(asked_by(0, forbid, child, 0), BORROW_SANDBOXED);
	assert_int_equal(asked_by(0, forbid, getpid(), 0), BORROW_SANDBOXED);
	assert_int_equal(asked_by(0, forget, child, 0), BORROW_NO_CALL);
	if (geteuid() == 0)
		assert_int_equal(asked_by(NOBODY, forbid, child, 0), BORROW_SANDBOXED);
	end(child);
}

static void by_users(void **state)
{
	pid_t roots, own, guarded;

	(void)state;
	if (geteuid() != 0 || lacks_pidfd_getfd())
		skip_because(NOT_ROOT);
	roots = child_of(0, true);
	own = child_of(NOBODY, true);
	guarded = child_of(NOBODY, false);
	assert_int_equal(asked_by(NOBODY, NULL, roots, 0), BORROW_OTHERS);
	assert_int_equal(asked_by(NOBODY - 1, NULL, own, 0), BORROW_OTHERS);
	assert_in_range(asked_by(NOBODY, NULL, guarded, 0), BORROW_YAMA, BORROW_FORBIDDEN);
	end(roots);
	end(own);
	end(guarded);
}

static void words(void **state)
{
	(void)state;
	for (enum borrow_refusal one = BORROW_UNREFUSED; one <= BORROW_FORBIDDEN; one++)
		for (enum borrow_refusal other = BORROW_UNREFUSED; other < one; other++)
			assert_string_not_equal(borrow_words(one), borrow_words(other));
	assert_non_null(strstr(borrow_words(BORROW_SANDBOXED), "seccomp"));
	assert_non_null(strstr(borrow_words(BORROW_OTHERS), "user"));
	assert_non_null(strstr(borrow_words(BORROW_YAMA), "Yama"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(is_had),
	    cmocka_unit_test(by_a_filter),
	    cmocka_unit_test(by_users),
	    cmocka_unit_test(words),
	};

	return cmocka_run_group_tests_name("borrow", tests, NULL, NULL);
}
