# A speedtestd of the test's own, for what the running POP's must not be told.
# SPDX-License-Identifier: MIT

import subprocess
from contextlib import contextmanager

import yaml

from support import counters, links, pop, wait, wire

PROGRAM = pop.BUILD / "release/speedtestd"
PORT = 8081
STOP_LIMIT_S = 10
WEB = {"speedtest": pop.PROJECT / "services/speedtest/web", "shared": pop.PROJECT / "services/web/shared"}

SITE = {
    "name": "test", "title": "A POP under test", "domain": "pop.test", "city": "Lyon", "country": "FR",
    "languages": ["en"], "operated_by": {"name": "Test", "contact": "noc@example.net"},
}


class Speedtestd:
    """The daemon, in a namespace, where it answers on the addresses of the link's server."""

    def __init__(self, process, namespace, port):
        self.process, self.namespace, self.port = process, namespace, port

    @staticmethod
    def address(family="ipv4"):
        return links.SERVER[family], PORT

    @staticmethod
    def url(family="ipv4", path="/"):
        host = links.SERVER[family]
        return f"http://[{host}]:{PORT}{path}" if ":" in host else f"http://{host}:{PORT}{path}"

    def counters(self):
        with self.namespace.entered():
            return counters.read(self.address(), source="127.0.0.1")  # it tells its own machine only

    def answers(self):
        assert self.process.poll() is None, "speedtestd has ended"
        try:
            with self.namespace.entered():
                return wire.ask((links.SERVER["ipv4"], self.port), wire.request("GET", "/empty")).status == 200
        except ConnectionRefusedError:
            return False


def write_pop(folder, neighbours, keys):
    """The POP file and the folder of the pages."""
    web = folder / "web"
    web.mkdir()
    for name, path in WEB.items():
        (web / name).symlink_to(path)
    file = folder / "pop.yaml"
    file.write_text(yaml.safe_dump({
        "site": SITE, "addresses": links.SERVER, "services": {"speedtest": {"http_port": PORT, **keys}},
        **({"neighbours": neighbours} if neighbours else {})}))
    return ["--pop", file, "--web", web]


@contextmanager
def running(namespace, folder, prefix=(), neighbours=(), **keys):
    """A speedtestd in @namespace, the server's of a link. @folder: empty, for its files. @keys: of the
    POP file's section. @prefix: words before its command. It must end well when it is told to."""
    command = namespace.command(*prefix, PROGRAM, *write_pop(folder, neighbours, keys))
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        server = Speedtestd(process, namespace, keys.get("http_port", PORT))
        wait.until(server.answers, "speedtestd answers")
        yield server
    finally:
        process.terminate()
        status = process.wait(STOP_LIMIT_S)
    assert status == 0, f"speedtestd ended with {status}"
