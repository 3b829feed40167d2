# ndt7: its bytes for each second of the server's processor time, beside our own HTTP.
# SPDX-License-Identifier: MIT

from functools import partial

import servers
from runner import Bench, Contender
from speedtest import BODY_BYTES, DOWNLOADS, UPLOADS, gbit_per_cpu_second

MESSAGE_BYTES = 1 << 20  # what clients of the field come to


def benches(programs, folder, stack):
    """Start the server, until @stack ends, and say what to measure of it."""
    ours = stack.enter_context(servers.speedtestd(programs, folder))

    def measured(label, path, *options):
        return Contender(label, partial(gbit_per_cpu_second, programs, ours, path, *options))

    gbit = "Gbit per server CPU-second"
    return [
        Bench("ndt7 download", gbit, measured("ndt7", "/ndt/v7/download", "-n", f"-t{DOWNLOADS}"),
              [measured("HTTP", "/garbage?ckSize=100", f"-t{DOWNLOADS}", f"-d{BODY_BYTES}")]),
        Bench("ndt7 upload", gbit,
              measured("ndt7", "/ndt/v7/upload", "-n", f"-t{UPLOADS}", f"-u{MESSAGE_BYTES}"),
              [measured("HTTP", "/empty", f"-t{UPLOADS}", f"-u{BODY_BYTES}")]),
    ]
