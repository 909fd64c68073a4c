/* SPDX-License-Identifier: MIT */
/* Handlers of SIGALRM and SIGUSR1 that call hooked functions, in whatever
 * thread they are, in the middle of whatever it calls; one may interrupt the
 * other. Sockets of their own, which all handlers share. */
#define _GNU_SOURCE
#include "stress.h"

#include <errno.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

static struct {
	uint16_t first_port, ports;
	atomic_uint used;
	int listener, datagrams; /* at the first two of its ports */
} own;

static struct sockaddr_in loopback(uint16_t port)
{
	struct sockaddr_in address = any4(port);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return address;
}

/* A child that was forked at the wrong moment may still hold the port. */
static void listen_and_close(void)
{
	uint16_t port = (uint16_t)(own.first_port + 2 + atomic_fetch_add(&own.used, 1) % (own.ports - 2u));
	struct sockaddr_in local = any4(port), name;
	socklen_t length = sizeof name;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (saw(CALL_BIND, bind(fd, (struct sockaddr *)&local, sizeof local)) == 0 &&
	    saw(CALL_LISTEN, listen(fd, 1)) == 0 &&
	    saw(CALL_GETSOCKNAME, getsockname(fd, (struct sockaddr *)&name, &length)) == 0 &&
	    (name.sin_family != AF_INET || name.sin_port != local.sin_port))
		atomic_fetch_add(&wrongs, 1);
	close(fd);
}

static void visit_own_listener(void)
{
	struct sockaddr_in to = loopback(own.first_port), name;
	socklen_t length = sizeof name;
	int client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), fd;

	saw(CALL_CONNECT, connect(client, (struct sockaddr *)&to, sizeof to));
	fd = (int)saw(CALL_ACCEPT, accept4(own.listener, (struct sockaddr *)&name, &length, SOCK_CLOEXEC));
	if (fd >= 0) {
		if (name.sin_family != AF_INET || name.sin_addr.s_addr != to.sin_addr.s_addr)
			atomic_fetch_add(&wrongs, 1);
		length = sizeof name;
		saw(CALL_GETPEERNAME, getpeername(fd, (struct sockaddr *)&name, &length));
		close(fd);
	}
	close(client);
}

static void exchange_datagrams(void)
{
	struct sockaddr_in to = loopback((uint16_t)(own.first_port + 1)), name;
	socklen_t length = sizeof name;
	char data[8];

	saw(CALL_SENDTO, sendto(own.datagrams, "handler", 8, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof to));
	if (saw(CALL_RECVFROM,
		recvfrom(own.datagrams, data, sizeof data, MSG_DONTWAIT, (struct sockaddr *)&name, &length)) >= 0 &&
	    (name.sin_family != AF_INET || name.sin_addr.s_addr != to.sin_addr.s_addr))
		atomic_fetch_add(&wrongs, 1);
}

static void on_signal(int signal)
{
	int saved = errno;

	(void)signal;
	switch (atomic_fetch_add(&interruptions, 1) % 3) {
	case 0:
		listen_and_close();
		break;
	case 1:
		visit_own_listener();
		break;
	default:
		exchange_datagrams();
	}
	errno = saved;
}

bool signals_start(uint16_t first_port, uint16_t ports)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	struct itimerval often = {{0, 1500}, {0, 1500}};
	struct sockaddr_in tcp = any4(first_port), udp = any4((uint16_t)(first_port + 1));

	own.first_port = first_port;
	own.ports = ports;
	own.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	own.datagrams = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	setsockopt(own.listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	return bind(own.listener, (struct sockaddr *)&tcp, sizeof tcp) == 0 && listen(own.listener, 64) == 0 &&
	       bind(own.datagrams, (struct sockaddr *)&udp, sizeof udp) == 0 &&
	       sigaction(SIGALRM, &action, NULL) == 0 && sigaction(SIGUSR1, &action, NULL) == 0 &&
	       setitimer(ITIMER_REAL, &often, NULL) == 0;
}

void signals_stop(void)
{
	struct itimerval never = {{0, 0}, {0, 0}};

	setitimer(ITIMER_REAL, &never, NULL);
	signal(SIGALRM, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	close(own.listener);
	close(own.datagrams);
}
