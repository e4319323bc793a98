"""Checks version-1.json and the chain seals of version 2 with nothing but Python's standard library, from the written form alone.

Usage: check.py version-1.json chain-seal-2.json. Prints how many events and chain seals hold; exit code 1 names the first value that does not.
"""

import hashlib
import hmac
import json
import struct
import sys

MAGIC = b"ankasecure.audit"
VERSION = b"\x01"
CHAIN = b"ankasecure.audit.chain"
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
    if isinstance(value, int):
        content = struct.pack(">q", value)
    else:
        content = value if isinstance(value, bytes) else value.encode("utf-8")
    return b"\x01" + prefixed(content)


def canonical(event):
    return b"".join(field(event[name]) for name in FIELDS)


def utf16(text):
    return text.encode("utf-16-be")


def details(values):
    ordered = {name: values[name] for name in sorted(values, key=utf16)}
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":"))


def mac_of(vector, message):
    mac_input = MAGIC + VERSION + field(vector["macKeyId"]) + message
    return mac_input, hmac.new(bytes.fromhex(vector["macKey"]), mac_input, hashlib.sha256).digest()


def compare(name, sealed, found):
    for part, value in found.items():
        if sealed[part] != value:
            sys.exit(f"{name}: {part} is {sealed[part]!r}, expected {value!r}")


def check(vector, previous):
    event, sealed = vector["event"], vector["sealed"]
    canon = canonical(event)
    mac_input, mac = mac_of(vector, canon)
    text = details(event.get("details", {}))
    parts = (
        struct.pack(">Q", sealed["seq"]),
        event["eventId"].encode(),
        previous,
        vector["macKeyId"].encode(),
        canon,
        mac,
        text.encode("utf-8"),
        struct.pack(">q", sealed["sealedAt"]),
    )
    leaf = hashlib.sha256(b"\x00" + b"".join(map(prefixed, parts))).digest()
    found = {
        "seq": sealed["seq"],
        "sealedAt": sealed["sealedAt"],
        "canonical": canon.hex(),
        "macInput": mac_input.hex(),
        "hmac": mac.hex(),
        "previousHash": previous.hex(),
        "details": text,
        "hash": leaf.hex(),
    }
    compare(vector["name"], sealed, found)
    return leaf


def check_seal(seal, tenant, last):
    leaf = bytes.fromhex(last["sealed"]["hash"])
    fields = [tenant, seal["fromSeq"], seal["seq"], leaf]
    version = b"\x01"
    if "index" in seal:
        fields += [seal["index"]["seq"], bytes.fromhex(seal["index"]["mac"])]
        version = b"\x02"
    message = CHAIN + version + b"".join(map(field, fields))
    mac_input, mac = mac_of(last, message)
    found = {"message": message.hex(), "macInput": mac_input.hex(), "mac": mac.hex()}
    compare(seal["name"], seal["sealed"], found)


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def main(path, seals_path):
    trail = read(path)
    seals = trail["chainSeals"] + read(seals_path)["chainSeals"]
    tenant = trail["tenantId"]
    previous = hashlib.sha256(b"ankasecure.audit.genesis\x01" + tenant.encode()).digest()
    if trail["genesisHash"] != previous.hex():
        sys.exit("genesisHash does not hold")
    for vector in trail["vectors"]:
        previous = check(vector, previous)
    for seal in seals:
        check_seal(seal, tenant, trail["vectors"][seal["seq"] - 1])
    print(len(trail["vectors"]) + len(seals))


main(*sys.argv[1:])
