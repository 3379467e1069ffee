"""The test runner: prints one line per scenario, and a last line with the counts."""

import os
import pathlib
import shlex
import subprocess
import sys
import time
import traceback

SCENARIOS = []


class Skipped(Exception):
    """Raised by a scenario that cannot run on this machine, with the reason."""


def scenario(function):
    """Registers a scenario; the first line of its doc string is its title."""
    SCENARIOS.append(function)
    return function


def say(text):
    print(text, flush=True)


def run_all(world, words):
    """Runs the scenarios whose title or name contains one of the words, all of them without words; returns the exit status."""
    passed = failed = skipped = 0
    for function in SCENARIOS:
        title = function.__doc__.strip().splitlines()[0].rstrip(".")
        if words and not any(word in title or word in function.__name__ for word in words):
            continue
        start = time.monotonic()
        try:
            function(world)
            passed += 1
            say(f"ok    {title} ({time.monotonic() - start:.1f} s)")
        except Skipped as reason:
            skipped += 1
            say(f"skip  {title}: {reason}")
        except Exception as error:  # one failing scenario does not end the run
            failed += 1
            say(f"FAIL  {title} [{function.__name__}]")
            text = str(error) if isinstance(error, AssertionError) and str(error) else traceback.format_exc()
            for line in text.rstrip().splitlines()[-40:]:
                say(f"      {line}")
    say(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


def run(*command, **options):
    """Runs a tool that must succeed, and returns its standard output; an error contains what it printed."""
    words = [str(word) for word in command]
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
