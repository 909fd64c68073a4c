/* SPDX-License-Identifier: MIT */
#include "bind/udp_list.h"

#include "base/address.h"
#include "base/sys.h"
#include "process/target.h"
#include "socket/sock.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <string.h>

/* The kernel fills a page at most. If its pages are larger than this, and there are more sockets than fit, the
 * message is cut, and counts as no answer. */
enum { CHUNK_BYTES = 4096 };

struct question {
	struct nlmsghdr head;
	struct inet_diag_req_v2 request;
};

static bool ask(int netlink, sa_family_t family, uint16_t port)
{
	struct question question;

	memset(&question, 0, sizeof question);
	question.head.nlmsg_len = sizeof question;
	question.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
	question.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	question.request.sdiag_family = (uint8_t)family;
	question.request.sdiag_protocol = IPPROTO_UDP;
	question.request.idiag_states = 1U << TCP_CLOSE;
	question.request.id.idiag_sport = htons(port);
	return sys_sendto(netlink, &question, sizeof question, 0, NULL, 0) == sizeof question;
}

static bool is_wildcard(const struct inet_diag_msg *told)
{
	struct address local, served;
	struct in6_addr ip;

	memcpy(&ip, told->id.idiag_src, sizeof ip);
	if (told->idiag_family == AF_INET)
		return told->id.idiag_src[0] == 0;
	address_set_in6(&local, &ip, 0);
	served = address_served(&local);
	return address_is_any(&served);
}

static bool take(const struct nlmsghdr *head, uint16_t port, udp_list_visitor *visit, void *context)
{
	const struct inet_diag_msg *told = (const void *)((const char *)head + NLMSG_HDRLEN);

	if (head->nlmsg_type != SOCK_DIAG_BY_FAMILY || (head->nlmsg_flags & NLM_F_DUMP_INTR) != 0 ||
	    head->nlmsg_len < NLMSG_HDRLEN + sizeof *told)
		return false;
	return told->id.idiag_sport != htons(port) || told->id.idiag_dport != 0 || !is_wildcard(told) ||
	       visit(context, told->idiag_inode);
}

static bool take_all(int netlink, uint16_t port, udp_list_visitor *visit, void *context)
{
	_Alignas(struct nlmsghdr) char chunk[CHUNK_BYTES];
	ssize_t size;

	while ((size = sys_recvfrom(netlink, chunk, sizeof chunk, MSG_TRUNC, NULL, NULL)) > 0 &&
	       size <= (ssize_t)sizeof chunk)
		for (ssize_t at = 0; size - at >= (ssize_t)NLMSG_HDRLEN;) {
			const struct nlmsghdr *head = (const void *)(chunk + at);

			if (head->nlmsg_type == NLMSG_DONE)
				return true;
			if (head->nlmsg_len < NLMSG_HDRLEN || head->nlmsg_len > size - at ||
			    !take(head, port, visit, context))
				return false;
			at += (ssize_t)NLMSG_ALIGN(head->nlmsg_len);
		}
	return false;
}

/* Whether the netlink socket is in that network namespace: the supervisor may be in another one than its target. */
static bool is_there(int netlink, uint64_t network)
{
	uint64_t own = target_is_self() ? network : sock_network(netlink);

	return own == network && (network != 0 || target_is_self());
}

bool udp_list(sa_family_t family, uint16_t port, uint64_t network, udp_list_visitor *visit, void *context)
{
	int netlink = sys_socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	bool whole;

	if (netlink < 0)
		return false;
	whole = is_there(netlink, network) && ask(netlink, family, port) && take_all(netlink, port, visit, context);
	sys_close(netlink);
	return whole;
}
