"""Finds the program, runs it, and turns its exit statuses into exceptions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Union

if TYPE_CHECKING:
    from ._results import Verification

#: What a path may be given as.
PathLike = Union[str, "os.PathLike[str]"]

_UNDECIDED = 2
_USAGE = 64


class PinproofError(Exception):
    """An error of Pinproof; the message is what the program wrote to standard error."""


class ProgramNotFoundError(PinproofError):
    """The program is not installed beside this package."""


class UsageError(PinproofError):
    """The program was called with wrong arguments (exit status 64)."""


class UndecidedError(PinproofError):
    """The question could not be decided (exit status 2): damaged or unreadable input, or evidence that is too weak.

    ``result`` holds what could be found out: for :func:`pinproof.verify` a
    :class:`~pinproof.Verification` with the verdict ``not-provable``, for :func:`pinproof.check` the result with the
    findings of what could be read; None when there was no result.
    """

    def __init__(self, message: str, result: Optional[Any] = None) -> None:
        super().__init__(message)
        self.result: Optional[Any] = result

    @property
    def verification(self) -> "Optional[Verification]":
        """``result`` when it is a verification."""
        from ._results import Verification

        return self.result if isinstance(self.result, Verification) else None


def find_program() -> str:
    """Returns the path of the program that is installed with this package.

    ``PINPROOF_PROGRAM`` names another one. PATH is not searched: a program found there may be anybody's.

    Raises:
        ProgramNotFoundError: when no program is there.
    """
    name = "pinproof" + (".exe" if os.name == "nt" else "")
    given = os.environ.get("PINPROOF_PROGRAM")
    if given:
        if os.path.isfile(given):
            return given
        raise ProgramNotFoundError(f"PINPROOF_PROGRAM names {given}, which is not a file")
    here = os.path.dirname(os.path.abspath(__file__))
    candidates = [
        # pip and uv, into an environment.
        os.path.join(sysconfig.get_path("scripts"), name),
        # pip install --user.
        os.path.join(sysconfig.get_path("scripts", scheme=_user_scheme()), name),
        # pip install --target and --prefix: beside the package.
        os.path.join(os.path.dirname(here), "bin", name),
        os.path.join(os.path.dirname(here), "..", "..", "..", "bin", name),
    ]
    for candidate in candidates:
        if os.path.isfile(candidate):
            return os.path.abspath(candidate)
    raise ProgramNotFoundError("the program is not installed beside the package: " + ", ".join(candidates))


def _user_scheme() -> str:
    if sys.version_info >= (3, 10):
        return sysconfig.get_preferred_scheme("user")
    return "nt_user" if os.name == "nt" else "posix_user"


def version() -> str:
    """Returns the version of the program."""
    return run(["--version"]).output.strip()


class Output:
    """What a run of the program gave."""

    def __init__(self, status: int, output: str, messages: str) -> None:
        self.status = status
        self.output = output
        self.messages = messages

    def document(self) -> Optional[Dict[str, Any]]:
        """Returns standard output as a JSON object, or None when it is none."""
        try:
            document = json.loads(self.output)
        except ValueError:
            return None
        return document if isinstance(document, dict) else None


def run(arguments: Sequence[str]) -> Output:
    """Runs the program to its end and returns what it wrote.

    Raises:
        UsageError: for exit status 64.
        PinproofError: when it was ended by a signal or ended with a status that it does not have.
    """
    command: List[str] = [find_program(), *arguments]
    completed = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    messages = completed.stderr.decode("utf-8", "replace").strip()
    if completed.returncode == _USAGE:
        raise UsageError(messages)
    if completed.returncode not in (0, 1, _UNDECIDED):
        raise PinproofError(messages or f"the program ended with status {completed.returncode}")
    return Output(completed.returncode, completed.stdout.decode("utf-8", "replace"), messages)


def document(arguments: Sequence[str], schema: str) -> "tuple[Dict[str, Any], Output]":
    """Runs the program and returns the JSON document that it wrote, with the output.

    Raises:
        UndecidedError: for exit status 2 without a document.
        PinproofError: when there is no document of the schema.
    """
    output = run(arguments)
    found = output.document()
    if found is None:
        if output.status == _UNDECIDED:
            raise UndecidedError(output.messages or "the question could not be decided")
        raise PinproofError(output.messages or "the program wrote no JSON")
    name = str(found.get("schema"))
    if name.rpartition("/")[0] != schema.rpartition("/")[0]:
        raise PinproofError(f"the program wrote {name}, not {schema}")
    if name != schema:
        raise PinproofError(f"the program writes {name}, this package reads {schema}: install them together")
    return found, output
