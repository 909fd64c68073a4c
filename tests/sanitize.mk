# SPDX-License-Identifier: MIT
# make asan, make tsan, make memcheck: the tests again, where each wrong access to
# memory, each undefined step, each race and each descriptor left open is an
# error. docs/testing.md tells what each is for. They build in folders of their
# own, build/asan and build/tsan, by this Makefile: SANITIZE=address,undefined or
# SANITIZE=thread.

SANITIZE ?=
ifneq ($(SANITIZE),)
override CFLAGS  += -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
override LDFLAGS += -fsanitize=$(SANITIZE)

# These take six arguments for any system call, however many were given.
$B/core/base/syscall_raw.o $B/preload/hook_syscall.o: override CFLAGS += -fno-sanitize=all
# Its last call is a jump, which would pass by what ThreadSanitizer counts at the end.
$B/preload/hook_dlopen.o: override CFLAGS += -fno-sanitize=all
endif

# The library comes before the sanitizer's in the tests, which preload it.
ASAN_RUN  := UBSAN_OPTIONS=print_stacktrace=1 TEST_TIMEOUT=900 CK_TIMEOUT_MULTIPLIER=10 \
             ASAN_OPTIONS=verify_asan_link_order=0

# In servers, which leave memory to the end of their process.
ASAN_SERVERS := $(addprefix tests/e2e/,nginx.t redis.t unbound.t)

ADDRESSED := $(patsubst $B/%,build/asan/%,$(UNITS) $(PROCESSES))

asan: deps ## unit and process tests with AddressSanitizer and UBSan: ten minutes
	@$(MAKE) --no-print-directory B=build/asan CFLAGS='-O1 -g' SANITIZE=address,undefined build/asan/libdualbind.so \
	    $(ADDRESSED) $(patsubst $B/%,build/asan/%,$(SNIPPETS) $(MODULES))
	@$(ASAN_RUN) TEST_BUILD=build/asan tests/run $(ADDRESSED) \
	    tests/process/start.t tests/process/oracle.t
	@$(ASAN_RUN):detect_leaks=0 DUALBIND_LIBRARY=$(CURDIR)/build/asan/libdualbind.so tests/run $(ASAN_SERVERS)

# What threads do at once. A child that is forked has its parent's threads in
# its list, ended but not joined: no leak of threads is told of.
RACES     := $(addprefix build/tsan/tests/,unit/test_mapper_threads unit/test_mapper_races unit/test_relatives_fork process/check_concurrency \
             process/check_datagram_concurrency process/check_in_use)

tsan: deps ## what threads do at once, with ThreadSanitizer: five minutes
	@$(MAKE) --no-print-directory B=build/tsan CFLAGS='-O1 -g' SANITIZE=thread build/tsan/libdualbind.so \
	    $(RACES) build/tsan/tests/stress/stress
	@TSAN_OPTIONS=report_thread_leaks=0 TEST_TIMEOUT=1800 CK_TIMEOUT_MULTIPLIER=10 TEST_BUILD=build/tsan \
	    STRESS_SECONDS=60 tests/run $(RACES) tests/stress/stress.t

# Neither a million peers, floods of clients, nor fourteen million cases of a pure function, which take
# minutes to hours in it. Nor those that need system calls
# that it does not know (pidfd_open, seccomp), or a process' own executable and descriptors, which in /proc
# are valgrind's; nor those that give the kernel bad pointers on purpose, or ask it whether one is bad.
UNKNOWN_CALLS := fd_walk sock_diag sock_owners udp_strangers filter target target_remote errand handover answer blind notify supervisorof
OWN_FILES  := locate look passedby process procfile privilege judge sys sharers unknown_setting
BAD_POINTERS := recvmmsg recv_plain sendmmsg names_accept polled submissions ioctl
# Of process tests: many peers; bad pointers; filters; names of one byte, which it takes for longer.
LEFT_OUT   := $(addprefix $B/tests/process/check_,many_peers hook_syscall native_peers replaced ring_operations sent_and_stamped) \
              $(addprefix $B/tests/unit/test_,mapper_flood decide $(UNKNOWN_CALLS) $(OWN_FILES) $(BAD_POINTERS))
MEMCHECKED := $(filter-out $(LEFT_OUT),$(UNITS) $(PROCESSES))

memcheck: deps ## unit and process tests, and real servers, under valgrind: half an hour
	@scripts/deps memcheck
	@$(MAKE) --no-print-directory all $(MEMCHECKED)
	@tests/sanitize/memcheck $(MEMCHECKED)
	@TEST_TIMEOUT=1800 tests/run tests/sanitize/servers.t

.PHONY: asan tsan memcheck
