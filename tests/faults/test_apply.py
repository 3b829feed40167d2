# `fontaine apply` in the running POP, of which the first or the last call of a kind fails: a whole POP file is in
# force, the new one or the one before, and the next attempt succeeds. `make faults-apply` runs it.
# SPDX-License-Identifier: MIT

import itertools
import shutil

from support import failing, pop

POP_YAML = "/etc/fontaine/pop.yaml"
LIBRARY, ORDER, NEW = "/run/failing.so", "/run/failing.order", "/run/candidate.yaml"
TRIES = 2  # the first may go back from what was cut off
LIMIT_S = 120


class Apply:
    def __init__(self):
        shutil.copy(failing.LIBRARY, pop.inside(LIBRARY))
        self.order = failing.Order(pop.inside(ORDER))
        text = pop.POP_FILE.read_text()
        assert "interval: 5m" in text
        self.texts = itertools.cycle([text.replace("interval: 5m", "interval: 10m"), text])

    def run(self, text):
        """Return: how it ended, and what it said."""
        pop.inside(NEW).write_text(text)
        done = pop.run("env", f"LD_PRELOAD={LIBRARY}", f"FAILING_ORDER={ORDER}", "/usr/bin/fontaine", "apply",
                       "--carry-out", NEW, check=False, timeout=LIMIT_S)
        return done.returncode, done.stdout + done.stderr

    def succeed(self, text):
        said = [self.run(text) for _ in range(TRIES) if pop.inside(POP_YAML).read_text() != text]
        assert pop.inside(POP_YAML).read_text() == text, said

    def count(self, fault):
        text = next(self.texts)
        self.order.give(fault)
        status, said = self.run(text)
        made = failing.FOREVER - self.order.take_back()
        assert status == 0, said
        return made

    def attempt(self, fault, nth):
        """Return: whether it went on."""
        before, text = pop.inside(POP_YAML).read_text(), next(self.texts)
        self.order.give(fault, nth)
        status, said = self.run(text)
        self.order.take_back()
        found = pop.inside(POP_YAML).read_text()
        assert found in (before, text)
        assert status != 0 or found == text, said
        assert status == 0 or said
        self.succeed(text)
        return status == 0


def test_apply():
    apply, wrong = Apply(), []
    for fault in failing.FAULTS:
        n = apply.count(fault)
        for nth in sorted({1, n} if n else ()):
            try:
                how = apply.attempt(fault, nth)
                print(f"{fault}, call {nth} of {n}: {'goes on' if how else 'ends'}", flush=True)
            except AssertionError as e:
                wrong.append(f"{fault}, call {nth} of {n}: {e}")
    apply.succeed(pop.POP_FILE.read_text())
    assert not wrong, "\n".join(wrong)
