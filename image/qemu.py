# A machine in QEMU, without KVM: its disk or ISO, its network, which is that of the POP's first gateway, and its
# credentials.
# SPDX-License-Identifier: MIT

import ipaddress
import re
import subprocess
import sys
from pathlib import Path

from answers import on_this_host

KEY = Path(__file__).resolve().parents[1] / "build/boot/key"
SSH_PORT = 22
FIRMWARE = "/usr/share/ovmf/OVMF.fd"
SECURE_FIRMWARE = "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd"
PATIENCE = "systemd.default_device_timeout_sec=600 fontaine.limit_s=600"  # on a busy host, it is slow
STOP_LIMIT_S = 20


def ssh_socket(wanted):
    """Where operators log in, as answers.sockets() has others."""
    return "tcp", wanted[0][1], SSH_PORT


def network(pop_file, wanted):
    """QEMU's side of the network: the POP's first gateways are its own addresses."""
    text = Path(pop_file).read_text()
    gateways = re.search(r"^ +gateways: *\[([^]]*)\]", text, re.MULTILINE)
    if not gateways:
        sys.exit(f"boot: {pop_file}: give an interface of \"network\" gateways, in one line: QEMU is there")
    options = ["user", "model=virtio-net-pci"]
    for gateway in re.split(r"[ ,\"]+", gateways[1].strip(' "')):
        is_v6 = ":" in gateway
        net = ipaddress.ip_network(f"{gateway}/{64 if is_v6 else 24}", strict=False)
        options += [f"ipv6-net={net}", f"ipv6-host={gateway}"] if is_v6 else [f"net={net}", f"host={gateway}"]
    options += [f"hostfwd={transport}:{on_this_host(address)}:{port}-{address}:{port}"
                for transport, address, port in [*wanted, ssh_socket(wanted)]]
    return ",".join(options)


def public_key():
    """Of the one that may log in; made when it is not there."""
    if not KEY.exists():
        KEY.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "boot", "-f", KEY], check=True)
    return KEY.with_suffix(".pub").read_text().strip()


def credential(name, text):
    return ["-fw_cfg", f"name=opt/io.systemd.credentials/{name},string={text}"]


def drive(image, keeps=False):
    """@keeps: what the machine writes; or it is lost when the machine stops."""
    form = "qcow2" if str(image).endswith(".qcow2") else "raw"
    return ["-drive", f"file={image},format={form},if=virtio,snapshot={'off' if keeps else 'on'}"]


def cdrom(image):
    return ["-cdrom", image]


def board(firmware):
    """@firmware: "bios", "uefi", or for UEFI with Secure Boot the file of its variables, with whose keys are enrolled;
    what nobody but the firmware may write to."""
    known = {"bios": [], "uefi": ["-bios", FIRMWARE]}
    if firmware in known:
        return ["-machine", "q35", *known[firmware]]
    return ["-machine", "q35,smm=on", "-global", "driver=cfi.pflash01,property=secure,value=on",
            "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={SECURE_FIRMWARE}",
            "-drive", f"if=pflash,unit=1,format=raw,file={firmware}"]


def command(nic, console, *media, firmware="uefi", restarts=False):
    """@console: what the machine says is added to this file; the socket beside it (.sock) takes what is typed.
    @firmware: as of board(). @restarts: or it stops instead."""
    socket = Path(console).with_suffix(".sock")
    return ["qemu-system-x86_64", *board(firmware), "-accel", "tcg,thread=multi", "-cpu", "max",
            "-smp", "2", "-m", "2048",
            "-display", "none", "-monitor", "none", *([] if restarts else ["-no-reboot"]),
            "-smbios", f"type=11,value=io.systemd.stub.kernel-cmdline-extra={PATIENCE}",
            *map(str, media), "-device", "virtio-rng-pci", "-nic", nic,
            "-chardev", f"socket,id=console,path={socket},server=on,wait=off,logfile={console},logappend=on",
            "-serial", "chardev:console"]


def stop(qemu):
    qemu.terminate()
    try:
        qemu.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        qemu.kill()
        qemu.wait()
