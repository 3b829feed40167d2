# What UEFI starts is signed as the last step, and nothing else of disk and ISO is another than it was.
# SPDX-License-Identifier: MIT

import gzip
import json
import os
import subprocess
from pathlib import Path

import pytest

from support import pop

pytestmark = pytest.mark.apart

LOADER = Path("/usr/lib/systemd/boot/efi/systemd-bootx64.efi")
STUB = "/usr/lib/systemd/boot/efi/linuxx64.efi.stub"
ISOLINUX = Path("/usr/lib/ISOLINUX/isolinux.bin")
BOOT_BYTES, DISK_BYTES = 8 << 20, 16 << 20
PROGRAMS = ["EFI/BOOT/BOOTX64.EFI", "EFI/Linux/fontaine_0.1.0+3.efi", "EFI/systemd/systemd-bootx64.efi"]
CHECKSUM = 0x58  # in the head of a program of UEFI: over all of it, so that a signature changes it. Nobody looks at it
ESP = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
LIMIT_S = 60


def run(*command, **how):
    return subprocess.run(list(map(str, command)), check=True, timeout=LIMIT_S, text=True, capture_output=True, **how)


def fat(path, size, files, at=0):
    """A boot partition @at in the file @path, with these files."""
    with path.open("ab") as file:
        file.truncate(max(at + size, path.stat().st_size))
    run("mkfs.vfat", "--invariant", f"--offset={at // 512}", path, size // 1024)
    for folder in sorted({folder for name in files for folder in Path(name).parents if str(folder) != "."}):
        run("mmd", "-i", f"{path}@@{at}", f"::/{folder}")
    for name, source in files.items():
        run("mcopy", "-i", f"{path}@@{at}", source, f"::/{name}")


def tree_of(path, folder, at=0):
    """name -> bytes, of the boot partition @at in the file @path."""
    folder.mkdir()
    run("mcopy", "-s", "-n", "-i", f"{path}@@{at}", "::/*", folder)
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def make_uki(disk):
    disk.with_suffix(".vmlinuz").write_bytes(LOADER.read_bytes())
    disk.with_suffix(".initrd").write_bytes(os.urandom(100_000))
    run("ukify", "build", f"--linux={disk}.vmlinuz", f"--initrd={disk}.initrd", "--cmdline=quiet", "--uname=1",
        f"--stub={STUB}", f"--output={disk}.efi")


def write_iso_parts(disk, folder):
    """As image/iso-parts does."""
    live = folder / "tree/live"
    for name in live, folder / "tree/isolinux", folder / "tree/fontaine":
        name.mkdir(parents=True)
    (folder / "tree/isolinux/isolinux.bin").write_bytes(ISOLINUX.read_bytes())
    uki, kernel, initrd = (disk.with_suffix(end).read_bytes() for end in (".efi", ".vmlinuz", ".initrd"))
    first, second = uki.index(kernel), uki.index(initrd)
    parts = uki[:first], uki[first + len(kernel):second], uki[second + len(initrd):]
    for number, part in enumerate(parts, 1):
        (live / f"uki.{number}").write_bytes(part)
    boot = folder / "boot.raw"
    fat(boot, BOOT_BYTES, {PROGRAMS[0]: LOADER, PROGRAMS[2]: LOADER})
    (live / "boot.raw.gz").write_bytes(gzip.compress(boot.read_bytes(), 1))
    fat(folder / "esp.raw", BOOT_BYTES, {PROGRAMS[0]: f"{disk}.efi"})
    boot.unlink()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder where small images were made, and signed."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "image").symlink_to(pop.PROJECT / "image")
    disk, images, keys = folder / "build/disk/fontaine", folder / "build/images/lyon", folder / "keys"
    for name in disk.parent, images, keys:
        name.mkdir(parents=True)
    make_uki(disk)
    for part in "root", "verity":
        Path(f"{disk}.{part}.raw").write_bytes(part.encode())
    note = folder / "note"
    note.write_text("default fontaine")
    raw = images / "fontaine-lyon.raw"
    raw.write_bytes(os.urandom(DISK_BYTES))
    fat(raw, BOOT_BYTES, at=1 << 20, files={"loader/loader.conf": note, PROGRAMS[0]: LOADER, PROGRAMS[1]: f"{disk}.efi",
                                            PROGRAMS[2]: LOADER})
    (images / "lyon.confext.raw").write_bytes(b"confext")
    write_iso_parts(disk, disk.parent / "iso")
    run("image/iso", "lyon", cwd=folder)
    run("image/sums", images, cwd=folder)
    for name in "secure-boot", "another":
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-subj", f"/CN={name}", "-days", "1",
            "-keyout", keys / f"{name}.key", "-out", keys / f"{name}.crt")
    run("image/secure-boot", "lyon", keys, cwd=folder)
    return folder


def expect_signed(folder, before, after):
    """@after is @before with a signature by our key."""
    program, plain = folder / "program", folder / "plain"
    program.write_bytes(after)
    run("sbverify", "--cert", folder / "keys/secure-boot.crt", program)
    with pytest.raises(subprocess.CalledProcessError):
        run("sbverify", "--cert", folder / "keys/another.crt", program)
    run("sbattach", "--remove", program)
    plain.write_bytes(before)
    rest, was = bytearray(program.read_bytes()), bytearray(before)
    at = int.from_bytes(was[0x3c:0x40], "little") + CHECKSUM
    rest[at:at + 4] = was[at:at + 4] = bytes(4)
    assert rest == was


def test_the_disk(built, tmp_path):
    before, after = (built / f"build/{kind}/lyon/fontaine-lyon.raw" for kind in ("images", "secure-boot"))
    end = (1 << 20) + BOOT_BYTES
    assert before.read_bytes()[:1 << 20] == after.read_bytes()[:1 << 20]
    assert before.read_bytes()[end:] == after.read_bytes()[end:]
    was, now = (tree_of(path, tmp_path / path.parent.parent.name, 1 << 20) for path in (before, after))
    assert [name for name in sorted(was) if was[name] != now[name]] == PROGRAMS
    assert was.keys() == now.keys()
    for program in PROGRAMS:
        expect_signed(built, was[program], now[program])
    assert (built / "build/secure-boot/fontaine.efi").read_bytes() == now[PROGRAMS[1]]
    assert Path(built / "build/secure-boot/fontaine.root.raw").read_text() == "root"


def extracted(iso, folder):
    run("xorriso", "-osirrox", "on", "-indev", iso, "-extract", "/", folder)
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_iso(built, tmp_path):
    was, now = (extracted(built / f"build/{kind}/lyon/fontaine-lyon.iso", tmp_path / kind)
                for kind in ("images", "secure-boot"))
    assert was.keys() == now.keys()
    assert [name for name in sorted(was) if was[name] != now[name] and not name.startswith("isolinux/")] == \
        ["live/boot.raw.gz", "live/uki.1", "live/uki.3"]
    kernel, initrd = ((built / f"build/disk/fontaine.{end}").read_bytes() for end in ("vmlinuz", "initrd"))
    installed = now["live/uki.1"] + kernel + now["live/uki.2"] + initrd + now["live/uki.3"]
    assert installed == (built / "build/secure-boot/fontaine.efi").read_bytes()
    iso = built / "build/secure-boot/lyon/fontaine-lyon.iso"
    partitions = json.loads(run("sfdisk", "--json", iso).stdout)["partitiontable"]["partitions"]
    start, = (each["start"] for each in partitions if each["type"] == ESP)
    started = tree_of(iso, tmp_path / "started", 512 * start)
    expect_signed(built, (built / "build/disk/fontaine.efi").read_bytes(), started[PROGRAMS[0]])
    boot = tmp_path / "boot.raw"
    boot.write_bytes(gzip.decompress(now["live/boot.raw.gz"]))
    for program in tree_of(boot, tmp_path / "boot").values():
        expect_signed(built, LOADER.read_bytes(), program)


def test_all_of_it_is_listed(built):
    folder = built / "build/secure-boot/lyon"
    run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=folder)
    listed = {line.split()[1] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    assert listed == {file.name for file in folder.iterdir()} - {"SHA256SUMS"}
    assert {"fontaine-lyon.qcow2", "secure-boot.cer", "lyon.confext.raw"} <= listed
