"""Checks tree-1.json over the leaves of version-1.json with nothing but Python's standard library, from the written forms alone:
RFC 6962 (tree, audit paths, consistency), C2SP signed-note, tlog-checkpoint and tlog-proof, and RFC 8032 (Ed25519).

Usage: check_tree.py version-1.json tree-1.json. Prints how many values hold; exit code 1 names the first that does not.
"""

import base64
import hashlib
import json
import sys

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def node(left, right):
    return sha256(b"\x01", left, right)


def tree(leaves):
    """The Merkle Tree Hash of RFC 6962 section 2.1."""
    if not leaves:
        return sha256()
    if len(leaves) == 1:
        return leaves[0]
    middle = split(len(leaves))
    return node(tree(leaves[:middle]), tree(leaves[middle:]))


def split(count):
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def path(index, leaves):
    if len(leaves) <= 1:
        return []
    middle = split(len(leaves))
    if index < middle:
        return path(index, leaves[:middle]) + [tree(leaves[middle:])]
    return path(index - middle, leaves[middle:]) + [tree(leaves[:middle])]


def continuation(before, leaves, whole=True):
    if before == len(leaves):
        return [] if whole else [tree(leaves)]
    middle = split(len(leaves))
    if before <= middle:
        return continuation(before, leaves[:middle], whole) + [tree(leaves[middle:])]
    return continuation(before - middle, leaves[middle:], False) + [tree(leaves[:middle])]


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def decompress(encoded):
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P != 0 or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519(public, message, signature):
    """Whether a signature holds (RFC 8032 section 5.1.7, without the cofactor)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = decompress(public), decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = multiply(s, BASE), add(r, multiply(k, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def verify_note(note, verifier_key):
    """Returns the text of a note that an Ed25519 key has signed; None if it has not."""
    name, _, encoded = verifier_key.split("+", 2)
    key = base64.b64decode(encoded, validate=True)
    key_id = sha256(name.encode(), b"\n", key)[:4]
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    for line in signatures.splitlines():
        dash, signer, signature = line.split(" ")
        signature = base64.b64decode(signature, validate=True)
        if dash == "\u2014" and signer == name and signature[:4] == key_id:
            return text if key[0] == 1 and ed25519(key[1:], text.encode(), signature[4:]) else None
    return None


def encoded(hashes):
    return [value.hex() for value in hashes]


def values(vectors, leaves):
    """Each value that the vectors state, beside the one that is computed here."""
    origin, note = vectors["origin"], vectors["checkpoint"]
    yield "roots", vectors["roots"], encoded(tree(leaves[:size]) for size in range(len(leaves) + 1))
    for one in vectors["inclusion"]:
        yield f"inclusion of {one['seq']}", one["proof"], encoded(path(one["seq"] - 1, leaves[: one["size"]]))
    for one in vectors["consistency"]:
        yield f"consistency from {one['from']}", one["proof"], encoded(continuation(one["from"], leaves[: one["to"]]))
    root = base64.b64encode(tree(leaves)).decode()
    yield "checkpoint", verify_note(note, vectors["keys"]["Ed25519"]), f"{origin}\n{len(leaves)}\n{root}\n"
    changed = note.replace("\n" + str(len(leaves)) + "\n", "\n1\n")
    yield "changed checkpoint", verify_note(changed, vectors["keys"]["Ed25519"]), None
    index = vectors["tlogProof"]["seq"] - 1
    lines = [base64.b64encode(value).decode() for value in path(index, leaves)]
    text = "\n".join(["c2sp.org/tlog-proof@v1", f"index {index}", *lines, "", note])
    yield "proof", vectors["tlogProof"]["text"], text


def read(file_name):
    with open(file_name, encoding="utf-8") as file:
        return json.load(file)


def main(trail_path, tree_path):
    leaves = [bytes.fromhex(vector["sealed"]["hash"]) for vector in read(trail_path)["vectors"]]
    count = 0
    for name, stated, found in values(read(tree_path), leaves):
        if stated != found:
            sys.exit(f"{name} is {stated!r}, expected {found!r}")
        count += 1
    print(count)


if __name__ == "__main__":
    main(*sys.argv[1:])
