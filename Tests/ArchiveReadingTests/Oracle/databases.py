"""Writes databases with Python's sqlite3 and what SELECT returns of them: `databases.py TABLE`.

A line `db NAME HEX HEX` has the bytes of a database and of its write-ahead log; the lines `row TABLE ROWID VALUE...` after
it are the rows of its tables. A value is `n`, `iINTEGER`, `r`, `tHEX` or `bHEX`.
"""

import os
import random
import sqlite3
import sys
import tempfile

random.seed(29)
out = open(sys.argv[1], "w")


def value(kind, blob):
    if kind == "null":
        return "n"
    if kind == "integer":
        return "i%d" % blob
    if kind == "real":
        return "r"
    return kind[0] + (blob.encode() if isinstance(blob, str) else blob).hex()


def write(name, statements, pragmas=(), tables=("t",), keep_log=False):
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/x.db"
        database = sqlite3.connect(path, isolation_level=None)
        # Nothing has to outlive the machine's power.
        for pragma in ("synchronous=OFF",) + tuple(pragmas):
            database.execute("PRAGMA " + pragma).fetchall()
        for statement, *values in statements:
            database.execute(statement, values)
        rows = []
        for table in tables:
            names = [row[1] for row in database.execute("PRAGMA table_info(%s)" % table)]
            columns = ", ".join('typeof("%s"), "%s"' % (n, n) for n in names)
            for number, *cells in database.execute("SELECT rowid, %s FROM %s ORDER BY rowid" % (columns, table)):
                cells = [value(*cells[i : i + 2]) for i in range(0, len(cells), 2)]
                rows.append("\t".join(["row", table, str(number)] + cells))
        if not keep_log:
            database.close()
        files = [open(p, "rb").read().hex() if os.path.exists(p) else "" for p in (path, path + "-wal")]
        out.write("\t".join(["db", name] + files) + "\n" + "".join(row + "\n" for row in rows))
        database.close()


def cell():
    return random.choice(
        [
            None, 0, 1, -1, 127, -128, 128, 32767, -32768, 2**23, -(2**23), 2**31, 2**47 - 1, -(2**47), 2**63 - 1, -(2**63),
            1.5, -0.25, "", "é", b"", b"\0\xff", "x" * random.randint(0, 60), os.urandom(random.randint(0, 60)),
        ]
    )


INSERT = "INSERT INTO t VALUES (?, ?, ?)"
CREATE = ("CREATE TABLE t (a, b, c)",)


def some(count):
    return [(INSERT, cell(), cell(), cell()) for _ in range(count)]


for size in (512, 1024, 4096, 65536):
    write("pages of %d" % size, [CREATE] + some(40), ["page_size = %d" % size])
write("empty table", [CREATE])
write("several levels", [CREATE] + some(900), ["page_size = 512"])
# What does not fit into a page goes on in others: one byte less and more than the limits of pages of 512 bytes.
lengths = [0, 470, 471, 472, 473, 474, 475, 476, 477, 478, 479, 480, 507, 508, 509, 980, 985, 1016, 1490, 5000, 70000]
write("overflow", [CREATE] + [(INSERT, "a" * n, os.urandom(n), n) for n in lengths], ["page_size = 512"])
write("overflow of 4096", [CREATE] + [(INSERT, "a" * n, None, n) for n in (4050, 4061, 4062, 4070, 9000, 99999)])
write("deleted rows", [CREATE] + some(200) + [("DELETE FROM t WHERE rowid % 3 = 1",)] + some(20), ["page_size = 512"])
write("auto vacuum", [CREATE] + some(300) + [("DELETE FROM t WHERE rowid < 200",)], ["page_size = 512", "auto_vacuum = 1"])
write("negative and large rowids", [CREATE] + [
    ("INSERT INTO t (rowid, a) VALUES (?, ?)", n, n) for n in (-(2**63), -5, 0, 127, 128, 16383, 16384, 2**31, 2**63 - 1)])
write("several tables", [CREATE, ("CREATE TABLE u (a, b)",), ("CREATE INDEX i ON t (a)",), ("CREATE VIEW v AS SELECT 1",)]
      + some(20) + [("INSERT INTO u VALUES (?, ?)", n, str(n)) for n in range(30)], tables=("t", "u"))
write("added column", [CREATE] + some(5) + [("ALTER TABLE t ADD COLUMN d DEFAULT 7",)]
      + [("INSERT INTO t VALUES (1, 2, 3, 4)",)])
write("write-ahead log", [CREATE] + some(200), ["page_size = 512", "journal_mode = WAL"], keep_log=True)
write("checkpointed log", [CREATE] + some(50) + [("PRAGMA wal_checkpoint(RESTART)",)] + some(50),
      ["page_size = 1024", "journal_mode = WAL"], keep_log=True)
for number in range(20):
    statements = [CREATE]
    for _ in range(random.randint(1, 6)):
        statements += some(random.randint(0, 60))
        statements.append(random.choice(
            [("DELETE FROM t WHERE rowid % 5 = 2",), ("UPDATE t SET b = zeroblob(700) WHERE rowid % 7 = 3",),
             ("VACUUM",), ("UPDATE t SET a = NULL",)]))
    write("random %d" % number, statements, ["page_size = %d" % random.choice((512, 1024, 2048))])
