#!/usr/bin/env python3
"""Writes a table of RECORD and METADATA files and what Python's csv and email read in them.

    installed_oracle.py OUT [COUNT]

Each line: `record` or `metadata`, the file's bytes in hexadecimal, and the answer; fields between tabs, "-" where the file is
refused. Of a RECORD the answer is the rows: path, hash and size in hexadecimal joined by colons, rows joined by spaces. Of
METADATA it is the name, the version, each Requires-Dist and Requires-Python, in hexadecimal joined by spaces.
"""
import base64
import csv
import email.parser
import email.policy
import hashlib
import io
import random
import sys

SIZES = {"sha256": 32, "md5": 16, "sha1": 20, "sha224": 28, "sha384": 48, "sha512": 64}


def record(r):
    rows = []
    for _ in range(r.randint(0, 6)):
        path = r.choice(["a.py", "b/c.py", "../../../bin/x", 'with "quote"', "with,comma", "é.py", "line\nfeed", " blank ", "a\\b"])
        algorithm = r.choice(["sha256"] * 6 + ["md5", "sha512"])
        value = hashlib.new(algorithm, path.encode()).digest()
        text = algorithm + "=" + base64.urlsafe_b64encode(value).decode().rstrip(r.choice(["=", "=", "=", ""]))
        rows.append([path, r.choice([text, text, ""]), r.choice(["", "0", "12", "9223372036854775807"])])
    out = io.StringIO()
    csv.writer(out, lineterminator=r.choice(["\n", "\r\n"]), quoting=r.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL])).writerows(rows)
    return out.getvalue()


def record_answer(text):
    rows = []
    for row in csv.reader(io.StringIO(text, newline=""), strict=True):
        if not row:
            continue
        path, digest, size = (row + ["", ""])[:3]
        if digest:
            algorithm, _, value = digest.partition("=")
            data = base64.urlsafe_b64decode(value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4))
            if len(data) != SIZES[algorithm]:
                raise ValueError
            digest = algorithm + ":" + data.hex()
        rows.append(":".join(field.encode().hex() for field in (path.replace("\\", "/"), digest, size)))
    return " ".join(rows)


def metadata(r):
    lines = [r.choice(["Metadata-Version: 2.1", "Metadata-Version: 2.4"])]
    for _ in range(r.randint(1, 8)):
        lines.append(r.choice([
            "Name: foo", "name: Foo.Bar", "NAME:   x  ", "Version: 1.0", "version:2", "Requires-Dist: a>=1", "Requires-Dist: b ; extra == 'x'",
            "requires-dist: c", "Requires-Python: >=3.9", "Summary: s: t", "Description: long\n        folded", "Classifier: A :: B",
            "License: x\n continued", "Author: é"]))
    text = r.choice(["\n", "\n", "\r\n"]).join(lines)
    return text + r.choice(["", "\n", "\n\nName: body\nRequires-Dist: body\n", "\r\n\r\nVersion: body"])


def metadata_answer(text):
    message = email.parser.Parser(policy=email.policy.compat32).parsestr(text)
    name, version = message.get("Name"), message.get("Version")
    if not name or not version:
        return "-"
    python = message.get("Requires-Python")
    fields = [name, version, *message.get_all("Requires-Dist", []), *([python] if python else [])]
    return " ".join(field.strip().encode().hex() for field in fields)


def main():
    r = random.Random(376)
    with open(sys.argv[1], "w") as out:
        for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 2000):
            for kind, text, answer in [("record", record(r), record_answer), ("metadata", metadata(r), metadata_answer)]:
                out.write("\t".join([kind, text.encode().hex(), answer(text)]) + "\n")


main()
