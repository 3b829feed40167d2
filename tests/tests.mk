# Tests and checks. Each suite leaves JUnit files in build/results/SUITE/.
# SPDX-License-Identifier: MIT

RESULTS := build/results
PYTEST := python3 -B -m pytest --config-file=tests/pytest.ini --quiet

.PHONY: unit asan lint run-e2e

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

asan: export VARIANT := asan
asan:
	@$(MAKE) --question unit-tests || image/step unit-tests-asan $(MAKE) unit-tests
	@tests/support/run_unit.py build/asan/unit $(RESULTS)/asan

# A source is checked again when it, a header of it, or the list of checks has changed.
# Tests are left out: the analyser does not know that a failed assertion of cmocka ends a test.
TIDY := $(patsubst %.c,build/lint/%.tidy,$(shell find services -name '*.c'))
TIDY_FLAGS := $(CPPFLAGS) $(filter-out -g $(HARDENING) $(OPTIMISE_release),$(CFLAGS))

build/lint/%.tidy: $(OUT)/%.o .clang-tidy
	@mkdir -p $(@D)
	$(QUIET)clang-tidy --quiet $*.c -- $(TIDY_FLAGS)
	@touch $@

.PHONY: tidy
tidy: $(TIDY)

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

run-e2e: $(RPM) $(CLIENTS)
	@tests/support/run_e2e $(RESULTS)/e2e $(PYTEST)
