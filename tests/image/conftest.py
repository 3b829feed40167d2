# What several tests of machines need.
# SPDX-License-Identifier: MIT

import pytest

import qemu
from support import small_vm, versions


@pytest.fixture(scope="session")
def small_disk(tmp_path_factory):
    return small_vm.make_disk(tmp_path_factory.mktemp("disk"))


@pytest.fixture(scope="session")
def first(tmp_path_factory, small_disk):
    """A machine that is off, with the moment after its first start ("first"). What it is given comes by a credentials
    disk alone."""
    folder = tmp_path_factory.mktemp("machine")
    secrets = small_vm.credentials_disk(folder, {"ssh.authorized_keys.root": qemu.public_key() + "\n",
                                                 "fstab.extra": "tmpfs /srv/extra tmpfs size=1m,nofail 0 0\n"})
    with small_vm.SmallMachine(folder, small_disk, more=secrets) as machine:
        machine.wait_good("0.1.0")
        machine.remember("first")
    return machine


@pytest.fixture(scope="module")
def machine(first):
    """One that has started."""
    first.put_back("first")
    with first:
        yield first


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with versions.Versions(tmp_path_factory.mktemp("site")) as site:
        yield site
