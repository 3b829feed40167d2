# The root tree of the POP, into build/tree; and as a disk, with a kernel and a boot loader, into build/images/POP.
# SPDX-License-Identifier: MIT

TREE := build/mkosi/done
TREE_INPUTS := image/mkosi.conf $(shell find image/mkosi.extra -type f)
DISK := build/disk/done
DISK_INPUTS := $(TREE_INPUTS) image/sbom $(shell find image/mkosi.profiles -type f)
KEYS ?= build/keys
MKOSI_SANDBOX := build/mkosi/sandbox/etc/apt
VERSION = $(shell dpkg-parsechangelog --file packaging/debian/changelog --show-field Version)

# mkosi asks the mirrors of the workshop, and not for the debug archive, which
# few mirrors have.
define prepare_mkosi
mkdir -p build/mkosi/cache build/mkosi/disk-cache build/mkosi/packages build/disk
mkdir -p $(MKOSI_SANDBOX)/sources.list.d $(MKOSI_SANDBOX)/apt.conf.d
image/workshop/sources >$(MKOSI_SANDBOX)/sources.list.d/mkosi.sources
apt-config dump --format '%f "%v";%n' Acquire::http::Proxy >$(MKOSI_SANDBOX)/apt.conf.d/proxy.conf
endef

define build_tree
$(prepare_mkosi)
mkosi --directory image --force build
endef
export build_tree

# The root, its hashes and the kernel are the same bytes for every POP: they differ by whose POP files they take.
define build_disk
$(prepare_mkosi)
chmod -R go=rX image/mkosi.*
install -D -m 0644 $(KEYS)/pop.crt build/disk/pop.crt
mkosi --directory image --profile disk --image-version $(VERSION) --force \
	--extra-tree $(abspath build/disk/pop.crt):/usr/lib/verity.d/pop.crt build
SOURCE_DATE_EPOCH=1767225600 image/sbom build/disk/fontaine.manifest build/mkosi/packages/cache/apt/archives build/deb
endef
export build_disk

.PHONY: tree image boot
tree: deb $(TREE)

$(TREE): $(DEBS) $(TREE_INPUTS)
	@image/run stopped
	@image/step tree flock build/lock sh -ec "$$build_tree"
	@touch $@

# The operator's key: who has it can give these machines another POP file.
$(KEYS)/pop.crt:
	@umask 077 && mkdir -p $(KEYS) && openssl req -x509 -newkey rsa:3072 -noenc -keyout $(KEYS)/pop.key -out $@ \
		-days 3650 -subj "/CN=Fontaine POP files" 2>/dev/null

$(DISK): $(DEBS) $(DISK_INPUTS) $(KEYS)/pop.crt
	@image/step disk flock build/lock sh -ec "$$build_disk"
	@touch $@

image: deb $(DISK)
	@image/step image image/pop-disk $(POP) $(KEYS)
	@image/step iso image/iso $(POP)
	@cd build/images/$(POP) && rm -f SHA256SUMS && sha256sum -- * >../sums && mv ../sums SHA256SUMS

boot: image
	@image/boot $(POP)
