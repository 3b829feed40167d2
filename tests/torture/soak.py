# Use every service of the running POP for a while, and see that none of them grows: make soak MINUTES=30
# SPDX-License-Identifier: MIT

import argparse
import itertools
import json
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import guests  # noqa: E402 (found by the line before)
import units  # noqa: E402
from guests import Guest, Visit  # noqa: E402
from support import dns_client, ipv6test, pop, results, soak_table, wire  # noqa: E402

RESULTS = Path("build/results/soak.json")
GROWTH_MAX = 0.02
SERVED_MIN = 0.8       # of each guest's wishes
WARM_UP = 1 / 3        # of the time: caches fill, allocators find what they need
COMPARED = 1 / 5       # of the rest, its begin and its end
SAMPLE_S = 5
MINUTES_MIN = 3
UPLOAD = b"u" * (1 << 20)
TIME_CLIENTS = [f"127.8.0.{i}" for i in range(1, 101)]  # chrony remembers each one, as long as there is room
METRICS = "127.0.0.1", 9580


def upload():
    assert wire.ask(pop.address("speedtest"), wire.request("POST", "/empty", body=UPLOAD)).status == 200


def share():
    assert results.post(pop.address("speedtest")).status == 201


def ask_by(service, protocol):
    def ask():
        assert "status: NOERROR" in dns_client.kdig(service, protocol, "ipv4", pop.site()["domain"], "SOA")
    return ask


def look_up_test_name():
    name = ipv6test.name("alg13", ipv6test.no_nonce())
    assert dns_client.ask(pop.address("ipv6test", "udp"), name, "AAAA", seconds=guests.IN_TIME_S).answer


def list_mirrors():
    subprocess.run(["rsync", "--recursive", "--list-only", pop.url("mirror", "rsync", path="/fontaine/")], check=True,
                   timeout=5, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def scrape():
    assert wire.ask(METRICS, wire.request("GET", "/metrics"), timeout_s=5).status == 200


def all_of_them():
    """Those of torture, and who comes less often, in more ways."""
    return [
        *guests.all_of_them(itertools.cycle(TIME_CLIENTS)),
        Guest("upload", 2, upload),
        Guest("results", 0.2, share),
        Guest("IPv6 names", 20, look_up_test_name),
        *(Guest(f"{service} by {protocol}", 0.5, ask_by(service, protocol))
          for service, protocol in [("resolver", "tcp"), ("resolver", "dot"), ("resolver", "doh"),
                                    ("authoritative", "dot"), ("authoritative", "doq")]),
        *(Guest(path, 1, Visit(path)) for path in ("/status.json", "/rdns/", "/api/v1/mirrors", "/api/v1/latency",
                                                   "/networks/networks.json", "/fontaine/")),
        Guest("rsync", 0.5, list_mirrors),
        Guest("metrics", 0.1, scrape),
    ]


def sample():
    """Of each unit: its main process, memory in bytes, descriptors. Memory that processes share (nginx), or that is a
    file's (Knot), has a size that is configured, and is filled bit by bit."""
    return {unit: (main, units.memory_bytes(main, "RssAnon"), units.descriptors(main))
            for unit, main in units.main_processes().items()}


def samples(seconds):
    """One every few seconds, of which a process that ends meanwhile spoils none but its own."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            yield sample()
        except FileNotFoundError:
            continue
        time.sleep(SAMPLE_S)


def least(figures):
    """At the begin and at the end: what is there for a moment only is no growth."""
    part = max(1, int(len(figures) * COMPARED))
    return min(figures[:part]), min(figures[-part:])


def growth(taken):
    """Of each unit: what it had at the begin and at the end of those samples."""
    return {unit: {"memory_bytes": least([each[unit][1] for each in taken]),
                   "descriptors": least([each[unit][2] for each in taken])} for unit in taken[0]}


def complaints(first, last, grown, served):
    yield from (f"{unit} has ended" for unit in first if last.get(unit, ("",))[0] != first[unit][0])
    for unit, figures in grown.items():
        for what, (begin, end) in figures.items():
            if end > begin * (1 + GROWTH_MAX):
                yield f"{unit}: {what} from {begin:,} to {end:,}, {end / begin - 1:.1%} more"
    yield from (f"{name}: {share:.2f} of its wishes were served" for name, share in served.items()
                if share < SERVED_MIN)


def show(grown, served):
    print(f"{'unit':<18}{'MiB':>8}{'at the end':>12}{'descriptors':>13}{'at the end':>12}")
    for unit, figures in grown.items():
        (begin, end), (few, many) = figures["memory_bytes"], figures["descriptors"]
        print(f"{unit:<18}{begin / units.MIB:>8.1f}{end / units.MIB:>12.1f}{few:>13}{many:>12}")
    print("served: " + ", ".join(f"{name} {share:.2f}" for name, share in served.items()))


def main():
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("minutes", type=float)
    if (minutes := parser.parse_args().minutes) < MINUTES_MIN:
        parser.error(f"MINUTES: at least {MINUTES_MIN}, or there is nothing to compare")
    everyone = all_of_them()
    began = time.monotonic()
    for guest in everyone:
        guest.start()
    taken = list(samples(60 * minutes))
    served = {guest.name: guest.goodput(began, time.monotonic()) for guest in everyone}
    first, *_, last = taken = taken[int(len(taken) * WARM_UP):]
    grown = growth([each for each in taken if each.keys() == first.keys()])
    show(grown, served)
    wrong = list(complaints(first, last, grown, served))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    figures = {"minutes": minutes, "units": grown, "served": served, "wrong": wrong}
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n")
    soak_table.write(figures)
    verdict = f"{len(wrong)} complaints" if wrong else "nothing has grown"
    print("\n".join([*wrong, f"{minutes:g} minutes, {len(taken)} samples: {verdict}; {RESULTS}"]))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
