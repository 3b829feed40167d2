# Sockets that a daemon is passed, as systemd would make them.
# SPDX-License-Identifier: MIT
#
# `python3 tests/support/passed.py PATH... -- COMMAND...` becomes COMMAND with a socket at each PATH: as systemd would
# start it in a machine that has paths of its own.

import fcntl
import os
import socket
import sys
from pathlib import Path

FIRST = 3  # sd_listen_fds(3)


def descriptor(stack, server):
    """@server's, out of the way of those that it becomes; closed with @stack."""
    high = fcntl.fcntl(server.fileno(), fcntl.F_DUPFD, 100)
    stack.callback(os.close, high)
    return high


def listening(stack, path):
    """The descriptor of a socket at @path, which goes with @stack."""
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    server = stack.enter_context(socket.socket(socket.AF_UNIX))
    server.bind(str(path))
    stack.callback(path.unlink)
    server.listen(128)
    return descriptor(stack, server)


def command(descriptors, words):
    """The command @words when it is to find @descriptors as sd_listen_fds(3) does."""
    if not descriptors:
        return words
    moves = " ".join(f"{FIRST + i}<&{number}" for i, number in enumerate(descriptors))
    script = f'export LISTEN_PID=$$ LISTEN_FDS={len(descriptors)}; exec "$@" {moves}'
    return ["bash", "-c", script, "bash", *words]  # other shells know descriptors of one digit only


def become(paths, words):
    for number, path in enumerate(paths, FIRST):
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).unlink(missing_ok=True)
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        os.chmod(path, 0o666)
        server.listen(128)
        os.dup2(server.detach(), number + 100)
    for number in range(FIRST, FIRST + len(paths)):
        os.dup2(number + 100, number)
        os.close(number + 100)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(paths)))
    os.execvp(words[0], words)


if __name__ == "__main__":
    end = sys.argv.index("--")
    become(sys.argv[1:end], sys.argv[end + 1:])
