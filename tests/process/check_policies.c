/* SPDX-License-Identifier: MIT */
/* IPsec's policies, which a program sets on a socket that is converted: what they let pass
 * and what not, where the network's own policy lets nothing pass. IKE daemons keep
 * themselves reachable so. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "base/sys.h"

#include <errno.h>
#include <linux/xfrm.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* On lo too, where a kernel does not look for policies unless it is told to. */
static void block_all(void)
{
	static const char *const everywhere[] = {"0.0.0.0/0", "::/0"}, *const directions[] = {"in", "out"};

	run_command("for f in disable_xfrm disable_policy; do for i in all default lo; do "
		    "echo 0 >/proc/sys/net/ipv4/conf/$i/$f; done; done");
	for (int i = 0; i < 4; i++)
		run_command("ip xfrm policy add src %s dst %s dir %s action block", everywhere[i / 2],
			    everywhere[i / 2], directions[i % 2]);
}

struct policy {
	struct xfrm_userpolicy_info info;
	struct xfrm_user_tmpl needs;
};

/* All that is IPv4, or IPv6, let pass, or required to come by ESP. */
static struct policy policy_of(int direction, int family)
{
	struct policy policy = {
	    .info = {.sel.family = (uint16_t)family, .dir = (uint8_t)direction, .action = XFRM_POLICY_ALLOW},
	    .needs = {.id.proto = IPPROTO_ESP,
		      .family = (uint16_t)family,
		      .mode = XFRM_MODE_TRANSPORT,
		      .aalgos = ~0u,
		      .ealgos = ~0u,
		      .calgos = ~0u}};

	return policy;
}

static int set(int fd, const struct policy *policy, socklen_t length)
{
	return setsockopt(fd, IPPROTO_IP, IP_XFRM_POLICY, policy, length);
}

static void let_pass(int fd)
{
	for (int direction = XFRM_POLICY_IN; direction <= XFRM_POLICY_OUT; direction++) {
		struct policy policy = policy_of(direction, AF_INET);

		ck_assert_int_eq(set(fd, &policy, sizeof policy.info), 0);
	}
}

/* A client whose own packets are let pass. */
static int privileged_client(enum whence whence, uint16_t port)
{
	int fd = client(whence, port), level = whence == FROM_IPV4 ? IPPROTO_IP : IPPROTO_IPV6;

	for (int direction = XFRM_POLICY_IN; direction <= XFRM_POLICY_OUT; direction++) {
		struct policy policy = policy_of(direction, whence == FROM_IPV4 ? AF_INET : AF_INET6);

		ck_assert_int_eq(sys_call(SYS_setsockopt, fd, level,
					  whence == FROM_IPV4 ? IP_XFRM_POLICY : IPV6_XFRM_POLICY, &policy,
					  sizeof policy.info),
				 0);
	}
	return fd;
}

static void talks(int fd, int client)
{
	struct sockaddr_in peer;

	ask(client, FROM_IPV4, "query");
	peer = heard(fd, "query");
	reply(fd, &peer, "answer");
	answered(client, FROM_IPV4, "answer");
}

START_TEST(datagrams_pass)
{
	int fd = server(SERVER), asking = privileged_client(FROM_IPV4, CLIENT);

	block_all();
	ask(asking, FROM_IPV4, "blocked");
	unanswered(fd);
	let_pass(fd);
	talks(fd, asking);
	ck_assert(!is_converted(fd));
	ck_assert_uint_eq(name_of(fd, false).sin_port, htons(SERVER));
}
END_TEST

static void *waits(void *context)
{
	struct pollfd watched = {.fd = *(const int *)context, .events = POLLPRI};

	poll(&watched, 1, 20000);
	return NULL;
}

static void wait_at(int *fd, pthread_t *thread)
{
	ck_assert_int_eq(pthread_create(thread, NULL, waits, fd), 0);
	poll(NULL, 0, 100); /* it sleeps by then */
}

/* It cannot yield: a thread would wait at the old socket for ever. IPv6 stays blocked. */
START_TEST(datagrams_pass_while_a_thread_waits)
{
	int fd = server(SERVER), asking = privileged_client(FROM_IPV4, CLIENT);
	int other = privileged_client(FROM_ELSEWHERE6, CLIENT);
	pthread_t thread;

	wait_at(&fd, &thread);
	block_all();
	ask(asking, FROM_IPV4, "blocked");
	unanswered(fd);
	let_pass(fd);
	ck_assert(is_converted(fd));
	talks(fd, asking);
	ask(other, FROM_ELSEWHERE6, "blocked");
	unanswered(fd);
	pthread_cancel(thread);
}
END_TEST

/* What is to be protected is not served without protection by the other family. */
START_TEST(protection_is_required)
{
	int fd = server(SERVER);
	struct policy policy = policy_of(XFRM_POLICY_IN, AF_INET);

	ck_assert_int_eq(set(fd, &policy, sizeof policy), 0);
	ck_assert(!is_converted(fd));
	ask(client(FROM_IPV4, CLIENT), FROM_IPV4, "plain");
	unanswered(fd);
}
END_TEST

START_TEST(protection_is_not_promised_while_a_thread_waits)
{
	int fd = server(SERVER);
	struct policy policy = policy_of(XFRM_POLICY_IN, AF_INET);
	pthread_t thread;

	wait_at(&fd, &thread);
	ck_assert_int_eq(set(fd, &policy, sizeof policy), -1);
	ck_assert_int_eq(errno, EOPNOTSUPP);
	ck_assert(is_converted(fd));
	ask(client(FROM_ELSEWHERE6, CLIENT), FROM_ELSEWHERE6, "query");
	hear(fd, FROM_ELSEWHERE6, CLIENT, "query");
	pthread_cancel(thread);
}
END_TEST

/* Its peer stays what it is. */
START_TEST(connected)
{
	int fd = server(SERVER), asking = privileged_client(FROM_IPV4, CLIENT);
	struct sockaddr_in peer = ipv4(INADDR_LOOPBACK, CLIENT), seen;

	ck_assert_int_eq(connect_to(fd, &peer), 0);
	block_all();
	let_pass(fd);
	talks(fd, asking);
	seen = name_of(fd, true);
	same_address(&seen, &peer);
}
END_TEST

START_TEST(listener)
{
	int fd = listening(INADDR_ANY, SERVER), accepted;
	struct policy policy = policy_of(XFRM_POLICY_IN, AF_INET);

	ck_assert(is_converted(fd));
	ck_assert_int_eq(set(fd, &policy, sizeof policy.info), 0);
	ck_assert(!is_converted(fd));
	connected4(SERVER);
	accepted = accept(fd, NULL, NULL);
	ck_assert_int_ge(accepted, 0);
	ck_assert_int_eq(set(accepted, &policy, sizeof policy.info), 0);
}
END_TEST

/* Natively refused, for the same reasons: EINVAL, or EOPNOTSUPP where an old kernel asked
 * PF_KEY last. */
START_TEST(refused)
{
	struct policy policy = policy_of(XFRM_POLICY_FWD, AF_INET);
	int fds[] = {server(NATIVE), server(SERVER)}, error = 0;

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(set(fds[i], &policy, sizeof policy.info), -1);
		error = i == 0 ? errno : error;
		ck_assert_int_eq(errno, error);
		ck_assert_int_eq(set(fds[i], &policy, 5), -1);
		ck_assert_int_eq(errno, error);
		/* What is refused changes nothing. */
		ck_assert_int_eq(kernel_option(fds[i], SOL_SOCKET, SO_DOMAIN), i == 0 ? AF_INET : AF_INET6);
		ck_assert_int_eq(set(fds[i], NULL, 0), 0); /* no policies any more */
		ck_assert_int_eq(set(fds[i], &policy, 0), -1);
		ck_assert_int_eq(errno, EMSGSIZE);
	}
}
END_TEST

/* PF_KEY's form of them, where the kernel has it. */
START_TEST(of_pf_key)
{
	unsigned char bypass[16] = {[0] = 2, [2] = 18, [4] = 4, [6] = 1}; /* struct sadb_x_policy */
	int fds[] = {server(NATIVE), server(SERVER)}, results[2], errors[2];

	for (int i = 0; i < 2; i++) {
		errno = 0;
		results[i] = setsockopt(fds[i], IPPROTO_IP, IP_IPSEC_POLICY, bypass, sizeof bypass);
		errors[i] = errno;
	}
	ck_assert_int_eq(results[0], results[1]);
	ck_assert_int_eq(errors[0], errors[1]);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {datagrams_pass, 1},
	    {datagrams_pass_while_a_thread_waits, 1},
	    {protection_is_required, 1},
	    {protection_is_not_promised_while_a_thread_waits, 1},
	    {connected, 1},
	    {listener, 1},
	    {refused, 1},
	    {of_pf_key, 1},
	};

	(void)argc;
	return preloaded_main(argv, "9000-9100/any", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
