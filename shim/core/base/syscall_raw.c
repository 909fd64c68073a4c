/* SPDX-License-Identifier: MIT */
/*
 * sys_call(): a system call without the C library's syscall(2), for which the library
 * exports a hook.
 */
#define _GNU_SOURCE
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/syscall.h>

enum { ARGUMENTS = 6, ERRNO_MAX = 4095 };

#if defined(__x86_64__)
static long enter(long number, const long *of)
{
	register long fourth __asm__("r10") = of[3];
	register long fifth __asm__("r8") = of[4];
	register long sixth __asm__("r9") = of[5];
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(of[0]), "S"(of[1]), "d"(of[2]), "r"(fourth), "r"(fifth), "r"(sixth)
			 : "rcx", "r11", "memory");
	return result;
}
#elif defined(__aarch64__)
static long enter(long number, const long *of)
{
	register long which __asm__("x8") = number;
	register long first __asm__("x0") = of[0];
	register long second __asm__("x1") = of[1];
	register long third __asm__("x2") = of[2];
	register long fourth __asm__("x3") = of[3];
	register long fifth __asm__("x4") = of[4];
	register long sixth __asm__("x5") = of[5];

	__asm__ volatile("svc #0"
			 : "+r"(first)
			 : "r"(which), "r"(second), "r"(third), "r"(fourth), "r"(fifth), "r"(sixth)
			 : "memory", "cc");
	return first;
}
#else
#error "dualbind knows the system calls of x86-64 and aarch64"
#endif

long sys_call(long number, ...)
{
	long of[ARGUMENTS], result;
	va_list rest;

	va_start(rest, number);
	for (int i = 0; i < ARGUMENTS; i++)
		of[i] = va_arg(rest, long);
	va_end(rest);
	result = enter(number, of);
	if (result >= 0 || result < -ERRNO_MAX)
		return result;
	errno = (int)-result;
	return -1;
}
