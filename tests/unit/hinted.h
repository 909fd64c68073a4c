/* SPDX-License-Identifier: MIT */
/* The start of tests of what write hints make short (socket/mark.h). */
#ifndef DUALBIND_TEST_HINTED_H
#define DUALBIND_TEST_HINTED_H

#include "datagrams.h"

#include "socket/mark.h"

/* A private network, and a first socket, whose mark decides whether there are hints. HAS_BOTH is set to whether there
 * are, and OWN could be added. The result of cmocka's group setup. */
static inline int start_hinted(void **state, const char *own, bool *has_both)
{
	int result;

	setenv("DUALBIND_ALLOW", "*/any", 1);
	setenv("DUALBIND_LOG", "off", 1);
	result = private_network(state);
	close(marked_datagram(0));
	*has_both = add_address6(own) && mark_hints_are_used();
	return result;
}

#endif
