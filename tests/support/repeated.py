# Something that is done again and again while a test does something else.
# SPDX-License-Identifier: MIT

import threading

LIMIT_S = 60


class Repeated:
    """Calls step() in a thread of its own. To use in a with statement, which ends as step() fails."""

    def __init__(self):
        self.failed = None
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join(LIMIT_S)
        if self.failed:
            raise self.failed

    def run(self):
        try:
            while not self.is_over.is_set():
                self.step()
        except Exception as error:
            self.failed = error
