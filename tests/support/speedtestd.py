# A speedtestd of the test's own, for what the running POP's must not be told.
# SPDX-License-Identifier: MIT

import os
import subprocess
from contextlib import contextmanager

import yaml

from support import counters, links, pop, wait, wire

PROGRAM = pop.PROGRAMS / "speedtestd"
TEST_CA = pop.PROJECT / "packaging/systemd/testca"
PORT = 8081
STOP_LIMIT_S = 10
WEB = {"speedtest": pop.PROJECT / "services/speedtest/web", "shared": pop.PROJECT / "services/web/shared"}

SITE = {
    "name": "test", "title": "A POP under test", "domain": "pop.test", "city": "Lyon", "country": "FR",
    "languages": ["en"], "operated_by": {"name": "Test", "contact": "noc@example.net"},
}


def ports(http_port):
    return {"http_port": http_port, "https_port": http_port + 1000, "rpm_port": http_port + 2000}


class Speedtestd:
    """The daemon, in a namespace, where it answers on the addresses of the link's server."""

    def __init__(self, process, namespace, port, ca_file):
        self.process, self.namespace, self.port, self.ca_file = process, namespace, port, ca_file

    def address(self, family="ipv4"):
        return links.SERVER[family], self.port

    def url(self, family="ipv4", path="/"):
        host = links.SERVER[family]
        return f"http://[{host}]:{self.port}{path}" if ":" in host else f"http://{host}:{self.port}{path}"

    def secure_url(self, protocol, family="ipv4"):
        """@protocol: "https" or "rpm"."""
        host = links.SERVER[family]
        port = ports(self.port)[f"{protocol}_port"]
        return f"https://[{host}]:{port}/" if ":" in host else f"https://{host}:{port}/"

    def counters(self):
        with self.namespace.entered():
            return counters.read(self.address(), source="127.0.0.1")  # it tells its own machine only

    def answers(self):
        assert self.process.poll() is None, "speedtestd has ended"
        try:
            with self.namespace.entered():
                return wire.ask(self.address(), wire.request("GET", "/empty")).status == 200
        except ConnectionRefusedError:
            return False


def lay_pages(folder, pages):
    folder.mkdir()
    for name, path in pages.items():
        (folder / name).symlink_to(path)


def write_folders(folder, pages):
    """Places for what any daemon of ours reads and keeps. @pages: folders by name. Return: its options."""
    web, tls = folder / "web", folder / "tls"
    lay_pages(web, pages)
    for path in tls, folder / "state":
        path.mkdir()
    names = folder / "names"
    names.write_text("".join(f"IP:{address}\n" for address in links.SERVER.values()))
    links.run(TEST_CA, names, tls)
    return ["--pop", folder / "pop.yaml", "--web", web, "--tls", tls]


def write_files(folder, port, neighbours, keys):
    """What it reads, and a place for what it keeps. Return: its options."""
    options = write_folders(folder, WEB)
    (folder / "pop.yaml").write_text(yaml.safe_dump({
        "site": SITE, "addresses": links.SERVER, "services": {"speedtest": {**ports(port), **keys}},
        **({"neighbours": neighbours} if neighbours else {})}))
    return options


@contextmanager
def running(namespace, folder, prefix=(), neighbours=(), http_port=PORT, **keys):
    """A speedtestd in @namespace, the server's of a link. @folder: empty, for its files. @keys: more of the
    POP file's section. @prefix: words before its command. It must end well when it is told to."""
    command = namespace.command(*prefix, PROGRAM, *write_files(folder, http_port, neighbours, keys))
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, env={**os.environ, "STATE_DIRECTORY": str(folder / "state")})
    try:
        server = Speedtestd(process, namespace, http_port, folder / "tls/ca.crt")
        wait.until(server.answers, "speedtestd answers")
        yield server
    finally:
        process.terminate()
        status = process.wait(STOP_LIMIT_S)
    assert status == 0, f"speedtestd ended with {status}"
