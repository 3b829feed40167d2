# The root tree of the POP, into build/tree; and as a disk, with a kernel and a boot loader, into build/images/POP.
# SPDX-License-Identifier: MIT

TREE := build/mkosi/done
TREE_INPUTS := image/mkosi.conf $(shell find image/mkosi.extra -type f)
DISK := build/disk/done
DISK_INPUTS := $(TREE_INPUTS) image/sbom image/disk-bios image/iso-parts \
	$(shell find image/mkosi.images image/mkosi.profiles image/live -type f)
KEYS ?= build/keys
# What the packages are of: a lock, or the day.
STATE := build/disk/state
MKOSI_SANDBOX := build/mkosi/sandbox/etc/apt

# mkosi asks the mirrors of the workshop, and not for the debug archive, which few mirrors have; or the files of a lock.
define sources
$(if $(LOCK),image/lock index $(LOCK) image && printf 'Types: deb\nURIs: copy:%s\nSuites: image/\nTrusted: yes\n' \
	$(abspath $(LOCK)),image/workshop/sources)
endef
mkosi = mkosi --directory image --force $(if $(LOCK),--local-mirror file://$(abspath $(LOCK)))

define prepare_mkosi
umask 022
mkdir -p build/mkosi/cache build/mkosi/disk-cache build/mkosi/packages build/disk
mkdir -p $(MKOSI_SANDBOX)/sources.list.d $(MKOSI_SANDBOX)/apt.conf.d
($(sources)) >$(MKOSI_SANDBOX)/sources.list.d/mkosi.sources
apt-config dump --format '%f "%v";%n' Acquire::http::Proxy >$(MKOSI_SANDBOX)/apt.conf.d/proxy.conf
endef

define build_tree
$(prepare_mkosi)
$(mkosi) build
endef
export build_tree

# The root, its hashes and the kernel are the same bytes for every POP: they differ by whose POP files they take.
define build_disk
$(if $(LOCK),image/lock workshop $(LOCK) workshop)
$(prepare_mkosi)
chmod -R go=rX image/mkosi.*
install -D -m 0644 $(KEYS)/pop.crt build/disk/pop.crt
install -D -m 0644 $(KEYS)/upgrades.gpg build/disk/upgrades.gpg
$(mkosi) --profile disk --image-version $(VERSION) \
	--extra-tree $(abspath build/disk/pop.crt):/usr/lib/verity.d/pop.crt \
	--extra-tree $(abspath build/disk/upgrades.gpg):/usr/lib/systemd/import-pubring.gpg build
SOURCE_DATE_EPOCH=1767225600 image/sbom build/disk/fontaine.manifest build/mkosi/disk-cache/*~initrd.cache \
	build/mkosi/packages/cache/apt/archives build/deb
image/disk-bios
image/iso-parts
endef
export build_disk

.PHONY: tree image images lock reproducible upgrade secure-boot boot FORCE
tree: deb $(TREE)

$(TREE): $(DEBS) $(TREE_INPUTS)
	@image/run stopped
	@image/step tree flock build/lock sh -ec "$$build_tree"
	@touch $@

# The operator's key: who has it can give these machines another POP file.
$(KEYS)/pop.crt:
	@umask 077 && mkdir -p $(KEYS) && openssl req -x509 -newkey rsa:3072 -noenc -keyout $(KEYS)/pop.key -out $@ \
		-days 3650 -subj "/CN=Fontaine POP files" 2>/dev/null

# The same for upgrades: the folder beside has what signs them.
$(KEYS)/upgrades.gpg:
	@umask 077 && mkdir -p $(KEYS)/upgrades && gpg --homedir $(KEYS)/upgrades --batch --quiet --passphrase '' \
		--quick-generate-key "Fontaine upgrades" rsa3072 sign never
	@gpg --homedir $(KEYS)/upgrades --quiet --export >$@

# The same for what UEFI starts.
$(KEYS)/secure-boot.crt:
	@umask 077 && mkdir -p $(KEYS) && openssl req -x509 -newkey rsa:2048 -noenc -keyout $(KEYS)/secure-boot.key -out $@ \
		-days 3650 -subj "/CN=Fontaine Secure Boot" 2>/dev/null

# Of another day, or lock, nothing that was installed is kept.
$(STATE): FORCE
	@mkdir -p $(@D) && $(if $(LOCK),sha256sum <$(LOCK)/image.packages,date +%F) >$@.new
	@cmp -s $@.new $@ || { rm -rf build/mkosi/disk-cache && mv $@.new $@; }

$(DISK): $(DEBS) $(DISK_INPUTS) $(KEYS)/pop.crt $(KEYS)/upgrades.gpg $(STATE)
	@image/step disk flock build/lock sh -ec "$$build_disk"
	@touch $@

# Of one POP the rest takes seconds: what all share is made already.
build/images/%/SHA256SUMS: image/pops/%.yaml $(DISK) CHANGELOG.md image/pop-disk image/changes image/confext \
		image/iso image/qcow2 image/sums
	@image/step image-$* image/pop-disk $* $(KEYS)
	@image/step iso-$* image/iso $*
	@image/sums $(@D)

image/pops/%.yaml:
	@echo "There is no POP file $@: write one, or name another as POP=name" >&2; false

image: deb build/images/$(POP)/SHA256SUMS
images: deb $(patsubst image/pops/%.yaml,build/images/%/SHA256SUMS,$(wildcard image/pops/*.yaml))

# What the image was built of, as files, for LOCK=build/locked.
lock: image
	@mkdir -p build/locked
	@cp build/disk/fontaine.packages build/locked/image.packages
	@cp build/images/$(POP)/workshop.packages build/locked/workshop.packages
	@image/step locked-image image/lock keep build/locked image
	@image/step locked-workshop image/lock keep build/locked workshop

reproducible: lock
	@image/step reproducible image/reproducible $(POP) $(KEYS) build/locked
	@echo "build/images/$(POP) and our packages are the same bytes in both builds."

boot: image
	@image/boot $(POP)

# What machines upgrade to, for a web server.
upgrade: deb $(DISK)
	@image/step upgrade image/upgrade $(VERSION) $(KEYS) build/upgrades

# The same, and the images, with signatures for Secure Boot: the last step, which nothing else comes of.
secure-boot: image $(KEYS)/secure-boot.crt
	@image/step secure-boot-$(POP) image/secure-boot $(POP) $(KEYS)
	@image/step secure-boot-upgrade image/upgrade $(VERSION) $(KEYS) build/secure-boot/upgrades build/secure-boot/fontaine

# What is known of an image's packages is asked anew, but not fetched again where nothing has changed.
TRACKER_URL := https://security-tracker.debian.org/tracker/data/json
TRACKER ?= build/security/tracker.json
build/security/tracker.json: FORCE
	@mkdir -p $(@D)
	@curl --silent --show-error --fail --location --compressed --remote-time --max-time 300 --time-cond $@ --output $@ \
		$(TRACKER_URL) || { echo "security-report: Debian's security tracker cannot be reached:" \
		"give a copy of $(TRACKER_URL) with TRACKER=file" >&2; exit 1; }

.PHONY: FORCE security-report
security-report: $(TRACKER)
	@[ -e build/images/$(POP)/fontaine-$(POP).packages ] || \
		{ echo "security-report: no image of $(POP): run 'make image POP=$(POP)'" >&2; exit 1; }
	@image/security-report build/images/$(POP)/fontaine-$(POP).packages $(TRACKER) packaging/fontaine.openvex.json
