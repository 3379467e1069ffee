#!/usr/bin/env python3
"""Runs the console sessions of the documents: Tests/Acceptance/sessions.py [--write] PROGRAM DOCUMENT ...

A session is a fenced code block whose first line starts with `$ `. The sessions of one document run one after the other
in one copy of docs/demo. The text after a command is what a terminal shows, standard output and errors together, and
ends with `[exit status N]`. A line `...` stands for lines left out: those before it and those after it have to be the
first and the last lines of the output. With --write the document gets what the program says now, with as many lines
before and after each `...`.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
ELLIPSIS = "..."


def demo_copy(target):
    """A copy of the demo's files, without its scripts."""
    ignored = shutil.ignore_patterns("run", "remake.py", "README.md", "__pycache__")
    shutil.copytree(REPOSITORY / "docs/demo", target, ignore=ignored)
    return target


def blocks(lines):
    """The sessions of a document: index of the first line, index after the last."""
    start = None
    for index, line in enumerate(lines):
        if not line.startswith("```"):
            continue
        if start is None:
            start = index + 1
        else:
            if start < index and lines[start].startswith("$ "):
                yield start, index
            start = None


def commands(lines):
    """A session's commands, each with the lines after it."""
    found = []
    for line in lines:
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def answer(program, command, folder):
    """What a terminal shows of a command, as lines, with the exit status."""
    environment = {"PATH": f"{program.parent}:/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace", timeout=120,
    )  # fmt: skip
    return [*done.stdout.splitlines(), f"[exit status {done.returncode}]"]


def shown(lines, expected):
    """The lines of an answer that a document shows, left out where the expected lines leave out."""
    expected = list(expected)
    while expected and not expected[-1]:
        expected.pop()
    if ELLIPSIS not in expected:
        return lines
    place = expected.index(ELLIPSIS)
    before, after = place, len(expected) - place - 1
    if before + after >= len(lines):
        return lines
    return [*lines[:before], ELLIPSIS, *lines[len(lines) - after :]]


def session(program, expected, folder):
    """A session as the program answers now."""
    result = []
    for command, output in commands(expected):
        if result:
            result.append("")
        result += [f"$ {command}", *shown(answer(program, command, folder), output)]
    return [line.rstrip() for line in result]


def renewed(program, document):
    """A document's lines with what the program answers now in place of its sessions, and the number of sessions."""
    lines = document.read_text().split("\n")
    with tempfile.TemporaryDirectory(prefix="sessions-") as work:
        folder = demo_copy(pathlib.Path(work) / "demo")
        made, last, count = [], 0, 0
        for start, end in blocks(lines):
            made += [*lines[last:start], *session(program, lines[start:end], folder)]
            last = end
            count += 1
    return [*made, *lines[last:]], count


def main():
    words = sys.argv[1:]
    writes = "--write" in words
    program, *documents = [pathlib.Path(word).resolve() for word in words if word != "--write"]
    status = 0
    for document in documents:
        lines, _ = renewed(program, document)
        if "\n".join(lines) == document.read_text():
            continue
        if writes:
            document.write_text("\n".join(lines))
            print(f"wrote {document}")
        else:
            print(f"{document}: a session is not what the program answers; run: make docs", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
