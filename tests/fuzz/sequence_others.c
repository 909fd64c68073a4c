/* SPDX-License-Identifier: MIT */
/* Waiting, and asking for addresses. */
#define _GNU_SOURCE
#include "sequence.h"

#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

static void act_epoll_change(struct world *world, struct step *step)
{
	static const int operations[] = {EPOLL_CTL_ADD, EPOLL_CTL_ADD, EPOLL_CTL_MOD, EPOLL_CTL_DEL};
	static const uint32_t events[] = {EPOLLIN,
					  EPOLLIN | EPOLLET,
					  EPOLLIN | EPOLLOUT,
					  EPOLLIN | EPOLLONESHOT,
					  EPOLLIN | EPOLLEXCLUSIVE,
					  EPOLLOUT,
					  EPOLLIN | EPOLLRDHUP,
					  0};
	unsigned which = roll(&step->dice, EPOLLS);
	int operation = PICK(&step->dice, operations);
	struct epoll_event event = {.events = PICK(&step->dice, events), .data.u64 = step->index};

	say(" %u operation %d events %#x", which, operation, event.events);
	arrow();
	say_result(epoll_ctl(world->epoll[which], operation, world->slot[step->slot], &event));
}

static int by_data(const void *one, const void *other)
{
	const struct epoll_event *left = one, *right = other;

	return (left->data.u64 > right->data.u64) - (left->data.u64 < right->data.u64);
}

static void act_epoll_wait(struct world *world, struct step *step)
{
	struct epoll_event events[16];
	unsigned which = roll(&step->dice, EPOLLS);
	int count;

	say(" %u", which);
	arrow();
	count = epoll_wait(world->epoll[which], events, 16, 0);
	say_result(count);
	if (count > 0)
		qsort(events, (size_t)count, sizeof events[0], by_data);
	for (int i = 0; i < count; i++)
		say(" %u:%#x", (unsigned)events[i].data.u64, events[i].events);
}

static void act_poll(struct world *world, struct step *step)
{
	struct pollfd watched[SLOTS];

	(void)step;
	for (unsigned i = 0; i < SLOTS; i++)
		watched[i] =
		    (struct pollfd){.fd = world->slot[i], .events = POLLIN | POLLOUT | POLLPRI | POLLRDHUP};
	arrow();
	say_result(poll(watched, SLOTS, 0));
	for (unsigned i = 0; i < SLOTS; i++)
		say(" %#x", (unsigned)watched[i].revents);
}

/* Not the wildcard address of any family: its order is the library's business. */
static void act_getaddrinfo(struct world *world, struct step *step)
{
	static const char *const nodes[] = {NULL, "127.0.0.1", "0.0.0.0", "::1", "::"};
	static const int families[] = {AF_UNSPEC, AF_INET, AF_INET6};
	struct addrinfo hints = {.ai_flags = roll(&step->dice, 2) ? AI_PASSIVE : 0}, *list = NULL;
	const char *node = PICK(&step->dice, nodes);
	char service[8];
	int result;

	hints.ai_family = PICK(&step->dice, families);
	if (node == NULL && hints.ai_family == AF_UNSPEC)
		hints.ai_family = AF_INET;
	snprintf(service, sizeof service, "%u", world->base);
	say(" %s family %d flags %#x", node ? node : "-", hints.ai_family, (unsigned)hints.ai_flags);
	arrow();
	result = getaddrinfo(node, service, &hints, &list);
	say_result(result);
	for (struct addrinfo *each = list; each != NULL; each = each->ai_next)
		say_name(world, "is", each->ai_addr, each->ai_addrlen);
	if (result == 0)
		freeaddrinfo(list);
}

/* The two that fork are done by the sequence itself (sequence.c). */
static void act_fork(struct world *world, struct step *step)
{
	(void)world;
	arrow();
	say(" parent %u", step->slot);
}

const struct operation other_operations[] = {
    {"epoll-ctl", 6, NOTHING, act_epoll_change},
    {"epoll-wait", 6, NOTHING, act_epoll_wait},
    {"poll", 4, NOTHING, act_poll},
    {"getaddrinfo", 1, NOTHING, act_getaddrinfo},
    {"fork", 2, NOTHING, act_fork},
    {NULL, 0, NOTHING, NULL},
};
