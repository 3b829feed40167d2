# Waiting with an end.
# SPDX-License-Identifier: MIT

import time

GAP_S = 0.05


def until(condition, what, seconds=20, gap_s=GAP_S):
    """The first true value that condition() gives; fails with @what when none comes in time."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(gap_s)
    return value
