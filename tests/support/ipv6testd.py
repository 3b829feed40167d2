# An ipv6testd of the test's own, on the addresses of a link's server, with the paths that it needs.
# SPDX-License-Identifier: MIT

import os
import socket
import subprocess
from contextlib import ExitStack, contextmanager

import yaml

from support import counters, links, passed, pop, speedtestd, wait, wire

PROGRAM = pop.PROGRAMS / "ipv6testd"
PATHS = pop.PROJECT / "packaging/systemd/ipv6test-paths"
WEB = {"ipv6test": pop.PROJECT / "services/ipv6test/web", "shared": pop.PROJECT / "services/web/shared"}
HTTP_PORT, HTTPS_PORT = 8082, 8446
STOP_LIMIT_S = 10


class Ipv6testd:
    """The daemon, in a namespace, where it answers on the addresses of the link's server."""

    def __init__(self, process, namespace):
        self.process, self.namespace = process, namespace

    def address(self, family="ipv4"):
        return links.SERVER[family], HTTP_PORT

    def counters(self):
        with self.namespace.entered():
            return counters.read(self.address(), source="127.0.0.1")  # it tells its own machine only


def write_files(folder, keys, services):
    """What it reads, and a place for what it keeps. Return: its options."""
    options = speedtestd.write_folders(folder, WEB)
    ports = {"http_port": HTTP_PORT, "https_port": HTTPS_PORT, "dns_port": 5055}
    (folder / "pop.yaml").write_text(yaml.safe_dump({
        "site": speedtestd.SITE, "addresses": links.SERVER, "services": {"ipv6test": {**ports, **keys}, **services}}))
    return options


@contextmanager
def listening(namespace, address, ports=(HTTP_PORT, HTTPS_PORT)):
    """Sockets on @address in @namespace, as systemd would make them: their descriptors."""
    with ExitStack() as stack:
        descriptors = []
        for port in ports:
            with namespace.entered():
                server = stack.enter_context(socket.create_server((address, port), family=socket.AF_INET6))
            descriptors.append(passed.descriptor(stack, server))
        yield descriptors


def answers(namespace):
    try:
        with namespace.entered():
            return wire.ask((links.SERVER["ipv4"], HTTP_PORT), wire.request("GET", "/ip/")).status == 200
    except ConnectionRefusedError:
        return False


@contextmanager
def running(namespace, folder, descriptors=(), prefix=(), services=None, state=None, **keys):
    """An ipv6testd in @namespace, the server's of a link. @folder: empty, for its files. @descriptors: sockets that
    it is passed. @prefix: words before its command. @services: others of the POP file; @keys: more of its own
    section. @state: the folder of what it keeps, if that is to outlive it. It must end well when it is told to."""
    options = write_files(folder, keys, services or {})
    environment = {**os.environ, "STATE_DIRECTORY": str(state or folder / "state")}
    subprocess.run([PROGRAM, *options, "--prepare", folder / "delegations.zone"], check=True, timeout=STOP_LIMIT_S,
                   env=environment)
    process = subprocess.Popen(
        namespace.command(*passed.command(descriptors, [*prefix, PROGRAM, *options])), stdin=subprocess.DEVNULL,
        pass_fds=descriptors, env=environment)
    try:
        def is_up():
            assert process.poll() is None, "ipv6testd has ended"
            return answers(namespace)
        wait.until(is_up, "ipv6testd answers")
        yield Ipv6testd(process, namespace)
    finally:
        process.terminate()
        status = process.wait(STOP_LIMIT_S)
    assert status == 0, f"ipv6testd ended with {status}"


@contextmanager
def paths(namespace, mtu="", blackhole=""):
    """The two paths, made in @namespace. Yield: the namespace that answers on @mtu."""
    with links.Namespace() as behind:
        namespace.run(PATHS, "up", behind.path, mtu, blackhole)
        try:
            yield behind
        finally:
            namespace.run(PATHS, "down", behind.path, mtu, blackhole)
