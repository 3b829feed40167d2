# Which modules read what others write, and whether tests/fuzz/README.md says what fuzzes each of them.
# SPDX-License-Identifier: MIT

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FUZZ = PROJECT / "tests/fuzz"

# Whoever calls one of these looks at bytes; parsers of our own are known by their names.
CALLS = re.compile(r"\b(?:strto(?:d|l|ll|ul|ull)|sscanf|inet_pton|recvmsg|yyjson_read\w*|json_shape_read|XML_Parse|"
                   r"ldns_wire2\w+|ldns_rr_new_frm_\w+|PEM_read\w*|inflate|lzma_code|ZSTD_decompressStream|"
                   r"llhttp_execute|nghttp2_session_mem_recv2?|yaml_parser_load|cyaml_load_\w+|csv_next|lines_next|"
                   r"http_request_query)\(")
OWN = re.compile(r"^\S[^\n]*\b\w+_(?:parse|feed|judge\w*|verdict)\(", re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
ROW = re.compile(r"^\| `(\S+)` \| (.+) \|$", re.MULTILINE)


def readers():
    """Modules that read foreign bytes, such as "lib/base/addr"."""
    services = PROJECT / "services"
    for path in sorted(services.rglob("*.c")):
        header = path.with_suffix(".h")
        code = COMMENT.sub("", path.read_text())
        declared = COMMENT.sub("", header.read_text()) if header.exists() else ""
        if CALLS.search(code) or OWN.search(declared):
            yield str(path.relative_to(services).with_suffix(""))


def findings():
    """What the table leaves out, or says of what is not so."""
    rows = dict(ROW.findall((FUZZ / "README.md").read_text()))
    targets = {path.stem: path.read_text() for path in FUZZ.glob("*/*.c")}
    for module in sorted(set(readers()) - set(rows)):
        yield f"{module}: reads foreign bytes, and tests/fuzz/README.md does not say what fuzzes it"
    for module, said in rows.items():
        if not (PROJECT / "services" / f"{module}.c").exists():
            yield f"{module}: in tests/fuzz/README.md, and there is no such module"
        header = f'#include "{module.removeprefix("lib/")}.h"'
        for target in re.findall(r"`(\w+)`", said):
            if target not in targets:
                yield f"{module}: no target {target}"
            elif "by way of" not in said and header not in targets[target]:
                yield f"{module}: target {target} does not {header}"
    named = {target for said in rows.values() for target in re.findall(r"`(\w+)`", said)}
    for target in sorted(set(targets) - named):
        yield f"{target}: a target of nothing in tests/fuzz/README.md"
    if len(targets) != len(list(FUZZ.glob("*/*.c"))):
        yield "two targets have one name"
    for target in sorted(targets):
        if not any((FUZZ / "corpus" / target).glob("*")):
            yield f"{target}: no corpus"
    size = sum(path.stat().st_size for path in (FUZZ / "corpus").rglob("*") if path.is_file())
    if size > 300 * 1024:
        yield f"the corpora are {size} bytes, at most 300 KiB"
