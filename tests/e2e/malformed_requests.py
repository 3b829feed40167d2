# Requests that are wrong, hostile or merely odd, and what the server must make of each.
# SPDX-License-Identifier: MIT

from dataclasses import dataclass

from support.wire import chunked, request


@dataclass(frozen=True)
class Case:
    name: str
    data: bytes
    statuses: tuple       # of the replies, in order
    closes: bool = True   # the server ends the connection after them
    ends: bool = False    # the client ends its side after the data


HOST = b"Host: pop.example\r\n"
HEAD = b"GET /getIP HTTP/1.1\r\n" + HOST
GET = HEAD + b"\r\n"
POST = b"POST /empty HTTP/1.1\r\n" + HOST
CHUNKED_POST = POST + b"Transfer-Encoding: chunked\r\n\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\n" + HOST + b"\r\n"


def bad(name, data, status=400):
    return Case(name, data, (status,))


def fine(name, data, *statuses):
    return Case(name, data, statuses, closes=False)


def gone(name, data):
    return Case(name, data, (), ends=True)


REQUEST_LINES = [
    bad("HTTP/0.9", b"GET /\r\n\r\n", 505),
    bad("HTTP/0.9 with headers", b"GET /getIP\r\n" + HOST + b"\r\n", 505),
    bad("no version", b"GET / \r\n" + HOST + b"\r\n"),
    bad("a version that does not exist", b"GET / HTTP/1.7\r\n" + HOST + b"\r\n", 505),
    bad("a version of the future", b"GET / HTTP/4.0\r\n" + HOST + b"\r\n", 505),
    bad("the version of HTTP/2", b"GET / HTTP/2.0\r\n" + HOST + b"\r\n", 505),
    bad("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    bad("a TLS hello", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + bytes(160)),
    bad("a method in lower case", b"get / HTTP/1.1\r\n" + HOST + b"\r\n"),
    bad("an unknown method", request("FROB", "/")),
    bad("nothing but spaces", b" " * 100 + b"\r\n\r\n"),
    bad("a space inside the target", b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n"),
    bad("a tab inside the target", b"GET /a\tb HTTP/1.1\r\n" + HOST + b"\r\n"),
    bad("a NUL in the target", b"GET /\x00 HTTP/1.1\r\n" + HOST + b"\r\n"),
    bad("a line feed in the target", b"GET /\n HTTP/1.1\r\n" + HOST + b"\r\n"),
    bad("a relative target", request("GET", "getIP")),
    bad("an authority as the target", request("GET", "pop.example:80")),
    bad("CONNECT", request("CONNECT", "pop.example:443")),
    bad("a target of 8193 bytes", request("GET", "/" + "a" * 8192), 414),
    bad("a target without an end", b"GET /" + b"a" * 1_000_000, 414),
    bad("a method without an end", b"G" * 1_000_000),
    bad("the line ended by a bare line feed", b"GET / HTTP/1.1\n" + HOST + b"\r\n"),
    bad("the line ended by a bare carriage return", b"GET / HTTP/1.1\r" + HOST + b"\r\n"),
    fine("an absolute target", request("GET", "http://pop.example/getIP"), 200),
    fine("an absolute target of another host", request("GET", "http://elsewhere.example/getIP"), 200),
    fine("two spaces before the target", b"GET  /getIP HTTP/1.1\r\n" + HOST + b"\r\n", 200),
    fine("an empty line before the request", b"\r\n" + GET, 200),
    fine("a target of 8192 bytes", request("GET", "/" + "a" * 8191), 404),
    fine("an asterisk as the target", request("OPTIONS", "*"), 405),
    fine("TRACE", request("TRACE", "/"), 405),
    fine("a method that the path does not have", request("DELETE", "/getIP"), 405),
]

HEADERS = [
    bad("no Host", b"GET / HTTP/1.1\r\n\r\n"),
    bad("two Hosts that differ", request("GET", "/", "Host: elsewhere.example")),
    bad("two Hosts that agree", request("GET", "/", "Host: pop.example")),
    bad("a Host that is none", request("GET", "/", host="pop example/@")),
    bad("a line without a colon", HEAD + b"nonsense\r\n\r\n"),
    bad("a space before the colon", HEAD + b"X-Name : value\r\n\r\n"),
    bad("an empty name", HEAD + b": value\r\n\r\n"),
    bad("a name with a space in it", HEAD + b"X Name: value\r\n\r\n"),
    bad("a name that is not ASCII", HEAD + "Pré: value\r\n\r\n".encode()),
    bad("a NUL in a name", HEAD + b"X\x00: value\r\n\r\n"),
    bad("a NUL in a value", HEAD + b"X: a\x00b\r\n\r\n"),
    bad("a control character in a value", HEAD + b"X: a\x07b\r\n\r\n"),
    bad("a carriage return in a value", HEAD + b"X: a\rb\r\n\r\n"),
    bad("a line ended by a bare line feed", HEAD + b"X: a\nY: b\r\n\r\n"),
    bad("a folded line", HEAD + b"X: a\r\n  b\r\n\r\n"),
    bad("a folded line that hides a length", POST + b"X: a\r\n Content-Length: 5\r\n\r\nhello"),
    bad("a first line that is folded", b"GET / HTTP/1.1\r\n Host: pop.example\r\n\r\n"),
    bad("101 lines", request("GET", "/", *[f"X-{i}: {i}" for i in range(100)]), 431),
    bad("a value of 16 KiB", request("GET", "/", "X: " + "a" * 16384), 431),
    bad("a name of 16 KiB", request("GET", "/", "a" * 16384 + ": x"), 431),
    bad("many lines of 20 KiB in all", request("GET", "/", *["X: " + "a" * 300] * 66), 431),
    bad("a value without an end", HEAD + b"X: " + b"a" * 1_000_000, 431),
    bad("an unknown expectation", request("POST", "/empty", "Expect: tea", body=b"hello"), 417),
    fine("100 lines", request("GET", "/getIP", *[f"X-{i}: {i}" for i in range(99)]), 200),
    fine("a value that is not ASCII", HEAD + "X: é\r\n\r\n".encode(), 200),
    fine("an upgrade to HTTP/2", request("GET", "/getIP", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c"), 200),
    fine("an upgrade to a WebSocket", request("GET", "/getIP", "Connection: Upgrade", "Upgrade: websocket"), 200),
]

LENGTHS = [
    bad("a length and chunks", POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED),
    bad("chunks and a length", POST + b"Transfer-Encoding: chunked\r\nContent-Length: 100\r\n\r\n0\r\n\r\n" + SMUGGLED),
    bad("two lengths that differ", POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello" + SMUGGLED),
    bad("two lengths that agree", POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
    bad("a list of lengths", POST + b"Content-Length: 5, 5\r\n\r\nhello"),
    bad("a negative length", POST + b"Content-Length: -5\r\n\r\nhello"),
    bad("a length with a sign", POST + b"Content-Length: +5\r\n\r\nhello"),
    bad("a length in hexadecimal", POST + b"Content-Length: 0x5\r\n\r\nhello"),
    bad("a length with a space in it", POST + b"Content-Length: 1 0\r\n\r\nhello"),
    bad("an empty length", POST + b"Content-Length:\r\n\r\nhello"),
    bad("a length of 2 to the 64", POST + b"Content-Length: 18446744073709551616\r\n\r\nhello"),
    bad("a length just below 2 to the 64", POST + b"Content-Length: 18446744073709551615\r\n\r\nhello", 413),
    bad("a length over the limit of 64 GiB", POST + b"Content-Length: 68719476737\r\n\r\nhello", 413),
    bad("a body where none belongs", request("GET", "/getIP", body=b"hello"), 413),
    bad("chunks where none belong", request("GET", "/getIP", "Transfer-Encoding: chunked") + chunked(b"hello"), 413),
    bad("a body for a page", request("GET", "/", body=SMUGGLED), 413),
    bad("an unknown coding", POST + b"Transfer-Encoding: gzip\r\n\r\n" + SMUGGLED, 501),
    bad("chunked before another coding", POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n" + SMUGGLED),
    bad("chunked after another coding", POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    bad("a coding that only looks like chunked", POST + b"Transfer-Encoding: xchunked\r\n\r\n" + SMUGGLED, 501),
    bad("a second coding takes chunked back",
        POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + SMUGGLED),
    bad("chunked with a space before the colon", POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SMUGGLED),
    bad("chunks in HTTP/1.0", b"POST /empty HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED),
    fine("a request inside a body is no request", request("POST", "/empty", body=SMUGGLED) + GET, 200, 200),
    fine("a request inside a chunk is no request", CHUNKED_POST + chunked(SMUGGLED) + GET, 200, 200),
]

CHUNKS = [
    bad("a size that is no number", CHUNKED_POST + b"xyz\r\nhello\r\n0\r\n\r\n"),
    bad("an empty size", CHUNKED_POST + b"\r\nhello\r\n0\r\n\r\n"),
    bad("a negative size", CHUNKED_POST + b"-5\r\nhello\r\n0\r\n\r\n"),
    bad("a size with a prefix", CHUNKED_POST + b"0x5\r\nhello\r\n0\r\n\r\n"),
    bad("a size of 2 to the 64", CHUNKED_POST + b"10000000000000000\r\nhello\r\n0\r\n\r\n"),
    bad("a size with a space before it", CHUNKED_POST + b" 5\r\nhello\r\n0\r\n\r\n"),
    bad("a size with a space after it", CHUNKED_POST + b"5 \r\nhello\r\n0\r\n\r\n"),
    bad("a size line ended by a bare line feed", CHUNKED_POST + b"5\nhello\r\n0\r\n\r\n"),
    bad("an extension with a bare line feed", CHUNKED_POST + b"5;a\nb\r\nhello\r\n0\r\n\r\n"),
    bad("a chunk longer than its size", CHUNKED_POST + b"5\r\nhelloworld\r\n0\r\n\r\n"),
    bad("a chunk not ended", CHUNKED_POST + b"5\r\nhello0\r\n\r\n"),
    bad("a chunk ended by a bare line feed", CHUNKED_POST + b"5\r\nhello\n0\r\n\r\n"),
    bad("trailers of 16 KiB", CHUNKED_POST + b"5\r\nhello\r\n0\r\nX: " + b"a" * 16384 + b"\r\n\r\n", 431),
    bad("a trailer without a colon", CHUNKED_POST + b"5\r\nhello\r\n0\r\nnonsense\r\n\r\n"),
    fine("a trailer", CHUNKED_POST + b"5\r\nhello\r\n0\r\nX: a\r\n\r\n" + GET, 200, 200),
    fine("a chunk extension", CHUNKED_POST + b"5;a=b\r\nhello\r\n0\r\n\r\n" + GET, 200, 200),
    fine("a size with leading zeros", CHUNKED_POST + b"0005\r\nhello\r\n000\r\n\r\n" + GET, 200, 200),
]

ENDINGS = [
    gone("nothing at all", b""),
    gone("half a method", b"GE"),
    gone("half a target", b"GET /get"),
    gone("half a head", HEAD),
    gone("half a body", request("POST", "/empty", body=b"hello")[:-2]),
    gone("half a chunk size", CHUNKED_POST + b"10"),
    gone("half a chunk", CHUNKED_POST + b"10\r\nhello"),
    gone("chunks without the last", CHUNKED_POST + b"5\r\nhello\r\n"),
    Case("nonsense after a request", GET + b"\x00\x01\x02 nonsense\r\n\r\n", (200, 400)),
    Case("nonsense after a body", request("POST", "/empty", body=b"hello") + b"nonsense\r\n\r\n", (200, 400)),
    Case("a request after the last", request("GET", "/getIP", "Connection: close") + SMUGGLED, (200,)),
    Case("a request after a refused one", request("GET", "/", "Host: again") + SMUGGLED, (400,)),
    Case("HTTP/1.0 without keep-alive", b"GET /getIP HTTP/1.0\r\n\r\n", (200,)),
    fine("pipelined requests", GET * 20, *[200] * 20),
]

CASES = REQUEST_LINES + HEADERS + LENGTHS + CHUNKS + ENDINGS
