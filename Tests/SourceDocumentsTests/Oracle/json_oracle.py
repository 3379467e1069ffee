#!/usr/bin/env python3
"""Writes a table of JSON documents and what Python's json makes of them.

    json_oracle.py OUT [COUNT]

Each line: the document's bytes in hexadecimal, a tab, and the value in a canonical form, or "-" when it is refused. Refused
here, as the reader refuses them and Python does not: NaN and Infinity, a key twice in one object, lone surrogates, and
bytes that are not UTF-8. An integer beyond 64 bits is a float.
"""
import json
import random
import struct
import sys

SCALARS = """null true false nul True 0 -0 1 -1 01 +1 1. .5 1.5 -1.5e3 1e5 1E+5 1e-7 1e 0x1 1e400 -1e400 9223372036854775807
-9223372036854775808 9223372036854775808 123456789012345678901234567890 1.7976931348623157e308 5e-324 2.5e-324 NaN Infinity
-Infinity "" "a" "\\u00e9" "\\ud83d\\ude00" "\\ud83d" "\\ude00" "\\ud83dx" "\\ud83d\\u0041" "\\u12" "\\x41" "\\n\\t\\b\\f\\r\\/\\\\\\"" "\\u0000"
'a' "é" "\U0001f600" "\x7f" [] {} [] {}""".split()
VALID = ["null", "true", "0", "-1", "1.5", "-1.5e3", "1E+5", '"a"', '"\\u00e9"', '"\\ud83d\\ude00"', '"\\n\\t\\/\\\\"', '""', "[]", "{}"]
NOISE = list('[]{}:,"\\ \t\n\r0123456789.eE+-tfnul/') + ["\x00", "\x1f", "\x7f", "é", "\ufeff", "\u2028", "\\u", "\\ud800", "//", "/**/"]


class Refused(Exception):
    pass


def canon(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "b1" if value else "b0"
    if isinstance(value, int):
        if -(2**63) <= value < 2**63:
            return f"i{value}"
        value = float(value)
    if isinstance(value, float):
        return "f%x" % struct.unpack(">Q", struct.pack(">d", value))
    if isinstance(value, str):
        return "s" + value.encode().hex()
    if isinstance(value, list):
        return "[" + ",".join(map(canon, value)) + "]"
    return "{" + ",".join(sorted(key.encode().hex() + ":" + canon(item) for key, item in value.items())) + "}"


def pairs(members):
    table = dict(members)
    if len(table) != len(members):
        raise Refused
    return table


def constant(name):
    raise Refused


def value(r, depth=0):
    kind = r.random()
    blank = lambda: r.choice(["", "", "", " ", "\n", "\t", "\r\n "])
    if depth < 4 and kind < 0.25:
        return "[" + blank() + ("," + blank()).join(value(r, depth + 1) for _ in range(r.randint(0, 4))) + blank() + "]"
    if depth < 4 and kind < 0.6:
        keys = [r.choice(['"a"', '"b"', '"c"', '""', '"\\u0061"', '"é"', '"d\\n"']) for _ in range(r.randint(0, 4))]
        if r.random() < 0.95:
            keys = list(dict.fromkeys(keys))
        return "{" + blank() + ("," + blank()).join(key + blank() + ":" + blank() + value(r, depth + 1) for key in keys) + "}"
    return r.choice(VALID if r.random() < 0.95 else SCALARS)


def mutated(r, text):
    data = bytearray(text)
    for _ in range(r.randint(1, 3)):
        place, count, kind = r.randint(0, len(data)), r.randint(0, 4), r.random()
        if kind < 0.5:
            data[place:place] = r.choice(NOISE).encode("utf-8", "surrogatepass")
        elif kind < 0.8:
            del data[place : place + count]
        elif kind < 0.9:
            data[place:place] = bytes([r.randrange(256)])
        else:
            data[place:place] = data[max(0, place - 20) : place]
    return bytes(data)


def main():
    r = random.Random(8259)
    documents = [scalar.encode() for scalar in SCALARS]
    for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 20000):
        text = value(r).encode()
        documents += [text, mutated(r, text)]
    with open(sys.argv[1], "w") as out:
        for document in dict.fromkeys(documents):
            # A byte order mark is skipped by us, and an error in Python.
            if document.startswith(b"\xef\xbb\xbf"):
                continue
            try:
                answer = canon(json.loads(document.decode(), object_pairs_hook=pairs, parse_constant=constant))
            except (ValueError, RecursionError, OverflowError, Refused):
                answer = "-"
            out.write(document.hex() + "\t" + answer + "\n")


main()
