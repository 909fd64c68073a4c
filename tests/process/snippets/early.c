/* SPDX-License-Identifier: MIT */
/* listen.c as a library whose constructor does the work. */
#define IN_CONSTRUCTOR
#include "listen.c"
