#!/bin/sh
# SPDX-License-Identifier: MIT
# A module that needs liburing is loaded, unloaded together with it, and loaded again elsewhere.
# needs: build/tests/process/snippets/uring_module.so
set -u
cd "$(dirname "$0")/../.." || exit 1
library=$PWD/${TEST_BUILD:-build}/libdualbind.so
module=$PWD/${TEST_BUILD:-build}/tests/process/snippets/uring_module.so
# shellcheck source-path=SCRIPTDIR source=tap.sh
. tests/process/tap.sh

loaded() { # PRELOAD
	LD_PRELOAD=$1 timeout 20 /usr/bin/python3 -c '
import ctypes, mmap, sys, _ctypes
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]

def places():
    with open("/proc/self/maps") as lines:
        return [[int(end, 16) for end in line.split()[0].split("-")] for line in lines if "liburing.so" in line]

said = []
before = []
for i in range(3):
    module = ctypes.CDLL(sys.argv[1])
    said.append(module.module_submits())
    now = places()
    assert now and now[0] not in before
    before += now
    _ctypes.dlclose(module._handle)
    assert not places()
    for start, end in now:
        libc.mmap(start, end - start, 0, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
print(*said)
' "$module" 2>&1
}

is 'natively' "$(loaded '')" '1 1 1'
is 'with the library' "$(loaded "$library")" '1 1 1'

# By each of its functions; where liburing lacks one, there is only ours, and nothing is submitted.
by_each() { # PRELOAD
	LD_PRELOAD=$1 timeout 20 /usr/bin/python3 -c '
import ctypes, errno, sys
liburing = ctypes.CDLL("liburing.so.2", ctypes.RTLD_GLOBAL)
module = ctypes.CDLL(sys.argv[1])
for name in sys.argv[2:]:
    taken = module.module_submits_so(name.encode())
    print("none" if taken in (0, -errno.ENOSYS) else taken, end=" ")
' "$module" io_uring_submit io_uring_submit_and_get_events io_uring_submit_and_wait_timeout \
		io_uring_submit_and_wait_min_timeout io_uring_submit_and_wait_reg io_uring_none 2>&1
}
natively=$(by_each '')
matches 'each function: natively' "$natively" '1 1 1 *none '
is 'each function: with the library' "$(by_each "$library")" "$natively"
echo "1..$number"
