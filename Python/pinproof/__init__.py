"""Pins machine-learning environments and proves that they stayed the same.

The functions run the ``pinproof`` program that is installed with this package and return its JSON as dataclasses:

    >>> import pinproof
    >>> verification = pinproof.verify("model/", "docker://registry.example/serving:1")
    >>> verification.verdict
    'match'

An exit status of 2 (the question could not be decided) raises :class:`UndecidedError`, one of 64 (wrong usage)
:class:`UsageError`: a caller that looks at no result never goes on with an unproved one.
"""

from __future__ import annotations

from ._commands import capture, check, diff, inspect, preflight, verify
from ._program import PinproofError, ProgramNotFoundError, UndecidedError, UsageError, find_program, version
from ._results import (
    Change,
    CheckedFile,
    CheckResult,
    CheckSummary,
    ContractChange,
    Difference,
    Environment,
    EnvironmentFact,
    Finding,
    Gap,
    Identity,
    ImageIdentity,
    Inspection,
    Package,
    PackageState,
    PackageVerdict,
    Preflight,
    PreflightAnswer,
    PreflightEvidence,
    PreflightModel,
    PreflightPrevious,
    PreflightSummary,
    Subject,
    Verification,
    VerificationSummary,
)

__all__ = [
    "Change",
    "CheckResult",
    "CheckSummary",
    "CheckedFile",
    "ContractChange",
    "Difference",
    "Environment",
    "EnvironmentFact",
    "Finding",
    "Gap",
    "Identity",
    "ImageIdentity",
    "Inspection",
    "Package",
    "PackageState",
    "PackageVerdict",
    "PinproofError",
    "Preflight",
    "PreflightAnswer",
    "PreflightEvidence",
    "PreflightModel",
    "PreflightPrevious",
    "PreflightSummary",
    "ProgramNotFoundError",
    "Subject",
    "UndecidedError",
    "UsageError",
    "Verification",
    "VerificationSummary",
    "capture",
    "check",
    "diff",
    "find_program",
    "inspect",
    "preflight",
    "verify",
    "version",
]
