/* SPDX-License-Identifier: MIT */
/*
 * System calls that fail on order. The linker's --wrap sends the core's calls
 * of sys_X to __wrap_sys_X in faults.c (the list is FAULTS in tests/tests.mk).
 * One call fails, those before and after it do not.
 */
#ifndef DUALBIND_TEST_FAULTS_H
#define DUALBIND_TEST_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

struct fault {
	size_t at; /* which call fails, from 1; 0: none */
	int error; /* its errno */
	/* What the failed call was, for a message and for exemptions. */
	const char *call;
	long detail; /* epoll_ctl's operation, the option's name, ... */
};

/* From here on calls count, and FAULT's fails. */
void faults_start(struct fault *fault);

/* How many calls there were. */
size_t faults_stop(void);

/* read(2) and getdents64(2) give as little at a time as they may. */
void faults_short(bool on);

#endif
