/* SPDX-License-Identifier: MIT */
#include "bind/reuseport_bpf.h"

#include "base/sys.h"

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <string.h>

#ifndef SO_ATTACH_REUSEPORT_CBPF
#define SO_ATTACH_REUSEPORT_CBPF 51
#endif

/*
 * The kernel numbers the members of a group as they join, and gives the number of one
 * that leaves to the last one. If the program returns a number that no member has, a hash
 * chooses, as without a program.
 */
bool reuseport_steer_by_family(int first)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)(SKF_AD_OFF + SKF_AD_PROTOCOL)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IPV6, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, 1),
	    BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program;

	memset(&program, 0, sizeof program); /* the padding goes to the kernel, too */
	program.len = sizeof code / sizeof code[0];
	program.filter = code;
	return sys_setsockopt(first, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program) == 0;
}
