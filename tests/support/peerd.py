# peerd by itself, or healthd, in a network of the test's own.
# SPDX-License-Identifier: MIT

import contextlib
import json
import os
import re
import signal
import subprocess
from pathlib import Path

import yaml

from support import passed, pop

PROGRAM = pop.PROGRAMS / "peerd"
CONTROL, PUBLIC = Path("/run/peerd/control.sock"), Path("/run/peerd/http.sock")


class Peerd:
    """To use in a with statement: with the POP file @file, in @namespace; @environment is added to its own."""

    program, sockets = PROGRAM, (CONTROL, PUBLIC)

    def __init__(self, folder, file, namespace, **environment):
        self.folder, self.file, self.namespace, self.environment = Path(folder), file, namespace, environment

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.namespace.entered())
            self.listeners = [passed.listening(stack, path) for path in self.sockets]
            self.start()
            stack.callback(self.stop)
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def start(self):
        (self.folder / "state").mkdir(exist_ok=True)
        (self.folder / "pop.yaml").write_text(yaml.safe_dump(self.file))
        words = passed.command(self.listeners, [self.program, "--pop", self.folder / "pop.yaml"])
        environment = {**os.environ, **self.environment, "STATE_DIRECTORY": str(self.folder / "state")}
        self.process = subprocess.Popen(words, pass_fds=self.listeners, stdin=subprocess.DEVNULL, env=environment)

    def stop(self, number=signal.SIGTERM):
        """Return: how it ended; None: it had already."""
        if self.process.poll() is not None:
            return None
        self.process.send_signal(number)
        return self.process.wait(10)

    def ask(self, path, socket=PUBLIC, method="GET"):
        command = ["curl", "--silent", "--max-time", "10", "--unix-socket", socket, "--write-out", "\n%{http_code}",
                   "--header", "X-Forwarded-For: 127.0.0.1", "--request", method, f"http://localhost{path}"]
        body, _, status = subprocess.run(command, timeout=15, text=True, capture_output=True).stdout.rpartition("\n")
        return int(status), body

    def json(self, path, socket=PUBLIC, method="GET"):
        status, body = self.ask(path, socket, method)
        assert status == 200, body
        return json.loads(body)

    def metric(self, name, labels=""):
        """The value of a metric; None: there is none."""
        _, body = self.ask("/metrics", CONTROL)
        found = re.search(rf"^{name}{re.escape(labels)} (\S+)$", body, re.MULTILINE)
        return float(found[1]) if found else None


class Healthd(Peerd):
    program = pop.PROGRAMS / "healthd"
    sockets = Path("/run/healthd/control.sock"), Path("/run/healthd/http.sock")
