#!/usr/bin/env python3
"""Follows docs/adding.md in a copy of the sources, builds the rooms, and runs the tests of what was added.

    Tests/Acceptance/follow_adding.py [SCRATCH]

A line that begins with a file between backticks announces the next code block: a `swift` block is a new file; a `diff`
block adds its `+` lines before or after the one other line of the block, which the file has exactly once.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "docs/adding.md"
ROOMS = ["LockFormats", "ContainerImages", "ModelArchives", "PinRules", "FindingReports"]
# The tests of the additions, and those that compare lists with directories and with the gaps of each member.
TESTS = ["example", "Example", "GapTests", "everyFormat", "eachFileIsInItsList", "listOfFormats", "RuleExamplesTests"]


def fail(message):
    print(f"adding: {message}", file=sys.stderr)
    sys.exit(1)


def blocks():
    """Each block of the page that changes a file: its path, its language, its lines."""
    path, language, lines = None, None, []
    for line in PAGE.read_text().splitlines():
        if line.startswith("```"):
            if language is None:
                language, lines = line[3:], []
            else:
                if path is None:
                    fail(f"a {language} block follows no file name")
                yield path, language, lines
                path, language = None, None
        elif language is not None:
            lines.append(line)
        elif named := re.match(r"`((?:Sources|Tests)/[^`]+\.swift)`.*:$", line):
            path = named[1]


def insert(path, lines):
    """Adds the `+` lines of a change."""
    context = [line[1:] for line in lines if not line.startswith("+")]
    if len(context) != 1:
        fail(f"{path}: a change has one line of the file, this one has {len(context)}")
    text = path.read_text().split("\n")
    places = [index for index, line in enumerate(text) if line == context[0]]
    if len(places) != 1:
        fail(f"{path} has {len(places)} lines {context[0]!r}; the page needs exactly one")
    added = [line[1:] for line in lines if line.startswith("+")]
    place = places[0] if lines[0].startswith("+") else places[0] + 1
    path.write_text("\n".join([*text[:place], *added, *text[place:]]))


def follow(target):
    """Applies the page to a copy of the tracked files; the files that it created."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=REPOSITORY, capture_output=True, check=True
    ).stdout  # fmt: skip
    for name in filter(None, listed.decode().split("\0")):
        source, copy = REPOSITORY / name, target / name
        if not source.exists() and not source.is_symlink():
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        # A file that is the same keeps its time, so that a second run builds only what has changed.
        if source.is_symlink():
            copy.unlink(missing_ok=True)
            copy.symlink_to(os.readlink(source))
        elif not copy.exists() or copy.read_bytes() != source.read_bytes():
            copy.write_bytes(source.read_bytes())
    created = []
    for name, language, lines in blocks():
        path = target / name
        if language == "swift":
            if (REPOSITORY / name).exists():
                fail(f"{name} exists already")
            path.write_text("\n".join(lines) + "\n")
            created.append(name)
        elif language == "diff":
            insert(path, lines)
        else:
            fail(f"{name}: a block of {language}")
    return created


def main():
    if len(sys.argv) > 2 or any(word.startswith("-") for word in sys.argv[1:]):
        sys.exit("usage: follow_adding.py [DIRECTORY]")
    with tempfile.TemporaryDirectory(prefix="adding-") as temporary:
        target = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else temporary).resolve()
        created = follow(target)
        print(f"applied docs/adding.md: {len(created)} new files in {target}", flush=True)
        strict = subprocess.run(["swift", "format", "lint", "--strict", *created], cwd=target)
        if strict.returncode:
            fail("a code block is not formatted as .swift-format says")
        tests = [word for name in TESTS for word in ("--filter", name)]
        environment = dict(os.environ, PINPROOF_ROOMS=",".join(ROOMS))
        done = subprocess.run(["swift", "test", *tests], cwd=target, env=environment, stdout=subprocess.PIPE, text=True)
        passed = set(re.findall(r"^✔ Test (\w+|\"[^\"]*\")(?:\(.*\))? passed", done.stdout, re.M))
        print("\n".join(line for line in done.stdout.splitlines() if re.match("[✔✘]|.*error:", line)))
        if done.returncode:
            fail("a test failed")
        wanted = [
            name for created_file in created if created_file.startswith("Tests/")
            for name in re.findall(r"@Test func (\w+)", (target / created_file).read_text())
        ]  # fmt: skip
        missing = [name for name in wanted if name not in passed]
        if missing or len(wanted) < 5:
            fail(f"these tests did not run: {missing}; found {wanted}")
    print("every addition of docs/adding.md works")


if __name__ == "__main__":
    main()
