# How full the queue of a link is, while a test runs.
# SPDX-License-Identifier: MIT

import re
import statistics
import time

from support import repeated

GAP_S = 0.05
BACKLOG = re.compile(r"backlog (\d+)(K?)b")


class Watch:
    """A queue that drains at @mbit: that of @device in @namespace, as the link's bottleneck() tells."""

    def __init__(self, namespace, device, mbit):
        self.namespace, self.device, self.mbit = namespace, device, mbit
        self.samples = []  # (seconds since 1970, ms that the queue takes to drain)

    def look(self):
        told = BACKLOG.search(self.namespace.run("tc", "-s", "qdisc", "show", "dev", self.device, "root"))
        waiting_bytes = int(told[1]) * (1024 if told[2] else 1)
        self.samples.append((time.time(), waiting_bytes * 8 / (self.mbit * 1000)))

    def median_ms(self, from_s, to_s):
        return statistics.median(ms for at_s, ms in self.samples if from_s <= at_s <= to_s)


class Watching(repeated.Repeated):
    """Looks at @watches until the end of the with statement."""

    def __init__(self, *watches):
        super().__init__()
        self.watches = watches

    def step(self):
        self.is_over.wait(GAP_S)
        for watch in self.watches:
            watch.look()
