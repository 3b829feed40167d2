# Attack the running POP in every way there is, and see what its guests still get: make torture
# SPDX-License-Identifier: MIT

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import attacks  # noqa: E402 (found by the line before)
import guests  # noqa: E402
import units  # noqa: E402
from units import MIB  # noqa: E402

RESULTS = Path("build/results/torture.json")
KEPT = 0.8         # of what a guest gets when all is quiet, asked of each during an attack and after it
QUIET_S, BEGINS_S, ATTACK_S, RECOVERY_S, AFTER_S = 5, 1, 6, 2, 3
END_LIMIT_S = 20   # of an attack that is over
GUESTS_NICE = 10   # in the world they have machines of their own; attackers are no more here than servers


def states():
    """Of each unit that runs: its main process, and the most memory that it has had, in bytes."""
    return {unit: (main, units.memory_bytes(main, "VmHWM")) for unit, main in units.main_processes().items()}


def watch(everyone, seconds):
    """What share of its wishes each guest has served in the next @seconds."""
    begin = time.monotonic()
    time.sleep(seconds)
    return {guest.name: guest.goodput(begin, begin + seconds) for guest in everyone}


def attack(name, everyone, quiet):
    """Return: what was done, and what share of its quiet figure each guest had meanwhile and after it."""
    seconds = BEGINS_S + ATTACK_S
    command = ["nice", "-n", str(GUESTS_NICE), sys.executable, "-B", attacks.__file__, name, str(seconds)]
    attacker = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        time.sleep(BEGINS_S)
        during = watch(everyone, ATTACK_S)
        done = json.loads(attacker.communicate(timeout=END_LIMIT_S)[0])["done"]
    finally:
        attacker.kill()
    time.sleep(RECOVERY_S)
    after = watch(everyone, AFTER_S)
    return done, *({guest: share / quiet[guest] for guest, share in shares.items()} for shares in (during, after))


def complaints(during, after, before, now):
    for when, shares in ("meanwhile", during), (f"{RECOVERY_S} s after it", after):
        yield from (f"{guest}: {share:.2f} of its quiet figure {when}" for guest, share in shares.items()
                    if share < KEPT)
    for unit, (process, _) in before.items():
        if now.get(unit, ("",))[0] != process:
            yield f"{unit} has ended"
    for unit, (_, memory) in now.items():
        if memory > (limit := units.memory_limit(unit)):
            yield f"{unit} had {memory // MIB} MiB, its limit is {limit // MIB}"


def show(cells, widths):
    print("  ".join(f"{cell:>{width}}" if i else f"{cell:<{width}}" for i, (cell, width) in
                    enumerate(zip(cells, widths, strict=True))), flush=True)


def run(names, everyone):
    """Return: a row for each attack."""
    quiet = watch(everyone, QUIET_S)
    widths = [52, 9, *(max(len(guest.name), 5) for guest in everyone)]
    show(["what goes on", "done", *quiet], widths)
    show(["nothing: share of wishes that are served", "", *(f"{share:.2f}" for share in quiet.values())], widths)
    if silent := [guest for guest, share in quiet.items() if share < KEPT]:
        sys.exit(f"no figures: even in quiet, not served: {', '.join(silent)}; is the machine busy?")
    rows = []
    before = states()
    for name in names:
        done, during, after = attack(name, everyone, quiet)
        wrong = list(complaints(during, after, before, states()))
        show([attacks.ATTACKS[name][0], f"{done:,}", *(f"{share:.2f}" for share in during.values())], widths)
        for line in wrong:
            print(f"  {line}")
        rows.append({"attack": name, "what": attacks.ATTACKS[name][0], "done": done, "during": during,
                     "after": after, "wrong": wrong})
    return rows


def main():
    parser = argparse.ArgumentParser(prog="make torture", description=__doc__)
    parser.add_argument("attacks", nargs="*", help=f"{', '.join(attacks.ATTACKS)}; none: all")
    names = parser.parse_args().attacks or list(attacks.ATTACKS)
    if unknown := set(names) - set(attacks.ATTACKS):
        parser.error(f"no such attack: {', '.join(sorted(unknown))}; there are {', '.join(attacks.ATTACKS)}")
    os.nice(-GUESTS_NICE)
    everyone = guests.all_of_them()
    for guest in everyone:
        guest.start()
    rows = run(names, everyone)
    memory = {unit: memory for unit, (_, memory) in states().items()}
    print("memory at most, of its limit, in MiB: "
          + ", ".join(f"{unit} {most // MIB} of {units.memory_limit(unit) // MIB}" for unit, most in memory.items()))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps({"attacks": rows, "memory_bytes": memory}, indent=1) + "\n")
    bad = sum(bool(row["wrong"]) for row in rows)
    print(f"{len(rows) - bad} withstood, {bad} not; {RESULTS}")
    if names == list(attacks.ATTACKS) and not bad:
        subprocess.run([sys.executable, "-B", "-m", "support.torture_table", RESULTS.resolve()], cwd="tests",
                       check=True)
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
