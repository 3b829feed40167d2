# Datagrams, and what comes back.
# SPDX-License-Identifier: MIT

import socket


def connected(address, seconds, source=None):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.settimeout(seconds)
    if source is not None:
        s.bind((source, 0))
    s.connect(address)
    return s


def exchange(address, question, seconds=2):
    """Return: the first answer, b"" for none within the time."""
    with connected(address, seconds) as s:
        s.send(question)
        try:
            return s.recv(65536)
        except TimeoutError:
            return b""


def flood(address, question, times, source):
    """Ask as fast as can be. Return: all answers."""
    answers = []
    with connected(address, 0.5, source) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        for _ in range(times):
            s.send(question)
        while True:
            try:
                answers.append(s.recv(65536))
            except TimeoutError:
                return answers
