# What the description of an API says (OpenAPI 3.1): its operations, and whether a reply is one that it knows.
# SPDX-License-Identifier: MIT

import json
from dataclasses import dataclass
from functools import cache

import jsonschema
import yaml

MAX_BYTES = 200_000  # of a body, unless it is described
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    spec: dict

    def __hash__(self):
        return hash(self.id)


class Document:
    def __init__(self, path):
        self.tree = yaml.safe_load(path.read_text())
        self.validator = cache(self.make_validator)

    def resolve(self, node):
        """What a reference leads to."""
        while "$ref" in node:
            found = self.tree
            for key in node["$ref"].removeprefix("#/").split("/"):
                found = found[key]
            node = found
        return node

    def operations(self):
        return [Operation(spec["operationId"], method.upper(), path, spec)
                for path, item in self.tree["paths"].items() for method, spec in item.items() if method != "parameters"]

    def methods(self, path):
        """That the path is asked for by; HEAD comes with GET."""
        found = {operation.method for operation in self.operations() if operation.path == path}
        return found | ({"HEAD"} if "GET" in found else set())

    def is_public(self, operation):
        return operation.spec.get("security", self.tree.get("security", [])) == []

    def parameters(self, operation):
        """Those of its path are before its own."""
        all_of_them = self.tree["paths"][operation.path].get("parameters", []) + operation.spec.get("parameters", [])
        return [self.resolve(parameter) for parameter in all_of_them]

    def request_body(self, operation):
        return self.resolve(operation.spec.get("requestBody", {}))

    def media_type(self, operation):
        """Of its body; None: it has none."""
        return next(iter(self.request_body(operation).get("content", {})), None)

    def body(self, operation):
        """The schema of its body; None: it has none, or not of fields."""
        schema = self.request_body(operation).get("content", {}).get(self.media_type(operation), {}).get("schema")
        return schema and self.resolve(schema)

    def max_bytes(self, path):
        """The largest body that the path may take."""
        return max((self.request_body(operation).get("x-max-bytes", MAX_BYTES) for operation in self.operations()
                    if operation.path == path and self.media_type(operation)), default=0)

    def required_query(self, path):
        """Names of what the path is not asked without."""
        return {parameter["name"] for operation in self.operations() if operation.path == path
                for parameter in self.parameters(operation) if parameter["in"] == "query" and parameter.get("required")}

    def response(self, operation, status):
        responses = operation.spec["responses"]
        known = responses.get(str(status)) or responses.get("default")
        assert known, f"{operation.id}: a reply of status {status} is not described"
        return self.resolve(known)

    def make_validator(self, operation, status, kind):
        content = self.response(operation, status)["content"][kind]
        return jsonschema.Draft202012Validator({**content.get("schema", {}), "components": self.tree["components"]})

    def check(self, operation, reply):
        """The reply is one that the description knows."""
        response = self.response(operation, reply.status)
        if "content" not in response:
            assert reply.body == b"", operation
            return
        kind = reply.headers["content-type"].partition(";")[0]
        assert kind in response["content"], (operation.id, reply)
        assert "ETag" not in response.get("headers", {}) or reply.headers["etag"].startswith('"')
        if kind.endswith("json"):
            self.validator(operation, reply.status, kind).validate(json.loads(reply.body))
        if kind == "application/problem+json":
            self.check_problem(operation, reply)

    def check_problem(self, operation, reply):
        """It is among those that are described, with its status."""
        word = json.loads(reply.body)["type"].rpartition("/")[2]
        assert self.tree["components"]["x-problems"][word]["status"] == reply.status, (operation.id, reply)
