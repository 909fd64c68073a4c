/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "supervise/notify.h"

#include "base/sys.h"
#include "bind/bind.h"
#include "process/target.h"
#include "socket/sock.h"
#include "supervise/blind.h"
#include "supervise/judge.h"
#include "supervise/report.h"
#include "supervise/rights.h"
#include "supervise/target.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>

static const struct answer go_on = {.continues = true};

/* Whether a rule may cover a bind to the address, or may have led to a socket of ours that is in
 * its way. */
static bool is_of_interest(const struct allowlist *allow, const struct address *asked, enum transport protocol)
{
	uint16_t port = address_port(asked);

	return port != 0 && (allowlist_covers(allow, ALLOW_ANY4, port, protocol) ||
			     allowlist_covers(allow, ALLOW_LOOPBACK4, port, protocol) ||
			     allowlist_covers(allow, ALLOW_ANY6, port, protocol));
}

static bool listens_are_of_interest(const struct allowlist *allow)
{
	return allowlist_mentions(allow, ALLOW_ANY4, TRANSPORT_TCP) ||
	       allowlist_mentions(allow, ALLOW_LOOPBACK4, TRANSPORT_TCP) ||
	       allowlist_mentions(allow, ALLOW_ANY6, TRANSPORT_TCP);
}

/*
 * A supervisor cannot translate addresses: Go reads the source of each datagram on a udp4
 * socket as an IPv4 address, whatever the family is, so even its IPv4 clients would be lost.
 * The first time it is logged as an error, since the rule has no effect; a program may bind often.
 */
static void report_datagrams(const struct target *target, const struct address *asked)
{
	static atomic_bool told;
	struct bind_request request = {
	    .settings = &target->settings, .port = address_port(asked), .protocol = TRANSPORT_UDP};

	if (address_is_any(asked) && asked->any.sa_family == AF_INET &&
	    allowlist_covers(&target->settings.allow, ALLOW_ANY4, request.port, TRANSPORT_UDP))
		bind_request_report(
		    &request, atomic_exchange(&told, true) ? LOG_INFO : LOG_ERROR,
		    "the rule does nothing: UDP takes the library, which this program does not call; ",
		    MARK_CONVERTED, " stays IPv4", 0);
}

static struct answer result(int value)
{
	return (struct answer){.error = value == 0 ? 0 : errno};
}

static struct answer decide_bind(struct target *target, int fd, const struct address *asked)
{
	switch ((int)sock_transport(fd)) {
	case TRANSPORT_TCP:
		return is_of_interest(&target->settings.allow, asked, TRANSPORT_TCP)
			   ? result(call_bind(&target->settings, fd, &asked->any, asked->length, target_bind))
			   : go_on;
	case TRANSPORT_UDP:
		if (!judge_report(target, asked, TRANSPORT_UDP))
			report_datagrams(target, asked);
		return go_on;
	}
	return go_on;
}

static struct answer decide_listen(const struct target *target, int fd, int backlog)
{
	return sock_transport(fd) == TRANSPORT_TCP ? result(call_listen(&target->settings, fd, backlog, sys_listen))
						   : go_on;
}

struct call {
	int number, backlog;
	uint64_t place;
	bool listens;
	struct address asked; /* the address that bind was given */
};

/*
 * Reads what bind(2) was given. False if the kernel will refuse it, or it does not
 * concern us. From here on this copy counts: the program's memory may change, and for
 * an address that a rule covers the kernel does not read it again.
 */
static bool read_call(struct call *call, const struct seccomp_data *data, const struct target *target)
{
	struct sockaddr_storage address;
	uint64_t length = (uint32_t)data->args[2];

	call->number = (int)data->args[0];
	call->backlog = (int)data->args[1];
	call->listens = data->nr == SYS_listen;
	call->place = data->instruction_pointer;
	if (call->listens)
		return listens_are_of_interest(&target->settings.allow);
	if (length < sizeof address.ss_family || length > sizeof address)
		return false;
	if (!target_read(target, data->args[1], &address, length)) {
		if (errno == EPERM || errno == ENOSYS || errno == EACCES)
			blind_say(target, "its memory", NULL, errno);
		return false;
	}
	return address_read(&call->asked, (struct sockaddr *)&address, (socklen_t)length) &&
	       is_of_interest(&target->settings.allow, &call->asked, TRANSPORT_ANY);
}

/* Whether it is a program's AF_INET listener that must stay one, which is logged. */
static bool stays(const struct target *target, const struct call *call, int fd)
{
	struct address local;

	if (sock_transport(fd) != TRANSPORT_TCP || sys_get_int(fd, SOL_SOCKET, SO_DOMAIN) != AF_INET ||
	    judge_converts(target))
		return false;
	if (!call->listens)
		judge_report(target, &call->asked, TRANSPORT_TCP);
	else if (sock_local(fd, &local))
		judge_report(target, &local, TRANSPORT_TCP);
	return true;
}

static struct answer decide_taken(struct target *target, const struct call *call, int fd, struct making *making)
{
	struct bound now = {target->thread, call->number, 0, call->place};
	struct answer answer;
	struct stat status;
	bool again;

	/* stat(2) is not called for other files: their file system might not answer. */
	if (sock_transport(fd) == 0 || sys_fstat(fd, &status) != 0)
		return go_on;
	target_note_socket(call->number);
	now.inode = status.st_ino;
	again = answer_was_lost(now);
	if (!target_shares_network(target, fd)) {
		report_event(&target->settings, LOG_INFO, "not converted: a socket of another network namespace",
			     0);
		return go_on;
	}
	if (stays(target, call, fd))
		return go_on;
	if (!rights_can_be_taken(target)) {
		blind_say(target, "its user's rights", "it runs as another user and dualbind lacks CAP_SETUID",
			  EPERM);
		return go_on;
	}
	if (call->listens)
		return decide_listen(target, fd, call->backlog);
	target_begins(target, fd, call->number, making);
	answer = again ? result(0) : decide_bind(target, fd, &call->asked);
	/* The descriptor that was taken means the new socket by now. */
	if (!answer.continues && answer.error == 0 && sys_fstat(fd, &status) == 0) {
		now.inode = status.st_ino;
		answer.bound = now;
	}
	return answer;
}

/* The socket cannot be taken. If the library has made the call, or the program must stay IPv4, the bind
 * is not noted, and so its listen does not concern us. */
static struct answer decide_blind(struct target *target, const struct call *call, int error)
{
	if (judge_converts(target))
		return call->listens ? blind_listen(target, call->number, error)
				     : blind_bind(target, call->number, &call->asked);
	if (!call->listens)
		judge_report(target, &call->asked, TRANSPORT_TCP);
	return go_on;
}

struct answer notify_decide(int listener, const struct seccomp_notif *notification, const struct settings *settings,
			    struct making *making)
{
	static _Thread_local struct target target;
	struct answer answer = go_on;
	struct call call;
	int fd, saved = errno;

	if (!target_enter(&target, listener, notification, settings)) {
		if (errno != ENOENT && errno != ESRCH)
			blind_say(&target, "/proc", NULL, errno);
	} else if (read_call(&call, &notification->data, &target)) {
		fd = target_take(call.number);
		if (fd >= 0) {
			answer = decide_taken(&target, &call, fd, making);
			target_put_back(fd);
		} else if (errno == EPERM || errno == EACCES || errno == ENOSYS) {
			answer = decide_blind(&target, &call, errno);
		}
	}
	target_leave(&target);
	errno = saved;
	return answer;
}
