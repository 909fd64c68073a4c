# make stress: what a program does with its sockets, by many threads at once and in
# great numbers, for minutes: STRESS_SECONDS=n of the first, and SEED=n. make check
# runs the same for seconds.

STRESSES  := $(addprefix $B/tests/stress/,stress many connections)
STRESS_SECONDS ?= 180
SEED      ?= 1

$B/tests/stress/stress: $(wildcard tests/stress/stress*.[ch]) $B/core/raw.o
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -o $@ $(filter %.c %.o,$^) $(LDFLAGS) -lpthread

$B/tests/stress/%: tests/stress/%.c $B/core/raw.o
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(TEST_FLAGS) -o $@ $(filter %.c %.o,$^) $(LDFLAGS)

tests: $(STRESSES)

stress: deps
	@$(MAKE) --no-print-directory all $(STRESSES)
	@STRESS_LONG=1 STRESS_SECONDS=$(STRESS_SECONDS) STRESS_SEED=$(SEED) TEST_TIMEOUT=3000 \
	    tests/run $(sort $(wildcard tests/stress/*.t))

.PHONY: stress
