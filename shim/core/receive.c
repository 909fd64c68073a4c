#define _GNU_SOURCE
#include "receive.h"

#include "ancillary.h"
#include "loopback.h"
#include "mapper.h"
#include "mark.h"
#include "settings.h"
#include "show.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* The settings, where the socket may be one to present. Where no rule names
 * UDP only an error queue can hold something. */
static const struct settings *settings_for(int fd, int flags)
{
	const struct settings *settings = settings_get();
	int saved = errno;
	bool shown;

	if (settings == NULL || !(settings->datagrams || (flags & MSG_ERRQUEUE)))
		return NULL;
	shown = mark_shown_datagram(fd) > 0;
	errno = saved;
	return shown ? settings : NULL;
}

/* What the kernel gave as a name, in a buffer of ours. */
struct name {
	struct sockaddr_in6 in6;
	socklen_t length;
};

/* ::1 and 127.0.0.1 are shown alike, unless that would mix them up. */
static void show_peer(const struct settings *settings, int fd, struct address *peer)
{
	static const struct in6_addr mapped = {{{[10] = 0xff, 0xff, 127, 0, 0, 1}}};

	if (IN6_IS_ADDR_LOOPBACK(&peer->in6.sin6_addr) && !loopback_heard_ipv6(address_port(peer))) {
		*peer = mapper_show(&settings->pool, peer);
		return;
	}
	if (IN6_ARE_ADDR_EQUAL(&peer->in6.sin6_addr, &mapped))
		loopback_heard_ipv4(address_port(peer));
	show_address(settings, fd, peer);
}

/* At most CAPACITY bytes at TO; gives the length that the name has. In an error
 * queue it is whom the datagram was sent to. */
static socklen_t give_name(const struct settings *settings, int fd, int flags, const struct name *given, void *to,
			   socklen_t capacity)
{
	struct address shown = {.in6 = given->in6, .length = given->length};

	if (given->length == sizeof given->in6 && given->in6.sin6_family == AF_INET6) {
		if ((flags & MSG_ERRQUEUE) || settings->native_peers)
			show_address(settings, fd, &shown);
		else
			show_peer(settings, fd, &shown);
	}
	memcpy(to, &shown.in6, capacity < shown.length ? capacity : shown.length);
	return shown.length;
}

__attribute__((noinline)) static ssize_t present_from(const struct settings *settings, int fd, void *buffer,
						      size_t size, int flags, struct sockaddr *address,
						      socklen_t *length, native_recvfrom *native)
{
	struct name name = {.in6 = {0}, .length = sizeof name.in6};
	ssize_t result = native(fd, buffer, size, flags, (struct sockaddr *)&name.in6, &name.length);
	int saved = errno;

	if (result >= 0)
		*length = give_name(settings, fd, flags, &name, address, *length);
	errno = saved;
	return result;
}

ssize_t receive_from(int fd, void *buffer, size_t size, int flags, struct sockaddr *address, socklen_t *length,
		     native_recvfrom *native)
{
	const struct settings *settings;

	if (address == NULL || length == NULL || *length > INT_MAX || (settings = settings_for(fd, flags)) == NULL)
		return native(fd, buffer, size, flags, address, length);
	return present_from(settings, fd, buffer, size, flags, address, length, native);
}

static bool asks_for_control(const struct msghdr *message)
{
	return message->msg_control != NULL && message->msg_controllen >= sizeof(struct cmsghdr);
}

/* Nothing that would have to be presented, or nothing that the kernel takes. */
static bool is_plain(const struct msghdr *message)
{
	return (message->msg_name == NULL && !asks_for_control(message)) || message->msg_namelen > INT_MAX;
}

/* The program's message with the buffers that the kernel is to fill. CONTROL of
 * ANCILLARY_BYTES, or NULL. */
static struct msghdr substitute(const struct msghdr *message, struct sockaddr_in6 *name, void *control)
{
	struct msghdr ours = *message;

	memset(name, 0, sizeof *name);
	if (message->msg_name != NULL && message->msg_namelen <= INT_MAX) {
		ours.msg_name = name;
		ours.msg_namelen = sizeof *name;
	}
	if (control != NULL && asks_for_control(message)) {
		ours.msg_control = control;
		ours.msg_controllen = ANCILLARY_BYTES;
	}
	return ours;
}

static void present_message(const struct settings *settings, int fd, int flags, const struct msghdr *ours,
			    struct msghdr *message)
{
	struct name name = {.length = ours->msg_namelen};

	message->msg_flags = ours->msg_flags;
	if (message->msg_name != NULL) {
		memcpy(&name.in6, ours->msg_name, sizeof name.in6);
		message->msg_namelen =
		    give_name(settings, fd, flags, &name, message->msg_name, message->msg_namelen);
	}
	if (ours->msg_control == message->msg_control)
		message->msg_controllen = ours->msg_controllen;
	else
		ancillary_present(settings, fd, ours, message);
}

__attribute__((noinline)) static ssize_t present_one(const struct settings *settings, int fd,
						     struct msghdr *message, int flags, native_recvmsg *native)
{
	_Alignas(struct cmsghdr) unsigned char control[ANCILLARY_BYTES];
	struct sockaddr_in6 name;
	struct msghdr ours = substitute(message, &name, control);
	ssize_t result = native(fd, &ours, flags);
	int saved = errno;

	if (result >= 0)
		present_message(settings, fd, flags, &ours, message);
	errno = saved;
	return result;
}

ssize_t receive_message(int fd, struct msghdr *message, int flags, native_recvmsg *native)
{
	const struct settings *settings;

	if (message == NULL || is_plain(message) || (settings = settings_for(fd, flags)) == NULL)
		return native(fd, message, flags);
	return present_one(settings, fd, message, flags, native);
}

/* Small enough for the stack of a small thread. */
enum { BATCH = 16, BATCH_WITH_CONTROL = 4 };

struct batch {
	struct mmsghdr ours[BATCH];
	struct sockaddr_in6 names[BATCH];
	_Alignas(struct cmsghdr) unsigned char controls[BATCH_WITH_CONTROL][ANCILLARY_BYTES];
};

static unsigned batch_size(const struct mmsghdr *messages, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (asks_for_control(&messages[i].msg_hdr))
			return BATCH_WITH_CONTROL;
	return BATCH;
}

/* COUNT is what batch_size() said at most. */
__attribute__((noinline)) static int present_batch(const struct settings *settings, int fd,
						   struct mmsghdr *messages, unsigned count, int flags,
						   struct timespec *timeout, native_recvmmsg *native)
{
	struct batch batch;
	int received, saved;

	for (unsigned i = 0; i < count; i++)
		batch.ours[i].msg_hdr = substitute(&messages[i].msg_hdr, &batch.names[i],
						   i < BATCH_WITH_CONTROL ? batch.controls[i] : NULL);
	received = native(fd, batch.ours, count, flags, timeout);
	saved = errno;
	for (int i = 0; i < received; i++) {
		messages[i].msg_len = batch.ours[i].msg_len;
		present_message(settings, fd, flags, &batch.ours[i].msg_hdr, &messages[i].msg_hdr);
	}
	errno = saved;
	return received;
}

static bool is_over(const struct timespec *timeout)
{
	return timeout != NULL && timeout->tv_sec == 0 && timeout->tv_nsec == 0;
}

/* The kernel counts the time-out down, and an error after the first datagram
 * does not undo those before it. */
static int present_batches(const struct settings *settings, int fd, struct mmsghdr *messages, unsigned count,
			   int flags, struct timespec *timeout, native_recvmmsg *native)
{
	unsigned most = batch_size(messages, count), done = 0;
	int saved = errno;

	while (done < count) {
		unsigned part = count - done < most ? count - done : most;
		int received = present_batch(settings, fd, messages + done, part, flags, timeout, native);

		if (received < 0 && done == 0)
			return -1;
		if (received > 0)
			done += (unsigned)received;
		if (received < (int)part || is_over(timeout))
			break;
		if (flags & MSG_WAITFORONE)
			flags |= MSG_DONTWAIT;
	}
	errno = saved;
	return (int)done;
}

int receive_messages(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout,
		     native_recvmmsg *native)
{
	const struct settings *settings;

	if (messages == NULL || count == 0 || (settings = settings_for(fd, flags)) == NULL)
		return native(fd, messages, count, flags, timeout);
	return present_batches(settings, fd, messages, count, flags, timeout, native);
}
