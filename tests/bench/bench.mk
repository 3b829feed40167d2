# Measures us beside the peers, in one run. What and how: tests/bench/README.md
# SPDX-License-Identifier: MIT

BENCH_TOOLS := $(OUT)/bench/load $(OUT)/bench/bare $(OUT)/bench/ntp

.PHONY: bench bench-programs
bench:
	@$(MAKE) --question bench-programs || image/step bench-programs $(MAKE) bench-programs
	@python3 -B tests/bench/run.py $(OUT)
	@python3 -B tests/bench/rdns.py
	@python3 -B tests/bench/rdns_checks.py
	@$(MAKE) bench-mirror

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
