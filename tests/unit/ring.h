/* SPDX-License-Identifier: MIT */
/*
 * An io_uring instance (io_uring(7)) by its system calls, as a program that links no
 * library for it uses it. Any file may include this: no assertions, -1 with errno is failure.
 */
#ifndef DUALBIND_TEST_RING_H
#define DUALBIND_TEST_RING_H

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct ring {
	int fd;
	struct io_uring_params parameters;
	char *submissions, *completions;
	struct io_uring_sqe *entries;
};

static inline void *ring_map(const struct ring *ring, size_t size, off_t what)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, what);
}

/* ENOSYS: a kernel without; EPERM: it is forbidden here. */
static inline int ring_begin(struct ring *ring)
{
	struct io_uring_params *of = &ring->parameters;

	memset(ring, 0, sizeof *ring);
	ring->fd = (int)syscall(SYS_io_uring_setup, 8, of);
	if (ring->fd < 0)
		return -1;
	ring->submissions =
	    ring_map(ring, of->sq_off.array + of->sq_entries * sizeof(unsigned), IORING_OFF_SQ_RING);
	ring->completions =
	    ring_map(ring, of->cq_off.cqes + of->cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
	ring->entries = ring_map(ring, of->sq_entries * sizeof *ring->entries, IORING_OFF_SQES);
	return ring->submissions == MAP_FAILED || ring->completions == MAP_FAILED || ring->entries == MAP_FAILED
		   ? -1
		   : 0;
}

/* The rest of it vanishes with the process. */
static inline void ring_end(const struct ring *ring)
{
	close(ring->fd);
}

static inline int ring_register(const struct ring *ring, const int *files, unsigned count)
{
	return (int)syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_FILES, files, count);
}

static inline unsigned *ring_word(char *base, unsigned offset)
{
	return (unsigned *)(void *)(base + offset);
}

static inline void ring_write(struct ring *ring, const struct io_uring_sqe *entry)
{
	const struct io_uring_params *of = &ring->parameters;
	unsigned *tail = ring_word(ring->submissions, of->sq_off.tail);
	unsigned at = *tail & *ring_word(ring->submissions, of->sq_off.ring_mask);

	ring->entries[at] = *entry;
	ring_word(ring->submissions, of->sq_off.array)[at] = at;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
}

/* The last one again, before it was submitted. */
static inline void ring_unwrite(const struct ring *ring)
{
	unsigned *tail = ring_word(ring->submissions, ring->parameters.sq_off.tail);

	__atomic_store_n(tail, *tail - 1, __ATOMIC_RELEASE);
}

static inline int ring_enter(const struct ring *ring)
{
	return syscall(SYS_io_uring_enter, ring->fd, 1, 0, 0, NULL, 0) == 1 ? 0 : -1;
}

/* One entry, at once. */
static inline int ring_submit(struct ring *ring, const struct io_uring_sqe *entry)
{
	ring_write(ring, entry);
	return ring_enter(ring);
}

/* The result of what was submitted first: as the kernel has it, a negative errno is failure.
 * ETIME: there is none for ten seconds. */
static inline int ring_wait(struct ring *ring)
{
	const struct io_uring_params *of = &ring->parameters;
	unsigned *head = ring_word(ring->completions, of->cq_off.head);
	unsigned *tail = ring_word(ring->completions, of->cq_off.tail);
	const struct io_uring_cqe *results = (const void *)(ring->completions + of->cq_off.cqes);
	struct pollfd watched = {.fd = ring->fd, .events = POLLIN};
	int result;

	if (__atomic_load_n(tail, __ATOMIC_ACQUIRE) == *head && poll(&watched, 1, 10000) != 1)
		return -ETIME;
	result = results[*head & *ring_word(ring->completions, of->cq_off.ring_mask)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

static inline bool ring_tells(const struct ring *ring, const char *what)
{
	char path[64], text[4096];
	ssize_t size;
	int info;

	snprintf(path, sizeof path, "/proc/thread-self/fdinfo/%d", ring->fd);
	info = open(path, O_RDONLY);
	size = read(info, text, sizeof text - 1);
	text[size > 0 ? size : 0] = '\0';
	close(info);
	return strstr(text, what) != NULL;
}

/* What this kernel lacks to try it, or NULL and *RING has begun. */
static inline const char *ring_lack(struct ring *ring)
{
	if (ring_begin(ring) != 0)
		return "io_uring";
	if (ring_tells(ring, "UserFiles:"))
		return NULL;
	ring_end(ring); /* while a process has one, nothing is converted there */
	return "fdinfo of io_uring";
}

/* Whether the kernel lists what is not submitted yet, by name. */
static inline bool ring_lists(struct ring *ring)
{
	struct io_uring_sqe nothing;
	bool lists;

	memset(&nothing, 0, sizeof nothing);
	ring_write(ring, &nothing);
	lists = ring_tells(ring, "opcode:NOP, fd:0, flags:0, ") && ring_tells(ring, " addr:0x0,");
	ring_enter(ring);
	ring_wait(ring);
	return lists;
}

#endif
