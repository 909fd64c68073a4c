/* SPDX-License-Identifier: MIT */
/*
 * sandbox KIND PART [filtered]: what a program does with sockets of one kind after
 * it has prepared them. Filtered, any other system call than those that it makes
 * itself ends it, as in a sandbox; else they are there to be counted, after the
 * write to descriptor -1.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/seccomp.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

enum { PORT = 4711, MESSAGES = 3, CONNECTIONS = 5 };

struct kind {
	const char *name;
	int domain, type, protocol;
};

static const struct kind kinds[] = {
    {"unix-stream", AF_UNIX, SOCK_STREAM, 0},       {"unix-dgram", AF_UNIX, SOCK_DGRAM, 0},
    {"unix-seqpacket", AF_UNIX, SOCK_SEQPACKET, 0}, {"netlink", AF_NETLINK, SOCK_DGRAM, NETLINK_ROUTE},
    {"packet", AF_PACKET, SOCK_DGRAM, 0},           {"inet-dgram", AF_INET, SOCK_DGRAM, 0},
    {"inet-stream", AF_INET, SOCK_STREAM, 0},       {"inet6-dgram", AF_INET6, SOCK_DGRAM, 0},
    {"inet6-stream", AF_INET6, SOCK_STREAM, 0},
};

union name {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
	struct sockaddr_nl netlink;
	struct sockaddr_ll link;
	struct sockaddr_storage storage;
};

/* The socket that is tested, and how something comes to it. */
struct subject {
	const struct kind *kind;
	int fd, peer; /* the peer is the socket itself where it hears itself */
	union name local;
	socklen_t length;
};

static int must(int result, const char *what)
{
	if (result < 0)
		err(1, "%s", what);
	return result;
}

static socklen_t set_local(const struct kind *kind, union name *name)
{
	memset(name, 0, sizeof *name);
	name->any.sa_family = (sa_family_t)kind->domain;
	switch (kind->domain) {
	case AF_INET:
		name->in.sin_port = htons(PORT);
		name->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return sizeof name->in;
	case AF_INET6:
		name->in6.sin6_port = htons(PORT);
		name->in6.sin6_addr = in6addr_loopback;
		return sizeof name->in6;
	case AF_UNIX:
		strcpy(name->un.sun_path + 1, "sandbox");
		return offsetof(struct sockaddr_un, sun_path) + sizeof "sandbox";
	case AF_PACKET:
		name->link.sll_protocol = htons(ETH_P_LOOPBACK);
		name->link.sll_ifindex = 1;
		return sizeof name->link;
	default:
		return sizeof name->netlink;
	}
}

static void open_one(struct subject *subject)
{
	const struct kind *kind = subject->kind;

	subject->fd = must(socket(kind->domain, kind->type, kind->protocol), "socket");
	subject->length = set_local(kind, &subject->local);
	setsockopt(subject->fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	must(bind(subject->fd, &subject->local.any, subject->length), "bind");
}

/* A connection at both ends, or a datagram socket that sends to itself. */
static void open_subject(struct subject *subject)
{
	struct subject listener = *subject;
	int ends[2];

	if (subject->kind->domain == AF_UNIX) {
		must(socketpair(AF_UNIX, subject->kind->type, 0, ends), "socketpair");
		subject->fd = ends[0];
		subject->peer = ends[1];
	} else if (subject->kind->type == SOCK_STREAM) {
		open_one(&listener);
		must(listen(listener.fd, 1), "listen");
		subject->peer = must(socket(subject->kind->domain, SOCK_STREAM, 0), "socket");
		must(connect(subject->peer, &listener.local.any, listener.length), "connect");
		subject->fd = must(accept(listener.fd, NULL, NULL), "accept");
	} else {
		open_one(subject);
		subject->peer = subject->fd;
	}
}

/* Something that comes at once: to oneself, from the other end, or the kernel's answer. */
static void feed(const struct subject *subject)
{
	struct {
		struct nlmsghdr header;
		struct rtgenmsg family;
	} ask = {{.nlmsg_len = sizeof ask, .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		 {.rtgen_family = AF_UNSPEC}};
	bool connected = subject->kind->domain == AF_UNIX || subject->kind->type == SOCK_STREAM;
	ssize_t sent;

	if (subject->kind->domain == AF_NETLINK)
		sent = send(subject->fd, &ask, sizeof ask, 0);
	else
		sent = sendto(subject->peer, "x", 1, 0, connected ? NULL : &subject->local.any,
			      connected ? 0 : subject->length);
	must((int)sent, "send");
}

static void empty(const struct subject *subject)
{
	char data[64];

	while (recv(subject->fd, data, sizeof data, MSG_DONTWAIT) > 0)
		;
}

/* Descriptors, more than there is room for. */
static void hand_over(const struct subject *subject)
{
	union {
		struct cmsghdr header;
		unsigned char bytes[CMSG_SPACE(3 * sizeof(int))];
	} control = {.header = {CMSG_LEN(3 * sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
	struct iovec part = {"rights", 6};
	struct msghdr message = {
	    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};

	memcpy(CMSG_DATA(&control.header), (int[]){0, 1, 2}, 3 * sizeof(int));
	must((int)sendmsg(subject->peer, &message, 0), "SCM_RIGHTS");
}

/* No room, little, as much as AF_INET takes, and more than there can be to tell. */
static const socklen_t name_rooms[] = {0, 2, 16, 28, sizeof(union name)};
static const size_t control_rooms[] = {0, 16, 24, 64, 2048};
enum { NAMES = 5, CONTROLS = 5 };

static void receive_message(const struct subject *subject, int name_room, int control_room, bool many)
{
	_Alignas(struct cmsghdr) static unsigned char control[MESSAGES][2048];
	static union name names[MESSAGES];
	struct mmsghdr messages[MESSAGES];
	char data[MESSAGES][64];
	struct iovec parts[MESSAGES];

	for (int i = 0; i < MESSAGES; i++) {
		parts[i] = (struct iovec){data[i], sizeof data[i]};
		messages[i].msg_hdr =
		    (struct msghdr){.msg_name = name_rooms[name_room] ? &names[i] : NULL,
				    .msg_namelen = name_rooms[name_room],
				    .msg_iov = &parts[i],
				    .msg_iovlen = 1,
				    .msg_control = control_rooms[control_room] ? control[i] : NULL,
				    .msg_controllen = control_rooms[control_room]};
	}
	if (many)
		recvmmsg(subject->fd, messages, MESSAGES, MSG_DONTWAIT, NULL);
	else
		recvmsg(subject->fd, &messages[0].msg_hdr, MSG_DONTWAIT);
}

static void do_messages(const struct subject *subject)
{
	for (int i = 0; i < NAMES; i++) {
		union name name;
		socklen_t length = name_rooms[i];
		char byte;

		feed(subject);
		recvfrom(subject->fd, &byte, 1, MSG_DONTWAIT, i > 0 ? &name.any : NULL, i > 0 ? &length : NULL);
		empty(subject);
		for (int j = 0; j < CONTROLS * 2; j++) {
			feed(subject);
			receive_message(subject, i, j / 2, j % 2);
			empty(subject);
			if (subject->kind->domain != AF_UNIX)
				continue;
			hand_over(subject);
			receive_message(subject, i, j / 2, j % 2);
			empty(subject);
		}
	}
}

static void do_names(const struct subject *subject)
{
	for (int i = 0; i < NAMES; i++) {
		union name name;
		socklen_t length = name_rooms[i], other = length;

		getsockname(subject->fd, &name.any, &length);
		getpeername(subject->fd, &name.any, &other);
	}
}

/* An accept of each kind; the connections wait already. */
static void do_accept(const struct subject *subject)
{
	union name name;
	socklen_t lengths[] = {0, 1, 16, sizeof name};

	must(accept(subject->fd, NULL, NULL), "accept");
	for (int i = 0; i < 4; i++)
		must(i % 2 ? accept(subject->fd, &name.any, &lengths[i])
			   : accept4(subject->fd, &name.any, &lengths[i], SOCK_CLOEXEC),
		     "accept");
}

static void prepare_accept(struct subject *subject)
{
	open_one(subject);
	must(listen(subject->fd, CONNECTIONS), "listen");
	for (int i = 0; i < CONNECTIONS; i++) {
		int fd = must(socket(subject->kind->domain, subject->kind->type, 0), "socket");

		must(connect(fd, &subject->local.any, subject->length), "connect");
	}
}

static void do_listen(const struct subject *subject)
{
	must(listen(subject->fd, 1), "listen");
}

/* To a port of the kernel's choice, to a name of another family, and to one address of
 * several: what no rule can be about. */
static void do_bind(const struct subject *subject)
{
	const struct kind *kind = subject->kind;
	union name name;
	socklen_t length = set_local(kind, &name);
	int fd = must(socket(kind->domain, kind->type, kind->protocol), "socket");

	if (kind->domain == AF_INET || kind->domain == AF_INET6)
		name.in.sin_port = 0;
	must(bind(fd, &name.any, length), "bind");
	if (kind->domain != AF_INET)
		return;
	set_local(kind, &name);
	name.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
	must(bind(must(socket(AF_INET, kind->type, 0), "socket"), &name.any, length), "bind");
}

/* To the socket that was prepared. */
static void do_connect(const struct subject *subject)
{
	int fd = must(socket(subject->kind->domain, subject->kind->type, subject->kind->protocol), "socket");

	must(connect(fd, &subject->local.any, subject->length), "connect");
}

static void prepare_connect(struct subject *subject)
{
	open_one(subject);
	if (subject->kind->type != SOCK_DGRAM)
		must(listen(subject->fd, 1), "listen");
}

static void do_filter(const struct subject *subject)
{
	struct sock_filter all = BPF_STMT(BPF_RET | BPF_K, 0xffff);
	struct sock_fprog program = {1, &all};

	must(setsockopt(subject->fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), "filter");
}

static void do_options(const struct subject *subject)
{
	char label[64];
	int number;
	socklen_t length = sizeof label;

	getsockopt(subject->fd, SOL_SOCKET, SO_PEERSEC, label, &length); /* ENOPROTOOPT without a LSM */
	length = sizeof number;
	getsockopt(subject->fd, SOL_SOCKET, SO_DOMAIN, &number, &length);
	getsockopt(subject->fd, SOL_SOCKET, 9999, &number, &length);
	getsockopt(subject->fd, subject->kind->domain == AF_NETLINK ? SOL_NETLINK : SOL_PACKET, 9999, &number,
		   &length);
	setsockopt(subject->fd, SOL_SOCKET, SO_RCVBUF, &(int){65536}, sizeof(int));
}

/* The last one is another family's, where it is one at all. */
static void do_requests(const struct subject *subject)
{
	struct ifreq request = {.ifr_name = "lo"};
	int bytes;

	ioctl(subject->fd, FIONREAD, &bytes);
	ioctl(subject->fd, SIOCGIFFLAGS, &request);
	ioctl(subject->fd, SIOCGIFADDR, &request);
}

static const struct part {
	const char *name;
	void (*prepare)(struct subject *subject);
	void (*act)(const struct subject *subject);
} parts[] = {
    {"messages", open_subject, do_messages}, {"names", open_subject, do_names},
    {"accept", prepare_accept, do_accept},   {"listen", open_one, do_listen},
    {"bind", open_subject, do_bind},         {"filter", open_subject, do_filter},
    {"options", open_subject, do_options},   {"connect", prepare_connect, do_connect},
    {"requests", open_subject, do_requests},
};

/* What the parts call themselves, and the end. */
static void enter_sandbox(void)
{
	static const int allowed[] = {SYS_sendto,      SYS_sendmsg,     SYS_recvfrom,    SYS_recvmsg, SYS_recvmmsg,
				      SYS_getsockname, SYS_getpeername, SYS_accept,      SYS_accept4, SYS_close,
				      SYS_write,       SYS_exit_group,  SYS_rt_sigreturn};
	enum { ALLOWED = sizeof allowed / sizeof allowed[0] };
	struct sock_filter code[ALLOWED + 3];
	struct sock_fprog program = {ALLOWED + 3, code};

	code[0] =
	    (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offsetof(struct seccomp_data, nr));
	for (unsigned i = 0; i < ALLOWED; i++)
		code[i + 1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)allowed[i],
							   (unsigned char)(ALLOWED - i), 0);
	code[ALLOWED + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	code[ALLOWED + 2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
	must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), "seccomp");
}

int main(int argc, char **argv)
{
	struct subject subject = {.fd = -1};
	const struct part *part = NULL;

	for (size_t i = 0; argc > 2 && i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(argv[1], kinds[i].name) == 0)
			subject.kind = &kinds[i];
	for (size_t i = 0; argc > 2 && i < sizeof parts / sizeof parts[0]; i++)
		if (strcmp(argv[2], parts[i].name) == 0)
			part = &parts[i];
	if (subject.kind == NULL || part == NULL)
		errx(2, "usage: sandbox KIND PART [filtered]");
	part->prepare(&subject);
	if (argc > 3)
		enter_sandbox();
	if (write(-1, "begin", 5) < 0) /* for who counts */
		errno = 0;
	part->act(&subject);
	if (write(1, "survived\n", 9) != 9)
		return 1;
	_exit(0);
}
