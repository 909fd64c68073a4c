/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SIOCGSKNS /* before 4.10 */
#define SIOCGSKNS 0x894C
#endif
#ifndef STATX_TYPE /* musl before 1.2.4, glibc before 2.28 */
#include <linux/stat.h>
#endif

int sys_socket(int domain, int type, int protocol)
{
	return (int)sys_call(SYS_socket, domain, type, protocol);
}

int sys_bind(int fd, const struct sockaddr *address, socklen_t length)
{
	return (int)sys_call(SYS_bind, fd, address, length, SYS_PASSES);
}

int sys_listen(int fd, int backlog)
{
	return (int)sys_call(SYS_listen, fd, backlog, 0L, SYS_PASSES);
}

int sys_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	return (int)sys_call(SYS_connect, fd, address, length);
}

int sys_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
	return (int)sys_call(SYS_accept4, fd, address, length, flags);
}

int sys_getsockname(int fd, struct sockaddr *address, socklen_t *length)
{
	return (int)sys_call(SYS_getsockname, fd, address, length);
}

int sys_getpeername(int fd, struct sockaddr *address, socklen_t *length)
{
	return (int)sys_call(SYS_getpeername, fd, address, length);
}

int sys_getsockopt(int fd, int level, int name, void *value, socklen_t *length)
{
	return (int)sys_call(SYS_getsockopt, fd, level, name, value, length);
}

int sys_setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
	return (int)sys_call(SYS_setsockopt, fd, level, name, value, length);
}

ssize_t sys_recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *address, socklen_t *length)
{
	return sys_call(SYS_recvfrom, fd, buffer, size, flags, address, length);
}

ssize_t sys_recvmsg(int fd, struct msghdr *message, int flags)
{
	return sys_call(SYS_recvmsg, fd, message, flags);
}

int sys_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout)
{
	return (int)sys_call(SYS_recvmmsg, fd, messages, count, flags, timeout);
}

ssize_t sys_sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
		   socklen_t length)
{
	return sys_call(SYS_sendto, fd, data, size, flags, address, length);
}

ssize_t sys_sendmsg(int fd, const struct msghdr *message, int flags)
{
	return sys_call(SYS_sendmsg, fd, message, flags);
}

int sys_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
	return (int)sys_call(SYS_sendmmsg, fd, messages, count, flags);
}

int sys_fcntl(int fd, int command, unsigned long argument)
{
	return (int)sys_call(SYS_fcntl, fd, command, argument);
}

int sys_dup3(int from, int to, int flags)
{
	return (int)sys_call(SYS_dup3, from, to, flags);
}

int sys_close(int fd)
{
	return (int)sys_call(SYS_close, fd);
}

int sys_epoll_ctl(int epfd, int operation, int fd, struct epoll_event *event)
{
	return (int)sys_call(SYS_epoll_ctl, epfd, operation, fd, event);
}

/* Old C libraries do not have the symbol fstat. On the 64-bit architectures that are supported, the
 * kernel's structure is the C library's. */
int sys_fstat(int fd, struct stat *status)
{
	return (int)sys_call(SYS_fstat, fd, status);
}

int sys_ioctl(int fd, unsigned long request, void *argument)
{
	return (int)sys_call(SYS_ioctl, fd, request, argument);
}

int sys_open_network(int fd)
{
	return sys_ioctl(fd, SIOCGSKNS, NULL);
}

int sys_stat_socket(int fd, struct stat *status)
{
	return sys_get_int(fd, SOL_SOCKET, SO_TYPE) < 0 ? -1 : sys_fstat(fd, status);
}

int sys_openat(int directory, const char *path, int flags, mode_t mode)
{
	return (int)sys_call(SYS_openat, directory, path, flags, mode);
}

int sys_chroot(const char *path)
{
	return (int)sys_call(SYS_chroot, path);
}

ssize_t sys_read(int fd, void *buffer, size_t size)
{
	return sys_call(SYS_read, fd, buffer, size);
}

ssize_t sys_write(int fd, const void *buffer, size_t size)
{
	return sys_call(SYS_write, fd, buffer, size);
}

ssize_t sys_readlinkat(int directory, const char *path, char *buffer, size_t size)
{
	return sys_call(SYS_readlinkat, directory, path, buffer, size);
}

ssize_t sys_getdents64(int fd, void *buffer, size_t size)
{
	return sys_call(SYS_getdents64, fd, buffer, size);
}

ssize_t sys_getrandom(void *buffer, size_t size, unsigned flags)
{
	return sys_call(SYS_getrandom, buffer, size, flags);
}

void *sys_map_shared(size_t size)
{
	long address = sys_call(SYS_mmap, 0L, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0L);

	return address == -1 ? NULL : (void *)address;
}

int sys_events(int fd, short events)
{
	struct pollfd watched = {.fd = fd, .events = events};
	struct timespec now = {0, 0};
	int count = (int)sys_call(SYS_ppoll, &watched, 1, &now, 0L, 0L);

	return count < 0 ? -1 : watched.revents;
}

int sys_writable(int fd)
{
	return sys_events(fd, POLLOUT) == POLLOUT;
}

void sys_pause(long milliseconds)
{
	struct timespec time = {.tv_nsec = milliseconds * 1000000};

	sys_call(SYS_ppoll, 0L, 0, &time, 0L, 0L);
}

uint64_t sys_keep_signals(void)
{
	uint64_t every = ~UINT64_C(0), before = 0;

	sys_call(SYS_rt_sigprocmask, SIG_SETMASK, &every, &before, sizeof every);
	return before;
}

void sys_allow_signals(uint64_t kept_before)
{
	sys_call(SYS_rt_sigprocmask, SIG_SETMASK, &kept_before, 0L, sizeof kept_before);
}

int sys_get_int(int fd, int level, int name)
{
	int value = 0;
	socklen_t length = sizeof value;

	return sys_getsockopt(fd, level, name, &value, &length) == 0 ? value : -1;
}

int sys_set_int(int fd, int level, int name, int value)
{
	return sys_setsockopt(fd, level, name, &value, sizeof value);
}
