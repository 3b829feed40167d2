# The root tree of the POP, into build/tree.
# SPDX-License-Identifier: MIT

TREE := build/mkosi/done
TREE_INPUTS := $(wildcard image/mkosi.*) $(shell find image/mkosi.extra -type f)
MKOSI_SANDBOX := build/mkosi/sandbox/etc/apt

# mkosi asks the mirrors of the workshop, and not for the debug archive, which
# few mirrors have.
define build_tree
mkdir -p build/mkosi/cache build/mkosi/packages $(MKOSI_SANDBOX)/sources.list.d $(MKOSI_SANDBOX)/apt.conf.d
image/workshop/sources >$(MKOSI_SANDBOX)/sources.list.d/mkosi.sources
apt-config dump --format '%f "%v";%n' Acquire::http::Proxy >$(MKOSI_SANDBOX)/apt.conf.d/proxy.conf
mkosi --directory image --force build
endef
export build_tree

.PHONY: tree
tree: deb $(TREE)

$(TREE): $(DEBS) $(TREE_INPUTS)
	@image/run stopped
	@image/step tree flock build/lock sh -ec "$$build_tree"
	@touch $@
