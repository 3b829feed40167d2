# A process that is killed exactly when it is about to make a certain system call (strace's injection of signals).
# SPDX-License-Identifier: MIT

import subprocess
from pathlib import Path

LIMIT_S = 20


class Killed:
    """
    To use in a with statement: the process @pid is killed when one of its threads makes the system call @call for the
    @nth time, with @path as one of its arguments unless that is None. Programs that it starts are left alone.
    """

    def __init__(self, pid, call, path=None, nth=1):
        threads = [entry.name for entry in Path(f"/proc/{pid}/task").iterdir()]
        self.n = len(threads)
        self.command = ["strace", "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={nth}",
                        "-e", "signal=none", "-s", "300", *(("-P", path) if path else ())]
        self.command += [word for thread in threads for word in ("-p", thread)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            self.n -= "attached" in line
            if self.n == 0:
                return self
        raise AssertionError(f"strace ended with {self.process.wait(LIMIT_S)}")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=LIMIT_S)
