# What is no TLS, or stops being it: refused or given up, counted, and others are served meanwhile.
# SPDX-License-Identifier: MIT

import socket
import ssl
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import counters, pop, wait, web, wire

ADDRESS = pop.address("speedtest", "https")
HANDSHAKE_S = 10  # the server's limit
SLACK_S = 5
CLIENTS = 40

GREETING_IN_PLAIN = wire.request("GET", "/empty")
UNKNOWN_VERSION = bytes.fromhex("16 0300 0005 0100000100")  # SSL 3.0, a hello of one byte
TOO_LONG_RECORD = bytes.fromhex("16 0301 ffff") + bytes(4096)
EMPTY_RECORDS = bytes.fromhex("16 0303 0000") * 200
ALERT = bytes.fromhex("15 0301 0002 0228")
DATA_FIRST = bytes.fromhex("17 0303 0005") + b"hello"


def context(version=ssl.TLSVersion.TLSv1_3):
    context = ssl.create_default_context(cafile=str(web.ca_file()))
    context.check_hostname = False
    context.minimum_version = context.maximum_version = version
    return context


def hello():
    """The first flight of a real client."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context().wrap_bio(incoming, outgoing).do_handshake()
    return outgoing.read()


def seconds_until_closed(data):
    """Send and wait. Return: after how many seconds the server has closed."""
    with socket.create_connection(ADDRESS, HANDSHAKE_S + SLACK_S) as client:
        client.sendall(data)
        started = time.monotonic()
        try:
            while client.recv(65536):
                pass
        except ConnectionResetError:
            pass
        return time.monotonic() - started


def failures():
    return counters.read()["tls_failed_total"]


def is_served():
    with ssl.SSLContext.wrap_socket(context(), socket.create_connection(ADDRESS, 5)) as client:
        client.sendall(wire.request("GET", "/empty", "Connection: close"))
        return client.recv(15) == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize("data", [
    GREETING_IN_PLAIN, UNKNOWN_VERSION, TOO_LONG_RECORD, EMPTY_RECORDS, ALERT, DATA_FIRST, bytes(range(256)) * 64,
], ids=["plain HTTP", "old version", "long record", "empty records", "alert", "data first", "garbage"])
def test_what_is_no_tls_is_closed_and_counted(data):
    before = failures()
    assert seconds_until_closed(data) < HANDSHAKE_S - 1
    wait.until(lambda: failures() == before + 1, "the failure is counted")
    assert is_served()


def test_a_handshake_that_stops_is_given_up_in_time():
    greeting = hello()
    before = failures()
    pieces = [greeting[:1], greeting[:40], greeting[:-1], greeting]
    with ThreadPoolExecutor(len(pieces)) as threads:
        waits = list(threads.map(seconds_until_closed, pieces))
    assert all(HANDSHAKE_S - 1 < seconds < HANDSHAKE_S + SLACK_S for seconds in waits), waits
    wait.until(lambda: failures() == before + len(pieces), "the failures are counted")


def test_many_half_handshakes_keep_nobody_out():
    greeting = hello()
    held = [socket.create_connection(ADDRESS, 5) for _ in range(CLIENTS)]
    try:
        for client in held:
            client.sendall(greeting)
        assert is_served()
    finally:
        for client in held:
            client.close()


def shake_hands(session, incoming, outgoing, client):
    while True:
        try:
            session.do_handshake()
            client.sendall(outgoing.read())
            return
        except ssl.SSLWantReadError:
            client.sendall(outgoing.read())
            incoming.write(client.recv(65536))


def read_until_closed(client, session, incoming):
    """What the server says as data; an alert is none."""
    said = b""
    try:
        while data := client.recv(65536):
            incoming.write(data)
            try:
                said += session.read(65536)
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError:
                break
    except ConnectionResetError:
        pass
    return said


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_a_record_that_was_changed_on_the_way_ends_the_connection(version):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = context(version).wrap_bio(incoming, outgoing, server_hostname="pop.example")
    with socket.create_connection(ADDRESS, 5) as client:
        shake_hands(session, incoming, outgoing, client)
        session.write(wire.request("GET", "/empty"))
        record = bytearray(outgoing.read())
        record[-1] ^= 1
        client.sendall(record)
        assert read_until_closed(client, session, incoming) == b""


def test_renegotiation_is_refused():
    """In TLS 1.2 a client could ask for handshakes without end on one connection."""
    command = ["openssl", "s_client", "-connect", f"{ADDRESS[0]}:{ADDRESS[1]}", "-tls1_2", "-CAfile", web.ca_file()]
    done = subprocess.run(command, input="R\n", timeout=10, text=True, capture_output=True)
    told = done.stdout + done.stderr
    assert "RENEGOTIATING" in told
    assert "no renegotiation" in told
    assert is_served()
