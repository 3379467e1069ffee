"""One function a command: values in, dataclasses out."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from typing import Iterable, List, Optional, Sequence, Union

from . import _program
from ._program import Output, PathLike, UndecidedError
from ._results import CheckResult, Difference, Inspection, Preflight, Verification


def _paths(paths: Union[PathLike, Iterable[PathLike]]) -> List[str]:
    if isinstance(paths, (str, os.PathLike)):
        return [os.fspath(paths)]
    return [os.fspath(path) for path in paths]


def _option(name: str, value: Optional[object]) -> List[str]:
    """Returns an option with its value in one word, so that a value that begins with ``-`` is none of its own."""
    return [] if value is None else [f"{name}={os.fspath(value) if isinstance(value, os.PathLike) else value}"]


def _options(name: str, values: Sequence[object]) -> List[str]:
    return [word for value in values for word in _option(name, value)]


def _target(python: Optional[str], platform: Optional[str], libc: Optional[str], extras: Sequence[str], groups: Sequence[str]) -> List[str]:
    return [
        *_option("--python", python),
        *_option("--platform", platform),
        *_option("--libc", libc),
        *_options("--extra", extras),
        *_options("--group", groups),
    ]


def _undecided(output: Output, result: object) -> UndecidedError:
    return UndecidedError(output.messages or "the question could not be decided", result)


def check(
    paths: Union[PathLike, Iterable[PathLike]] = ".",
    *,
    require: Optional[str] = None,
    fail_on: Optional[str] = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    baseline: Optional[PathLike] = None,
    context: Optional[PathLike] = None,
    options: Sequence[str] = (),
) -> CheckResult:
    """Finds what is not pinned in files, directories and models.

    Args:
        paths: one path, or several.
        require: ``exact`` or ``hashed``, the lowest pin strength that passes; None for that of ``pinproof.toml``.
        fail_on: ``error``, ``warning``, ``note`` or ``never``.
        select: only these rules.
        ignore: all rules but these.
        baseline: a file of findings to leave out.
        context: the build context of the Dockerfiles.
        options: further options of the program, as they are written on its command line.

    Raises:
        UndecidedError: when a file could not be read; ``result`` has the findings of the others.
        UsageError: for an unknown rule or a wrong value.
    """
    arguments = ["check", "--format=json", *_option("--require", require), *_option("--fail-on", fail_on)]
    arguments += _options("--select", select) + _options("--ignore", ignore)
    arguments += _option("--baseline", baseline) + _option("--context", context)
    value, output = _program.document([*arguments, *options, "--", *_paths(paths)], "pinproof/check/1")
    result = CheckResult._of(value, output.status == 0)
    if output.status == 2:
        raise _undecided(output, result)
    return result


def verify(
    model: PathLike,
    image: PathLike,
    *,
    lock: Optional[PathLike] = None,
    wheels: Sequence[PathLike] = (),
    evidence: Optional[str] = None,
    strict: bool = False,
    model_path: Optional[str] = None,
    key: Optional[PathLike] = None,
    platform: Optional[str] = None,
    options: Sequence[str] = (),
) -> Verification:
    """Compares the training environment of a model with a serving image, hash by hash.

    Args:
        model: a model, or in its place a lock or a capture.
        image: an image, or in its place an installed environment.
        lock: the lock that the model was trained with, when the model has none.
        wheels: directories of wheels, or maps that ``pinproof wheels`` wrote.
        evidence: ``locked``, ``trained``, ``claimed``, ``intact`` or ``named``: what is required of every package.
        strict: whether everything counts, and no warning is left.
        model_path: where the image has the model.
        key: a public key, PEM, that verifies the signature of the model.
        platform: the platform of an image that has several, ``linux/amd64``.
        options: further options of the program, as they are written on its command line.

    Raises:
        UndecidedError: when the verdict is ``not-provable``, or when something could not be read.
        UsageError: for a wrong value.
    """
    arguments = ["verify", "--format=json", *_option("--lock", lock), *_options("--wheels", wheels)]
    arguments += _option("--evidence", evidence) + _option("--model-path", model_path) + _option("--key", key)
    arguments += _option("--platform", platform) + (["--strict"] if strict else [])
    words = [*arguments, *options, "--", os.fspath(model), os.fspath(image)]
    value, output = _program.document(words, "pinproof/verify/1")
    result = Verification._of(value, output.status == 0)
    if output.status == 2:
        raise _undecided(output, result)
    return result


def preflight(
    model: PathLike,
    image: PathLike,
    *,
    previous: Optional[PathLike] = None,
    previous_image: Optional[PathLike] = None,
    deploy: Sequence[PathLike] = (),
    declaration: Optional[PathLike] = None,
    requests: Optional[PathLike] = None,
    require: Sequence[str] = (),
    lock: Optional[PathLike] = None,
    wheels: Sequence[PathLike] = (),
    evidence: Optional[str] = None,
    fail_on: Optional[str] = None,
    options: Sequence[str] = (),
) -> Preflight:
    """Answers five questions about a model before it is deployed, from files alone.

    Args:
        model: the model.
        image: the image that serves it, or in its place an installed environment.
        previous: the previous model, to which a rollback returns.
        previous_image: the image that serves it; None for ``image``.
        deploy: files and directories of the deployment.
        declaration: the declaration; None for ``preflight.toml`` in the model or beside it.
        requests: a file of requests that callers send.
        require: the questions that decide, of ``input``, ``rollback``, ``monitoring``, ``environment`` and ``ownership``; none
            for all of them.
        lock: the lock that the model was trained with, when the model has none.
        wheels: directories of wheels, or maps that ``pinproof wheels`` wrote.
        evidence: ``locked``, ``trained``, ``claimed``, ``intact`` or ``named``: what is required of every package.
        fail_on: ``error``, ``warning``, ``note`` or ``never``.
        options: further options of the program, as they are written on its command line.

    Raises:
        UndecidedError: when something could not be read or proved; ``result`` has the answers where there are some.
        UsageError: for a wrong value.
    """
    arguments = ["preflight", "--format=json", *_option("--previous", previous), *_option("--previous-image", previous_image)]
    arguments += _options("--deploy", deploy) + _option("--declaration", declaration) + _option("--requests", requests)
    arguments += _option("--require", ",".join(require) if require else None) + _option("--lock", lock)
    arguments += _options("--wheels", wheels) + _option("--evidence", evidence) + _option("--fail-on", fail_on)
    words = [*arguments, *options, "--", os.fspath(model), os.fspath(image)]
    value, output = _program.document(words, "pinproof/preflight/1")
    result = Preflight._of(value, output.status == 0)
    if output.status == 2:
        raise _undecided(output, result)
    return result


def diff(
    left: PathLike,
    right: PathLike,
    *,
    packages_only: bool = False,
    python: Optional[str] = None,
    platform: Optional[str] = None,
    libc: Optional[str] = None,
    extras: Sequence[str] = (),
    groups: Sequence[str] = (),
    options: Sequence[str] = (),
) -> Difference:
    """Compares the environments of any two subjects.

    Raises:
        UndecidedError: when a subject could not be read whole.
        UsageError: for a wrong value.
    """
    arguments = ["diff", "--format=json", *_target(python, platform, libc, extras, groups)]
    arguments += ["--packages-only"] if packages_only else []
    words = [*arguments, *options, "--", os.fspath(left), os.fspath(right)]
    value, output = _program.document(words, "pinproof/diff/1")
    result = Difference._of(value, output.status == 0)
    if output.status == 2:
        raise _undecided(output, result)
    return result


def inspect(
    subject: PathLike,
    *,
    python: Optional[str] = None,
    platform: Optional[str] = None,
    libc: Optional[str] = None,
    extras: Sequence[str] = (),
    groups: Sequence[str] = (),
    options: Sequence[str] = (),
) -> Inspection:
    """Returns what Pinproof understands of a lock, model, image, installed environment, capture or Dockerfile.

    Raises:
        UndecidedError: when the subject could not be read whole.
        UsageError: for a wrong value.
    """
    arguments = ["inspect", "--format=json", *_target(python, platform, libc, extras, groups)]
    words = [*arguments, *options, "--", os.fspath(subject)]
    value, output = _program.document(words, "pinproof/inspect/1")
    result = Inspection._of(value)
    if output.status == 2:
        raise _undecided(output, result)
    return result


def capture(
    environment: Optional[PathLike] = None,
    *,
    lock: Optional[PathLike] = None,
    reports: Sequence[PathLike] = (),
    into: Optional[PathLike] = None,
    output: Optional[PathLike] = None,
    options: Sequence[str] = (),
) -> str:
    """Records an installed environment as the text of a ``pylock.toml`` with content digests (PEP 751).

    Args:
        environment: a venv, a conda prefix or an image; None for the environment that runs this function.
        lock: the lock that it was installed from.
        reports: what ``pip install --report`` wrote.
        into: a model to put the capture into.
        output: a file to write it to besides.
        options: further options of the program, as they are written on its command line.

    Returns:
        The text.

    Raises:
        UndecidedError: when the environment could not be read completely.
        UsageError: for a wrong value.
    """
    subject = sys.prefix if environment is None else os.fspath(environment)
    arguments = ["capture", *_option("--lock", lock), *_options("--report", reports), *_option("--into", into)]
    with tempfile.TemporaryDirectory(prefix="pinproof-") as directory:
        # One run gives both: what is returned is what was put into the model.
        file = os.path.join(directory, "pylock.toml")
        written = _program.run([*arguments, *options, f"--output={file}", "--", subject])
        if written.status != 0:
            raise UndecidedError(written.messages or "the environment could not be captured")
        with open(file, encoding="utf-8", newline="") as stream:
            text = stream.read()
        if output is not None:
            shutil.copyfile(file, output)
    return text
