# What make check builds and runs. Unit tests link the core's objects, process
# tests preload the library into themselves or into small programs.

UNITS     := $(patsubst tests/unit/%.c,$B/tests/unit/%,$(wildcard tests/unit/test_*.c))
PROCESSES := $(patsubst tests/process/%.c,$B/tests/process/%,$(wildcard tests/process/check_*.c))
E2E       := $(sort $(wildcard tests/e2e/*.t))
CONTAINED := $(sort $(wildcard tests/containers/*.t))
HOSTS     := $(sort $(wildcard tests/hosts/*.t)) tests/kubernetes/configmap.t

FUZZERS   := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
REPLAYS   := $(addprefix $B/tests/fuzz/replay-,$(FUZZERS))

# The system calls that a unit test makes fail (tests/unit/faults.h).
FAULTS    := socket bind listen getsockname getsockopt setsockopt fcntl dup3 close epoll_ctl fstat stat_socket openat \
             read readlinkat getdents64 get_int set_int getpeername recvfrom
comma     := ,

# The core on another process, as in the command.
SUPERVISOR := $(filter $B/launch/owner.o $B/launch/supervise%.o $B/launch/elffile.o $B/launch/language.o,$(LAUNCH))

TEST_FLAGS = $(filter-out -MMD -MP -fvisibility=hidden,$(CFLAGS)) -Itests/unit -Ishim/preload -MMD -MP

# The core on the process that it is in, as in the library.
OWN_CORE  := $(CORE) $B/preload/owner.o $B/preload/symbols.o $B/preload/object.o

$B/tests/unit/%: tests/unit/%.c $(OWN_CORE)
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -o $@ $< $(OWN_CORE) $(LDFLAGS) -lcmocka

$B/tests/unit/test_supervise_%: tests/unit/test_supervise_%.c $(SUPERVISOR) $(CORE)
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -Ishim/launch -o $@ $< $(SUPERVISOR) $(CORE) $(LDFLAGS) -lcmocka -lpthread

$B/tests/unit/test_faults: tests/unit/test_faults.c tests/unit/faults.c tests/unit/fault_operations.c $(OWN_CORE)
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -o $@ $(filter %.c %.o,$^) $(LDFLAGS) -lcmocka \
	    $(addprefix -Wl$(comma)--wrap=sys_,$(FAULTS))

$B/tests/unit/test_receive_dropped: tests/unit/test_receive_dropped.c $(OWN_CORE)
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -o $@ $(filter %.c %.o,$^) $(LDFLAGS) -lcmocka \
	    -Wl,--wrap=arrival_name -Wl,--wrap=arrival_present

$B/tests/unit/test_yield_races: tests/unit/test_yield_races.c $(OWN_CORE)
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -o $@ $(filter %.c %.o,$^) $(LDFLAGS) -lcmocka \
	    -Wl,--wrap=sys_socket -Wl,--wrap=sys_dup3

$B/tests/unit/test_yield_remains: tests/unit/test_yield_remains.c $(OWN_CORE)
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -o $@ $(filter %.c %.o,$^) $(LDFLAGS) -lcmocka -Wl,--wrap=sys_pause

# A kernel that says 0 and does nothing (tests/unit/forgets.h).
FORGOTTEN := set_int setsockopt get_int getsockopt read

$B/tests/unit/test_forgets $B/tests/unit/test_forgets_others: $B/tests/unit/%: tests/unit/%.c tests/unit/forgets.c $(OWN_CORE)
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -o $@ $(filter %.c %.o,$^) $(LDFLAGS) -lcmocka \
	    $(addprefix -Wl$(comma)--wrap=sys_,$(FORGOTTEN))

$B/tests/unit/test_forgets: LDFLAGS += -Wl,--wrap=sys_fcntl

$B/tests/unit/test_loopback: tests/unit/test_loopback.c $(OWN_CORE)
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -o $@ $(filter %.c %.o,$^) $(LDFLAGS) -lcmocka \
	    -Wl,--wrap=clock_seconds -Wl,--wrap=sys_openat

# They move the clock (tests/unit/clients.h).
CLOCKED   := $(patsubst %,$B/tests/unit/test_mapper%,_crowd _flood _model _races _relatives) \
             $B/tests/unit/test_mapper $B/tests/unit/test_show_refused

$(CLOCKED): $B/tests/unit/%: tests/unit/%.c $(OWN_CORE)
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -o $@ $(filter %.c %.o,$^) $(LDFLAGS) -lcmocka -Wl,--wrap=clock_seconds

$B/tests/unit/test_key: tests/unit/test_key.c $(OWN_CORE)
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -o $@ $(filter %.c %.o,$^) $(LDFLAGS) -lcmocka -lpthread \
	    -Wl,--wrap=sys_openat -Wl,--wrap=sys_getrandom

# raw.o: a way to the kernel past the hooks.
$B/tests/process/%: tests/process/%.c tests/process/preloaded.c tests/process/datagrams.c $B/core/raw.o $(LIBRARY)
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -o $@ $(filter %.c %.o,$^) $(LDFLAGS) -lcheck -lsubunit -lm -lrt -lpthread

# One source as a program, as a library whose constructor does the work, and
# as a program linked to that library.
SNIPPETS  := $(addprefix $B/tests/process/snippets/,listen early.so later.so later_accept.so linked oracle sandbox landlock \
             deep deep_module.so)

$B/tests/process/snippets/oracle: $(wildcard tests/process/snippets/oracle*.[ch]) $B/core/raw.o
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -o $@ $(filter %.c %.o,$^)

$B/tests/process/snippets/sandbox $B/tests/process/snippets/landlock: $B/tests/process/snippets/%: tests/process/snippets/%.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -o $@ $<

$B/tests/process/snippets/listen: tests/process/snippets/listen.c $B/core/raw.o
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -o $@ $^

$B/tests/process/snippets/early.so: tests/process/snippets/listen.c $B/core/raw.o
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -DIN_CONSTRUCTOR -shared -o $@ $^

$B/tests/process/snippets/later.so: tests/process/snippets/later.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -shared -o $@ $<

$B/tests/process/snippets/later_accept.so: tests/process/snippets/later.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -DACCEPT -shared -o $@ $<

$B/tests/process/snippets/deep_module.so: tests/process/snippets/deep_module.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -shared -o $@ $<

$B/tests/process/snippets/deep: tests/process/snippets/deep.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -rdynamic -Wl,--enable-new-dtags -Wl,-rpath,'$$ORIGIN' -o $@ $< \
	    -ldl -lpthread

$B/tests/process/snippets/linked: tests/process/snippets/listen.c $B/tests/process/snippets/early.so $B/core/raw.o
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -Wl,--no-as-needed -Wl,-rpath,'$$ORIGIN' -o $@ $(filter %.c %.so %.o,$^)

# Boost.Asio adds its sockets to epoll before it binds; libuv before 1.45 makes
# some of its calls by syscall(2).
APPS      := $B/tests/boost-peer $B/tests/boost-udp-peer $B/tests/uv-udp-peer

$B/tests/boost-%: tests/e2e/apps/boost-%.cpp
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CXX) -std=c++17 -O1 -Wall -Wextra -pthread -o $@ $<

# Servers that never call the C library's bind. GO=... where it is not in PATH.
GO        ?= $(shell command -v go || echo /usr/local/go/bin/go)
GO_BUILD  := GO111MODULE=off GOFLAGS= GOCACHE=$(CURDIR)/$B/go-cache $(GO) build
GO_SERVERS := $(if $(wildcard $(GO))$(shell command -v $(GO)),$(addprefix $B/tests/,go-static go-cgo go-pie))

$B/tests/go-static: tests/e2e/apps/go-server.go
	$(say) GO $@
	$(quiet)CGO_ENABLED=0 $(GO_BUILD) -o $@ $<

$B/tests/go-cgo: tests/e2e/apps/go-server.go
	$(say) GO $@
	$(quiet)CGO_ENABLED=1 $(GO_BUILD) -o $@ $<

$B/tests/go-pie: tests/e2e/apps/go-server.go
	$(say) GO $@
	$(quiet)CGO_ENABLED=0 $(GO_BUILD) -buildmode=pie -o $@ $<

# Linked with musl where it is there, as such programs often are.
STATIC_CC := $(if $(shell command -v musl-gcc),musl-gcc,$(CC))

$B/tests/static-server: tests/e2e/apps/static-server.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(STATIC_CC) -O1 -Wall -Wextra -static -o $@ $<

$B/tests/hostile: tests/e2e/apps/hostile.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) -O1 -Wall -Wextra -static -o $@ $< -lpthread

$B/tests/refuse: tests/e2e/apps/refuse.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) -O1 -Wall -Wextra -o $@ $<

# A library that is preloaded beside this one.
$B/tests/other-bind-musl.so: OTHER_CC = musl-gcc
$B/tests/other-bind.so: OTHER_CC = $(CC)
$B/tests/other-bind.so $B/tests/other-bind-musl.so: tests/e2e/apps/other-bind.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(OTHER_CC) -O1 -Wall -Wextra -shared -fPIC -o $@ $< -ldl

$B/tests/su-exec: tests/e2e/apps/su-exec.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(STATIC_CC) -O1 -Wall -Wextra -static -o $@ $<

# raw.o: a way to the kernel past the C library.
$B/tests/raw-server: tests/e2e/apps/raw-server.c $B/core/raw.o
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) -std=gnu11 -O1 -Wall -Wextra -Ishim/core -o $@ $^

$B/tests/go-parent: tests/e2e/apps/go-parent.go
	$(say) GO $@
	$(quiet)CGO_ENABLED=0 $(GO_BUILD) -ldflags '-s -w' -o $@ $<

# Static and stripped, with the C library in it: nothing but its language tells what
# it makes of an address.
RUST      := $(if $(shell command -v rustc),$B/tests/rust)

$B/tests/rust: tests/e2e/apps/rust.rs
	@mkdir -p $(@D)
	$(say) RUST $@
	$(quiet)rustc -O -C target-feature=+crt-static -C panic=abort -C strip=symbols -o $@ $<

SUPERVISED := $(GO_SERVERS) $(if $(GO_SERVERS),$B/tests/go-parent) $(RUST) $(addprefix $B/tests/,static-server raw-server su-exec hostile refuse)

# A kernel that forgets socket options.
$B/tests/forgets: tests/e2e/apps/forgets.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) -std=gnu11 -O1 -Wall -Wextra -o $@ $<

tests: $B/tests/forgets

$B/tests/uv-udp-peer: tests/e2e/apps/uv-udp-peer.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) -std=gnu11 -O2 -Wall -Wextra -o $@ $< -luv

tests: $(SUPERVISED) $(LIBRARY) $(SNIPPETS) $(UNITS) $(PROCESSES) $(APPS) $B/tests/other-bind.so
tests: $B/tests/fuzz/sequence $(REPLAYS)

# Rows of the compatibility matrix that take seconds and Debian's packages alone.
QUICK_ROWS := $(shell grep -l '^[^\#]*QUICK=1' tests/compat/*.t)

# TESTS="tests/e2e/nginx.t build/tests/unit/test_pool" runs only those.
KERNELS := $(sort $(wildcard tests/kernels/linux-*.t))
QUICK_KERNELS := $(addprefix tests/kernels/linux-,4.15.t 5.10.t)
PORTABILITY := $(sort $(wildcard tests/portable/*.t))
TESTS ?= tests/foreign/cpython-sockets.t $(PORTABILITY) $(QUICK_KERNELS) $(UNITS) $(PROCESSES) $(sort $(wildcard tests/process/*.t tests/fuzz/*.t tests/faults/*.t)) $(sort $(wildcard tests/stress/*.t)) $(CONTAINED) $(E2E) \
         $(HOSTS) $(QUICK_ROWS)

check: deps
	@$(MAKE) --no-print-directory tests
	@tests/run $(TESTS)

# config/kubernetes in a real API server and under Kyverno's command, which are
# built first. GO as above.
check-cluster:
	@scripts/deps cluster
	@$(MAKE) --no-print-directory $(LIBRARY)
	@GO=$(GO) scripts/kubernetes-tools
	@tests/run $(sort $(wildcard tests/kubernetes/*.t))

# Servers in gVisor, natively and with the shim: Debian's runsc and the newest one, which
# is built first. GO as above.
check-gvisor: deps
	@scripts/deps gvisor
	@$(MAKE) --no-print-directory tests
	@GO=$(GO) scripts/gvisor
	@JOBS=1 TEST_TIMEOUT=1200 tests/run $(sort $(wildcard tests/gvisor/*.t))

# One library for every image, alone: other releases, musl, aarch64, other preloads.
check-portable: deps
	@$(MAKE) --no-print-directory tests
	@tests/run $(PORTABILITY)

# Unit and process tests and servers on other kernels (tests/kernels), in hours, or with
# ONLY="4.15 uml" on some; make check has a part of that on two.
check-kernels: deps
	@$(MAKE) --no-print-directory tests
	@KERNEL_TESTS=all TEST_TIMEOUT=$${TEST_TIMEOUT:-7200} \
	    tests/run $(if $(ONLY),$(ONLY:%=tests/kernels/linux-%.t),$(KERNELS))

# Others' test suites, natively and with the shim: an hour.
check-foreign:
	@scripts/deps foreign
	@$(MAKE) --no-print-directory all
	@TEST_TIMEOUT=$${TEST_TIMEOUT:-7200} tests/run $(sort $(wildcard tests/foreign/*.t))

# Lines and branches of shim/ that the unit and process tests reach, the differential
# fuzzer, calls that fail, and of the end-to-end tests those of the command, those of
# the supervisor and some of the library. COVERAGE_TESTS names others.
COVERAGE_E2E := dual-matrix dual-stranger loopback-promoted mapped-source nginx own-ipv6-listener peers-native \
                python-http redis socat-udp special-sources udp-stranger
# With counters a million peers take longer than they may.
COVERAGE_TESTS ?= $(UNITS) $(filter-out %/check_many_peers,$(PROCESSES)) $(sort $(wildcard tests/process/*.t)) tests/fuzz/differential.t \
                  $(sort $(wildcard tests/faults/*.t tests/e2e/command-*.t tests/e2e/supervise-*.t tests/e2e/launchers*.t)) $(COVERAGE_E2E:%=tests/e2e/%.t)
coverage: deps
	@scripts/deps coverage
	@tests/coverage $(COVERAGE_TESTS)

tests-of-coverage: $(LIBRARY) $(COMMAND) $(SNIPPETS) $(UNITS) $(PROCESSES) $(SUPERVISED) $B/tests/fuzz/sequence

demo:
	@scripts/deps demo
	@$(MAKE) --no-print-directory $(LIBRARY)
	@scripts/demo

# Real servers, and docs/COMPATIBILITY.md. ONLY="redis nginx" runs only those.
compat: deps
	@$(MAKE) --no-print-directory $(LIBRARY) $(COMMAND) $(GO_SERVERS)
	@tests/compat/run $(ONLY)

# Installs what is missing, after saying so; names it where that takes root.
deps:
	@scripts/deps
	@scripts/deps packages $(sort $(patsubst apt:%,%,$(shell grep -oh 'apt:[a-z0-9.+-]*' $(QUICK_ROWS))))

.PHONY: tests check compat coverage tests-of-coverage check-cluster check-portable check-foreign check-gvisor check-kernels demo deps

# Containers get what goes into the image.
tests: image-files

# The command, and its modules in unit tests of their own.
tests: $(COMMAND)

LAUNCHED  := $(addprefix $B/tests/unit/,test_elf test_language test_environment test_held test_allowtext test_json test_program test_diag test_reach)

$(LAUNCHED): $B/tests/unit/%: tests/unit/%.c $(filter-out $B/launch/main.o,$(LAUNCH)) $(CORE)
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -Ishim/launch -o $@ $(filter %.c %.o,$^) $(LDFLAGS) -lcmocka -lpthread

# The differential fuzzer's program (tests/fuzz/sequence.h).
$B/tests/fuzz/sequence: $(wildcard tests/fuzz/sequence*.[ch]) $B/core/raw.o
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -o $@ $(filter %.c %.o,$^) $(LDFLAGS)

# The server that system calls fail for (tests/faults/scene.h), and what shuts its
# surroundings in.
FAULTY    := $(addprefix $B/tests/faults/,server server-static within)

$B/tests/faults/server $B/tests/faults/server-static: $(wildcard tests/faults/*.h) tests/faults/server.c \
                       tests/faults/scene.c tests/faults/tcp.c tests/faults/udp.c $B/core/raw.o
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(filter-out -MMD -MP,$(TEST_FLAGS)) $(if $(filter %-static,$@),-static) -o $@ \
	    $(filter %.c %.o,$^) $(LDFLAGS)

$B/tests/faults/within: tests/faults/within.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -o $@ $< $(LDFLAGS)

tests: faulty
faulty: $(FAULTY)

# Each system call fails in each plausible way, of the library and of the supervisor.
faults:
	@scripts/deps faults
	@$(MAKE) --no-print-directory $(LIBRARY) $(COMMAND) faulty
	@PYTHONDONTWRITEBYTECODE=1 tests/faults/faults.py

.PHONY: faults faulty

# Fuzz targets (tests/fuzz/fuzz.h): with libFuzzer for make fuzz, and with a main
# that replays the inputs that are kept for make check. Both under sanitizers.
FUZZ_CC      ?= clang
FUZZ_SECONDS ?= 30
FUZZED       := $(wildcard shim/core/*.c) shim/preload/owner.c shim/launch/elffile.c shim/launch/language.c shim/launch/diag.c shim/launch/held.c \
                shim/launch/allowtext.c
SANITIZED    := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
FUZZ_FLAGS    = $(filter-out -fvisibility=hidden,$(TEST_FLAGS)) -O1 -Ishim/launch $(SANITIZED)

# It takes six arguments for any system call, whoever gave how many.
$B/tests/fuzz/libfuzzer/shim/core/raw.o $B/tests/fuzz/replay/shim/core/raw.o: SANITIZED :=

$B/tests/fuzz/libfuzzer/%.o: %.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(FUZZ_CC) $(CPPFLAGS) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -c -o $@ $<

$B/tests/fuzz/replay/%.o: %.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(FUZZ_FLAGS) -c -o $@ $<

$B/tests/fuzz/fuzz-%: $B/tests/fuzz/libfuzzer/tests/fuzz/fuzz_%.o $(FUZZED:%.c=$B/tests/fuzz/libfuzzer/%.o)
	$(say) LINK $@
	$(quiet)$(FUZZ_CC) $(SANITIZED) -fsanitize=fuzzer -o $@ $^ $(LDFLAGS)

$B/tests/fuzz/replay-%: $B/tests/fuzz/replay/tests/fuzz/fuzz_%.o $B/tests/fuzz/replay/tests/fuzz/replay.o \
                        $(FUZZED:%.c=$B/tests/fuzz/replay/%.o)
	$(say) LINK $@
	$(quiet)$(CC) $(SANITIZED) -o $@ $^ $(LDFLAGS)

.PRECIOUS: $B/tests/fuzz/libfuzzer/%.o $B/tests/fuzz/replay/%.o

-include $(wildcard $B/tests/fuzz/*/*/*/*.d)

fuzz:
	@scripts/deps fuzz
	@$(MAKE) --no-print-directory $(LIBRARY) $B/tests/fuzz/sequence $(addprefix $B/tests/fuzz/fuzz-,$(FUZZERS))
	@tests/fuzz/run $(FUZZ_SECONDS) $(FUZZERS)

.PHONY: fuzz

# A server in C for tests of portability: with one C library and another, and with
# AddressSanitizer's runtime as gcc has it (a library) and as clang (within).
PORTABLE  := $(addprefix $B/tests/,server server-musl server-asan server-asan-static server-tsan)

$B/tests/server: SERVER_CC = $(CC)
$B/tests/server-musl: SERVER_CC = musl-gcc
$B/tests/server-asan: SERVER_CC = gcc -fsanitize=address -g
$B/tests/server-asan-static: SERVER_CC = clang -fsanitize=address -g
$B/tests/server-tsan: SERVER_CC = gcc -fsanitize=thread -g

$(PORTABLE): tests/portable/server.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(SERVER_CC) -O1 -Wall -Wextra -pthread -o $@ $<

$B/tests/dlerror-musl: tests/portable/dlerror.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)musl-gcc -O1 -Wall -Wextra -o $@ $<

tests: $(PORTABLE) $B/tests/dlerror-musl $B/tests/other-bind-musl.so

# The library for aarch64, for the tests that look at it or emulate it.
ifneq ($(MACHINE),aarch64)
tests: other-architecture
endif

other-architecture:
	@$(MAKE) --no-print-directory CC=aarch64-linux-gnu-gcc CFLAGS=-Os B=build/aarch64 all

.PHONY: other-architecture
