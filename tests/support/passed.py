# Sockets that a daemon is passed, as systemd would make them.
# SPDX-License-Identifier: MIT

import fcntl
import os
import socket

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
