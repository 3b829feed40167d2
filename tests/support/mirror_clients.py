# Unmodified clients of a mirror: dnf, Debian's ftpsync as a mirror further down, and mirrorbits, which sends visitors
# to mirrors. (apt-get is in mirror_checker.py.)
# SPDX-License-Identifier: MIT

import contextlib
import http.client
import os
import re
import subprocess
from pathlib import Path

from support import upstream_server, wait

LIMIT_S = 60


class Dnf:
    """dnf(8) with nothing of this system."""

    def __init__(self, folder, url):
        self.folder = Path(folder)
        self.packages = self.folder / "packages"
        self.options = [f"--installroot={self.folder}/root", f"--setopt=cachedir={self.folder}/cache",
                        f"--setopt=reposdir={self.folder}/none", f"--repofrompath=ours,{url}", "--repo=ours",
                        "--releasever=1", "--nogpgcheck", "--assumeyes", "--quiet"]

    def run(self, *arguments):
        """Return: what is wrong, "" when nothing is."""
        done = subprocess.run(["dnf", *self.options, *arguments], timeout=LIMIT_S, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return "" if done.returncode == 0 else done.stdout

    def download(self, *packages):
        """With metadata that are read anew."""
        return self.run("--refresh", "install", "--downloadonly", f"--destdir={self.packages}", *packages)


class Ftpsync:
    """A mirror further down; tree: what it has."""

    def __init__(self, folder, name, port, module):
        self.home, self.tree = Path(folder), Path(folder) / "tree"
        config = self.home / ".config/ftpsync"
        config.mkdir(parents=True)
        (config / "ftpsync.conf").write_text(
            f'MIRRORNAME={name}\nTRACEHOST={name}\nTO="{self.tree}/"\nRSYNC_HOST=127.0.0.1\nRSYNC_PATH={module}\n'
            f'RSYNC_EXTRA="--port={port}"\nMAILTO=nobody\nERRORSONLY=true\n')

    def sync(self):
        """Return: what is wrong, "" when nothing is."""
        done = subprocess.run(["ftpsync"], env={**os.environ, "HOME": str(self.home), "LOGNAME": "nobody"},
                              cwd=self.home, timeout=LIMIT_S, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.stdout or f"it ended with {done.returncode}" if done.returncode != 0 else ""


def empty_geography(kind):
    """A database of places (MaxMind DB, version 2.0) with nothing in it, which mirrorbits does not start without."""
    def text(words):
        return bytes([2 << 5 | len(words)]) + words.encode()

    def number(kind, value):
        return bytes([kind << 5 | 1, value])

    about = {"binary_format_major_version": number(5, 2), "binary_format_minor_version": number(5, 0),
             "build_epoch": bytes([1, 2, 1]), "database_type": text(kind), "description": bytes([7 << 5]),
             "ip_version": number(5, 6), "languages": bytes([0, 4]), "node_count": number(6, 1),
             "record_size": number(5, 24)}
    said = b"".join(text(key) + value for key, value in about.items())
    return b"\0\0\1\0\0\1" + bytes(16) + b"\xab\xcd\xefMaxMind.com" + bytes([7 << 5 | len(about)]) + said


class Mirrorbits:
    """
    A redirector whose files are @repository. To use in a with statement: it knows one mirror then, at @http, whose
    files it learns by @rsync.
    """

    def __init__(self, folder, repository, http, rsync):
        self.folder, self.repository, self.http, self.rsync = Path(folder), repository, http, rsync
        self.port, self.asked_at, self.redis = (upstream_server.free_port() for _ in range(3))

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.stack = stack
            self.start("redis-server", "--bind", "127.0.0.1", "--port", str(self.redis), "--save", "", "--dir", ".")
            for kind in "GeoLite2-City", "GeoLite2-ASN":
                (self.folder / f"{kind}.mmdb").write_bytes(empty_geography(kind))
            (self.folder / "mirrorbits.conf").write_text(
                f"Repository: {self.repository}\nTemplates: /usr/share/mirrorbits/templates/\nOutputMode: redirect\n"
                f"ListenAddress: 127.0.0.1:{self.port}\nRPCListenAddress: 127.0.0.1:{self.asked_at}\n"
                f"RedisAddress: 127.0.0.1:{self.redis}\nLogDir: {self.folder}\nGeoipDatabasePath: {self.folder}\n")
            self.start("mirrorbits", "daemon", "-config", str(self.folder / "mirrorbits.conf"))
            wait.until(lambda: "Scanned" in (self.folder / "mirrorbits.log").read_text(), "mirrorbits knows its files")
            self.add()
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def start(self, *command):
        with (self.folder / f"{command[0]}.log").open("w") as log:
            process = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.stack.callback(process.wait, 10)
        self.stack.callback(process.terminate)

    def ask(self, *words, **environment):
        """Return: what it says; None: it says no."""
        done = subprocess.run(["mirrorbits", "-h", "127.0.0.1", "-p", str(self.asked_at), *words], text=True,
                              env={**os.environ, **environment}, timeout=LIMIT_S, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said = done.stdout
        return done.stdout if done.returncode == 0 else None

    def add(self):
        """Its "add" takes no port for a part of a URL, its "edit" does."""
        editor = self.folder / "editor"
        editor.write_text(f"#!/bin/sh\nexec sed -i 's|^HttpURL:.*|HttpURL: {self.http}|' \"$1\"\n")
        editor.chmod(0o755)
        assert self.ask("add", "-http", "http://127.0.0.1/", "-rsync", self.rsync, "ours"), self.said
        assert self.ask("edit", "ours", EDITOR=str(editor)), self.said
        self.scan()
        wait.until(self.is_up, "mirrorbits finds that the mirror is up", LIMIT_S / 2)

    def is_up(self):
        """It looks at mirrors that it is told of, once it listens."""
        assert self.ask("enable", "ours"), self.said
        return re.search(r"^ours\s+up\b", self.ask("list", "-state") or "", re.MULTILINE)

    def scan(self):
        """Have it look at its own files and at the mirror's."""
        for words in ("refresh",), ("scan", "ours"):  # unless it does so by itself just now
            wait.until(lambda words=words: self.ask(*words), f"mirrorbits: {words[0]}")

    def leads_to(self, path):
        """Where it sends a visitor, or None."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT_S)) as connection:
            connection.request("GET", f"/{path}")
            return connection.getresponse().headers.get("Location")
