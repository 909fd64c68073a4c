/* SPDX-License-Identifier: MIT */
/* getsockopt, setsockopt and ioctl. */
#define _GNU_SOURCE
#include "sequence.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

struct option {
	int level, name;
};

union value {
	int number;
	struct linger linger;
	struct timeval time;
	struct ip_mreqn group;
	struct ip_mreq_source source;
	struct group_req request;
	struct sock_fprog program;
	char text[64];
	unsigned char bytes[256];
};

/* Those that tell what no two runs share. Of TCP_INFO the state alone is told. */
static bool differs(struct option option)
{
	switch (option.level) {
	case SOL_SOCKET:
		return option.name == SO_INCOMING_CPU || option.name == SO_COOKIE || option.name == SO_MEMINFO ||
		       option.name == SO_INCOMING_NAPI_ID || option.name == 71 /* SO_NETNS_COOKIE */ ||
		       option.name == SO_PEERCRED || option.name == 77 /* SO_PEERPIDFD */;
	case IPPROTO_TCP:
		return option.name == TCP_INFO || option.name == TCP_TIMESTAMP || option.name == TCP_CC_INFO ||
		       option.name == TCP_ZEROCOPY_RECEIVE || option.name == TCP_FASTOPEN_KEY ||
		       option.name == TCP_SAVED_SYN;
	case IPPROTO_IP:
		return option.name == IP_IPSEC_POLICY || option.name == IP_XFRM_POLICY ||
		       option.name == 52 /* IP_PROTOCOL: of TCP and UDP the port */;
	default:
		return false;
	}
}

static struct option pick_option(struct step *step)
{
	static const struct {
		int level, last;
	} levels[] = {{SOL_SOCKET, 83},  {SOL_SOCKET, 83},   {IPPROTO_IP, 52},  {IPPROTO_IP, 52},
		      {IPPROTO_TCP, 46}, {IPPROTO_UDP, 106}, {IPPROTO_IPV6, 80}};
	unsigned which = roll(&step->dice, 7);
	struct option option = {levels[which].level, (int)roll(&step->dice, (uint32_t)levels[which].last + 1)};

	if (option.level == IPPROTO_UDP && option.name < 98)
		option.name = 1;
	/* The options that mark a converted socket (mark.h), on the program's own. */
	if (option.level == IPPROTO_IP && (step->kind & OWN_IPV6) && option.name == IP_FREEBIND)
		option.name = IP_TTL;
	if (option.level == IPPROTO_IPV6 && (step->kind & OWN_IPV6) && (option.name == 30 || option.name == 78))
		option.name = IPV6_V6ONLY;
	if (option.level == IPPROTO_IPV6 && option.name == 29)
		option.name = IPV6_V6ONLY;
	return option;
}

static void get_and_say(const struct world *world, const struct step *step, struct option option, socklen_t room)
{
	int fd = world->slot[step->slot];
	union value value;
	socklen_t length = room;

	fill(&value, sizeof value);
	if (step->by_number)
		say_result(syscall(SYS_getsockopt, fd, option.level, option.name, &value, &length));
	else
		say_result(getsockopt(fd, option.level, option.name, &value, &length));
	say(" length %u", length);
	if (option.level == SOL_SOCKET && option.name == 28 /* SO_PEERNAME */)
		say_name(world, "value", &value, sizeof(union name));
	else if (!differs(option))
		say_bytes("value", &value, sizeof value);
	else if (option.level == IPPROTO_TCP && option.name == TCP_INFO && length > 0)
		say(" state %u", value.bytes[0]);
}

static void act_get(struct world *world, struct step *step)
{
	static const socklen_t rooms[] = {4, 4, 4, 8, 16, 64, 256, 0, 1, 2, 3};
	struct option option = pick_option(step);
	socklen_t room = PICK(&step->dice, rooms);

	say(" %d/%d room %u", option.level, option.name, room);
	arrow();
	get_and_say(world, step, option, room);
}

/* Values that mean something to the options that are no numbers. */
static socklen_t write_group(struct option option, struct step *step, union value *value)
{
	static const uint32_t groups[] = {0xe00000fb, 0xef010101, 0xef010101, POD_IP4};
	uint32_t group = PICK(&step->dice, groups);

	memset(value, 0, sizeof *value);
	switch (option.name) {
	case IP_ADD_SOURCE_MEMBERSHIP:
	case IP_DROP_SOURCE_MEMBERSHIP:
	case IP_BLOCK_SOURCE:
	case IP_UNBLOCK_SOURCE:
		value->source = (struct ip_mreq_source){.imr_multiaddr.s_addr = htonl(group),
							.imr_sourceaddr.s_addr = htonl(POD_IP4)};
		value->source.imr_interface.s_addr = htonl(roll(&step->dice, 2) ? POD_IP4 : INADDR_LOOPBACK);
		return sizeof value->source;
	case MCAST_JOIN_GROUP:
	case MCAST_LEAVE_GROUP:
		value->request.gr_interface = roll(&step->dice, 2);
		name_in((union name *)&value->request.gr_group, group, 0);
		return sizeof value->request;
	case IP_OPTIONS:
		memcpy(value->bytes, "\1\1\1\1", 4);
		return roll(&step->dice, 2) ? 4 : 0;
	default:
		value->group = (struct ip_mreqn){.imr_multiaddr.s_addr = htonl(group),
						 .imr_ifindex = (int)roll(&step->dice, 2)};
		value->group.imr_address.s_addr = htonl(roll(&step->dice, 2) ? POD_IP4 : INADDR_ANY);
		return roll(&step->dice, 2) ? sizeof value->group : sizeof(struct ip_mreq);
	}
}

static socklen_t write_of_socket(struct option option, struct step *step, union value *value)
{
	static const struct sock_filter all[] = {{BPF_RET | BPF_K, 0, 0, 0xffff}};

	memset(value, 0, sizeof *value);
	switch (option.name) {
	case SO_LINGER:
		value->linger = (struct linger){(int)roll(&step->dice, 2), 0};
		return sizeof value->linger;
	case SO_RCVTIMEO:
	case SO_SNDTIMEO:
	case 66: /* SO_RCVTIMEO_NEW */
	case 67:
		value->time = (struct timeval){0, 8000};
		return sizeof value->time;
	case SO_BINDTODEVICE:
		strcpy(value->text, roll(&step->dice, 2) ? "lo" : "");
		return IFNAMSIZ;
	case SO_ATTACH_FILTER:
	case SO_ATTACH_REUSEPORT_CBPF:
		value->program = (struct sock_fprog){1, (struct sock_filter *)(uintptr_t)all};
		return sizeof value->program;
	default:
		return 0;
	}
}

/* Of 0 they would wait for ever. */
static bool is_timeout(struct option option)
{
	return option.level == SOL_SOCKET && (option.name == SO_RCVTIMEO || option.name == SO_SNDTIMEO ||
					      option.name == 66 || option.name == 67 /* their newer forms */);
}

static socklen_t pick_value(struct option option, struct step *step, union value *value)
{
	static const int numbers[] = {1, 1, 1, 0, 0, -1, 2, 5, 7, 64, 255, 256, 1000, 4096, 100000};
	static const socklen_t lengths[] = {4, 4, 4, 4, 4, 4, 8, 16, 0, 1, 2, 3};
	socklen_t length = 0;

	if (roll(&step->dice, 8) != 0) {
		if (option.level == IPPROTO_IP &&
		    (option.name == IP_OPTIONS ||
		     (option.name >= IP_MULTICAST_IF && option.name != IP_MULTICAST_TTL &&
		      option.name != IP_MULTICAST_LOOP && option.name <= MCAST_MSFILTER)))
			length = write_group(option, step, value);
		else if (option.level == SOL_SOCKET)
			length = write_of_socket(option, step, value);
		else if (option.level == IPPROTO_TCP && option.name == TCP_CONGESTION)
			length = (socklen_t)strlen(strcpy(value->text, roll(&step->dice, 2) ? "reno" : "cubic"));
	}
	if (length == 0 && !is_timeout(option)) {
		memset(value, 0, sizeof *value);
		value->number = PICK(&step->dice, numbers);
		length = PICK(&step->dice, lengths);
		say(" number %d", value->number);
	}
	return length;
}

/* A filter may let nothing through. */
static bool is_unfit(struct option option)
{
	return option.level == SOL_SOCKET && (option.name == SO_ATTACH_BPF || option.name == 52);
}

static void set_one(struct world *world, struct step *step, struct option option)
{
	int fd = world->slot[step->slot];
	union value value;
	socklen_t length;

	say(" %d/%d", option.level, option.name);
	length = pick_value(option, step, &value);
	say(" length %u", length);
	arrow();
	if (is_unfit(option))
		say_result(0);
	else if (step->by_number)
		say_result(syscall(SYS_setsockopt, fd, option.level, option.name, &value, (long)length));
	else
		say_result(setsockopt(fd, option.level, option.name, &value, length));
	errno = 0;
	get_and_say(world, step, option, 4);
}

static void act_set(struct world *world, struct step *step)
{
	set_one(world, step, pick_option(step));
}

/* What programs do set. */
static void act_set_usual(struct world *world, struct step *step)
{
	static const struct option usual[] = {
	    {SOL_SOCKET, SO_REUSEADDR},       {SOL_SOCKET, SO_REUSEADDR},     {SOL_SOCKET, SO_REUSEPORT},
	    {SOL_SOCKET, SO_REUSEPORT},       {SOL_SOCKET, SO_KEEPALIVE},     {SOL_SOCKET, SO_LINGER},
	    {SOL_SOCKET, SO_BROADCAST},       {SOL_SOCKET, SO_TIMESTAMP},     {SOL_SOCKET, SO_RCVBUF},
	    {SOL_SOCKET, SO_SNDBUF},          {SOL_SOCKET, SO_BINDTODEVICE},  {IPPROTO_IP, IP_PKTINFO},
	    {IPPROTO_IP, IP_RECVTTL},         {IPPROTO_IP, IP_RECVTOS},       {IPPROTO_IP, IP_RECVERR},
	    {IPPROTO_IP, IP_RECVORIGDSTADDR}, {IPPROTO_IP, IP_TOS},           {IPPROTO_IP, IP_TTL},
	    {IPPROTO_IP, IP_MTU_DISCOVER},    {IPPROTO_IP, IP_FREEBIND},      {IPPROTO_IP, IP_ADD_MEMBERSHIP},
	    {IPPROTO_IP, IP_MULTICAST_IF},    {IPPROTO_IP, IP_MULTICAST_TTL}, {IPPROTO_IP, IP_MULTICAST_LOOP},
	    {IPPROTO_IP, IP_MULTICAST_ALL},   {IPPROTO_TCP, TCP_NODELAY},     {IPPROTO_TCP, TCP_DEFER_ACCEPT},
	    {IPPROTO_TCP, TCP_FASTOPEN},      {IPPROTO_IPV6, IPV6_V6ONLY},    {IPPROTO_IPV6, IPV6_V6ONLY},
	    {IPPROTO_IPV6, IPV6_RECVPKTINFO}};
	struct option option = PICK(&step->dice, usual);

	if ((step->kind & OWN_IPV6) && (option.name == IP_FREEBIND || roll(&step->dice, 3) == 0))
		option = (struct option){IPPROTO_IPV6, IPV6_V6ONLY};
	set_one(world, step, option);
}

/* SIOCGIFADDR and its like are left out: docs/limits.md tells of them. */
static void act_ioctl(struct world *world, struct step *step)
{
	static const unsigned long requests[] = {FIONREAD,     SIOCOUTQ,   SIOCATMARK, SIOCGPGRP, SIOCGIFINDEX,
						 SIOCGIFFLAGS, SIOCGIFMTU, FIONBIO,    FIOASYNC,  SIOCOUTQNSD};
	unsigned long request = PICK(&step->dice, requests);
	struct ifreq of;
	int number = 1;
	bool interface = request == SIOCGIFINDEX || request == SIOCGIFFLAGS || request == SIOCGIFMTU;

	memset(&of, 0, sizeof of);
	strcpy(of.ifr_name, "lo");
	say(" %#lx", request);
	arrow();
	say_result(ioctl(world->slot[step->slot], request, interface ? (void *)&of : (void *)&number));
	if (interface)
		say(" %d", of.ifr_ifindex);
	else if (request != SIOCGPGRP)
		say(" %d", number);
}

/* Everything that the socket has to say of itself, a line for each option. The
 * error is left out: it is told once, to a call that is compared. */
static void act_census(struct world *world, struct step *step)
{
	static const struct option lasts[] = {
	    {SOL_SOCKET, 83}, {IPPROTO_IP, 52}, {IPPROTO_TCP, 46}, {IPPROTO_UDP, 106}};
	static const socklen_t rooms[] = {4, 64};
	socklen_t room = PICK(&step->dice, rooms);

	arrow();
	for (size_t i = 0; i < sizeof lasts / sizeof lasts[0]; i++)
		for (int name = 1; name <= lasts[i].name; name++) {
			struct option option = {lasts[i].level, name};

			if ((option.level == IPPROTO_UDP && name > 1 && name < 100) ||
			    (option.level == SOL_SOCKET && name == SO_ERROR))
				continue;
			end();
			begin(step);
			say(" %d/%d room %u", option.level, name, room);
			arrow();
			get_and_say(world, step, option, room);
		}
}

const struct operation option_operations[] = {
    {"set", 8, NOTHING, act_set},     {"set-usual", 14, NOTHING, act_set_usual}, {"get", 8, NOTHING, act_get},
    {"ioctl", 3, NOTHING, act_ioctl}, {"census", 2, NOTHING, act_census},        {NULL, 0, NOTHING, NULL},
};
