/* SPDX-License-Identifier: MIT */
/*
 * Whether the supervisor may convert for a process, and what it says where it does not. The
 * process is this one, or a child that was started with an LD_PRELOAD.
 */
#define _GNU_SOURCE
#include "sockets.h"

#include "logged.h"
#include "supervise/judge.h"

#include <dlfcn.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static struct target target;
static struct address any, loopback, local6;
static char folder[] = "/tmp/dualbind-judge.XXXXXX";
static char library[PATH_MAX]; /* there is nothing at it */

static void look_at(pid_t pid)
{
	char path[64];

	if (target.folder > 0)
		close(target.folder);
	snprintf(path, sizeof path, "/proc/%d", pid);
	target.folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(target.folder >= 0);
	target.place = (uint64_t)(uintptr_t)dlsym(RTLD_NEXT, "bind");
	target.process++; /* of which nothing has been said yet */
}

static int begin(void **state)
{
	struct allow_error error;

	(void)state;
	if (mkdtemp(folder) == NULL || chmod(folder, 0755) != 0)
		return 1;
	snprintf(library, sizeof library, "%s/libdualbind.so", folder);
	target.uid = geteuid();
	target.gid = getegid();
	target.capabilities = UINT64_MAX;
	target.process = 1000;
	address_set_in(&any, htonl(INADDR_ANY), 80);
	address_set_in(&loopback, htonl(INADDR_LOOPBACK), 80);
	address_set_in6(&local6, &in6addr_any, 80);
	logged_start(&target.settings.log, LOG_INFO);
	return !allowlist_parse(&target.settings.allow, "80/any 127.0.0.1:80", &error);
}

static int end(void **state)
{
	(void)state;
	unlink(library);
	return rmdir(folder);
}

static bool told(const char *words)
{
	const char *lines = logged();

	return strstr(lines, words) != NULL && strchr(lines, '\n')[1] == '\0';
}

static void for_all(void **state)
{
	(void)state;
	look_at(getpid());
	judge_start(CONVERTS_ALL, NULL);
	assert_false(judge_expects_library());
	assert_true(judge_converts(&target));
	assert_false(judge_report(&target, &any, TRANSPORT_TCP));
	assert_string_equal(logged(), "");
}

/* This program is in no language that is known to look at the family. */
static void for_known_languages(void **state)
{
	(void)state;
	look_at(getpid());
	judge_start(CONVERTS_KNOWN, NULL);
	assert_false(judge_expects_library());
	assert_false(judge_converts(&target));
	assert_true(judge_report(&target, &any, TRANSPORT_TCP));
	assert_true(told(
	    "port=80/tcp not converted: 0.0.0.0 stays IPv4: the library is not in \"test_judge\", since none was "
	    "found to preload; --mode supervise would convert it, but then " JUDGE_RISK));
	/* One line of a process, whatever it binds. */
	assert_true(judge_report(&target, &loopback, TRANSPORT_TCP));
	assert_string_equal(logged(), "");
	look_at(getpid());
	assert_true(judge_report(&target, &loopback, TRANSPORT_TCP));
	assert_true(told("not converted: 127.0.0.1 stays IPv4: "));
}

/* A socket that no rule covers, or is not IPv4, does not concern us. */
static void what_is_not_covered(void **state)
{
	struct address other = any, chosen = any;

	(void)state;
	other.in.sin_port = htons(81);
	chosen.in.sin_port = 0;
	look_at(getpid());
	judge_start(CONVERTS_KNOWN, NULL);
	assert_false(judge_report(&target, &other, TRANSPORT_TCP));
	assert_false(judge_report(&target, &chosen, TRANSPORT_TCP));
	assert_false(judge_report(&target, &local6, TRANSPORT_TCP));
	assert_false(judge_report(&target, &loopback, TRANSPORT_UDP));
	assert_string_equal(logged(), "");
}

static void a_file_that_cannot_be_read(void **state)
{
	struct target gone = target;

	(void)state;
	judge_start(CONVERTS_KNOWN, library);
	gone.process = 1;
	gone.folder = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_false(judge_converts(&gone));
	assert_true(judge_report(&gone, &any, TRANSPORT_TCP));
	assert_true(told("stays IPv4: this program's file cannot be read: it may not expect IPv6 clients; --mode"));
	gone.process = 2;
	assert_false(judge_report(&gone, &any, TRANSPORT_UDP)); /* that is true of all that are supervised */
	close(gone.folder);
}

static void the_library_is_there(void **state)
{
	int file = open(library, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	void *page;

	(void)state;
	look_at(getpid());
	judge_start(CONVERTS_UNLOADED, library);
	assert_true(judge_expects_library());
	assert_true(judge_converts(&target));
	assert_int_equal(ftruncate(file, 4096), 0);
	page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);
	assert_true(page != MAP_FAILED);
	assert_false(judge_converts(&target));
	assert_true(judge_report(&target, &any, TRANSPORT_TCP));
	assert_string_equal(logged(), "");
	target.settings.log.level = LOG_DEBUG; /* what it leaves alone the library tells itself */
	assert_true(judge_report(&target, &any, TRANSPORT_TCP));
	assert_true(told("stays IPv4: the library is in this program, and has not served it"));
	target.settings.log.level = LOG_INFO;
	/* The call was not made in the C library. */
	target.place = (uint64_t)(uintptr_t)the_library_is_there;
	assert_true(judge_converts(&target));
	judge_start(CONVERTS_KNOWN, library);
	assert_false(judge_converts(&target));
	assert_true(judge_report(&target, &any, TRANSPORT_TCP));
	assert_true(
	    told("stays IPv4: \"test_judge\" calls the kernel itself, past the library in it: it may not expect "
		 "IPv6 clients; --mode supervise would convert it"));
	munmap(page, 4096);
	close(file);
	assert_int_equal(unlink(library), 0);
}

/* A child that was started with that LD_PRELOAD, or without. */
static pid_t start(const char *preloads)
{
	char variable[2 * PATH_MAX], name[] = "test_judge", *environment[] = {NULL, NULL};
	int ends[2];
	char byte;
	pid_t child;

	snprintf(variable, sizeof variable, "LD_PRELOAD=%s", preloads);
	environment[0] = preloads[0] != '\0' ? variable : NULL;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(ends[1], STDOUT_FILENO);
		close(STDERR_FILENO); /* where the loader says that it finds none */
		execve("/proc/self/exe", (char *[]){name, name, NULL}, environment);
		_exit(1);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	return child;
}

static void why_it_is_not_there(const char *words, const char *preloads)
{
	pid_t child = start(preloads);

	look_at(child);
	assert_false(judge_converts(&target));
	assert_true(judge_report(&target, &any, TRANSPORT_TCP));
	assert_true(told(words));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void the_library_is_not_there(void **state)
{
	static const char lost[] =
	    "\", since LD_PRELOAD was lost before it (a set-ID launcher, a cleared environment): start "
	    "dualbind run after what clears it";
	char closed[2 * PATH_MAX], others[2 * PATH_MAX];

	(void)state;
	judge_start(CONVERTS_KNOWN, library);
	why_it_is_not_there(lost, "");
	snprintf(others, sizeof others, "%s.1:/x%s", library, strrchr(library, '/') + 1);
	why_it_is_not_there(lost, others);
	snprintf(closed, sizeof closed, "\", since in its root folder (chroot) there is no \"%s\"; --mode",
		 library);
	why_it_is_not_there(closed, library);
	close(open(library, O_RDWR | O_CREAT | O_CLOEXEC, 0644));
	why_it_is_not_there("\", whose loader has ignored LD_PRELOAD (rights of its own; a file", library);
	if (geteuid() != 0)
		return;
	assert_int_equal(chmod(folder, 0), 0);
	target.uid = target.gid = 65534;
	target.capabilities = 0;
	snprintf(closed, sizeof closed,
		 "\", whose user cannot read \"%s\": chmod a+rX that file and the folders that it "
		 "is in\n",
		 library);
	why_it_is_not_there(closed, library);
	assert_int_equal(chmod(folder, 0755), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(for_all),
	    cmocka_unit_test(for_known_languages),
	    cmocka_unit_test(what_is_not_covered),
	    cmocka_unit_test(a_file_that_cannot_be_read),
	    cmocka_unit_test(the_library_is_there),
	    cmocka_unit_test(the_library_is_not_there),
	};

	(void)argv;
	if (argc > 1)
		return write(STDOUT_FILENO, "", 1) != 1 || pause();
	return cmocka_run_group_tests_name("judge", tests, begin, end);
}
