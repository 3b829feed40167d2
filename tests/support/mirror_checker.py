# Looks at a mirror of a Debian archive as a client does, and says what an index names that is not there.
# SPDX-License-Identifier: MIT

import hashlib
import http.client
import lzma
import subprocess
from pathlib import Path
from urllib.parse import quote, urlsplit

from support import repeated

TIME_LIMIT_S = 20


class Folder:
    """A tree as it lies on a disk, asked as a site is."""

    def __init__(self, path):
        self.path = Path(path)

    def get(self, path, method="GET"):
        file = self.path / path
        if not file.is_file():
            return 404, 0, b""
        return 200, file.stat().st_size, b"" if method == "HEAD" else file.read_bytes()


class Site:
    """One connection to a site, for one look after the other."""

    def __init__(self, url):
        parts = urlsplit(url)
        self.path = parts.path.rstrip("/")
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=TIME_LIMIT_S)

    def get(self, path, method="GET"):
        """Return: status, size that is announced, body."""
        self.connection.request(method, f"{self.path}/{quote(path)}", headers={"Cache-Control": "no-cache"})
        response = self.connection.getresponse()
        body = response.read()
        return response.status, int(response.headers.get("Content-Length") or 0), body


def release_files(text):
    """Name -> (hash, size) of the list of SHA256."""
    files, is_list = {}, False
    for line in text.splitlines():
        if line.startswith(" ") and is_list:
            checksum, size, name = line.split()
            files[name] = checksum, int(size)
        else:
            is_list = line == "SHA256:"
    return files


def packages_files(text):
    """(path, size, hash) of each paragraph."""
    for paragraph in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in paragraph.splitlines() if ": " in line and line[0] != " ")
        if fields:
            yield fields["Filename"], int(fields["Size"]), fields["SHA256"]


def look(url, suite="stable", architecture="amd64"):
    """One look: InRelease, Packages by its hash, every package. Return: what is wrong, a line each."""
    return look_at(Site(url), "HEAD", suite, architecture)


def look_at(site, method, suite="stable", architecture="amd64"):
    """As look(). @method: "GET" compares the hash of every package too."""
    status, _, text = site.get(f"dists/{suite}/InRelease")
    if status != 200:
        return [f"InRelease: {status}"]
    checksum, size = release_files(text.decode()).get(f"main/binary-{architecture}/Packages.xz", ("", 0))
    if size == 0:
        return [f"InRelease: {len(text)} bytes, which name no Packages.xz"]
    by_hash = f"dists/{suite}/main/binary-{architecture}/by-hash/SHA256/{checksum}"
    status, _, packages = site.get(by_hash)
    if status != 200 or len(packages) != size or hashlib.sha256(packages).hexdigest() != checksum:
        return [f"{by_hash}: {status}, {len(packages)} bytes of {size}"]
    wrong = []
    for path, size, checksum in packages_files(lzma.decompress(packages).decode()):
        status, found, data = site.get(path, method)
        if status != 200 or found != size:
            wrong.append(f"{path}: {status}, {found} bytes of {size}")
        elif method == "GET" and hashlib.sha256(data).hexdigest() != checksum:
            wrong.append(f"{path}: other bytes")
    return wrong


class Sampler(repeated.Repeated):
    """Looks all the time."""

    def __init__(self, url, **which):
        super().__init__()
        self.url, self.which = url, which
        self.n_samples, self.wrong = 0, []

    def step(self):
        self.wrong += look(self.url, **self.which)
        self.n_samples += 1


class Apt:
    """apt-get(8) with nothing of this system: the final judge. @ring: the archive's key."""

    def __init__(self, folder, url, ring, suite="stable", architecture="amd64"):
        self.folder = Path(folder)
        for name in "lists/partial", "cache/archives/partial", "etc/apt.conf.d", "etc/preferences.d":
            (self.folder / name).mkdir(parents=True)
        (self.folder / "status").touch()
        (self.folder / "sources.list").write_text(f"deb [arch={architecture} signed-by={ring}] {url} {suite} main\n")
        options = {"Dir::Etc": self.folder / "etc", "Dir::Etc::sourcelist": self.folder / "sources.list",
                   "Dir::State::lists": self.folder / "lists", "Dir::Cache": self.folder / "cache",
                   "Dir::State::status": self.folder / "status", "APT::Architecture": architecture,
                   "APT::Sandbox::User": "root", "Acquire::Languages": "none", "APT::Update::Error-Mode": "any"}
        self.options = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]

    def run(self, *arguments):
        """Return: what is wrong, "" when nothing is."""
        done = subprocess.run(["apt-get", "--quiet", *self.options, *arguments], cwd=self.folder, timeout=60, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return "" if done.returncode == 0 else done.stdout

    def update(self):
        return self.run("update")

    def download(self, *packages):
        return self.run("download", *packages)
