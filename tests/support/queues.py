# How full the queue of a link is, and what the link carries, while a test runs.
# SPDX-License-Identifier: MIT

import json
import statistics
import time

from support import repeated

GAP_S = 0.05


class Watch:
    """A queue that drains at @mbit: that of @device in @namespace, as the link's bottleneck() tells."""

    def __init__(self, namespace, device, mbit):
        self.namespace, self.device, self.mbit = namespace, device, mbit
        self.samples = []  # (seconds since 1970, ms that the queue takes to drain, bytes that the link has carried)

    def look(self):
        [told] = json.loads(self.namespace.run("tc", "-json", "-s", "qdisc", "show", "dev", self.device, "root"))
        self.samples.append((time.time(), told["backlog"] * 8 / (self.mbit * 1000), told["bytes"]))

    def within(self, from_s, to_s):
        return [sample for sample in self.samples if from_s <= sample[0] <= to_s]

    def median_ms(self, from_s, to_s):
        return statistics.median(ms for _, ms, _ in self.within(from_s, to_s))

    def mean_ms(self, from_s, to_s):
        return statistics.fmean(ms for _, ms, _ in self.within(from_s, to_s))

    def carried_bps(self, from_s, to_s):
        """The rate of the packets, as the link counts them; less than its own where a busy machine kept it from it."""
        (first_s, _, first), *_, (last_s, _, last) = self.within(from_s, to_s)
        return (last - first) * 8 / (last_s - first_s)


class Watching(repeated.Repeated):
    """Looks at @watches until the end of the with statement."""

    def __init__(self, *watches):
        super().__init__()
        self.watches = watches

    def step(self):
        self.is_over.wait(GAP_S)
        for watch in self.watches:
            watch.look()
