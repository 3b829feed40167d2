# A virtual machine with Debian's own kernel and nothing but what a test puts there: for what the
# kernel that the tests run on may lack.
# SPDX-License-Identifier: MIT

import lzma
import os
import re
import shutil
import subprocess
from pathlib import Path

BUSYBOX = "/usr/bin/busybox"
MODULES = Path("/usr/lib/modules")
MEMORY_MIB = 768
TIME_LIMIT_S = 240  # instructions are translated one by one

INIT = """#!{busybox} sh
{busybox} --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
ip link set lo up
for module in /modules/*; do insmod $module; done
{script}
poweroff -f
"""


def add_program(root, program):
    """With the libraries that it needs."""
    told = subprocess.run(["ldd", program], check=True, timeout=10, capture_output=True, text=True).stdout
    for library in re.findall(r"/\S+", told):
        to = root / library.lstrip("/")
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(library, to)
    shutil.copy(program, root / "bin" / Path(program).name)


def add_modules(root, names):
    for place, name in enumerate(names):
        [packed] = MODULES.rglob(f"{name}.ko.xz")
        (root / f"modules/{place}-{name}").write_bytes(lzma.decompress(packed.read_bytes()))


def pack(root, archive):
    names = subprocess.run(["find", "."], cwd=root, check=True, timeout=10, capture_output=True).stdout
    with archive.open("wb") as out:
        subprocess.run(["cpio", "--quiet", "-o", "-H", "newc"], cwd=root, input=names, stdout=out, check=True,
                       timeout=60)


def run(root, programs, modules, script, *options):
    """Run @script, a shell's, with @root as /. @root: a folder, to which is added what is needed: @programs of this
    machine, and @modules of the kernel, each after those that it needs. @options: more of QEMU's.
    Return: what was printed."""
    for name in "bin", "dev", "modules", "proc", "sys", "tmp", Path(BUSYBOX).parent:
        (root / str(name).lstrip("/")).mkdir(parents=True, exist_ok=True)
    for program in programs:
        add_program(root, program)
    shutil.copy(BUSYBOX, root / BUSYBOX.lstrip("/"))
    add_modules(root, modules)
    init = root / "init"
    init.write_text(INIT.format(busybox=BUSYBOX, script=script))
    init.chmod(0o755)
    archive = root.with_suffix(".cpio")
    pack(root, archive)
    [kernel] = Path("/boot").glob("vmlinuz-*")
    command = [f"qemu-system-{os.uname().machine}", "-accel", "tcg", "-cpu", "max", "-m", str(MEMORY_MIB), "-nographic",
               "-nic", "none", "-no-reboot", "-kernel", kernel, "-initrd", archive,
               "-append", "console=ttyS0 quiet panic=-1", *options]
    done = subprocess.run(command, check=True, timeout=TIME_LIMIT_S, stdin=subprocess.DEVNULL, capture_output=True)
    return done.stdout.decode(errors="replace").replace("\r\n", "\n")
