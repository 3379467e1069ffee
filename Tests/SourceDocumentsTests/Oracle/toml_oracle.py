#!/usr/bin/env python3
"""Writes a table of TOML documents and what Python's tomllib makes of them.

    toml_oracle.py OUT [COUNT [FILE...]]        (Python 3.11 or newer)

Each line: the document's bytes in hexadecimal, a tab, and the value in a canonical form, or "-" when tomllib refuses it.
FILEs are real documents to mutate besides our own snippets. Left out, because the reader differs by intention: integers
beyond 64 bits, escaped NUL, byte order marks, keys that are equal after Unicode normalization (none are made).
"""
import datetime, random, struct, sys, tomllib

WORDS = """0 -0 +1 01 1_0 1__0 _1 1_ 0x1F 0x_1 0x1_f 0xG 0o17 0o8 0b101 0b2 +0x1 0X1 9223372036854775807 -9223372036854775808
1.0 1. .5 1.e3 1e3 1E+0_3 1e-3 1e 1_0.0_1 1._0 01.5 0.0 -0.0 1e999 1e-999 inf +inf -inf nan +nan -nan Inf NaN infx true false True tru
truefalse 1979-05-27 1979-02-29 2000-02-29 1900-02-29 2024-04-31 0000-01-01 0001-01-01 2024-13-01 2024-00-01 2024-01-32 2024-1-1
07:32:00 24:00:00 23:59:60 07:60:00 07:32 07:32:00.5 07:32:00. 07:32:00.1234567 00:00:00.000 07:32:00Z 1979-05-27T07:32:00Z
1979-05-27t07:32:00z 1979-05-27T07:32:00+23:59 1979-05-27T07:32:00-24:00 1979-05-27T07:32:00.25-00:00 1979-05-27T 1979-05-27T07:32
1979-05-27T07:32:00+1 "" '' "a" 'a' "\\n\\t\\"\\\\" "\\u00e9" "\\U0001F600" "\\ud800" "\\U00110000" "\\e" "\\x41" "\\u12" '\\n' "é" [] {} [1,] [,]
[1,,2] {a=1,} {,} {a=1,b.c=2} {a.b=1,a.c=2} {a={b=1},a.c=2} {a=1,a=2} [[],[1,"a"]] [{a=1},{}] {a=[1]} {a.b.c=1,a.b=2}""".split()
WORDS += ['1979-05-27 07:32:00', '1979-05-27 07:32', '1979-05-27  07:32:00', '"""a\nb"""', '"""\na"""', '"""\r\na\r\nb"""',
          "'''\na\r\nb'''", '"""a\\\n  \n b"""', '"""a\\  \n b"""', '"""a\\  b"""', '"a\\\nb"', '"a\nb"', "'a\nb'", '"a\rb"',
          '"""a\rb"""', "'''a\rb'''", '""""a""""', '"""""a"""""', '""""""', '"""""""""', "''''a''''", "'''''a'''''", "''''''''",
          '"\x7f"', '"\x01"', '"\t"', "'\x0b'", '"""\x1f"""', '[1, # c\n 2\n]', '[1 # \x01\n]', '{ a = 1 }', '{a = 1\n}',
          '{ }', '{\n}', '[\n]', '[ [ 1 ] , {a="}"} ]', '1 # c', '1 #\x7f', '1 2', '', '"""a\\', '"\\', '"a', "'''", '[', '{', '{a', '{a=']
KEYS = ['a', 'b', 'c', 'a.b', 'a.c', 'a.b.c', 'b.a', '"a"', "'b'", '"a.b"', 'a . b', 'a."b".c', '1', '-', '_x', '1.2', '""', "''",
        '"\\u0061"', 'é', 'a..b', '.a', 'a.', 'a b', '"""a"""', "'''a'''", '"a\nb"', '+a', '', '"é"', '"\\q"', 'a\t.\tb']
GOOD = ['a', 'b', 'c', 'a.b', 'a.c', 'a.b.c', 'b.a', 'a.b.c.a', '"a"', 'b . c']
NOISE = list('[]{}=.,#"\'\\ \t\n\r_-+0179:eExTZzu') + ['\r\n', '\x00', '\x7f', '\x1f', '"""', "'''", 'é', '\u2028', '\U0001f600', '[[', ']]']


def canon(v):
    if isinstance(v, bool): return 'b1' if v else 'b0'
    if isinstance(v, int):
        if not -2**63 <= v < 2**63: raise OverflowError
        return f'i{v}'
    if isinstance(v, float): return 'fnan' if v != v else 'f%x' % struct.unpack('>Q', struct.pack('>d', v))
    if isinstance(v, str):
        if '\0' in v: raise OverflowError
        return 's' + v.encode().hex()
    if isinstance(v, list): return '[' + ','.join(map(canon, v)) + ']'
    if isinstance(v, dict):
        if any('\0' in k for k in v): raise OverflowError
        return '{' + ','.join(sorted(k.encode().hex() + ':' + canon(x) for k, x in v.items())) + '}'
    return 'd' + v.isoformat()


def document(r):
    kind = r.random()
    if kind < .25: return f'{r.choice(KEYS)} = {r.choice(WORDS)}\n'
    if kind < .35: return f'x = [{r.choice(WORDS)}, {r.choice(WORDS)}]'
    if kind < .45: return f'x = {{a = {r.choice(WORDS)}, {r.choice(KEYS)} = {r.choice(WORDS)}}}'
    lines = []
    keys = GOOD if r.random() < .9 else KEYS
    for _ in range(r.randint(1, 6)):
        k = r.choice(keys)
        lines.append(r.choice([f'[{k}]', f'[[{k}]]', f'{k} = {r.choice(["1", "{}", "[]", "[{}]", "{b=1}"])}', f'[ {k} ] # c', f'{k}=1']))
    return r.choice(['\n', '\n', '\r\n']).join(lines)


def mutate(r, b):
    b = bytearray(b)
    for _ in range(r.randint(1, 3)):
        i = r.randint(0, len(b)); n = r.randint(0, 4)
        op = r.random()
        if op < .4: b[i:i] = r.choice(NOISE).encode()
        elif op < .7: del b[i:i + n]
        elif op < .9: b[i:i + 1] = r.choice(NOISE).encode()
        elif op < .95: b[i:i] = bytes([r.randrange(256)])
        else: b[i:i] = b[max(0, i - 30):i]
    return bytes(b)


def main():
    r = random.Random(20)
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 30000
    real = [open(p, 'rb').read() for p in sys.argv[3:]]
    docs = [f'x = {w}'.encode() for w in WORDS] + [f'{k} = 1'.encode() for k in KEYS] + [f'[{k}]'.encode() for k in KEYS]
    for _ in range(count):
        d = document(r).encode(); docs.append(d)
        if r.random() < .6: docs.append(mutate(r, d))
    for text in real:
        if len(text) < 200000: docs.append(text)
        for _ in range(200):
            lines = text.splitlines(True); i = r.randrange(max(1, len(lines)))
            docs.append(mutate(r, b''.join(lines[i:i + r.randint(1, 40)])))
    with open(sys.argv[1], 'w') as out:
        for d in dict.fromkeys(docs):
            if d.startswith(b'\xef\xbb\xbf'): continue
            try: value = canon(tomllib.loads(d.decode()))
            except OverflowError: continue
            except (ValueError, RecursionError): value = '-'
            out.write(d.hex() + '\t' + value + '\n')


main()
