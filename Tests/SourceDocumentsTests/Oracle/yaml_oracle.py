#!/usr/bin/env python3
"""Writes a table of YAML documents and what PyYAML (with libyaml where it has it) composes of them.

    yaml_oracle.py OUT [COUNT]

Each line: the document's bytes in hexadecimal, a tab, and the tree in a canonical form, or "-" when it is refused. Scalars are
compared as texts, as the types of YAML 1.1 and of the core schema of YAML 1.2 differ. Refused here,
as the reader refuses them and PyYAML does not: a key twice in one mapping, and a key that is not a scalar.
"""
import random
import sys

import yaml

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
SCALARS = ["a", "1", "3.10", "~", "null", "true", "yes", "x y", "x:y", "http://index.example/a", "a#b", "-1", "'q'", "'it''s'", '"d"',
           '"\\n\\u00e9"', "''", '""', "é", "|\n          x\n          y\n", ">-\n          p\n          q\n", "!!str 1", "!t v", "[]", "{}", "[a, 'b', [c]]",
           "{k: v, l: [m]}", "a # c", "0x1F", "1e3", ".inf", "2020-01-02", "multi\n          line"]
INVALID = ["- x", "*n", "@x", "%y", "`z", "a: b: c", "[a", "'a", "&n"]
KEYS = ["a", "b", "c", "k-1", "'q'", '"d"', "é", "1", "x y", "null"]
NOISE = [" ", "\n", "- ", ": ", ":", "#", "'", '"', "[", "]", "{", "}", ",", "  ", "x", "|", ">", "&n ", "*n", "!", "\t", "---\n", "...\n", "é", "\r\n"]


class Refused(Exception):
    pass


def canon(node):
    if isinstance(node, yaml.ScalarNode):
        return node.value.encode().hex()
    if isinstance(node, yaml.SequenceNode):
        return "[" + ",".join(map(canon, node.value)) + "]"
    keys = [key.value if isinstance(key, yaml.ScalarNode) else None for key, _ in node.value]
    if None in keys or len(set(keys)) != len(keys) or "<<" in keys:
        raise Refused
    return "{" + ",".join(key.encode().hex() + ":" + canon(value) for key, (_, value) in zip(keys, node.value)) + "}"


def block(r, indent=0, depth=0):
    pad = " " * indent
    if r.random() < 0.65 or depth == 0:
        keys = [r.choice(KEYS) for _ in range(r.randint(1, 4))]
        keys = list(dict.fromkeys(keys)) if r.random() < 0.9 else keys
        return "".join(pad + key + ":" + child(r, indent, depth) for key in keys)
    return "".join(pad + "-" + child(r, indent, depth) for _ in range(r.randint(1, 3)))


def child(r, indent, depth):
    if depth < 3 and r.random() < 0.4:
        return "\n" + block(r, indent + r.choice([1, 2, 4]), depth + 1)
    return " " + r.choice(SCALARS if r.random() < 0.97 else INVALID).rstrip("\n") + r.choice(["\n", "\n", "\n\n", " # c\n"])


def mutated(r, text):
    for _ in range(r.randint(1, 2)):
        place, kind = r.randint(0, len(text)), r.random()
        if kind < 0.6:
            text = text[:place] + r.choice(NOISE) + text[place:]
        else:
            text = text[:place] + text[place + r.randint(1, 4) :]
    return text


def main():
    r = random.Random(1122)
    documents = []
    for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 20000):
        text = block(r)
        documents += [text, mutated(r, text)]
    with open(sys.argv[1], "w") as out:
        for document in dict.fromkeys(documents):
            try:
                node = yaml.compose(document, Loader=LOADER)
                answer = "" if node is None else canon(node)
            except (yaml.YAMLError, Refused, RecursionError):
                answer = "-"
            out.write(document.encode().hex() + "\t" + answer + "\n")


main()
