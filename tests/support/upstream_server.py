# Where upstreams are served to a mirror: rsync's own daemon, and peers that only seem to be one.
# SPDX-License-Identifier: MIT

import contextlib
import os
import shutil
import socket
import stat
import subprocess
import threading
from pathlib import Path

from support import wait

LOOPBACK = "127.0.0.1"
GREETING = b"@RSYNCD: 31.0 sha512 sha256 sha1 md5 md4\n"


def free_port():
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        return found.getsockname()[1]


class Rsyncd:
    """rsync's daemon with one module, "mirror". To use in a with statement. @options: more lines of the module."""

    def __init__(self, folder, state, options="", port=None):
        self.folder, self.state, self.options = Path(folder), Path(state), options
        self.port = port or free_port()
        self.url = f"rsync://{LOOPBACK}:{self.port}/mirror/"

    def __enter__(self):
        self.state.mkdir(parents=True, exist_ok=True)
        (self.state / "rsyncd.conf").write_text(
            f"use chroot = no\npid file = {self.state}/pid\nlog file = {self.state}/log\n"
            f"[mirror]\npath = {self.folder}\nread only = yes\n{self.options}\n")
        (self.state / "pid").unlink(missing_ok=True)
        self.process = subprocess.Popen(
            ["rsync", "--daemon", "--no-detach", f"--config={self.state}/rsyncd.conf", f"--address={LOOPBACK}",
             f"--port={self.port}"], stdin=subprocess.DEVNULL)
        wait.until(self.answers, "rsyncd answers")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    def answers(self):
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, self.port), 1) as asking:
            return asking.recv(8).startswith(b"@RSYNCD")
        return False

    def connections(self):
        """How many transfers its log has begun."""
        log = self.state / "log"
        return log.read_text(errors="replace").count("rsync on mirror") if log.exists() else 0


class Peer:
    """Somebody who listens where an rsyncd should. What serve() does with each connection is the fault."""

    def __init__(self):
        self.listener = socket.create_server((LOOPBACK, 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"rsync://{LOOPBACK}:{self.port}/mirror/"
        self.is_over = threading.Event()
        self.n_connections = 0

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        with contextlib.suppress(OSError):
            while not self.is_over.is_set():
                connection = self.listener.accept()[0]
                self.n_connections += 1
                threading.Thread(target=self.serve_and_close, args=(connection,), daemon=True).start()

    def serve_and_close(self, connection):
        with connection, contextlib.suppress(OSError):
            self.serve(connection)

    def serve(self, connection):
        raise NotImplementedError


class Silent(Peer):
    """Accepts, and never says a word."""

    def serve(self, connection):
        self.is_over.wait()


class Trickler(Peer):
    """Greets, then a message of the day without an end, a few bytes at a time: rsync --timeout never ends that."""

    def serve(self, connection):
        connection.sendall(GREETING)
        while not self.is_over.wait(0.2):
            connection.sendall(b"welcome\n")


class Proxy(Peer):
    """
    Passes on to a real one, until so many bytes have come from there: then it cuts the connection, or stalls;
    rsync --timeout does not end that either.
    """

    def __init__(self, port, after_bytes, cuts=False):
        super().__init__()
        self.upstream, self.left, self.cuts = port, after_bytes, cuts

    def serve(self, connection):
        with socket.create_connection((LOOPBACK, self.upstream)) as upstream:
            threading.Thread(target=self.copy_up, args=(connection, upstream), daemon=True).start()
            while (data := upstream.recv(min(65536, self.left))) and self.left > 0:
                self.left -= len(data)
                connection.sendall(data)
                if self.left <= 0:
                    break
            if not self.cuts:
                self.is_over.wait()

    @staticmethod
    def copy_up(connection, upstream):
        with contextlib.suppress(OSError):
            while data := connection.recv(65536):
                upstream.sendall(data)


class Gate(Peer):
    """Passes all on to a real one, but can hold a connection back before a word is said."""

    def __init__(self, port):
        super().__init__()
        self.upstream, self.closed = port, None  # the number of the connection that waits
        self.is_open = threading.Event()

    @contextlib.contextmanager
    def closed_at(self, nth):
        """The @nth connection from now on waits until the end of this. Gives a function: it has come."""
        self.is_open.clear()
        self.closed = self.n_connections + nth
        try:
            yield lambda: self.n_connections >= self.closed
        finally:
            self.closed = None
            self.is_open.set()

    def serve(self, connection):
        if self.n_connections == self.closed:
            self.is_open.wait()
        with socket.create_connection((LOOPBACK, self.upstream)) as upstream:
            threading.Thread(target=Proxy.copy_up, args=(connection, upstream), daemon=True).start()
            while data := upstream.recv(65536):
                connection.sendall(data)


class Versions:
    """Versions of an upstream's folder, to go back to. They share files: change these only by replacing them."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.kept = {}

    def keep(self, name):
        self.kept[name] = self.folder.with_name(f"{self.folder.name}.{name}")
        subprocess.run(["cp", "-al", self.folder, self.kept[name]], check=True, timeout=60)

    def back(self, name):
        """All is as it was, with the times of then."""
        shutil.rmtree(self.folder)
        subprocess.run(["cp", "-al", self.kept[name], self.folder], check=True, timeout=60)


def empty(folder):
    """An upstream whose disk was not mounted."""
    for path in Path(folder).iterdir():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def truncate(folder, names, to_bytes=0):
    """Files that end too early, with new times: as after a full disk."""
    for name in names:
        path = Path(folder) / name
        data = path.read_bytes()[:to_bytes]
        path.unlink()
        path.write_bytes(data)


def hostile(folder, outside):
    """Whatever must never be published, and names that are only strange."""
    folder = Path(folder)
    (folder / "up").symlink_to("../" * 20 + str(outside).lstrip("/"))
    (folder / "absolute").symlink_to(outside)
    (folder / "new\nline").write_text("strange")
    (folder / "-rf").write_text("strange")
    (folder / b"latin\xe9".decode(errors="surrogateescape")).write_text("strange")
    setuid = folder / "setuid"
    setuid.write_text("#!/bin/sh\n")
    setuid.chmod(0o4755)
    os.mkfifo(folder / "pipe")
    os.mknod(folder / "device", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(folder / "socket"))


def crowded(folder, n=100_000):
    """Many files in one folder."""
    folder = Path(folder) / "crowd"
    folder.mkdir()
    for number in range(n):
        (folder / f"{number}").touch()
