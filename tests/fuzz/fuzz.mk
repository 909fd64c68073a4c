# SPDX-License-Identifier: MIT
# Fuzz targets (tests/fuzz/fuzz.h): with libFuzzer for make fuzz, and with a main
# that replays the inputs that are kept for make check. Both under sanitizers.

FUZZERS   := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
REPLAYS   := $(addprefix $B/tests/fuzz/replay-,$(FUZZERS))
FUZZ_CC      ?= clang
FUZZ_SECONDS ?= 30
FUZZED    := $(wildcard shim/core/*/*.c) shim/preload/target_self.c \
             $(addprefix shim/,inspect/elffile.c inspect/own_calls.c inspect/language.c inspect/sock_diag.c inspect/procnet.c inspect/held.c cmd/allowtext.c)
SANITIZED := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
FUZZ_FLAGS = $(TEST_FLAGS) -O1 $(SANITIZED)

# It takes six arguments for any system call, however many were given.
$B/tests/fuzz/libfuzzer/shim/core/base/syscall_raw.o $B/tests/fuzz/replay/shim/core/base/syscall_raw.o: SANITIZED :=

$B/tests/fuzz/libfuzzer/%.o: %.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(FUZZ_CC) $(CPPFLAGS) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

$B/tests/fuzz/replay/%.o: %.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(FUZZ_FLAGS) -MMD -MP -c -o $@ $<

$B/tests/fuzz/fuzz-%: $B/tests/fuzz/libfuzzer/tests/fuzz/fuzz_%.o $(FUZZED:%.c=$B/tests/fuzz/libfuzzer/%.o)
	$(say) LINK $@
	$(quiet)$(FUZZ_CC) $(SANITIZED) -fsanitize=fuzzer -o $@ $^ $(LDFLAGS)

$B/tests/fuzz/replay-%: $B/tests/fuzz/replay/tests/fuzz/fuzz_%.o $B/tests/fuzz/replay/tests/fuzz/replay.o \
                        $(FUZZED:%.c=$B/tests/fuzz/replay/%.o)
	$(say) LINK $@
	$(quiet)$(CC) $(SANITIZED) -o $@ $^ $(LDFLAGS)

.PRECIOUS: $B/tests/fuzz/libfuzzer/%.o $B/tests/fuzz/replay/%.o

-include $(wildcard $B/tests/fuzz/*/*/*/*.d $B/tests/fuzz/*/*/*/*/*.d)

fuzz: ## each fuzz target, then the differential fuzzer, for FUZZ_SECONDS=30 each
	@scripts/deps fuzz
	@$(MAKE) --no-print-directory $(LIBRARY) $(SEQUENCE) $(addprefix $B/tests/fuzz/fuzz-,$(FUZZERS))
	@tests/fuzz/run $(FUZZ_SECONDS) $(FUZZERS)

.PHONY: fuzz
