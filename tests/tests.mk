# Tests and checks. Each suite leaves JUnit files in build/results/SUITE/.
# SPDX-License-Identifier: MIT

RESULTS := build/results
PYTEST := python3 -B -m pytest --config-file=tests/pytest.ini --quiet

.PHONY: unit asan tsan fuzz analyze lint run-e2e

# All of them run, also after one has failed.
define run_unit_tests
status=0
tests/support/run_unit.py $(OUT)/unit $(RESULTS)/unit || status=1
node --import ./tests/unit/web/support/shared.mjs --test --test-reporter=spec --test-reporter-destination=stdout \
	--test-reporter=junit --test-reporter-destination=$(RESULTS)/unit/web.xml tests/unit/web/*.mjs || status=1
$(PYTEST) --junitxml=$(RESULTS)/unit/fontaine.xml tests/unit/fontaine || status=1
exit $$status
endef
export run_unit_tests

unit: build
	@$(MAKE) --question unit-tests || image/step unit-tests $(MAKE) unit-tests
	@sh -c "$$run_unit_tests"

.PHONY: asan-programs
asan-programs: export VARIANT := asan
asan-programs:
	@$(MAKE) unit-tests

asan: export VARIANT := asan
asan:
	@$(MAKE) --question unit-tests || image/step unit-tests-asan $(MAKE) unit-tests
	@tests/support/run_unit.py build/asan/unit $(RESULTS)/asan

# What has threads: loops of several workers, stores, what is done on libuv's threads.
THREADED := lib/store/% lib/net/% lib/base/test_prefix_table speedtest/test_picture mirror/test_background \
	mirror/test_runner% mirror/test_engine% mirror/test_rollback rdns/test_look rdns/test_checking \
	rdns/test_rechecking rdns/test_publish% health/test_journal
tsan: export VARIANT := tsan
# A test forks a daemon, in which libuv makes threads of its own.
tsan: export TSAN_OPTIONS := die_after_fork=0:suppressions=$(CURDIR)/tests/support/tsan.supp
tsan:
	@image/step unit-tests-tsan $(MAKE) $(filter $(THREADED:%=build/tsan/unit/%),$(UNIT_SOURCES:tests/unit/%.c=build/tsan/unit/%))
	@tests/support/run_unit.py build/tsan/unit $(RESULTS)/tsan

# TIME: seconds for each target; ONLY: names of some; ENGINE: libfuzzer or afl.
TIME ?= 60
ENGINE ?= libfuzzer

fuzz: export VARIANT := $(if $(filter afl,$(ENGINE)),afl,fuzz)
fuzz:
	@$(MAKE) --question fuzz-targets || image/step fuzz-targets $(MAKE) fuzz-targets
	@tests/fuzz/run $(ENGINE) $(TIME) $(ONLY)

# The APIs, from their descriptions: TIME seconds for each, with other requests each time.
.PHONY: fuzz-web
fuzz-web: build
	@FUZZ_S=$(TIME) FUZZ_SEED=$${FUZZ_SEED:-$$(date +%s)} tests/support/apart $(PYTEST) --timeout=$$(($(TIME) + 120)) \
		--capture=no -k fuzz tests/e2e/test_api.py

# A source is checked again when it, a header of it, or the list of checks has changed.
# Tests are left out: the analyser does not know that a failed assertion of cmocka ends a test.
TIDY := $(patsubst %.c,build/lint/%.tidy,$(shell find services -name '*.c'))
TIDY_FLAGS := $(CPPFLAGS) $(filter-out -g -Werror $(HARDENING) $(OPTIMISE_release),$(CFLAGS))

build/lint/%.tidy: $(OUT)/%.o .clang-tidy
	@mkdir -p $(@D)
	$(QUIET)clang-tidy --quiet $*.c -- $(TIDY_FLAGS)
	@touch $@

.PHONY: tidy
tidy: $(TIDY)

# Clang's analyser, but for what wants the functions of Annex K.
ANALYSER := -*,clang-analyzer-*,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling
ANALYSER := $(ANALYSER),-clang-analyzer-security.insecureAPI.strcpy
build/analyze/%.done: $(OUT)/%.o
	@mkdir -p $(@D)
	$(QUIET)clang-tidy --quiet --checks='$(ANALYSER)' $*.c -- $(TIDY_FLAGS)
	@touch $@

# And gcc's. What is not so of what it says, or cppcheck, is in tests/analyze, with the reason.
GCC_FLAGS := $(CPPFLAGS) $(filter-out -g $(HARDENING) $(OPTIMISE_release),$(CFLAGS)) -O1
build/analyze/%.gcc: $(OUT)/%.o tests/analyze/gcc
	@mkdir -p $(@D)
	$(QUIET)gcc $(GCC_FLAGS) -fanalyzer $$(sed -n 's#^\([a-z-]*\):$*\.c$$#-Wno-analyzer-\1#p' tests/analyze/gcc) \
		-c -o /dev/null $*.c
	@touch $@

CPPCHECK := cppcheck --quiet --error-exitcode=1 --cppcheck-build-dir=build/cppcheck --std=c11 --language=c \
	--enable=warning,performance,portability --library=posix --include=tests/analyze/macros.h \
	--include=/usr/include/$(shell gcc -print-multiarch)/sys/queue.h --suppressions-list=tests/analyze/cppcheck
analyze: $(TIDY:build/lint/%.tidy=build/analyze/%.done) $(TIDY:build/lint/%.tidy=build/analyze/%.gcc)
	@mkdir -p build/cppcheck
	@$(CPPCHECK) $(filter -D% -I%,$(CPPFLAGS)) -j$(shell nproc) services && echo 'clang, gcc and cppcheck find nothing'

.PHONY: dependencies
dependencies:
	@tests/lint/dependencies.py

lint:
	@$(PYTEST) --junitxml=$(RESULTS)/lint/lint.xml tests/lint

# Third-party clients from npm, pinned by their lock file. The certificates that the host trusts are good here too.
CLIENTS := build/npm/done
.PHONY: clients
clients: $(CLIENTS)

$(CLIENTS): $(wildcard tests/clients/npm/*.json)
	@mkdir -p $(@D) && cp $^ $(@D)
	@image/step clients env NODE_EXTRA_CA_CERTS=/run/host-certificates.crt \
		npm --prefix $(@D) --no-audit --no-fund --ignore-scripts ci
	@touch $@

# Our client of responsiveness tests.
RPM := $(OUT)/clients/rpm
$(RPM): $(OUT)/tests/clients/rpm.o $(OUT)/tests/clients/h2_client.o
	@mkdir -p $(@D)
	$(QUIET)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

# Not part of `make check`: some ten minutes.
.PHONY: faults
faults: build
	@tests/faults/run $(RESULTS)/faults/records.jsonl $(PYTEST)

# What has calls of a program fail; the nth of each kind, SAMPLES of them, at each moment of each daemon's life.
FAILING := $(OUT)/tests/faults/failing.so
$(FAILING): tests/faults/failing.c services/build.mk
	@mkdir -p $(@D)
	$(QUIET)$(CC) -D_GNU_SOURCE -std=c17 -O2 -fPIC -Wall -Wextra -Werror -shared -o $@ $<

SAMPLES ?= 8
CALLS := $(RESULTS)/faults/calls.jsonl
.PHONY: faults-calls
faults-calls: export SAMPLES := $(SAMPLES)
faults-calls: export CALLS_RECORDS := $(CURDIR)/$(CALLS)
faults-calls: build $(FAILING)
	@mkdir -p $(dir $(CALLS)) && rm -f $(CALLS)
	@printf '%s\n' $(patsubst %,[%],$(filter-out fontaine,$(PROGRAMS)) mirrord-rsync rsync) fontaine_render | \
		xargs -P $(shell nproc) -I DAEMON tests/support/apart $(PYTEST) --timeout=3600 -k DAEMON tests/faults/test_calls.py; \
		status=$$?; cd tests && python3 -B -m support.call_table $(CURDIR)/$(CALLS) && exit $$status

.PHONY: run-faults-apply
run-faults-apply: $(FAILING)
	@$(PYTEST) --timeout=3600 --capture=no tests/faults/test_apply.py

# What a server that was taken over does.
INTRUDER := $(OUT)/tests/support/intruder
$(INTRUDER): $(OUT)/tests/support/intruder.o
	$(QUIET)$(CC) $(LDFLAGS) -o $@ $^

# Our programs, built by sanitizers, in the tests that need no POP: two lanes, either of which may
# have none of them (5). What sanitizers say is in REPORTS.
.PHONY: e2e-asan
e2e-asan: export VARIANT := asan
e2e-asan: export REPORTS := $(CURDIR)/$(RESULTS)/e2e-asan
e2e-asan: export ASAN_OPTIONS := fast_unwind_on_malloc=0:log_path=$(CURDIR)/$(RESULTS)/e2e-asan/report
e2e-asan: export UBSAN_OPTIONS := print_stacktrace=1:log_path=$(CURDIR)/$(RESULTS)/e2e-asan/report
e2e-asan: $(CLIENTS)
	@$(MAKE) --question programs || image/step programs-asan $(MAKE) programs
	@rm -rf $(REPORTS) && mkdir -p $(REPORTS)
	@printf '%s\n' apart speedtest | xargs -P 2 -I MARK sh -c '"$$@" || [ $$? = 5 ]' lane tests/support/apart \
		$(PYTEST) --timeout=600 --junitxml=$(REPORTS)/MARK.xml -m MARK -k '$(ONLY)' tests/e2e tests/clients; \
		tests/support/summary.py $(RESULTS) e2e-asan=$$?

# And in the tests of the POP, which is started with them: its units are those of the image.
.PHONY: sanitized-tree run-e2e-pop-asan
sanitized-tree: export VARIANT := asan
sanitized-tree:
	@$(MAKE) --question programs || image/step programs-asan $(MAKE) programs
	@tests/support/sanitized-tree build/asan $(POP_TREE)

run-e2e-pop-asan: export VARIANT := asan
run-e2e-pop-asan: export REPORTS := $(CURDIR)/$(RESULTS)/e2e-pop-asan
run-e2e-pop-asan: $(RPM) $(INTRUDER) $(CLIENTS)
	@rm -rf $(REPORTS) && mkdir -p $(REPORTS)
	@$(PYTEST) --timeout=600 --junitxml=$(REPORTS)/pop.xml -m 'not apart and not speedtest and not alone' \
		-k '$(ONLY)' tests/e2e tests/clients; tests/support/summary.py $(RESULTS) e2e-pop-asan=$$?

run-e2e: $(RPM) $(INTRUDER) $(CLIENTS)
	@tests/support/run_e2e $(RESULTS)/e2e "$(BESIDE)" $(PYTEST)

.PHONY: run-torture
run-torture:
	@python3 -B tests/torture/torture.py $(ONLY)

# Of half an hour, if not said otherwise.
MINUTES ?= 30

.PHONY: run-soak
run-soak:
	@python3 -B tests/torture/soak.py $(MINUTES)

.PHONY: run-check-tls
run-check-tls:
	@python3 -B tests/support/check_tls.py

# Not part of `make check`: some minutes. A plain Debian is made again when our packages need others.
PLAIN := build/plain/done
$(PLAIN): packaging/debian/control tests/packages/plain-debian | $(DEBS)
	@mkdir -p $(@D)
	@image/step plain-debian tests/packages/plain-debian $(@D) $(filter-out %-dbgsym_%,$(wildcard build/deb/*.deb))
	@touch $@

.PHONY: plain-debian check-packages
plain-debian: deb
	@$(MAKE) $(PLAIN)
check-packages: plain-debian
	@$(PYTEST) --junitxml=$(RESULTS)/packages/packages.xml tests/packages

# Machines in QEMU, one after the other, in a network of their own. ONLY: which of tests/image/test_*.py.
MACHINES := tests/support/apart $(PYTEST) --verbosity=1 --capture=tee-sys --timeout=3600
.PHONY: check-image starts
check-image:
	@$(MAKE) --no-print-directory POP=lab $(if $(filter secure_boot,$(ONLY)),secure-boot,image)
	@$(MACHINES) --junitxml=$(RESULTS)/image/machines.xml \
		$(patsubst %,tests/image/test_%.py,$(or $(ONLY),start)); tests/support/summary.py $(RESULTS) image=$$?

# The least of it, for tests/check: both media, both firmwares. Where nothing else runs, a start takes a minute.
starts: export MACHINE_LIMIT_S := 300
starts:
	@$(MAKE) --no-print-directory POP=lab image
	@$(MACHINES) --exitfirst -k 'disk-uefi or iso-bios' --junitxml=$(RESULTS)/starts/machines.xml \
		tests/image/test_start.py

# The tests of the container's network side, against a machine that is the same POP. What they are not for is skipped.
.PHONY: e2e-vm
e2e-vm: deb $(DISK) $(RPM) $(CLIENTS)
	@PYTHONPATH=tests:image tests/support/apart python3 -B -m support.twin $(PYTEST) --timeout=600 \
		-m 'not apart and not speedtest and not alone' --junitxml=$(RESULTS)/e2e-vm/twin.xml tests/e2e tests/clients; \
		tests/support/summary.py $(RESULTS) e2e-vm=$$?
