/* SPDX-License-Identifier: MIT */
/*
 * load tcp|udp HOST PORT PEERS SECONDS REQUEST REPLY_BYTES: asks a server as
 * fast as it answers, from PEERS sockets that each have one request under way,
 * and prints requests per second and the 50th and 99th percentile of the answer
 * time in microseconds. REQUEST is a file. A TCP answer is REPLY_BYTES long; a
 * datagram is an answer. A datagram that is lost is asked for again after a
 * second, and told of.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PEERS_MAX = 1024, REQUEST_BYTES = 65536, SAMPLES_MAX = 4000000 };

struct peer {
	int fd;
	size_t received;
	uint64_t asked; /* nanoseconds */
};

struct load {
	bool datagrams;
	size_t request_bytes, reply_bytes;
	char request[REQUEST_BYTES];
	struct peer peers[PEERS_MAX];
	size_t count, lost, samples;
	uint32_t *sample; /* nanoseconds */
};

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000U + (uint64_t)time.tv_nsec;
}

static void ask(struct load *load, struct peer *peer)
{
	peer->received = 0;
	peer->asked = now();
	if (send(peer->fd, load->request, load->request_bytes, MSG_NOSIGNAL) != (ssize_t)load->request_bytes)
		err(1, "send");
}

static void take(struct load *load, struct peer *peer)
{
	static char buffer[REQUEST_BYTES];
	ssize_t length = recv(peer->fd, buffer, sizeof buffer, MSG_DONTWAIT);

	if (length <= 0)
		err(1, "the server hung up");
	peer->received += (size_t)length;
	if (!load->datagrams && peer->received < load->reply_bytes)
		return;
	if (load->samples < SAMPLES_MAX)
		load->sample[load->samples++] = (uint32_t)(now() - peer->asked);
	ask(load, peer);
}

static void connect_all(struct load *load, const char *host, const char *port, int epfd)
{
	struct addrinfo hints = {.ai_socktype = load->datagrams ? SOCK_DGRAM : SOCK_STREAM}, *found;
	int error = getaddrinfo(host, port, &hints, &found);

	if (error != 0)
		errx(1, "%s: %s", host, gai_strerror(error));
	for (size_t i = 0; i < load->count; i++) {
		struct epoll_event event = {.events = EPOLLIN, .data.u64 = i};
		struct peer *peer = &load->peers[i];

		peer->fd = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, 0);
		if (peer->fd < 0 || connect(peer->fd, found->ai_addr, found->ai_addrlen) != 0 ||
		    epoll_ctl(epfd, EPOLL_CTL_ADD, peer->fd, &event) != 0)
			err(1, "%s port %s", host, port);
		ask(load, peer);
	}
	freeaddrinfo(found);
}

static void ask_again(struct load *load)
{
	uint64_t time = now();

	for (size_t i = 0; i < load->count; i++)
		if (time - load->peers[i].asked > 1000000000U) {
			load->lost++;
			ask(load, &load->peers[i]);
		}
}

static void run(struct load *load, int epfd, double seconds)
{
	uint64_t end = now() + (uint64_t)(seconds * 1e9);
	struct epoll_event events[64];

	while (now() < end) {
		int ready = epoll_wait(epfd, events, 64, 100);

		for (int i = 0; i < ready; i++)
			take(load, &load->peers[events[i].data.u64]);
		if (ready == 0 && load->datagrams)
			ask_again(load);
	}
}

static int compare(const void *one, const void *other)
{
	uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;

	return (a > b) - (a < b);
}

static double percentile(const struct load *load, double part)
{
	return load->sample[(size_t)(part * (double)(load->samples - 1))] / 1e3;
}

static void read_request(struct load *load, const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = file < 0 ? -1 : read(file, load->request, sizeof load->request);

	if (length <= 0)
		err(1, "%s", path);
	load->request_bytes = (size_t)length;
	close(file);
}

int main(int argc, char **argv)
{
	static struct load load;
	int epfd = epoll_create1(EPOLL_CLOEXEC);
	double seconds;

	if (argc != 8)
		errx(2, "usage: load tcp|udp HOST PORT PEERS SECONDS REQUEST REPLY_BYTES");
	load.datagrams = strcmp(argv[1], "udp") == 0;
	load.count = strtoul(argv[4], NULL, 10);
	seconds = strtod(argv[5], NULL);
	load.reply_bytes = strtoul(argv[7], NULL, 10);
	load.sample = calloc(SAMPLES_MAX, sizeof *load.sample);
	if (load.count == 0 || load.count > PEERS_MAX || load.sample == NULL)
		errx(2, "from 1 to %d peers", PEERS_MAX);
	read_request(&load, argv[6]);
	connect_all(&load, argv[2], argv[3], epfd);
	run(&load, epfd, seconds);
	if (load.samples == 0)
		errx(1, "no answer");
	qsort(load.sample, load.samples, sizeof *load.sample, compare);
	printf("%.1f %.1f %.1f %zu\n", (double)load.samples / seconds, percentile(&load, 0.50),
	       percentile(&load, 0.99), load.lost);
	return 0;
}
