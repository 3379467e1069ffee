"""Writes pickles of all protocols and the opcodes that pickletools finds in them.

    python3 generate.py FOLDER
    PINPROOF_PICKLE_ORACLE=FOLDER swift test --filter opcodesAreThoseOfPickletools
"""
import array, collections, datetime, decimal, fractions, pickle, pickletools, random, sys, uuid
from pathlib import Path

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
chance = random.Random(20261123)


class Plain:
    def __init__(self, **state):
        self.__dict__.update(state)


class Slots:
    __slots__ = ("a", "b")

    def __reduce_ex__(self, protocol):
        return object.__reduce_ex__(self, max(protocol, 2))


class Keyword:
    def __reduce_ex__(self, protocol):
        return object.__reduce_ex__(self, max(protocol, 2))

    def __new__(cls, *, x=1):
        return object.__new__(cls)

    def __getnewargs_ex__(self):
        return (), {"x": 2}


class Persistent(pickle.Pickler):
    def persistent_id(self, obj):
        return ("storage", len(obj), "key") if isinstance(obj, array.array) else None


def value(depth):
    kinds = 26 if depth < 4 else 14
    kind = chance.randrange(kinds)
    if kind == 0: return None
    if kind == 1: return chance.choice([True, False])
    if kind == 2: return chance.randrange(-300, 70000)
    if kind == 3: return chance.randrange(-(2**80), 2**80)
    if kind == 4: return chance.randrange(2**3000) if chance.random() < 0.1 else -(2**31)
    if kind == 5: return chance.uniform(-1e300, 1e300)
    if kind == 6: return "".join(chance.choice("abc\n\\'\"\u00e9\u4e16\U0001f600\0") for _ in range(chance.randrange(400)))
    if kind == 7: return bytes(chance.randrange(256) for _ in range(chance.randrange(600)))
    if kind == 8: return bytearray(range(chance.randrange(256)))
    if kind == 9: return datetime.datetime(2026, 11, 23, chance.randrange(24))
    if kind == 10: return decimal.Decimal(chance.randrange(10**20))
    if kind == 11: return uuid.UUID(int=chance.randrange(2**128))
    if kind == 12: return chance.choice([len, collections.OrderedDict.fromkeys, Plain, fractions.Fraction(3, 4)])
    if kind == 13: return complex(1, chance.random())
    many = range(chance.choice([0, 1, 2, 3, 4, 9]) if depth else 30)
    if kind in (14, 15): return [value(depth + 1) for _ in many]
    if kind in (16, 17): return tuple(value(depth + 1) for _ in many)
    if kind in (18, 19): return {chance.randrange(10**6): value(depth + 1) for _ in many}
    if kind == 20: return {chance.randrange(10**6) for _ in many}
    if kind == 21: return frozenset(str(chance.randrange(10**6)) for _ in many)
    if kind == 22: return Plain(**{f"k{i}": value(depth + 1) for i in many})
    if kind == 23:
        slots = Slots()
        slots.a = value(depth + 1)
        return [slots, slots]
    if kind == 24: return Keyword()
    loop = [value(depth + 1)]
    loop.append(loop)
    return collections.OrderedDict(x=loop, y=collections.deque([1, 2]), z=range(5))


def operations(data):
    lines, names = [], set()
    strings = []
    memo = {}
    last = None
    for opcode, argument, position in pickletools.genops(data):
        lines.append(f"{position} {ord(opcode.code)}")
        if opcode.name in ("GLOBAL", "INST"):
            names.add(argument)
        elif opcode.name in ("PUT", "BINPUT", "LONG_BINPUT"):
            memo[argument] = last
            continue
        elif opcode.name == "MEMOIZE":
            memo[len(memo)] = last
            continue
        elif opcode.name in ("GET", "BINGET", "LONG_BINGET"):
            last = memo[argument]
            strings.append(last)
            continue
        elif opcode.name == "STACK_GLOBAL":
            names.add(" ".join(strings[-2:]))
        last = argument if "UNICODE" in opcode.name or "STRING" in opcode.name else None
        strings.append(last) if last is not None else None
    return "\n".join(lines + sorted(names)) + "\n"


index = []
for number in range(1500):
    protocol = number % 6
    item = value(0)
    if number % 10 == 9:
        import io
        stream = io.BytesIO()
        Persistent(stream, protocol=protocol or 1).dump([item, array.array("i", [1, 2])])
        data = stream.getvalue()
    elif protocol == 5 and number % 4 == 1:
        data = pickle.dumps([item, pickle.PickleBuffer(b"out of band")], protocol=5, buffer_callback=lambda b: False)
    elif number % 7 == 0:
        data = pickletools.optimize(pickle.dumps(item, protocol=protocol))
    elif number % 11 == 0:
        data = pickle._dumps(item, protocol=protocol)
    else:
        data = pickle.dumps(item, protocol=protocol)
    (folder / f"{number}.pkl").write_bytes(data)
    (folder / f"{number}.ops").write_text(operations(data), encoding="utf-8")
    index.append(str(number))
(folder / "index.txt").write_text("\n".join(index) + "\n")
print(len(index), "pickles,", sum(f.stat().st_size for f in folder.glob("*.pkl")), "bytes")
