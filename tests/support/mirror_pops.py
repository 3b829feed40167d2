# POPs that mirror: each with its nginx, rsyncd and mirrord as they are configured from its POP file, with files of its
# own, at an address of its own in a network that all of them share.
# SPDX-License-Identifier: MIT

import contextlib
import subprocess
import sys

from support import links, machine, mirrord, passed, pop, speedtestd, wait

PORTS = (80, 443, 873)
ROOT = "/srv"
DATABASE = "state/mirror.db"


class Mounts(machine.Machine):
    KINDS = ["--mount"]


def address(name):
    """Of the POP "a", "b" or "c"."""
    return f"127.0.0.{10 + ord(name) - ord('a') + 1}"


def neighbour(name, **keys):
    """As the POP file has it. @keys: "push", or "prefixes"."""
    prefixes = keys.pop("prefixes", None)
    return {"name": name, "title": f"POP {name}", "city": "Lyon", "country": "FR", "speedtest": f"//{address(name)}",
            **({"prefixes": prefixes} if prefixes else {}), "mirror": {"pages": f"//{address(name)}", **keys}}


def certify(folder, names):
    """A certificate for all POPs, and the CA that has signed it."""
    folder.mkdir()
    (folder / "names").write_text("".join(f"IP:{address(name)}\n" for name in names))
    links.run(speedtestd.TEST_CA, folder / "names", folder)


class Pop(mirrord.Mirrord):
    """To use in a with statement. @tls: of certify()."""

    def __init__(self, name, folder, tls, projects, neighbours=()):
        folder.mkdir()
        self.mounts = Mounts()
        super().__init__(folder, projects)
        self.name, self.tls, self.neighbours, self.listeners = name, tls, list(neighbours), ()
        self.environment["CREDENTIALS_DIRECTORY"] = str(folder / "credentials")
        (folder / "credentials").mkdir()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.mounts)
            for path in "/run", "/var/lib":
                self.mounts.keep_changes(path, self.folder / path.replace("/", "-"))
            self.mounts.run("mkdir", "-p", "/var/lib/fontaine/tls", "/run/nginx", "/run/rsyncd", "/run/traffic",
                            "/var/lib/nginx")
            self.mounts.lay(self.tls, "/var/lib/fontaine/tls")
            self.mounts.lay(self.tls / "ca.crt", "/etc/ssl/certs/ca-certificates.crt")
            self.root.mkdir()
            self.mounts.lay(self.root, ROOT)
            self.socket = self.mounts.file(mirrord.SOCKET)
            while self.has_begun():
                pass
            self.configure()
            self.start()
            stack.callback(self.stop)
            self.stack = stack.pop_all()
        return self

    def write(self):
        for path in self.folder / "state", self.root:
            path.mkdir(parents=True, exist_ok=True)
        whole = {"site": {**speedtestd.SITE, "name": self.name, "domain": f"{self.name}.test"},
                 "addresses": {"ipv4": address(self.name)}}
        if self.neighbours:
            whole["neighbours"] = self.neighbours
        mirrord.write_pop(self.folder / "pop.yaml", ROOT, self.projects, self.mirror, **whole)

    def command(self):
        sockets = [str(path) for path in (mirrord.SOCKET, mirrord.PUBLIC_SOCKET)]
        return self.mounts.command(sys.executable, passed.__file__, *sockets, "--", mirrord.PROGRAM,
                                   "--pop", self.folder / "pop.yaml")

    def start(self):
        self.socket.unlink(missing_ok=True)  # that of one before
        super().start()

    def configure(self):
        """Start nginx and rsyncd as the POP's image does."""
        self.mounts.run(pop.FONTAINE, "render", self.folder / "pop.yaml", "/run/fontaine", "--stock",
                        pop.PROJECT / "services/stock")
        self.mounts.start("nginx", "-e", "stderr", "-c", "/run/fontaine/nginx/nginx.conf", "-g", "daemon off;")
        self.mounts.start("rsync", "--daemon", "--no-detach", "--config=/run/fontaine/rsync/rsyncd.conf",
                          f"--address={address(self.name)}")
        for port in PORTS:
            wait.until(lambda: mirrord.is_listening(port, address(self.name)), f"{self.name} answers on port {port}")

    def url(self, project, protocol="http"):
        return f"{protocol}://{address(self.name)}/{project}/"

    def fontaine(self, *words):
        return subprocess.run(self.mounts.command(pop.FONTAINE, "mirror", *words), timeout=30, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL).stdout

    def token_for(self, project):
        """One that pushes the project here."""
        return self.fontaine("token", "add", "--project", project, "--label", "upstream",
                             "--db", self.folder / DATABASE).strip()

    def believe(self, name, token):
        """From the next start on, the POP @name is told by this token."""
        (self.folder / f"credentials/mirror-push.{name}").write_text(f"{token}\n")
