/* SPDX-License-Identifier: MIT */
/* hook_bind.c as a library whose constructor does the work. */
#define IN_CONSTRUCTOR
#include "listen.c"
