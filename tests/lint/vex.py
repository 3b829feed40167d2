# packaging/fontaine.openvex.json has the form of OpenVEX 0.2.0, and says of what is ours.
# SPDX-License-Identifier: MIT

import datetime
import json
import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "packaging/fontaine.openvex.json"
CVE = re.compile(r"CVE-\d{4}-\d{4,}")
PRODUCT = re.compile(r"pkg:deb/debian/[a-z0-9][a-z0-9.+-]+(@\S+)?")
REASONS = {"component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
           "vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist"}
WORDS = {"not_affected": "impact_statement", "affected": "action_statement", "fixed": None, "under_investigation": None}


def of_statement(statement):
    name = statement.get("vulnerability", {}).get("name", "")
    if not CVE.fullmatch(name):
        yield f"{name!r} is no CVE"
    products = [product.get("@id", "") for product in statement.get("products", [])]
    if not products or not all(map(PRODUCT.fullmatch, products)):
        yield f"{name}: products are {products}, write them like pkg:deb/debian/SOURCE"
    status = statement.get("status")
    if status not in WORDS:
        yield f"{name}: the status {status!r} is none of {', '.join(WORDS)}"
    elif WORDS[status] and not statement.get(WORDS[status]):
        yield f"{name}: what is {status} needs words, {WORDS[status]}"
    if status == "not_affected" and statement.get("justification") not in REASONS:
        yield f"{name}: the justification is none of {', '.join(sorted(REASONS))}"


def findings(text):
    document = json.loads(text)
    if document.get("@context") != "https://openvex.dev/ns/v0.2.0" or not document.get("@id"):
        yield "@context or @id is not that of OpenVEX 0.2.0"
    if not document.get("author") or not isinstance(document.get("version"), int):
        yield "author or version is missing"
    try:
        datetime.datetime.fromisoformat(document.get("timestamp", ""))
    except ValueError as error:
        yield f"timestamp: {error}"
    for statement in document.get("statements", []):
        yield from of_statement(statement)
