# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# For tests that are to have a network namespace of their own, where it is read first of all: it
# runs the test there, from the project's folder. Sets $library.
cd "$(dirname "$0")/../.." || exit 1
if [ -z "${PROCESS_PRIVATE:-}" ]; then
	export PROCESS_PRIVATE=1
	exec scripts/pod -- sh "$0" "$@"
fi
# shellcheck disable=SC2034 # for the tests
library=$PWD/${TEST_BUILD:-build}/libdualbind.so
