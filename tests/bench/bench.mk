# Measures us beside the peers, in one run. What and how: tests/bench/README.md
# SPDX-License-Identifier: MIT

BENCH_TOOLS := $(OUT)/bench/load $(OUT)/bench/bare $(OUT)/bench/ntp

# All of them run, also after one has missed its aim.
.PHONY: bench bench-programs
bench:
	@$(MAKE) --question bench-programs || image/step bench-programs $(MAKE) bench-programs
	@status=0; \
	for bench in run.py rdns.py rdns_checks.py; do python3 -B tests/bench/$$bench $(OUT) || status=1; done; \
	$(MAKE) bench-mirror && exit $$status

bench-programs: $(OUT)/speedtestd $(OUT)/ipv6testd $(OUT)/rdnsd $(OUT)/fontaine $(BENCH_TOOLS)

.PHONY: bench-mirror
bench-mirror: $(OUT)/bench/mirror $(OUT)/bench/load $(OUT)/fontaine $(OUT)/mirrord
	@python3 -B tests/bench/mirror.py $(OUT)
	@python3 -B tests/bench/mirror_sync.py $(OUT)
	@python3 -B tests/bench/mirror_serving.py $(OUT)
	@python3 -B tests/bench/mirror_table.py

$(OUT)/bench/mirror: $(OUT)/tests/bench/mirror.o $(filter-out %/main.o,$(call objects,$(wildcard services/mirror/*.c))) \
	$(LIBRARY)
	@mkdir -p $(@D)
	$(QUIET)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(OUT)/bench/load: $(OUT)/tests/bench/ndt7.o $(LIBRARY)
$(BENCH_TOOLS): $(OUT)/bench/%: $(OUT)/tests/bench/%.o
	@mkdir -p $(@D)
	$(QUIET)$(CC) $(LDFLAGS) -o $@ $^ -pthread $(shell pkg-config --libs libssl libcrypto)
