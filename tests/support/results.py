# Results of the speed test, as a page posts them.
# SPDX-License-Identifier: MIT

import io
import json
from urllib.parse import urlsplit

from PIL import Image

from support import wire

DIRECTION = {
    "bytes": 58_000_000, "ms": 5000, "totalBytes": 70_000_000, "streams": 5, "latencyMs": 43.5,
    "latencySamples": [40.5, 43.5, 47], "rpm": 1379, "limitedBy": "network", "confidence": "high",
    "series": [{"second": 0.5, "bitsPerSecond": 90e6, "latencyMs": None}], "tcp": {"min_rtt_ms": 12, "busy_ms": 5000},
}
UPLOAD = {**DIRECTION, "bitsPerSecond": 20.1e6, "addedMs": 5}
SINGLE = {**DIRECTION, "bitsPerSecond": 80.5e6, "addedMs": 12}


def result(address="127.0.0.1", download_bps=94.31e6):
    """A complete one, of IPv4 alone."""
    return {
        "server": {"name": "demo", "title": "Demo", "url": "http://demo.localhost", "latencyMs": 0.4},
        "ipv4": {
            "address": address,
            "latency": {"medianMs": 12.25, "minMs": 11.5, "jitterMs": 0.75, "samples": [12.25, 11.5, 13]},
            "download": {**DIRECTION, "bitsPerSecond": download_bps, "addedMs": 31.25},
            "upload": UPLOAD,
            "single": {"download": SINGLE, "upload": None},
        },
        "ipv6": {"reason": "none"},
        "loss": {"sent": 400, "received": 398, "lost": 2, "percent": 0.5},
    }


def post(server, body=None, **options):
    """@body: JSON, or what becomes it."""
    text = body if isinstance(body, bytes) else json.dumps(result() if body is None else body).encode()
    return wire.ask(server, wire.request("POST", "/results", "Content-Type: application/json", body=text), **options)


def stored(server, body=None, **options):
    """What the server says of a result that it has stored."""
    reply = post(server, body, **options)
    assert reply.status == 201, reply.body
    return json.loads(reply.body)


def get(server, target, *headers, method="GET", **options):
    host = f"{server[0]}:{server[1]}" if ":" not in server[0] else f"[{server[0]}]:{server[1]}"
    return wire.ask(server, wire.request(method, target, *headers, host=host), **options)


def path_of(url):
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def picture(reply):
    """The pixels of a reply that is a PNG."""
    assert (reply.status, reply.headers["content-type"]) == (200, "image/png")
    image = Image.open(io.BytesIO(reply.body))
    image.load()  # all of it can be decoded
    return image
