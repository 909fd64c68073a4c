# make asan, make tsan, make memcheck: the tests again, where each wrong access to
# memory, each undefined step, each race and each descriptor left open is an
# error. docs/testing.md tells what each is for. They build in folders of their
# own, build/asan and build/tsan, by this Makefile: SANITIZE=address,undefined or
# SANITIZE=thread.

SANITIZE ?=
ifneq ($(SANITIZE),)
override CFLAGS  += -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
override LDFLAGS += -fsanitize=$(SANITIZE)

# These take six arguments for any system call, whoever gave how many.
$B/core/raw.o $B/preload/syscall.o: override CFLAGS += -fno-sanitize=all
endif

# The library comes before the sanitizer's in the tests, which preload it.
ASAN_RUN  := ASAN_OPTIONS=verify_asan_link_order=0 UBSAN_OPTIONS=print_stacktrace=1 TEST_TIMEOUT=900

asan: deps
	@$(MAKE) --no-print-directory B=build/asan CFLAGS='-O1 -g' SANITIZE=address,undefined sanitized
	@$(ASAN_RUN) DUALBIND_BUILD=build/asan tests/run $(patsubst $B/%,build/asan/%,$(UNITS) $(PROCESSES)) \
	    tests/process/startup.t tests/process/oracle.t

# What threads do at once.
RACES     := tests/unit/test_mapper_threads tests/unit/test_mapper_fork tests/process/check_concurrency \
             tests/process/check_datagram_concurrency tests/process/check_in_use

tsan: deps
	@$(MAKE) --no-print-directory B=build/tsan CFLAGS='-O1 -g' SANITIZE=thread sanitized
	@TSAN_OPTIONS="suppressions=$(CURDIR)/tests/sanitize/tsan.supp" TEST_TIMEOUT=900 DUALBIND_BUILD=build/tsan \
	    tests/run $(addprefix build/tsan/,$(RACES)) tests/stress/stress.t

sanitized: $(LIBRARY) $(UNITS) $(PROCESSES) $(SNIPPETS) $(STRESSES)

memcheck: deps
	@scripts/deps memcheck
	@$(MAKE) --no-print-directory all $(UNITS) $(PROCESSES)
	@tests/sanitize/memcheck $(UNITS) $(PROCESSES)

.PHONY: asan tsan memcheck sanitized
