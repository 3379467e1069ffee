"""The test runner: prints one line per scenario, and a last line with the counts."""

import collections
import concurrent.futures
import contextlib
import os
import pathlib
import shlex
import subprocess
import sys
import threading
import time
import traceback

SCENARIOS = []
#: Modules whose scenarios share what they make: CondaShop, FreezeShop, the keys.
TOGETHER = [
    [
        "scenarios_freeze", "scenarios_freeze_bases", "scenarios_system_packages", "scenarios_conda", "scenarios_conda_builds",
        "scenarios_capture", "scenarios_bases",
    ],
    ["scenarios_attest", "scenarios_attach"],
]  # fmt: skip
#: umoci reads, changes and writes the index of a layout without a lock.
UMOCI = threading.Lock()


class Skipped(Exception):
    """Raised by a scenario that cannot run on this machine, with the reason."""


def scenario(function):
    """Registers a scenario; the first line of its doc string is its title."""
    SCENARIOS.append(function)
    return function


def title_of(function):
    return function.__doc__.strip().splitlines()[0].rstrip(".")


def say(text):
    # One write, as two scenarios print at once; not to what another one reads in the place of standard output.
    sys.__stdout__.write(f"{text}\n")
    sys.__stdout__.flush()


def line(function):
    """The module of a scenario, or the first of the modules that make things together with it.

    The scenarios of a line run one after the other: they look at files, images and tools that the first of them made.
    """
    module = function.__module__
    return next((group[0] for group in TOGETHER if module in group), module)


def run_one(world, function):
    """Runs a scenario and prints its line; returns "passed", "failed" or "skipped"."""
    title = title_of(function)
    start = time.monotonic()
    try:
        function(world)
        say(f"ok    {title} ({time.monotonic() - start:.1f} s)")
        return "passed"
    except Skipped as reason:
        say(f"skip  {title}: {reason}")
        return "skipped"
    except Exception as error:  # one failing scenario does not end the run
        text = str(error) if isinstance(error, AssertionError) and str(error) else traceback.format_exc()
        lines = [f"      {line}" for line in text.rstrip().splitlines()[-40:]]
        say("\n".join([f"FAIL  {title} [{function.__name__}]", *lines]))
        return "failed"


def run_all(world, words):
    """Runs the scenarios whose title or name contains one of the words, all of them without words; returns the exit status.

    Two lines run at once. PINPROOF_ACCEPTANCE_LINES=1 runs all scenarios one after the other, in the order of their files.
    """
    lines = {}
    for function in SCENARIOS:
        if not words or any(word in title_of(function) or word in function.__name__ for word in words):
            lines.setdefault(line(function), []).append(function)
    count = int(os.environ.get("PINPROOF_ACCEPTANCE_LINES", "2"))
    if count > 1:
        # The longest first, so that the last one to end does not run alone.
        lines = dict(sorted(lines.items(), key=lambda item: -len(item[1])))
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        ends = list(pool.map(lambda functions: [run_one(world, function) for function in functions], lines.values()))
    counts = collections.Counter(end for line in ends for end in line)
    say(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] or not counts["passed"] else 0


def run(*command, **options):
    """Runs a tool that must succeed, and returns its standard output; an error contains what it printed."""
    words = [str(word) for word in command]
    with UMOCI if words[0] == "umoci" else contextlib.nullcontext():
        done = subprocess.run(words, capture_output=True, text=True, errors="replace", **options)
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
        raise AssertionError(f"{shlex.join(words)}\nexited with {done.returncode}:\n{said}")
    return done.stdout


class Outcome:
    """The result of one run of the program: status, output, errors, seconds."""

    def __init__(self, command, done, seconds):
        self.command = command
        self.status = done.returncode
        self.output = done.stdout
        self.errors = done.stderr
        self.seconds = seconds

    def __str__(self):
        said = [f"$ {shlex.join(self.command)}", f"exit status {self.status} after {self.seconds:.2f} s"]
        for name, text in [("output", self.output), ("errors", self.errors)]:
            lines = text.splitlines()
            said += [f"{name}: {line}" for line in lines[:20]]
            if len(lines) > 20:
                said.append(f"{name}: ... {len(lines) - 20} more lines")
        return "\n".join(said)


class Program:
    """The program under test."""

    def __init__(self, path):
        self.path = str(path)

    def __call__(self, *words, cwd=None, stdin=""):
        command = [self.path, *(str(word) for word in words)]
        start = time.monotonic()
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", cwd=cwd, input=stdin, timeout=300
        )
        return Outcome(["pinproof", *command[1:]], done, time.monotonic() - start)


def check(condition, message, outcome=None):
    """Fails with a message, and with the run that it is about."""
    if not condition:
        raise AssertionError(message if outcome is None else f"{message}\n{outcome}")


def check_status(outcome, wanted):
    check(outcome.status == wanted, f"the exit status must be {wanted}", outcome)
    return outcome


def snapshot(directory):
    """Every path below a directory, with its size and modification time."""
    found = {}
    for parent, directories, files in os.walk(directory):
        for name in directories + files:
            path = pathlib.Path(parent, name)
            state = path.lstat()
            found[str(path)] = (state.st_size, state.st_mtime_ns)
    return found


def die(message):
    print(f"acceptance: {message}", file=sys.stderr)
    sys.exit(2)
