# Fontaine: build, run and test a POP. `make help` lists the targets.
# SPDX-License-Identifier: MIT
#
# Tools live in the workshop, a Debian 13 tree under build/workshop: a target that
# needs them runs `make NATIVE=1` in there. On Debian 13, NATIVE=1 uses the host's.

POP ?= demo
export POP V MIRROR

IN_WORKSHOP := build deb tree clients unit asan lint bench run-e2e

.PHONY: help run up down endpoints check e2e clean $(IN_WORKSHOP)
.DEFAULT_GOAL := help

## make run        build everything, start the POP, print its addresses; Ctrl-C stops it
## make up         the same in the background
## make down       stop what `make up` started
## make endpoints  print where the running POP answers, as JSON
## make check      run every test; the last line is "N passed, N failed"
## make unit       unit tests                  make asan   the same under sanitizers
## make lint       style and structure         make e2e    tests against the running POP
## make bench      measure beside other servers, into build/bench/results.json
## make build      compile the daemons         make deb    Debian packages, into build/deb
## make clean      remove all that was built but the workshop
##
## POP=name      take image/pops/name.yaml instead of demo
## V=1           show everything that the steps print
## NATIVE=1      use this system's tools instead of the workshop's (Debian 13)
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

check:
	@tests/check

clean:
	@image/run down
	@find build -mindepth 1 -maxdepth 1 ! -name 'workshop*' -exec rm -rf {} +

ifdef NATIVE

MAKEFLAGS += --no-builtin-rules --jobs=$(shell nproc)
include services/build.mk packaging/packaging.mk image/image.mk tests/tests.mk tests/bench/bench.mk

else

WORKSHOP := build/workshop.done

$(IN_WORKSHOP): $(WORKSHOP)
	@image/workshop/enter make --no-print-directory NATIVE=1 POP=$(POP) V=$(V) $@

$(WORKSHOP): image/workshop/packages
	@image/workshop/host
	@image/step workshop image/workshop/create
	@touch $@

endif
