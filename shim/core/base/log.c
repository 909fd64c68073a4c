/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/log.h"

#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PATH_SHOWN = 200 };

void log_start(struct log *log)
{
	struct stat status;

	log->level = LOG_ERROR;
	log->path[0] = '\0';
	log->has_stderr = sys_fstat(STDERR_FILENO, &status) == 0;
	if (log->has_stderr) {
		log->stderr_device = status.st_dev;
		log->stderr_inode = status.st_ino;
	}
}

static bool parse_level(struct log *log, const char *text, size_t length)
{
	static const char *const names[] = {"off", "error", "info", "debug"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (length == strlen(names[i]) && memcmp(text, names[i], length) == 0) {
			log->level = (enum log_level)i;
			return true;
		}
	return false;
}

bool log_parse(struct log *log, const char *text, const char **problem, const char **remedy)
{
	size_t length = strcspn(text, ":");

	if (!parse_level(log, text, length)) {
		*problem = "unknown log level";
		*remedy = "write off, error, info or debug, and :/path after it for a file";
		return false;
	}
	if (text[length] == '\0')
		return true;
	text += length + 1;
	/* The path must be absolute, since programs change their directory. */
	if (text[0] != '/' || strlen(text) >= LOG_PATH_MAX) {
		*problem = "the log's path is not absolute, or is longer than 1023 characters";
		*remedy = "write a path such as info:/tmp/dualbind.log";
		return false;
	}
	memcpy(log->path, text, strlen(text) + 1);
	return true;
}

void log_begin(struct strbuf *line, pid_t process)
{
	line->length = 0;
	strbuf_add(line, "dualbind pid=");
	strbuf_add_number(line, (unsigned long)process);
}

static bool stderr_is_ours(const struct log *log)
{
	struct stat status;

	return log->has_stderr && sys_fstat(STDERR_FILENO, &status) == 0 && status.st_dev == log->stderr_device &&
	       status.st_ino == log->stderr_inode;
}

/* Writes only if the file is writable. A pipe is not if its reader has gone or is slow: then the line
 * is lost, so that the program does not get SIGPIPE and does not wait. */
static void write_line(int fd, const struct strbuf *line)
{
	if (sys_writable(fd))
		sys_write(fd, line->text, line->length);
}

/* As with the kernel's fs.protected_symlinks, but in every folder: a link must belong to root
 * (/dev/stderr) or to this process's user (/proc/1/fd/2). */
static bool is_trusted_link(const char *path)
{
	int link = sys_openat(AT_FDCWD, path, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
	struct stat status;
	bool trusted;

	if (link < 0)
		return false;
	trusted = sys_fstat(link, &status) == 0 && S_ISLNK(status.st_mode) &&
		  (status.st_uid == 0 || status.st_uid == (uid_t)sys_call(SYS_geteuid));
	sys_close(link);
	return trusted;
}

/* O_NONBLOCK, since it may be a FIFO. */
static int open_file(const char *path)
{
	const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	int file = sys_openat(AT_FDCWD, path, flags | O_NOFOLLOW, 0644);

	return file < 0 && errno == ELOOP && is_trusted_link(path) ? sys_openat(AT_FDCWD, path, flags, 0644) : file;
}

bool log_can_be_written(const struct log *log)
{
	int fd = log->path[0] == '\0' ? -1 : open_file(log->path);

	if (fd >= 0)
		sys_close(fd);
	return fd >= 0 || log->path[0] == '\0';
}

static void to_stderr(const struct log *log, const struct strbuf *line)
{
	if (stderr_is_ours(log))
		write_line(STDERR_FILENO, line);
}

/* Reported once in each process. Without it, a log that cannot be written would look like an empty one. */
static void tell_of_path(const struct log *log, int error)
{
	static atomic_bool told;
	struct strbuf line;

	if (atomic_exchange(&told, true))
		return;
	log_begin(&line, (pid_t)sys_call(SYS_getpid));
	strbuf_add(&line, " the log is lost: ");
	strbuf_add_quoted(&line, log->path, strlen(log->path), PATH_SHOWN);
	strbuf_add(&line, " cannot be written: ");
	strbuf_add_error(&line, error);
	strbuf_end(&line);
	to_stderr(log, &line);
}

void log_send(const struct log *log, struct strbuf *line)
{
	int saved = errno;
	int fd;

	strbuf_end(line);
	if (log->path[0] == '\0') {
		to_stderr(log, line);
	} else {
		/* Opened for each line: no descriptor is kept that the program
		 * could close, inherit or count. */
		fd = open_file(log->path);
		if (fd >= 0) {
			write_line(fd, line);
			sys_close(fd);
		} else {
			tell_of_path(log, errno);
		}
	}
	errno = saved;
}
