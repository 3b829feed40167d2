# A file system to measure on.
# SPDX-License-Identifier: MIT

import subprocess
from contextlib import contextmanager


@contextmanager
def disk(top, n_inodes=2_000_000):
    """One of its own: what others have removed lately costs ext4 time to look for room beside it."""
    (top / "disk").mkdir()
    subprocess.run(["truncate", "--size=12G", top / "image"], check=True)
    subprocess.run(["mkfs.ext4", "-q", "-N", str(n_inodes), top / "image"], check=True)
    subprocess.run(["mount", "-o", "loop", top / "image", top / "disk"], check=True)
    try:
        yield top / "disk"
    finally:
        subprocess.run(["umount", "--lazy", top / "disk"], check=True)


def make_files(top, n_folders, files_each):
    for folder in range(n_folders):
        (top / f"pool/{folder}").mkdir(parents=True)
        for file in range(files_each):
            (top / f"pool/{folder}/{file}.deb").write_text(f"{folder} {file}")
