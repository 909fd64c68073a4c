/* SPDX-License-Identifier: MIT */
/*
 * Every system call of a swap fails once, with every likely errno. Whatever
 * fails: the program has the result of its own call, its own socket or a
 * complete new one, and nothing that it did not have before.
 */
#define _GNU_SOURCE
#include "fault_operations.h"
#include "faults.h"

#include <signal.h>
#include <stdlib.h>

enum { MOST_COMPLAINTS = 40, MOST_CALLS = 10000, REUSEPORT = 1 /* in kept_options */ };

static const int errors[] = {EMFILE, ENOMEM, EACCES, EINVAL, EADDRINUSE, EBUSY, ENOPROTOOPT};

static const int kept_options[][2] = {
    {SOL_SOCKET, SO_REUSEADDR}, {SOL_SOCKET, SO_REUSEPORT},  {SOL_SOCKET, SO_KEEPALIVE},
    {SOL_SOCKET, SO_RCVLOWAT},  {SOL_SOCKET, SO_SNDBUF},     {SOL_SOCKET, SO_RCVBUF},
    {IPPROTO_TCP, TCP_NODELAY}, {IPPROTO_TCP, TCP_KEEPIDLE}, {SOL_SOCKET, SO_BROADCAST},
};

/* What must be the same after as before. */
struct state {
	ino_t inode;
	int options[COUNT(kept_options)];
	int flags, closes, copy_closes;
	unsigned descriptors;
};

/* Or -1, of the other protocol. */
static int option_of(int fd, int level, int name)
{
	int value;
	socklen_t length = sizeof value;

	return getsockopt(fd, level, name, &value, &length) == 0 ? value : -1;
}

static struct state look(const struct world *world)
{
	struct state state = {.inode = inode_of(world->fd)};

	for (size_t i = 0; i < COUNT(kept_options); i++)
		state.options[i] = option_of(world->fd, kept_options[i][0], kept_options[i][1]);
	state.flags = fcntl(world->fd, F_GETFL);
	state.closes = fcntl(world->fd, F_GETFD);
	state.copy_closes = fcntl(world->copy, F_GETFD);
	state.descriptors = open_descriptors();
	return state;
}

struct attempt {
	const struct operation *operation;
	struct fault *fault;
	struct world world;
	struct state before;
	int result, error;
	bool swapped;
};

/* These return the first thing that is not as it should be, or NULL. */
static const char *wrong_result(const struct attempt *attempt)
{
	bool needless = attempt->operation->call == BIND || attempt->operation->call == SEND;

	if (native.calls != (attempt->swapped && needless ? 0 : 1) &&
	    !(attempt->operation->call == SECOND_BIND && native.calls == 1 + native.refused))
		return "the native call ran too often, or not at all";
	if (attempt->result != (native.calls ? native.result : 0))
		return "not the native result";
	if (attempt->result != 0 && attempt->error != native.error)
		return "errno";
	if (attempt->fault->call == NULL && !attempt->swapped)
		return "no swap, though nothing failed";
	return NULL;
}

/* Linux cannot register with epoll, or ask for SIGIO, under a number that the
 * socket does not have yet: what fails after the dup3 is lost. */
static bool is_lost(const struct attempt *attempt, const char *call, long detail)
{
	return attempt->swapped && attempt->fault->call != NULL && strcmp(attempt->fault->call, call) == 0 &&
	       attempt->fault->detail == detail;
}

/* Then the kernel has no such option, as far as one can see. */
static bool has_no_option(const struct attempt *attempt)
{
	return attempt->swapped && attempt->fault->call != NULL && attempt->fault->error == ENOPROTOOPT &&
	       strcmp(attempt->fault->call, "sys_getsockopt") == 0;
}

/* A program that can send in no other way is served even where /proc does not
 * tell what else means its socket. */
static bool is_left_behind(const struct attempt *attempt)
{
	static const char *const calls[] = {"sys_openat", "sys_read", "sys_readlinkat", "sys_getdents64",
					    "sys_fstat"};

	if (attempt->operation->call != SEND || !attempt->swapped || attempt->fault->call == NULL)
		return false;
	for (size_t i = 0; i < COUNT(calls); i++)
		if (strcmp(attempt->fault->call, calls[i]) == 0)
			return true;
	return false;
}

static const char *wrong_socket(const struct attempt *attempt)
{
	const struct operation *operation = attempt->operation;
	const struct world *world = &attempt->world;
	const struct state *before = &attempt->before;
	struct state after = look(world);
	enum mark mark = domain_of(world->fd) == AF_INET6 ? mark_get(world->fd) : MARK_NONE;
	/* What has yielded to a bind that failed is converted again, if nothing fails. */
	bool again = operation->call == SECOND_BIND && attempt->result != 0 && mark == operation->mark;
	bool swapped = attempt->swapped && !again;

	if (domain_of(world->fd) != (swapped ? operation->swapped_family : operation->family))
		return "the family";
	if (mark != (swapped ? operation->swapped_mark : operation->mark))
		return "the mark";
	if (inode_of(world->copy) != after.inode && !is_left_behind(attempt))
		return "the duplicate means another socket";
	if (after.descriptors != before->descriptors)
		return "the number of descriptors";
	if (after.closes != before->closes || after.copy_closes != before->copy_closes)
		return "close-on-exec";
	if (after.flags != before->flags && !is_lost(attempt, "sys_fcntl", F_SETFL))
		return "the status flags";
	/* What cannot yield lets the program bind beside it. */
	if (operation->call == SECOND_BIND && !attempt->swapped)
		after.options[REUSEPORT] = before->options[REUSEPORT];
	if (memcmp(after.options, before->options, sizeof after.options) != 0 && !has_no_option(attempt))
		return "an option";
	if (operation->datagrams && !is_member(world->fd) && !is_left_behind(attempt))
		return "the membership";
	return NULL;
}

/* A client that has sent something, or wants to be accepted; -1. Each UDP socket
 * here gets IPv4's datagrams, unless the old one was left behind, which does. */
static int new_client(const struct attempt *attempt)
{
	int family = is_left_behind(attempt) ? AF_INET6 : AF_INET, client;
	struct sockaddr_storage to;
	socklen_t length = fill_address(&to, family, true, port_of(attempt->world.fd));

	if (!attempt->operation->datagrams)
		return connect_to(domain_of(attempt->world.fd), port_of(attempt->world.fd));
	client = socket(family, SOCK_DGRAM, 0);
	if (sendto(client, "x", 1, 0, (struct sockaddr *)&to, length) == 1)
		return client;
	close(client);
	return -1;
}

static const char *wrong_service(const struct attempt *attempt)
{
	const struct world *world = &attempt->world;
	bool lost = is_lost(attempt, "sys_epoll_ctl", EPOLL_CTL_ADD) || is_left_behind(attempt);
	const char *wrong = NULL;
	struct epoll_event event = {0};
	int client;

	if (port_of(world->fd) == 0)
		assert_int_equal(try_bind(world->fd, domain_of(world->fd), world->port), 0);
	if (!attempt->operation->datagrams && listen(world->fd, 5) != 0)
		return "it does not listen";
	client = new_client(attempt);
	if (client < 0 || !is_readable(world->fd, WAIT_MS))
		return "it does not serve";
	for (int i = 0; i < 2 && !lost; i++) /* they may hear of it a little later */
		if (epoll_wait(world->epfd[i], &event, 1, WAIT_MS) != 1 || !(event.events & EPOLLIN) ||
		    event.data.u64 != WATCHED_DATA + (uint64_t)i)
			wrong = "epoll";
	close(client);
	return wrong;
}

/* What was wrong, or NULL. FAULT tells whether there was a call to fail. */
static const char *what_is_wrong(struct attempt *attempt)
{
	const char *wrong = wrong_result(attempt);

	if (wrong == NULL)
		wrong = wrong_socket(attempt);
	return wrong != NULL ? wrong : wrong_service(attempt);
}

/* ONLY: what else fails is not judged; NULL: everything is. */
static const char *try_once(const struct operation *operation, struct fault *fault, const char *only)
{
	struct attempt attempt = {.operation = operation, .fault = fault};
	const char *wrong = NULL;

	make_world(&attempt.world, operation);
	attempt.before = look(&attempt.world);
	native.calls = native.refused = 0;
	faults_start(fault);
	attempt.result = operation->run(&attempt.world);
	attempt.error = errno;
	faults_stop();
	attempt.swapped = inode_of(attempt.world.fd) != attempt.before.inode;
	if (only == NULL || (fault->call != NULL && strcmp(fault->call, only) == 0))
		wrong = what_is_wrong(&attempt);
	end_world(&attempt.world);
	return wrong;
}

static unsigned try_all(const struct operation *operation, int error)
{
	struct fault fault = {.error = error};
	unsigned complaints = 0;

	do {
		const char *wrong;

		fault.at++;
		wrong = try_once(operation, &fault, NULL);
		if (wrong != NULL && complaints++ < MOST_COMPLAINTS)
			print_message("# call %zu, %s of %ld, fails with errno %d%s: %s\n", fault.at,
				      fault.call ? fault.call : "none", fault.detail, error,
				      native.refuses ? ", bind refused" : "", wrong);
	} while (fault.call != NULL && fault.at < MOST_CALLS);
	/* Or nothing was tried. */
	assert_in_range(fault.at, 100, MOST_CALLS - 1);
	return complaints;
}

static void each_call_fails(void **state)
{
	const struct operation *operation = *state;
	unsigned complaints = 0;

	for (int refuses = 0; refuses <= (operation->call == BIND || operation->call == SECOND_BIND); refuses++) {
		native.refuses = refuses;
		for (size_t i = 0; i < COUNT(errors); i++)
			complaints += try_all(operation, errors[i]);
	}
	native.refuses = false;
	assert_int_equal(complaints, 0);
}

/* From other calls ENOENT means that a descriptor was closed meanwhile, and none was: a registration
 * that is lost so would be waited for. */
static void no_status_is_found(void **state)
{
	static const char only[] = "sys_stat_socket";
	size_t judged = 0;

	(void)state;
	for (size_t i = 0; i < OPERATIONS; i++) {
		struct fault fault = {.error = ENOENT};

		do {
			const char *wrong;

			fault.at++;
			wrong = try_once(&operations[i], &fault, only);
			judged += fault.call != NULL && strcmp(fault.call, only) == 0;
			if (wrong != NULL)
				fail_msg("%s, call %zu: %s", operations[i].name, fault.at, wrong);
		} while (fault.call != NULL && fault.at < MOST_CALLS);
	}
	assert_true(judged > 0);
}

/* No failures: read(2) and getdents64(2) may give less than they were asked. */
static void short_results(void **state)
{
	(void)state;
	for (size_t i = 0; i < OPERATIONS; i++) {
		struct fault none = {0};
		const char *wrong;

		faults_short(true);
		wrong = try_once(&operations[i], &none, NULL);
		faults_short(false);
		if (wrong != NULL)
			fail_msg("%s: %s", operations[i].name, wrong);
	}
}

static int prepare_process(void **state)
{
	/* Read once per process, at the first hooked call. */
	setenv("DUALBIND_ALLOW", "*/any [::]:*", 1);
	setenv("DUALBIND_LOG", "off", 0);
	signal(SIGIO, SIG_IGN);
	return private_network(state);
}

int main(void)
{
	struct CMUnitTest tests[OPERATIONS + 2];

	for (size_t i = 0; i < OPERATIONS; i++)
		tests[i] = (struct CMUnitTest){operations[i].name, each_call_fails, NULL, NULL,
					       (void *)(uintptr_t)&operations[i]};
	tests[OPERATIONS] = (struct CMUnitTest)cmocka_unit_test(short_results);
	tests[OPERATIONS + 1] = (struct CMUnitTest)cmocka_unit_test(no_status_is_found);
	return cmocka_run_group_tests_name("faults", tests, prepare_process, NULL);
}
