# Builds the library, the daemons and the unit tests into build/$(VARIANT)/.
# VARIANT: release (what is packaged), asan (AddressSanitizer and UBSan), tsan (ThreadSanitizer), clang, fuzz
# (libFuzzer with the first two), afl (AFL++ with them).

VARIANT ?= release
OUT := build/$(VARIANT)

SANITIZERS_asan := address,undefined
SANITIZERS_tsan := thread
SANITIZERS_fuzz := $(SANITIZERS_asan)
SANITIZERS_afl := $(SANITIZERS_asan)
SANITIZERS := $(SANITIZERS_$(VARIANT))

# Sanitizers see into libuv only when libuv is built with them.
ifneq ($(filter asan tsan,$(VARIANT)),)
export PKG_CONFIG_PATH := $(CURDIR)/build/libuv-$(VARIANT)/lib/pkgconfig
include build/libuv-$(VARIANT)/done.mk
endif

PACKAGES := libuv libllhttp libnghttp2 libssl libcrypto sqlite3 yyjson libcyaml yaml-0.1 libseccomp libsystemd libcurl zlib liblzma \
	libzstd expat cairo freetype2 ldns
PROGRAMS := speedtestd ipv6testd rdnsd mirrord healthd peerd fontaine
program_dir_speedtestd := services/speedtest
program_dir_ipv6testd := services/ipv6test
program_dir_rdnsd := services/rdns
program_dir_mirrord := services/mirror
program_dir_healthd := services/health
program_dir_peerd := services/peers
program_dir_fontaine := services/fontaine

CC_release := gcc
CC_asan := gcc
CC_tsan := gcc
CC_clang := clang
CC_fuzz := clang
CC_afl := AFL_QUIET=1 afl-clang-fast
CC := $(CC_$(VARIANT))

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wpointer-arith -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wvla -Wundef -Wswitch-enum -Wformat=2 -Werror
HARDENING := -fstack-protector-strong -fstack-clash-protection -ftrivial-auto-var-init=zero -fPIE \
	$(if $(filter afl,$(VARIANT)),,-fcf-protection) # by which afl-clang-fast makes objects that do not link
OPTIMISE_release := -O2 -D_FORTIFY_SOURCE=3
OPTIMISE_clang := -O2 -D_FORTIFY_SOURCE=3
OPTIMISE_asan := -O1 -fsanitize=$(SANITIZERS) -fno-sanitize-recover=all -fno-omit-frame-pointer
OPTIMISE_tsan := $(OPTIMISE_asan)
OPTIMISE_fuzz := $(OPTIMISE_asan) -fsanitize=fuzzer-no-link -w # gcc and clang-tidy warn
OPTIMISE_afl := $(OPTIMISE_fuzz)

VERSION := $(shell sed -n '1s/.*(\(.*\)).*/\1/p' packaging/debian/changelog 2>/dev/null || echo 0)
override CPPFLAGS += -D_GNU_SOURCE $(if $(SANITIZERS),-DSANITIZED) -DFONTAINE_VERSION='"$(VERSION)"' -Iservices -Iservices/lib
override CFLAGS += -std=c17 -g $(WARNINGS) $(HARDENING) $(OPTIMISE_$(VARIANT)) \
	-ffile-prefix-map=$(CURDIR)=. $(shell pkg-config --cflags $(PACKAGES))
override LDFLAGS += -pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,--as-needed $(OPTIMISE_$(VARIANT))
LIBS := $(shell pkg-config --libs $(PACKAGES)) -lm -pthread

objects = $(patsubst %.c,$(OUT)/%.o,$(1))
LIB_OBJECTS := $(call objects,$(wildcard services/lib/*/*.c))
LIBRARY := $(OUT)/libfontaine.a
program_objects = $(call objects,$(wildcard $(program_dir_$(1))/*.c))

UNIT_SOURCES := $(wildcard tests/unit/lib/*/test_*.c tests/unit/*/test_*.c)
UNIT_SERVICES := $(sort $(notdir $(patsubst %/,%,$(dir $(wildcard services/*/*.c)))))
UNIT_TESTS := $(patsubst tests/unit/%.c,$(OUT)/unit/%,$(UNIT_SOURCES))
FUZZ_SOURCES := $(wildcard tests/fuzz/*/*.c)
FUZZ_TARGETS := $(patsubst tests/fuzz/%.c,$(OUT)/fuzz/%,$(FUZZ_SOURCES))

# Under sanitizers, each fuzz target is a unit test too: of its corpus.
ifeq ($(VARIANT),asan)
UNIT_TESTS += $(foreach f,$(FUZZ_SOURCES),$(OUT)/unit/fuzz/$(notdir $(patsubst %/,%,$(dir $(f))))/test_$(basename $(notdir $(f))))
endif

# Without V=1, a compiler's complaint is all that is shown.
QUIET := $(if $(V),,@)

.PHONY: build programs unit-tests fuzz-targets
build:
	@$(MAKE) --question programs || image/step programs $(MAKE) programs
programs: $(PROGRAMS:%=$(OUT)/%)
unit-tests: $(UNIT_TESTS)
fuzz-targets: $(FUZZ_TARGETS)

$(LIBRARY): $(LIB_OBJECTS)
	$(QUIET)rm -f $@ && ar rcsD $@ $^

# The leak check of AddressSanitizer traces a program at its end, which the sandbox forbids.
UNCONFINED_asan := $(OUT)/tests/support/unconfined.o

define program_rule
$(OUT)/$(1): $(call program_objects,$(1)) $(UNCONFINED_$(VARIANT)) $(LIBRARY)
	$$(QUIET)$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LIBS)
endef
$(foreach p,$(PROGRAMS),$(eval $(call program_rule,$(p))))

# A unit test of a service links the service's modules, all but its main(); so does a fuzz target.
define unit_rule
$(OUT)/unit/$(1)/%: $(OUT)/tests/unit/$(1)/%.o $(2) $(LIBRARY)
	@mkdir -p $$(@D)
	$$(QUIET)$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LIBS) -lcmocka
$(OUT)/unit/fuzz/$(1)/test_%: $(OUT)/tests/fuzz/$(1)/%.o $(OUT)/tests/fuzz/test_corpus.o $(2) $(LIBRARY)
	@mkdir -p $$(@D)
	$$(QUIET)$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LIBS) -lcmocka
$(OUT)/fuzz/$(1)/%: $(OUT)/tests/fuzz/$(1)/%.o $(2) $(LIBRARY)
	@mkdir -p $$(@D)
	$$(QUIET)$$(CC) $$(LDFLAGS) -fsanitize=fuzzer -o $$@ $$^ $$(LIBS)
endef
$(eval $(call unit_rule,lib,))
$(foreach s,$(UNIT_SERVICES),$(eval $(call unit_rule,$(s),\
	$(filter-out %/main.o,$(call objects,$(wildcard services/$(s)/*.c))))))

$(OUT)/%.o: %.c services/build.mk packaging/debian/changelog
	@mkdir -p $(@D)
	$(QUIET)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)

build/libuv-%/done.mk: tests/support/sanitized-libuv
	@image/step libuv-$* $< $(@D) $(SANITIZERS)
	@touch $@
