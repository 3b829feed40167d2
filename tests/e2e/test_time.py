# The time server tells the time, and nothing else.
# SPDX-License-Identifier: MIT

import struct
import subprocess

import pytest

from support import pop, time_server, udp, web

UNSYNCHRONISED = 3  # a leap indicator


@pytest.fixture(params=pop.FAMILIES)
def server(request):
    return pop.address("ntp", "udp", request.param)


def test_it_tells_the_time(server):
    answer = time_server.query(server)
    assert (answer.mode, answer.version) == (time_server.SERVER, time_server.VERSION)
    assert answer.is_to_our_question
    assert answer.leap != UNSYNCHRONISED
    assert 1 <= answer.stratum <= 15
    assert abs(answer.offset_s) < 0.1  # it serves the clock of this machine
    assert answer.root_dispersion_s < 1


def test_chrony_takes_the_time_from_it(server):
    host, port = server
    command = ["chronyd", "-Q", "-t", "10", "-f", "/dev/null", f"server {host} port {port} iburst"]
    done = subprocess.run(command, timeout=15, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    assert "System clock wrong by" in done.stdout
    wrong_by_s = float(done.stdout.split("System clock wrong by ")[1].split()[0])
    assert abs(wrong_by_s) < 0.1


def test_chrony_takes_the_time_from_it_by_nts():
    (host, port), (_, nts_port) = pop.address("ntp", "udp"), pop.address("ntp", "nts")
    command = ["chronyd", "-Q", "-u", "root", "-t", "10", "-f", "/dev/null", f"ntstrustedcerts {web.ca_file()}",
               f"server {host} port {port} iburst nts ntsport {nts_port}"]
    done = subprocess.run(command, timeout=15, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    assert "System clock wrong by" in done.stdout


def test_an_answer_is_no_longer_than_its_question(server):
    assert time_server.query(server).size <= time_server.PACKET.size


@pytest.mark.parametrize("question", [
    struct.pack("!BBHHHHH", 2 << 3 | 6, 2, 1, 0, 0, 0, 0),     # mode 6, read variables
    struct.pack("!BBBBHH", 2 << 3 | 7, 0, 3, 42, 0, 0) + bytes(40),  # mode 7, "monlist"
    struct.pack("!BBBBHH", 2 << 3 | 7, 0, 3, 20, 0, 0) + bytes(184),
    bytes([4 << 3 | 4]) + bytes(47),                            # an answer
    bytes([4 << 3 | 3]) + bytes(20),                            # half a question
    bytes([4 << 3 | 5]) + bytes(47),                            # a broadcast
], ids=["mode 6", "monlist", "monlist with padding", "an answer", "half a question", "a broadcast"])
def test_anything_but_the_time_gets_no_answer(server, question):
    assert udp.exchange(server, question, seconds=0.5) == b""


def test_a_hasty_client_gets_few_answers():
    server = pop.address("ntp", "udp")
    answers = udp.flood(server, time_server.question(token=1), times=200, source=pop.visitor("9.9.9"))
    assert 1 <= len(answers) < 100  # a burst, then one in four, lest a forger shuts others out
    assert time_server.query(server).is_to_our_question
