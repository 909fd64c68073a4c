/* SPDX-License-Identifier: MIT */
/*
 * System calls in line, for those that are made with every datagram. They do not set errno. No function
 * returns after the system call, which on kernels that overwrite the processor's memory of return
 * addresses takes longer than some calls do.
 */
#ifndef DUALBIND_BASE_SYS_INLINE_H
#define DUALBIND_BASE_SYS_INLINE_H

#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>

#ifndef F_GET_RW_HINT /* glibc before 2.27 */
#define F_GET_RW_HINT 1035
#endif

/* The result, or -errno. */
static inline __attribute__((always_inline)) long sys_inline3(long number, long first, long second, long third)
{
#if defined(__x86_64__)
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(first), "S"(second), "d"(third)
			 : "rcx", "r11", "memory");
	return result;
#elif defined(__aarch64__)
	register long which __asm__("x8") = number;
	register long one __asm__("x0") = first;
	register long two __asm__("x1") = second;
	register long three __asm__("x2") = third;

	__asm__ volatile("svc #0" : "+r"(one) : "r"(which), "r"(two), "r"(three) : "memory", "cc");
	return one;
#else
#error "dualbind knows the system calls of x86-64 and aarch64"
#endif
}

/* F_GET_RW_HINT; 0 also if there is none. */
static inline __attribute__((always_inline)) uint64_t sys_write_hint(int fd)
{
	uint64_t hint = 0;

	sys_inline3(SYS_fcntl, fd, F_GET_RW_HINT, (long)&hint);
	return hint;
}

#endif
