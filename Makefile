# Fontaine: build, run and test a POP. `make help` lists the targets.
# SPDX-License-Identifier: MIT
#
# Tools live in the workshop, a Debian 13 tree under build/workshop: a target that
# needs them runs `make NATIVE=1` in there. On Debian 13, NATIVE=1 uses the host's.

POP ?= demo
export POP V MIRROR LOCK

IN_WORKSHOP := build deb check-packages plain-debian tree image images lock reproducible upgrade secure-boot boot \
	clients unit asan tsan e2e-asan fuzz fuzz-web analyze lint tidy bench bench-mirror faults faults-calls \
	run-faults-apply sanitized-tree run-e2e run-e2e-pop-asan run-torture run-soak dependencies security-report \
	run-check-tls check-image starts e2e-vm

.PHONY: help run up down endpoints check e2e e2e-pop-asan faults-apply torture soak check-tls release clean $(IN_WORKSHOP)
.DEFAULT_GOAL := help

## make run        build everything, start the POP, print its addresses; Ctrl-C stops it
## make up         the same in the background
## make down       stop what `make up` started
## make endpoints  print where the running POP answers, as JSON
## make image      a disk and an ISO for a machine of its own, into build/images/POP
## make images     the same for each POP file; what they share is built once
## make lock       keep the packages that an image was built of, into build/locked
## make reproducible  build the image again as somebody else would, and compare: the same bytes
## make upgrade    what machines of an image upgrade to, into build/upgrades
## make secure-boot  images and upgrade once more, with signatures for Secure Boot, into build/secure-boot
## make boot       that disk in QEMU; Ctrl-C stops it
## make check      run every test; the last line is "N passed, N failed"; AND=starts: disk and ISO start, too, if
##                 enough is left of 39 minutes
## make unit       unit tests                  make asan   the same under sanitizers
## make e2e-asan   end-to-end tests that need no POP, of our programs under them; ONLY="rdns or mirror" some of them
## make e2e-pop-asan  the tests of the POP, with our programs in it under them
## make fuzz       each parser of foreign bytes for a while: TIME=60 seconds, ONLY="pop release" some of them;
##                 ENGINE=afl by AFL++, not libFuzzer
## make fuzz-web   requests without end to each API, made of its description, for TIME=60 seconds; FUZZ_SEED=n again
## make tsan       what has threads, under ThreadSanitizer
## make analyze    the analysers of clang and gcc, and cppcheck, over all sources
## make lint       style and structure         make e2e    tests against the running POP
## make faults     have each service fail in each way, alone and in pairs; tables of it in docs/RELIABILITY.md
## make faults-calls  have one call after another of each daemon fail; SAMPLES=8 of a kind; tables of it there too
## make faults-apply  have calls of `fontaine apply` fail in the running POP: a whole POP file stays in force
## make torture    attack the running POP, and see what its users still get; ONLY="requests time" some attacks
## make soak       use the running POP for MINUTES=30, and see that none of its servers grows
## make check-tls  have testssl.sh grade each TLS port of the running POP: A at least
## make check-image  disk and ISO of POP=lab start in QEMU, without KVM, by UEFI and BIOS; the ISO installs itself
##                 ONLY="upgrade running credentials power": what machines do then, an hour
## make e2e-vm     the end-to-end tests of the container's network side, against a machine in QEMU that is the same POP
## make bench      measure beside other servers, into build/bench/results.json
## make build      compile the daemons         make deb    Debian packages, into build/deb
## make check-packages   a plain Debian 13 becomes a POP by our packages, and is plain again; lintian
## make dependencies     write the versions of today into docs/DEPENDENCIES.md
## make security-report  which known weaknesses the packages of an image have, by Debian's security tracker
## make release    build, check and sign what is released, into build/releases: POP=name KEY=file, a key of minisign
## make clean      remove all that was built but the workshop and keys
##
## POP=name      take image/pops/name.yaml instead of demo
## V=1           show everything that the steps print
## KEYS=folder   pop.key and pop.crt, that sign the POP files of your machines (build/keys)
## LOCK=folder   build the image of the packages kept there, without a network, not of those of the day
## NATIVE=1      use this system's tools instead of the workshop's (Debian 13)
## TRACKER=file  data of Debian's security tracker, if not fetched today
## MIRROR=uri    where Debian packages come from, if not from this system's own mirror
help:
	@sed -n 's/^## \{0,1\}//p' Makefile

run:
	@image/run stopped && $(MAKE) --no-print-directory tree && exec image/run run

up:
	@image/run is-up || { $(MAKE) --no-print-directory tree && image/run up; }

down:
	@image/run down

endpoints:
	@image/exec fontaine endpoints --json

e2e: tree clients
	@image/run with $(MAKE) --no-print-directory run-e2e

e2e-pop-asan: export POP_TREE := build/tree-asan
e2e-pop-asan: tree clients
	@$(MAKE) --no-print-directory sanitized-tree
	@image/run with $(MAKE) --no-print-directory run-e2e-pop-asan

torture: tree
	@image/run with $(MAKE) --no-print-directory run-torture

check-tls: tree
	@image/run with $(MAKE) --no-print-directory run-check-tls

faults-apply: tree
	@image/run with $(MAKE) --no-print-directory run-faults-apply

soak: tree
	@image/run with $(MAKE) --no-print-directory run-soak

check:
	@tests/check $(AND)

# All that can be refused is, before an hour of checks.
release:
	@$(WITH_KEY) packaging/release ready
	@$(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory image
	@$(WITH_KEY) packaging/release make $(POP) $(RELEASE_KEY)

clean:
	@image/run down
	@find build -mindepth 1 -maxdepth 1 ! -name 'workshop*' ! -name keys -exec rm -rf {} +

ifdef NATIVE

RELEASE_KEY := $(KEY)
MAKEFLAGS += --no-builtin-rules --jobs=$(shell nproc)
include services/build.mk packaging/packaging.mk image/image.mk tests/tests.mk tests/bench/bench.mk

else

WORKSHOP := build/workshop.done

# The key is the operator's, wherever it is.
RELEASE_KEY := /run/release.key
WITH_KEY = image/workshop/enter --ro-bind "$(or $(KEY),/dev/null)" $(RELEASE_KEY)
release: $(WORKSHOP)

$(IN_WORKSHOP): $(WORKSHOP)
	@image/workshop/enter make --no-print-directory NATIVE=1 POP=$(POP) V=$(V) BESIDE="$(BESIDE)" \
		$(if $(TIME),TIME=$(TIME)) $(if $(ENGINE),ENGINE=$(ENGINE)) $(if $(MINUTES),MINUTES=$(MINUTES)) \
		$(if $(KEYS),KEYS=$(KEYS)) $(if $(SAMPLES),SAMPLES=$(SAMPLES)) $(if $(LOCK),LOCK=$(LOCK)) \
		$(if $(TRACKER),TRACKER=$(TRACKER)) $(if $(POP_TREE),POP_TREE=$(POP_TREE)) ONLY="$(ONLY)" $@

$(WORKSHOP): image/workshop/packages
	@image/workshop/host
	@image/step workshop image/workshop/create
	@touch $@

endif
