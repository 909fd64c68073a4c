/* SPDX-License-Identifier: MIT */
#include "socket/v4mapped_filter.h"

#include "base/setsockopt_checked.h"
#include "base/sys.h"

#include <errno.h>
#include <string.h>

#define LOAD(size, offset)                                                                                         \
	{                                                                                                          \
		BPF_LD | (size) | BPF_ABS, 0, 0, (unsigned)SKF_NET_OFF + (offset)                                  \
	}
#define WHEN(value, skip_if, skip_unless)                                                                          \
	{                                                                                                          \
		BPF_JMP | BPF_JEQ | BPF_K, (skip_if), (skip_unless), (value)                                       \
	}

/* Drops what has IP version 6 and a source address (at offset 8) that is :: or in ::ffff:0:0/96. */
static const struct sock_filter guard[V4MAPPED_FILTER_INSTRUCTIONS] = {
    LOAD(BPF_B, 0),
    {BPF_ALU | BPF_AND | BPF_K, 0, 0, 0xf0},
    WHEN(0x60, 0, 10),
    LOAD(BPF_W, 8),
    WHEN(0, 0, 8),
    LOAD(BPF_W, 12),
    WHEN(0, 0, 6),
    LOAD(BPF_W, 16),
    WHEN(0x0000ffff, 3, 0),
    WHEN(0, 0, 3),
    LOAD(BPF_W, 20),
    WHEN(0, 0, 1),
    {BPF_RET | BPF_K, 0, 0, 0},
    {BPF_LD | BPF_IMM, 0, 0, 0}, /* what the program's filter begins with */
};

/* A filter must end with a return, so the guard alone is followed by this one. It is not 0xffffffff,
 * which programs write, so that a filter of the program is not taken for it. */
static const struct sock_filter pass = {BPF_RET | BPF_K, 0, 0, 0xfffffffe};

static bool is_alone(const struct sock_filter *code, size_t count)
{
	return count == 1 && memcmp(code, &pass, sizeof pass) == 0;
}

bool v4mapped_filter_read(int fd, struct v4mapped_filter *filter)
{
	socklen_t count = V4MAPPED_FILTER_INSTRUCTIONS + V4MAPPED_FILTER_MAX;

	memset(filter, 0, sizeof *filter);
	filter->own = filter->code + V4MAPPED_FILTER_INSTRUCTIONS;
	if (sys_getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, filter->own, &count) != 0)
		return false;
	filter->count = count;
	filter->guard = count > V4MAPPED_FILTER_INSTRUCTIONS && memcmp(filter->own, guard, sizeof guard) == 0;
	if (filter->guard) {
		filter->own += V4MAPPED_FILTER_INSTRUCTIONS;
		filter->count -= V4MAPPED_FILTER_INSTRUCTIONS;
	}
	if (filter->guard && is_alone(filter->own, filter->count))
		filter->count = 0;
	if (filter->count <= V4MAPPED_FILTER_MAX)
		return true;
	errno = EINVAL;
	return false;
}

/* FILTER's room is used to read the filter back, which leaves there what was written. */
static bool is_attached(int fd, struct v4mapped_filter *filter, bool with_guard)
{
	size_t count = filter->count;

	if (v4mapped_filter_read(fd, filter) && filter->guard == with_guard && filter->count == count)
		return true;
	errno = EFORGOTTEN;
	return false;
}

bool v4mapped_filter_write(int fd, struct v4mapped_filter *filter, bool with_guard)
{
	struct sock_fprog program = {(unsigned short)filter->count, filter->own};

	if (with_guard) {
		program.filter -= V4MAPPED_FILTER_INSTRUCTIONS;
		memcpy(program.filter, guard, sizeof guard);
		if (filter->count == 0)
			*filter->own = pass;
		program.len = (unsigned short)(V4MAPPED_FILTER_INSTRUCTIONS + (filter->count ? filter->count : 1));
	}
	return program.len == 0 ||
	       (sys_setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0 &&
		is_attached(fd, filter, with_guard));
}

bool v4mapped_filter_stands(int fd)
{
	struct v4mapped_filter filter;

	return v4mapped_filter_read(fd, &filter) && filter.guard;
}

/* As in the kernel, *LENGTH counts instructions, and a length of 0 asks how many there are. */
int v4mapped_filter_get(int fd, void *value, socklen_t *length)
{
	struct v4mapped_filter filter;

	if (!v4mapped_filter_read(fd, &filter))
		return -1;
	if (filter.count != 0 && *length != 0) {
		if (*length < filter.count) {
			errno = EINVAL;
			return -1;
		}
		memcpy(value, filter.own, filter.count * sizeof *filter.own);
	}
	*length = (socklen_t)filter.count;
	return 0;
}

bool v4mapped_filter_is_all(int fd)
{
	struct v4mapped_filter filter;

	return v4mapped_filter_read(fd, &filter) && filter.count == 0;
}

void v4mapped_filter_again(int fd)
{
	struct v4mapped_filter filter;

	if (v4mapped_filter_read(fd, &filter) && !filter.guard)
		v4mapped_filter_write(fd, &filter, true);
}
