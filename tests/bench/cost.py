# How cost grows with connections, as a table and a picture: docs/cost.md and docs/cost.svg are copies of what a run
# of `make bench` writes.
# SPDX-License-Identifier: MIT

from connections import IDLE, NUMBERS, SERIES, growth_name

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 60, 130, 40, 50
COLOURS = ["#0b66c3", "#7db4ea", "#c2470c", "#f0a37c"]

PAGE = """<!-- SPDX-License-Identifier: MIT -->
# What connections cost

Gbit per second of the server's processor time, by the number of connections that move 1 MiB each, over and over, at
once. Measured by `make bench` ([how](../tests/bench/README.md)): loopback, one processor for server and load. The shape
is what counts, figures of two machines do not compare.

{table}

![The same as a picture: work per processor second against connections](cost.svg)

With one connection the server and its client wake each other for every piece. With thousands, each of them has its own
buffers in the kernel, and little fits into the processor's cache.

{idle}
"""


def ours_by_name(results):
    return {line["name"]: line for line in (r.as_json() for r in results)}


def table(lines):
    def figure(number, direction, way):
        return f"{lines[growth_name(direction, way, number)]['ours']:.0f}"

    head = "| connections | " + " | ".join(f"{way} {direction}" for direction, way in SERIES) + " |\n"
    rule = "|---:" * (len(SERIES) + 1) + "|\n"
    rows = [f"| {number:,} | " + " | ".join(figure(number, *series) for series in SERIES) + " |" for number in NUMBERS]
    return head + rule + "\n".join(rows)


def idle_table(lines):
    rows = []
    for way in ("plain", "TLS"):
        line = lines[f"idle connections, {way}"]
        rows.append(f"| {way} | {1024 / line['ours']:.1f} KiB | {1024 / line['theirs']:.1f} KiB |")
    beside = lines["download beside 10,000 idle"]["ratio"]
    return (f"{IDLE:,} connections that were served once and wait, memory of each:\n\n"
            "| idle | speedtestd | nginx |\n|---|---:|---:|\n" + "\n".join(rows)
            + f"\n\nA download beside them, over plain connections, reaches {beside:.2f} of its figure without them.")


def picture(lines):
    most = max(lines[growth_name(*series, number)]["ours"] for series in SERIES for number in NUMBERS)
    top = -(-most // 50) * 50

    def x(index):
        return LEFT + index * (WIDTH - LEFT - RIGHT) / (len(NUMBERS) - 1)

    def y(value):
        return HEIGHT - BOTTOM - value * (HEIGHT - TOP - BOTTOM) / top

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
           ' font-size="13" fill="#222" role="img">',
           "<title>Work per processor second against the number of connections</title>",
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
           f'<text x="{LEFT}" y="20">Gbit per second of the server\'s processor time</text>']
    for value in range(0, int(top) + 1, 50):
        out.append(f'<path d="M{LEFT} {y(value):.0f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
                   f'<text x="{LEFT - 8}" y="{y(value) + 4:.0f}" text-anchor="end">{value}</text>')
    for index, number in enumerate(NUMBERS):
        out.append(f'<text x="{x(index):.0f}" y="{HEIGHT - 28}" text-anchor="middle">{number:,}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 8}" text-anchor="middle">connections</text>')
    for (direction, way), colour in zip(SERIES, COLOURS, strict=True):
        values = [lines[growth_name(direction, way, number)]["ours"] for number in NUMBERS]
        points = " ".join(f"{x(i):.0f},{y(value):.0f}" for i, value in enumerate(values))
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>'
                   f'<text x="{WIDTH - RIGHT + 8}" y="{y(values[-1]) + 4:.0f}" fill="{colour}">'
                   f'{way} {direction}</text>')
    return "\n".join([*out, "</svg>"]) + "\n"


def write(results, folder):
    lines = ours_by_name(results)
    (folder / "cost.md").write_text(PAGE.format(table=table(lines), idle=idle_table(lines)))
    (folder / "cost.svg").write_text(picture(lines))
