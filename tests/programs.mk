# SPDX-License-Identifier: MIT
# What the tests run. A test's C sources are compiled by one rule and linked by another;
# what a program is linked from, and how, beside its own object, stands in lines of its own:
# further objects; WRAP, the functions that the test replaces; LINK, further flags; LIBS.

WRAP      :=
LINK      :=
LIBS      :=

TEST_FLAGS = $(filter-out -fvisibility=hidden,$(CFLAGS)) -Itests/unit

$B/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -MMD -MP -c -o $@ $<

link_test  = $(quiet)$(CC) $(TEST_FLAGS) $(LINK) -o $@ $(filter %.o %.so,$^) $(filter %.a,$^) $(LDFLAGS) \
             $(WRAP:%=-Wl,--wrap=%) $(LIBS)

# The objects of some of a folder's sources: $(call objects_of,tests/stress/stress*.c).
objects_of = $(patsubst %.c,$B/%.o,$(wildcard $1))
# A way to the kernel past the hooks, and past the C library.
RAW       := $B/core/base/syscall_raw.o

# Unit tests: over the core on the process that it is in, as in the library, or on
# another one with the modules of the command.
UNITS     := $(patsubst tests/%.c,$B/tests/%,$(wildcard tests/unit/test_*.c))
OF_CMD    := $(filter $(patsubst %,$B/tests/unit/test_%,$(notdir $(basename $(CMD)))),$(UNITS))

$(UNITS): LIBS := -lcmocka -lpthread
$(OF_CMD): $B/supervise/target_remote.o $(CMD_ARCHIVE)
$(filter-out $(OF_CMD),$(UNITS)): $(addprefix $B/preload/,target_self.o symbols.o object.o)
$(UNITS): $(CORE_ARCHIVE) # the last one, as the others call on it
$(UNITS): %: %.o
	$(say) LINK $@
	$(link_test)

# It includes the source, and is compiled as that.
$B/tests/unit/test_tinylibc.o: TEST_FLAGS += -ffreestanding
$B/tests/unit/test_settings_note: $(addprefix $B/,preload/settings_note.o inspect/held.o)

# System calls that fail (tests/unit/faults.h).
$B/tests/unit/test_faults: $B/tests/unit/faults.o $B/tests/unit/fault_operations.o
$B/tests/unit/test_faults: WRAP := $(addprefix sys_,socket bind listen getsockname getsockopt setsockopt fcntl dup3 close \
    epoll_ctl fstat stat_socket openat read readlinkat getdents64 get_int set_int getpeername recvfrom)

# A kernel that says 0 and does nothing (tests/unit/forgets.h).
FORGETFUL := $(addprefix $B/tests/unit/test_,setsockopt_checked setsockopt_checked_others v4mapped_item)
$(FORGETFUL): $B/tests/unit/forgets.o
$(FORGETFUL): WRAP := $(addprefix sys_,set_int setsockopt get_int getsockopt read)
$B/tests/unit/test_setsockopt_checked: WRAP += sys_fcntl

# They move the clock (tests/unit/clients.h).
$(patsubst %,$B/tests/unit/test_mapper%,_crowd _flood _model _races) $B/tests/unit/test_relatives: WRAP := clock_seconds
$B/tests/unit/test_mapper $B/tests/unit/test_show_refused $(addprefix $B/tests/unit/test_,lately cmsg_pktinfo quick_recv quick_send recvmmsg_quick sendmmsg_quick): WRAP := clock_seconds
$B/tests/unit/test_loopback:        WRAP := clock_seconds sys_openat

$B/tests/unit/test_boot_key:             WRAP := sys_openat sys_getrandom
$B/tests/unit/test_patience:            WRAP := clock_gettime
$B/tests/unit/test_recv_dropped: WRAP := arrival_show
$B/tests/unit/test_yield:     WRAP := sys_socket sys_dup3
$B/tests/unit/test_swap_user: WRAP := sys_dup3
$B/tests/unit/test_listener_remains:   WRAP := sys_pause
$B/tests/unit/test_table:           WRAP := strdup reallocarray exit

# Process tests preload the library into themselves.
PROCESSES := $(patsubst tests/%.c,$B/tests/%,$(wildcard tests/process/check_*.c))

$(PROCESSES): LIBS := -lcheck -lsubunit -lm -lrt -lpthread
$(PROCESSES): %: %.o $B/tests/process/preloaded.o $B/tests/process/datagrams.o $(RAW) | $(LIBRARY)
	$(say) LINK $@
	$(link_test)

# Programs that tests run with the library, and without: those of tests/process/snippets (some are
# libraries, and one of these is linked to a program), the differential fuzzer's
# (tests/fuzz/sequence.h), those of tests/stress, and the server that system calls fail for
# (tests/faults/scene.h) with what shuts its surroundings in.
SNIPPET   := $B/tests/process/snippets
SNIPPETS  := $(addprefix $(SNIPPET)/,listen linked binds binds-static oracle sandbox landlock deep sockopts trace zygote)
MODULES   := $(addprefix $(SNIPPET)/,early.so later.so later_accept.so deep_module.so uring_module.so)
STRESSES  := $(addprefix $B/tests/stress/,stress many connections)
FAULTY    := $(addprefix $B/tests/faults/,server server-static within)
SEQUENCE  := $B/tests/fuzz/sequence

$(SNIPPET)/listen: $(SNIPPET)/listen.o $(RAW)
$(SNIPPET)/linked: $(SNIPPET)/listen.o $(SNIPPET)/early.so $(RAW)
$(SNIPPET)/linked: LINK := -Wl,--no-as-needed -Wl,-rpath,'$$ORIGIN'
$(SNIPPET)/oracle: $(call objects_of,tests/process/snippets/oracle*.c) $(RAW)
$(SNIPPET)/sandbox: $(SNIPPET)/sandbox.o
$(SNIPPET)/sockopts: $(call objects_of,tests/process/snippets/sockopts*.c) $(RAW)
$(SNIPPET)/binds $(SNIPPET)/binds-static: $(SNIPPET)/binds.o $(RAW)
$(SNIPPET)/binds $(SNIPPET)/binds-static: LIBS := -lpthread
$(SNIPPET)/binds-static: LINK := -static
$(SNIPPET)/trace: $(SNIPPET)/trace.o $(RAW)
$(SNIPPET)/zygote: $(SNIPPET)/zygote.o
$(SNIPPET)/landlock: $(SNIPPET)/landlock.o
$(SNIPPET)/deep: $(SNIPPET)/deep.o
$(SNIPPET)/deep: LINK := -rdynamic -Wl,--enable-new-dtags -Wl,-rpath,'$$ORIGIN'
$(SNIPPET)/deep: LIBS := -ldl -lpthread
$B/tests/stress/stress: $(call objects_of,tests/stress/stress*.c) $(RAW)
$B/tests/stress/many: $B/tests/stress/many.o $(RAW)
$B/tests/stress/connections: $B/tests/stress/connections.o $(RAW)
$(STRESSES): LIBS := -lpthread
$(SEQUENCE): $(call objects_of,tests/fuzz/sequence*.c) $(RAW)
$B/tests/faults/server $B/tests/faults/server-static: $(patsubst %,$B/tests/faults/%.o,server scene tcp udp) $(RAW)
$B/tests/faults/server-static: LINK := -static
$B/tests/faults/within: $B/tests/faults/within.o

$(SNIPPETS) $(STRESSES) $(SEQUENCE) $(FAULTY):
	$(say) LINK $@
	$(link_test)

$(SNIPPET)/early.so: $(RAW)
$(SNIPPET)/uring_module.so: LIBS := -luring
$(MODULES): LINK := -shared
$(MODULES): %.so: %.o
	$(say) LINK $@
	$(link_test)

# Servers and tools in C, each of one source; some with another compiler or C library, musl where it is
# there for those that are static, as such programs often are.
APP_CC     = $(CC)
STATIC_CC := $(if $(shell command -v musl-gcc),musl-gcc,$(CC))
SERVERS   := $(addprefix $B/tests/,server server-musl server-asan server-asan-static server-tsan)
OTHERS    := $B/tests/other-bind.so $B/tests/other-bind-musl.so
APPS      := $(addprefix $B/tests/,clickhouse-server forgets hostile raw-server refuse static-server su-exec uring-peer uring-peer-static uv-udp-peer)

$(filter-out %/uring-peer-static,$(APPS)): $B/tests/%: tests/e2e/apps/%.c
$(addprefix $B/tests/,clickhouse-server raw-server): tests/e2e/apps/answer-family.h
$B/tests/raw-server: $(RAW)
$B/tests/raw-server: LINK := -Ishim -Ishim/core
$B/tests/hostile: LINK := -static -pthread
$B/tests/static-server $B/tests/su-exec: APP_CC := $(STATIC_CC)
$B/tests/static-server $B/tests/su-exec: LINK := -static
$B/tests/uv-udp-peer: LIBS := -luv
$B/tests/uring-peer: LIBS := -luring
$B/tests/uring-peer-static: tests/e2e/apps/uring-peer.c
$B/tests/uring-peer-static: LIBS := -l:liburing.a

# A library that is preloaded beside this one.
$(OTHERS): tests/e2e/apps/other-bind.c
$(OTHERS): LINK := -shared -fPIC
$(OTHERS): LIBS := -ldl
$B/tests/other-bind-musl.so: APP_CC := musl-gcc

# With one C library and another, and with AddressSanitizer's runtime as gcc has it (a
# library) and as clang (within).
$(SERVERS): tests/portable/server.c
$(SERVERS): LINK := -pthread
$B/tests/server-musl: APP_CC := musl-gcc
$B/tests/server-asan: APP_CC := gcc -fsanitize=address -g
$B/tests/server-asan-static: APP_CC := clang -fsanitize=address -g
$B/tests/server-tsan: APP_CC := gcc -fsanitize=thread -g

$B/tests/dlerror-musl: tests/portable/dlerror.c
$B/tests/dlerror-musl: APP_CC := musl-gcc

$(APPS) $(OTHERS) $(SERVERS) $B/tests/dlerror-musl:
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(APP_CC) -std=gnu11 -O1 -Wall -Wextra $(LINK) -o $@ $(filter %.c %.o,$^) $(LIBS)

# Boost.Asio adds its sockets to epoll before it binds; libuv before 1.45 (above) makes
# some of its calls by syscall(2).
BOOST_APPS := $B/tests/boost-peer $B/tests/boost-udp-peer

$(BOOST_APPS): $B/tests/%: tests/e2e/apps/%.cpp
	@mkdir -p $(@D)
	$(say) CXX $@
	$(quiet)$(CXX) -std=c++17 -O1 -Wall -Wextra -pthread -o $@ $<

# Servers that never call the C library's bind, and what starts others. GO=... where it
# is not in PATH.
GO        ?= $(shell command -v go || echo /usr/local/go/bin/go)
GO_BUILD  := GO111MODULE=off GOFLAGS= GOCACHE=$(CURDIR)/$B/go-cache $(GO) build
GO_SERVERS := $(addprefix $B/tests/,go-static go-cgo go-pie)
GO_APPS   := $(GO_SERVERS) $B/tests/go-parent
HAVE_GO   := $(wildcard $(GO))$(shell command -v $(GO))

$(GO_SERVERS): tests/e2e/apps/go-server.go
$B/tests/go-parent: tests/e2e/apps/go-parent.go
$B/tests/go-cgo: CGO := 1
$B/tests/go-pie: GO_FLAGS := -buildmode=pie
$B/tests/go-parent: GO_FLAGS := -ldflags '-s -w'
$(GO_APPS):
	$(say) GO $@
	$(quiet)CGO_ENABLED=$(or $(CGO),0) $(GO_BUILD) $(GO_FLAGS) -o $@ $<

# Static and stripped, with the C library in it: nothing but its language tells what
# it makes of an address.
$B/tests/rust: tests/e2e/apps/rust.rs
	@mkdir -p $(@D)
	$(say) RUST $@
	$(quiet)rustc -O -C target-feature=+crt-static -C panic=abort -C strip=symbols -o $@ $<

SUPERVISED := $(if $(HAVE_GO),$(GO_APPS)) $(if $(shell command -v rustc),$B/tests/rust) \
              $(addprefix $B/tests/,static-server raw-server clickhouse-server su-exec hostile refuse)

# The library for aarch64, for the tests that look at it or emulate it.
other-architecture:
	@$(MAKE) --no-print-directory CC=aarch64-linux-gnu-gcc CFLAGS=-Os B=build/aarch64 all

ifneq ($B,build/aarch64)
build/aarch64/dualbind build/aarch64/libdualbind.so: other-architecture
endif

tests: ## all that make check runs, built
tests: $(LIBRARY) $(COMMAND) image-files $(UNITS) $(PROCESSES) $(SNIPPETS) $(MODULES) $(SEQUENCE) $(STRESSES) $(FAULTY) $(REPLAYS) \
       $(APPS) $(OTHERS) $(SERVERS) $B/tests/dlerror-musl $(BOOST_APPS) $(SUPERVISED)
ifneq ($(MACHINE),aarch64)
tests: other-architecture
endif
faulty: $(FAULTY)

.PHONY: tests faulty other-architecture
