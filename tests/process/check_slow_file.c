/* A file system in another process that does not answer: a program that has a
 * file of it open binds all the same, as natively. */
#define _GNU_SOURCE
#include "preloaded.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PORT = 8080, REQUEST_BYTES = 65536 };

static void answer(int device, uint64_t unique, const void *data, uint32_t size)
{
	char reply[256];
	struct fuse_out_header header = {.len = (uint32_t)sizeof header + size, .unique = unique};

	memcpy(reply, &header, sizeof header);
	memcpy(reply + sizeof header, data, size);
	ck_assert_int_eq(write(device, reply, header.len), header.len);
}

/* Until the root directory is open. */
static void serve_until_open(int device)
{
	struct fuse_init_out init = {.major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096};
	struct fuse_open_out opened = {.fh = 1};
	static char buffer[REQUEST_BYTES];
	const struct fuse_in_header *request = (const void *)buffer;

	while (read(device, buffer, sizeof buffer) > 0) {
		if (request->opcode == FUSE_INIT)
			answer(device, request->unique, &init, sizeof init);
		if (request->opcode == FUSE_OPENDIR) {
			answer(device, request->unique, &opened, sizeof opened);
			return;
		}
	}
}

/* A directory of it, open. The process that serves it sleeps from now on. */
static int open_slow_file(pid_t *server)
{
	char folder[] = "/tmp/dualbind-slow.XXXXXX", options[64];
	int device = open("/dev/fuse", O_RDWR | O_CLOEXEC), file;

	ck_assert_msg(device >= 0, "/dev/fuse: %s", strerror(errno));
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount("none", "/", "", MS_REC | MS_PRIVATE, NULL), 0);
	snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", device);
	ck_assert_int_eq(mount("slow", folder, "fuse", 0, options), 0);
	*server = fork();
	if (*server == 0) {
		serve_until_open(device);
		for (;;)
			pause();
	}
	close(device);
	file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(umount2(folder, MNT_DETACH), 0);
	ck_assert_int_eq(rmdir(folder), 0);
	return file;
}

static void end(pid_t server)
{
	int status;

	ck_assert_int_eq(kill(server, SIGKILL), 0);
	ck_assert_int_eq(waitpid(server, &status, 0), server);
}

/* statx(2) that is to ask nobody; older kernels ask the server all the same. */
static bool is_told_without_asking(int file)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct statx known;

		signal(SIGALRM, SIG_DFL);
		alarm(3);
		_exit(statx(file, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &known) != 0);
	}
	return waitpid(child, &status, 0) == child && WIFEXITED(status);
}

START_TEST(binds)
{
	pid_t server;
	int file = open_slow_file(&server), fd;

	if (lacks("AT_STATX_DONT_SYNC of FUSE", !is_told_without_asking(file))) {
		end(server);
		return;
	}
	signal(SIGALRM, SIG_DFL);
	alarm(10); /* fstat(2) would wait for ever */
	fd = listening(INADDR_ANY, PORT);
	alarm(0);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	close(connected6(in6addr_loopback, PORT));
	end(server);
	close(file);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {{binds, 1}};

	(void)argc;
	if (geteuid() != 0 || access("/dev/fuse", R_OK | W_OK) != 0) {
		printf("1..0 # SKIP only root mounts a file system, and it needs /dev/fuse\n");
		return 0;
	}
	return preloaded_main(argv, "*", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
