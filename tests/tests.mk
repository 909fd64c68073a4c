# SPDX-License-Identifier: MIT
# What runs tests, and which. What they run is built by tests/programs.mk.

# Rows of the compatibility matrix that take seconds and Debian's packages alone.
QUICK_ROWS := $(shell grep -l '^[^\#]*QUICK=1' tests/compat/*.t)
KERNELS   := $(sort $(wildcard tests/kernels/linux-*.t))
QUICK_KERNELS := $(addprefix tests/kernels/linux-,4.15.t 5.10.t)
PORTABILITY := $(sort $(wildcard tests/portable/*.t))
scripts_of = $(sort $(wildcard $(patsubst %,tests/%/*.t,$1)))

TESTS     ?= $(call scripts_of,make docs) tests/foreign/cpython-sockets.t $(PORTABILITY) $(QUICK_KERNELS) $(UNITS) $(PROCESSES) \
             $(call scripts_of,process fuzz faults) $(call scripts_of,stress) $(call scripts_of,containers) \
             $(call scripts_of,e2e) $(call scripts_of,hosts) tests/kubernetes/configmap.t $(QUICK_ROWS)

# The cost comes first, and where the tests cannot run, that: not after minutes of packages.
check: ## everything; says first what it costs, installs what is missing (as root)
	@tests/may-run
	@echo 'make check: $(words $(TESTS)) files of tests, 20 to 40 minutes on two processors, 5 GB of disk.'
	@echo 'It installs servers, browsers and compilers with apt: take a machine that you can throw away.'
	@echo 'Less: make check-code (units and process tests, three packages), make test T=FILE (one test).'
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory tests
	@tests/run $(TESTS)

# T="tests/unit/test_swap.c tests/e2e/nginx.t": sources, scripts, or programs in build/tests.
test: ## T="tests/unit/test_swap.c tests/e2e/nginx.t": these, and what they need
	@test -n '$(T)' || { echo 'make test: which? T="tests/unit/test_swap.c tests/e2e/nginx.t"' >&2; exit 2; }
	@needed=$$(tests/needs $(T)) && $(MAKE) --no-print-directory $$needed
	@tests/run $(T:tests/%.c=$B/tests/%)

# What a change to shim/ needs, with libcmocka, check and subunit alone.
check-code: deps-code ## unit and process tests in C: minutes, and three packages
	@$(MAKE) --no-print-directory $(UNITS) $(PROCESSES)
	@tests/run $(UNITS) $(PROCESSES)

# config/kubernetes in a real API server and under Kyverno's command, which are
# built first. GO as above.
check-cluster: ## config/kubernetes in a real API server, which is built first: ten minutes
	@scripts/deps cluster
	@$(MAKE) --no-print-directory $(LIBRARY)
	@GO=$(GO) scripts/kubernetes-tools
	@tests/run $(sort $(wildcard tests/kubernetes/*.t))

# Servers in gVisor, natively and with the shim: Debian's runsc and the newest one, which
# is built first. GO as above.
GVISOR    := $(call scripts_of,gvisor)
check-gvisor: deps ## servers in gVisor, also in the newest, which is built first
	@scripts/deps gvisor
	@needed=$$(tests/needs $(GVISOR)) && $(MAKE) --no-print-directory $$needed
	@GO=$(GO) scripts/gvisor
	@JOBS=1 TEST_TIMEOUT=1200 tests/run $(GVISOR)

# One library for every image, alone: other releases, musl, aarch64, other preloads.
check-portable: deps ## tests/portable alone; make check runs them, too
	@$(MAKE) --no-print-directory tests
	@tests/run $(PORTABILITY)

# Unit and process tests and servers on other kernels (tests/kernels), in hours, or with
# ONLY="4.15 uml" on some; make check has a part of that on two.
check-kernels: deps ## on other kernels, ONLY="4.15 uml" on some; hours
	@$(MAKE) --no-print-directory tests
	@KERNEL_TESTS=all TEST_TIMEOUT=$${TEST_TIMEOUT:-7200} \
	    tests/run $(if $(ONLY),$(ONLY:%=tests/kernels/linux-%.t),$(KERNELS))

# Others' test suites, natively and with the shim: an hour.
check-foreign: ## others' test suites, natively and with the shim: an hour
	@scripts/deps foreign
	@$(MAKE) --no-print-directory all
	@TEST_TIMEOUT=$${TEST_TIMEOUT:-7200} tests/run $(sort $(wildcard tests/foreign/*.t))

# Lines and branches of shim/ that the unit and process tests reach, the differential
# fuzzer, calls that fail, and of the end-to-end tests those of the command, those of
# the supervisor and some of the library. COVERAGE_TESTS names others.
COVERAGE_E2E := dual-matrix dual-stranger left-alone liburing loopback-promoted mapped-source nginx original-dst \
                own-ipv6-listener past-library peers-native python-http redis socat-udp special-sources udp-stranger
# With counters a million peers take longer than they may.
COVERAGE_TESTS ?= $(UNITS) $(filter-out %/check_many_peers,$(PROCESSES)) $(sort $(wildcard tests/process/*.t)) tests/fuzz/differential.t \
                  $(sort $(wildcard tests/faults/*.t tests/e2e/command-*.t tests/e2e/supervise*.t tests/e2e/launchers*.t)) $(COVERAGE_E2E:%=tests/e2e/%.t)
coverage: deps ## lines and branches of shim/ that tests reach; COVERAGE_TESTS="..."
	@scripts/deps coverage
	@tests/coverage $(COVERAGE_TESTS)

# Each system call fails in each plausible way, of the library and of the supervisor.
faults: ## system calls that fail, of the library and the supervisor: 15 minutes
	@scripts/deps faults
	@$(MAKE) --no-print-directory $(LIBRARY) $(COMMAND) faulty
	@PYTHONDONTWRITEBYTECODE=1 tests/faults/faults.py

# What a program does with its sockets, by many threads at once and in great numbers, for
# minutes. make check runs the same for seconds.
STRESS_SECONDS ?= 180
SEED      ?= 1

stress: deps ## many threads, connections and descriptors: STRESS_SECONDS=180 SEED=7
	@$(MAKE) --no-print-directory all $(STRESSES)
	@STRESS_LONG=1 STRESS_SECONDS=$(STRESS_SECONDS) STRESS_SEED=$(SEED) TEST_TIMEOUT=3000 \
	    tests/run $(call scripts_of,stress)

demo: ## what it is for, shown
	@scripts/deps demo
	@$(MAKE) --no-print-directory $(LIBRARY)
	@scripts/demo

# Real servers, and docs/COMPATIBILITY.md. ONLY="redis nginx" runs only those.
compat: deps ## rows of docs/COMPATIBILITY.md, ONLY="redis kserve"; all of them in hours
	@$(MAKE) --no-print-directory $(LIBRARY) $(COMMAND) $(if $(HAVE_GO),$(GO_SERVERS))
	@tests/compat/run $(ONLY)

# Installs what is missing, after saying so; names it where that takes root.
deps: ## installs what make check needs (as root), or names it
	@scripts/deps check $(sort $(patsubst apt:%,%,$(shell grep -oh 'apt:[a-z0-9.+-]*' $(QUICK_ROWS))))

deps-code: ## installs what make check-code needs (as root), or names it
	@scripts/deps code

.PHONY: check check-code deps-code test coverage compat demo deps faults stress check-cluster check-portable check-foreign check-gvisor check-kernels
