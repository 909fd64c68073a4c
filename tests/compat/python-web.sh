# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the rows of Python's web servers have in common: an application that
# answers with the client's address. Read after compat.sh.

work() { # HOST
    http "$1" / | grep .
}

peer() { # HOST
    http "$1" /
}
