# Stock servers of our own, with the POP's own configuration.
# SPDX-License-Identifier: MIT

import re
import subprocess
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "services/stock"


def render(fontaine, pop_file, folder):
    """All configurations of a POP, in @folder, not there yet."""
    subprocess.run([fontaine, "render", pop_file, folder, "--stock", TEMPLATES], check=True, timeout=10)


def nginx(rendered, folder):
    """The POP's nginx as one of our own, which has its files in @folder and does without TLS. Return: what it is to
    be configured with."""
    text = (rendered / "nginx/nginx.conf").read_text()
    text = re.sub(r"^\tssl_.*\n|^\t\tlisten .* (ssl|quic reuseport);\n", "", text, flags=re.MULTILINE)
    return re.sub(r"/(run|var/lib)/nginx", str(folder), text).replace("/run/traffic/", f"{folder}/traffic-")


def rsyncd(rendered):
    """The same of rsyncd, for its address of IPv4."""
    text = (rendered / "rsync/rsyncd.conf").read_text().replace("/run/rsyncd/", f"{rendered}/")
    return text.replace("/run/traffic/", f"{rendered}/traffic-")
