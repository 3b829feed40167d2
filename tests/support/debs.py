# Packages of Debian, as small as they can be.
# SPDX-License-Identifier: MIT

import gzip
import subprocess

CONTROL = """Package: {name}
Source: {source}
Version: {version}
Architecture: {architecture}
Maintainer: A <a@example.net>
Description: one
"""


def build(folder, name, version, source=None, architecture="all", files=()):
    """A package with text files, packed by gzip where they are called so. Return: its file, named as apt does."""
    tree = folder / f"tree/{name}_{version}"
    for path, text in dict(files, **{"DEBIAN/control": CONTROL.format(
            name=name, source=source or name, version=version, architecture=architecture)}).items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_bytes(gzip.compress(text.encode()) if path.endswith(".gz") else text.encode())
    deb = folder / f"{name}_{version.replace(':', '%3a')}_{architecture}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree, deb], check=True, stdout=subprocess.DEVNULL)
    return deb
