# Requests made of the description of an API: such as fit it, and such as are wrong in one way.
# SPDX-License-Identifier: MIT

import json
import string
from copy import deepcopy
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

JSON, FORM, BYTES = "application/json", "application/x-www-form-urlencoded", "application/octet-stream"
MALFORMED, TOO_LARGE = 400, 413
ODD_TEXTS = ["", " ", "\0", "\r\nX: y", "../../etc/passwd", "' OR 1=1 --", "<script>", "%s%n", "\u202e", "é" * 9,
             "-1", "1e9", "0x10", "99999999999999999999", "null", "[]", "a" * 300]
WRONG_TYPES = {"string": [1, True, [], {}], "integer": ["1", True, [], {}, 1.5], "boolean": [1, "yes", []],
               "number": ["1", True, [], {}], "array": ["", 1, {}], "object": ["", 1, []]}
NO_JSON = [b"", b"{", b'{"a":1}}', b"nil", b"\xff\xfe{}", b"[" * 100_000, b'{"\\ud800":1}', b"{'a':1}"]
FOREIGN_TYPES = ["text/plain", FORM, "multipart/form-data; boundary=x",
                 "application/jsonp", "application/json-patch+json"]  # the first three a page of others can send


def header(name, value):
    """A line that HTTP allows, whatever the value."""
    return f"{name}: {''.join(c for c in str(value) if ' ' <= c <= '~')}"


@dataclass(frozen=True)
class Statuses:
    """That an API refuses with; the defaults are those of the APIs that members have."""

    invalid: int = 422            # a body that does not fit
    no_token: int = 401           # one without its token, where anybody may ask
    media_type: int | None = 415  # None: any will do


@dataclass
class Request:
    operation: object
    path: dict
    query: dict = field(default_factory=dict)
    headers: list = field(default_factory=list)
    body: object = None  # to be JSON, or bytes as they are
    media_type: str = JSON
    expected: set | None = None  # statuses; None: any that is described
    is_astray: bool = False      # its path may lead elsewhere

    @property
    def target(self):
        path = self.operation.path
        for name, value in self.path.items():
            path = path.replace(f"{{{name}}}", quote(str(value), safe=":" if name == "address" else ""))
        return f"{path}?{urlencode(self.query)}" if self.query else path

    @property
    def data(self):
        """What is sent, or None."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body
        return (urlencode(self.body) if self.media_type == FORM else json.dumps(self.body)).encode()


class Maker:
    """@samples: name of a parameter or a field -> values that mean something; "path": of all parameters of a path."""

    def __init__(self, document, random, samples, statuses):
        self.document, self.random, self.samples, self.statuses = document, random, samples, statuses
        self.sense = 0.8  # how much of what is made means something

    def text(self, schema):
        if schema.get("pattern") == "^[0-9A-Fa-f]+$":
            return "".join(self.random.choices("0123456789abcdefABCDEF", k=2 * self.random.randint(1, 32)))
        if self.random.random() < 0.3:
            return self.random.choice(ODD_TEXTS)[:schema.get("maxLength")]
        return "".join(self.random.choices(string.printable, k=self.random.randint(0, schema.get("maxLength", 40))))

    def number(self, schema):
        low, high = schema.get("minimum", 0), schema.get("maximum", 1 << 40)
        return self.random.choice([low, high, self.random.randint(low, high)])

    def value(self, schema, name=None):
        """One that the schema allows."""
        schema = self.document.resolve(schema)
        if name in self.samples and self.random.random() < self.sense:
            return deepcopy(self.random.choice(self.samples[name]))
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        kind = schema["type"] if isinstance(schema["type"], str) else self.random.choice(schema["type"])
        if kind == "array":
            n = self.random.randint(schema.get("minItems", 0), min(schema.get("maxItems", 3), 3))
            return [self.value(schema["items"], name) for _ in range(n)]
        if kind == "object" and "properties" not in schema:
            return {"any": self.value(schema["additionalProperties"])}
        if kind == "object":
            return {key: self.value(of, key) for key, of in schema["properties"].items()
                    if key in schema.get("required", []) or self.random.random() < 0.6}
        return {"string": self.text, "integer": self.number, "number": self.number,
                "boolean": lambda _: self.random.random() < 0.5, "null": lambda _: None}[kind](schema)

    def request(self, operation):
        """One that fits the description."""
        made = Request(operation, {})
        path = self.random.choice(self.samples["path"]) if self.random.random() < self.sense else {}
        for parameter in self.document.parameters(operation):
            name, where = parameter["name"], parameter["in"]
            if where == "path":
                made.path[name] = path.get(name) or self.value(parameter["schema"], name)
            elif parameter.get("required") or self.random.random() < 0.3:
                value = self.value(parameter["schema"], name)
                if where == "query":
                    made.query[name] = value
                else:
                    made.headers.append(header(name, value))
        schema, media_type = self.document.body(operation), self.document.media_type(operation)
        if schema:
            made.body = self.value(schema)
        elif media_type:
            made.body = self.random.randbytes(self.random.choice([0, 1, 1000, 50_000]))
        made.media_type = media_type or JSON
        return made

    def places(self, value, schema, name=None):
        """(container, key, schema) of all that is in a body."""
        schema = self.document.resolve(schema)
        inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
        for key, one in inside:
            of = schema.get("properties", {}).get(key) or schema.get("additionalProperties") or schema["items"]
            yield value, key, self.document.resolve(of)
            yield from self.places(one, of)

    def place(self, made, fits=lambda container, key, schema: True):
        """One of them; None: there is none that fits."""
        places = [place for place in self.places(made.body, self.document.body(made.operation)) if fits(*place)]
        return self.random.choice(places) if places else None

    def unknown_field(self, made):
        objects = [made.body] + [container[key] for container, key, schema in
                                 self.places(made.body, self.document.body(made.operation))
                                 if isinstance(container[key], dict) and "properties" in schema]
        self.random.choice(objects)[self.random.choice(["unexpected", "__proto__", "", "Name"])] = 1
        made.expected = {self.statuses.invalid}

    def wrong_type(self, made):
        place = self.place(made)
        if place:
            container, key, schema = place
            kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
            kind = next(kind for kind in kinds if kind != "null")
            container[key] = self.random.choice(WRONG_TYPES[kind])
            made.expected = {self.statuses.invalid}

    def too_much(self, made):
        place = self.place(made, lambda container, key, schema: {"maxLength", "maxItems", "maximum"} & set(schema))
        if place:
            container, key, schema = place
            if "maxItems" in schema:
                container[key] = [self.value(schema["items"])] * (schema["maxItems"] + 1)
            else:
                container[key] = schema["maximum"] + 1 if "maximum" in schema else "a" * (schema["maxLength"] + 1)
            made.expected = {self.statuses.invalid}

    def missing_field(self, made):
        required = self.document.body(made.operation).get("required")
        if required:
            del made.body[self.random.choice(required)]
            is_public = self.document.is_public(made.operation)
            made.expected = {self.statuses.no_token if is_public else self.statuses.invalid}

    def no_json(self, made):
        made.body = self.random.choice(NO_JSON)
        made.expected = {MALFORMED}

    def too_large(self, made):
        made.body = b" " * (1 << 20)
        made.expected = {TOO_LARGE}

    def foreign_type(self, made):
        made.media_type, made.body = self.random.choice(FOREIGN_TYPES), made.data
        made.expected = {self.statuses.media_type} if self.statuses.media_type else None

    def wrong_query(self, made):
        bounded = [parameter["name"] for parameter in self.document.parameters(made.operation)
                   if parameter["in"] == "query" and not parameter.get("required") and
                   {"enum", "minimum"} & set(self.document.resolve(parameter["schema"]))]
        if bounded:
            made.query[self.random.choice(bounded)] = self.random.choice(ODD_TEXTS)
            made.expected = {MALFORMED}

    def odd_path(self, made):
        made.path = {name: self.random.choice(ODD_TEXTS) for name in made.path}
        made.is_astray = True

    def odd_header(self, made):
        name = self.random.choice(["If-Match", "If-None-Match", "Accept-Language", "Cookie", "Origin", "X-CSRF-Token"])
        made.headers.append(header(name, self.text({"maxLength": 200})))

    def wrong(self, operation):
        """One that is wrong in a way, whose name is returned too."""
        ways = [self.wrong_query, self.odd_header, self.odd_path]
        if self.document.media_type(operation) == JSON:
            ways += [self.unknown_field, self.missing_field, self.wrong_type, self.too_much, self.no_json,
                     self.too_large, self.foreign_type]
        self.sense = 1  # but for that
        made, way = self.request(operation), self.random.choice(ways)
        self.sense = 0.8
        way(made)
        if made.expected and len(made.data or b"") > self.document.max_bytes(operation.path):
            made.expected.add(TOO_LARGE)
        return made, way.__name__
