/* SPDX-License-Identifier: MIT */
/* Options that are no plain number: filters, forced buffers, IP options, and
 * what two AF_INET6 sockets share. */
#define _GNU_SOURCE
#include "sockets.h"
#include "socks.h"

#include "swap/sockopt_copy.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/in6.h>
#include <sys/syscall.h>

#ifndef IPV6_FLOWINFO_SEND /* hidden by some kernel headers */
#define IPV6_FLOWINFO_SEND 33
#endif

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Accepts everything, in two instructions that are told apart. */
static struct sock_filter accept_all[] = {
    BPF_STMT(BPF_LD | BPF_IMM, 7),
    BPF_STMT(BPF_RET | BPF_K, 0xffff),
};
static struct sock_filter drop_all[] = {BPF_STMT(BPF_RET | BPF_K, 0)};

/* Some systems keep filters to privileged programs. */
static void attach(int fd, struct sock_filter *code, size_t count)
{
	struct sock_fprog program = {.len = (unsigned short)count, .filter = code};

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0)
		return;
	assert_int_equal(errno, EPERM);
	print_message("# this user may not attach a filter\n");
	close(fd);
	skip();
}

static void same_filter(int fd, const struct sock_filter *code, size_t count)
{
	struct sock_filter got[8] = {{0}};
	socklen_t length = COUNT(got);

	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, got, &length), 0);
	assert_int_equal(length, count);
	assert_memory_equal(got, code, count * sizeof *code);
}

static void classic_filter(void **state)
{
	int from = new_socket(AF_INET), to = new_socket(AF_INET6);

	(void)state;
	attach(from, accept_all, COUNT(accept_all));
	assert_true(copy_options(from, to));
	same_filter(to, accept_all, COUNT(accept_all));
	/* No lock where there was none. */
	attach(to, drop_all, COUNT(drop_all));
	close(from);
	close(to);
}

static void locked_filter(void **state)
{
	int from = new_socket(AF_INET), to = new_socket(AF_INET6);
	struct sock_fprog program = {.len = COUNT(drop_all), .filter = drop_all};

	(void)state;
	attach(from, accept_all, COUNT(accept_all));
	set_int_option(from, SOL_SOCKET, SO_LOCK_FILTER, 1);
	assert_true(copy_options(from, to));
	same_filter(to, accept_all, COUNT(accept_all));
	assert_int_equal(int_option(to, SOL_SOCKET, SO_LOCK_FILTER), 1);
	assert_int_equal(setsockopt(to, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), -1);
	assert_int_equal(errno, EPERM);
	close(from);
	close(to);
}

/* A lock without a filter: none can be attached any more. */
static void lock_alone(void **state)
{
	int from = new_socket(AF_INET), to = new_socket(AF_INET6);

	(void)state;
	set_int_option(from, SOL_SOCKET, SO_LOCK_FILTER, 1);
	assert_true(copy_options(from, to));
	assert_int_equal(int_option(to, SOL_SOCKET, SO_LOCK_FILTER), 1);
	close(from);
	close(to);
}

/* The kernel does not give an eBPF filter back. */
static void ebpf_filter(void **state)
{
	static const struct bpf_insn code[] = {
	    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0xffff},
	    {.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr attributes = {
	    .prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
	    .insns = (uintptr_t)code,
	    .insn_cnt = COUNT(code),
	    .license = (uintptr_t) "MIT",
	};
	int from = new_socket(AF_INET), to = new_socket(AF_INET6);
	int program = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes);

	(void)state;
	if (program < 0) {
		print_message("# no bpf(2) here: errno %d\n", errno);
		skip();
	}
	set_int_option(from, SOL_SOCKET, SO_ATTACH_BPF, program);
	assert_false(copy_options(from, to));
	close(program);
	close(from);
	close(to);
}

/* To widen a program's own socket, and to give it back. */
static void between_ipv6_sockets(void **state)
{
	static const int options[][2] = {
	    {IPV6_TCLASS, 0x28},       {IPV6_UNICAST_HOPS, 33}, {IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO},
	    {IPV6_RECVERR, 1},         {IPV6_RECVPKTINFO, 1},   {IPV6_RECVHOPLIMIT, 1},
	    {IPV6_RECVTCLASS, 1},      {IPV6_FREEBIND, 1},      {IPV6_AUTOFLOWLABEL, 0},
	    {IPV6_FLOWINFO_SEND, 1},   {IPV6_DONTFRAG, 1},      {IPV6_ADDR_PREFERENCES, IPV6_PREFER_SRC_TMP},
	    {IPV6_RECVORIGDSTADDR, 1}, {IPV6_MINHOPCOUNT, 22},
	};
	int from = new_socket(AF_INET6), to = new_socket(AF_INET6), plain = new_socket(AF_INET);

	(void)state;
	for (size_t i = 0; i < COUNT(options); i++)
		set_int_option(from, IPPROTO_IPV6, options[i][0], options[i][1]);
	set_int_option(from, IPPROTO_IP, IP_TOS, 0x20);
	assert_true(copy_options(from, to));
	for (size_t i = 0; i < COUNT(options); i++)
		if (int_option(to, IPPROTO_IPV6, options[i][0]) != int_option(from, IPPROTO_IPV6, options[i][0]))
			fail_msg("option %d", options[i][0]);
	assert_int_equal(int_option(to, IPPROTO_IP, IP_TOS), 0x20);
	/* Back to AF_INET: what the program had set on IPv4 is there. */
	assert_true(copy_options(to, plain));
	assert_int_equal(int_option(plain, IPPROTO_IP, IP_TOS), 0x20);
	close(from);
	close(to);
	close(plain);
}

/* A privileged program may have more than net.core.wmem_max. */
static void forced_buffers(void **state)
{
	static const int names[][2] = {{SO_SNDBUF, SO_SNDBUFFORCE}, {SO_RCVBUF, SO_RCVBUFFORCE}};
	static const int size = 1 << 28;
	int from = new_socket(AF_INET), to = new_socket(AF_INET6);

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		if (setsockopt(from, SOL_SOCKET, names[i][1], &size, sizeof size) != 0) {
			print_message("# takes CAP_NET_ADMIN\n");
			skip();
		}
	assert_true(copy_options(from, to));
	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(int_option(to, SOL_SOCKET, names[i][0]),
				 int_option(from, SOL_SOCKET, names[i][0]));
	close(from);
	close(to);
}

/* They lower what TCP_MAXSEG says below what it takes, so a refusal is right
 * too: the listener then stays as it is. */
static void ip_options(void **state)
{
	static const unsigned char no_operations[4] = {1, 1, 1, 0};
	int from = new_socket(AF_INET), to = new_socket(AF_INET6);
	unsigned char value[40];
	socklen_t length = sizeof value;

	(void)state;
	assert_int_equal(setsockopt(from, IPPROTO_IP, IP_OPTIONS, no_operations, sizeof no_operations), 0);
	if (copy_options(from, to)) {
		assert_int_equal(getsockopt(to, IPPROTO_IP, IP_OPTIONS, value, &length), 0);
		assert_int_equal(length, sizeof no_operations);
		assert_memory_equal(value, no_operations, sizeof no_operations);
	}
	close(from);
	close(to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(classic_filter),       cmocka_unit_test(locked_filter),
	    cmocka_unit_test(lock_alone),           cmocka_unit_test(ebpf_filter),
	    cmocka_unit_test(between_ipv6_sockets), cmocka_unit_test(forced_buffers),
	    cmocka_unit_test(ip_options),
	};

	return cmocka_run_group_tests_name("options that are no plain number", tests, NULL, NULL);
}
