"""Checks version-1.json with nothing but Python's standard library, from the written form alone.

Usage: check.py version-1.json. Prints how many vectors hold; exit code 1 names the first value that does not.
"""

import hashlib
import hmac
import json
import struct
import sys

MAGIC = b"ankasecure.audit"
VERSION = b"\x01"
FIELDS = (
    "tenantId",
    "userId",
    "keyId",
    "algorithm",
    "operation",
    "outcome",
    "failureCode",
    "occurredAt",
    "correlationId",
)


def prefixed(content):
    return struct.pack(">I", len(content)) + content


def field(value):
    if value is None:
        return b"\x00"
    content = struct.pack(">q", value) if isinstance(value, int) else value.encode("utf-8")
    return b"\x01" + prefixed(content)


def canonical(event):
    return b"".join(field(event[name]) for name in FIELDS)


def utf16(text):
    return text.encode("utf-16-be")


def details(values):
    ordered = {name: values[name] for name in sorted(values, key=utf16)}
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":"))


def check(vector, previous):
    event, sealed = vector["event"], vector["sealed"]
    canon = canonical(event)
    mac_input = MAGIC + VERSION + field(vector["macKeyId"]) + canon
    mac = hmac.new(bytes.fromhex(vector["macKey"]), mac_input, hashlib.sha256).digest()
    text = details(event.get("details", {}))
    parts = (
        struct.pack(">Q", sealed["seq"]),
        event["eventId"].encode(),
        previous,
        vector["macKeyId"].encode(),
        canon,
        mac,
        text.encode("utf-8"),
    )
    leaf = hashlib.sha256(b"\x00" + b"".join(map(prefixed, parts))).digest()
    found = {
        "seq": sealed["seq"],
        "canonical": canon.hex(),
        "macInput": mac_input.hex(),
        "hmac": mac.hex(),
        "previousHash": previous.hex(),
        "details": text,
        "hash": leaf.hex(),
    }
    for name, value in found.items():
        if sealed[name] != value:
            sys.exit(f"{vector['name']}: {name} is {sealed[name]!r}, expected {value!r}")
    return leaf


def main(path):
    with open(path, encoding="utf-8") as file:
        trail = json.load(file)
    tenant = trail["tenantId"].encode()
    previous = hashlib.sha256(b"ankasecure.audit.genesis\x01" + tenant).digest()
    if trail["genesisHash"] != previous.hex():
        sys.exit("genesisHash does not hold")
    for vector in trail["vectors"]:
        previous = check(vector, previous)
    print(len(trail["vectors"]))


main(sys.argv[1])
