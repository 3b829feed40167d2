# Debian packages of the daemons and their source package, into build/deb/.
# SPDX-License-Identifier: MIT

DEB_TREE := build/deb/fontaine
DEB_INPUTS := $(shell find services packaging docs/man docs/RUNBOOK.md -type f 2>/dev/null)
DEBS := build/deb/done

# The packages are built in a copy, with debian/ where its tools expect it. The
# copy shares our objects: what is compiled already is not compiled again.
define build_debs
mkdir -p $(DEB_TREE)
rm -f build/deb/fontaine*.*
rsync -a --delete --exclude=/build --exclude=/debian services packaging docs LICENSE README.md CHANGELOG.md $(DEB_TREE)
rsync -a --delete packaging/debian $(DEB_TREE)
ln -sfn ../../../build $(DEB_TREE)/build
cd $(DEB_TREE) && dpkg-buildpackage --build=full --no-pre-clean --unsigned-changes
endef
export build_debs

$(DEBS): $(DEB_INPUTS) | build
	@image/step packages flock build/lock sh -ec "$$build_debs"
	@touch $@

.PHONY: deb
deb: $(DEBS)
