/* SPDX-License-Identifier: MIT */
/* cmocka names a skipped case and no reason: tests/run-one takes that from the comment before it. */
#ifndef DUALBIND_TEST_SKIP_H
#define DUALBIND_TEST_SKIP_H

#define skip_because(why) (print_message("# %s\n", why), skip())
#define NOT_ROOT "this user is not root"
#define NO_RAW "no raw sockets for this user"

#endif
