"""What the program's JSON documents hold, as dataclasses.

The keys are those of docs/json.md, spelled as Python spells names. More keys may be added to a document: each class keeps
the object that it was made of in ``raw``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional

JSON = Mapping[str, Any]


def _strings(value: Any) -> List[str]:
    return [str(item) for item in value or []]


@dataclass(frozen=True)
class Finding:
    """One thing wrong at one place."""

    rule: str
    severity: str
    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    help: Optional[str]
    ecosystem: Optional[str]
    subject: Optional[str]
    strength: Optional[str]
    #: ``verify``: the diff_id of the layer that brought it, and the step of the build that made the layer.
    layer: Optional[str]
    instruction: Optional[str]
    raw: JSON = field(repr=False, compare=False)

    @classmethod
    def _of(cls, value: JSON) -> "Finding":
        return cls(
            rule=value["rule"],
            severity=value["severity"],
            file=value["file"],
            line=value["line"],
            column=value["column"],
            end_line=value["endLine"],
            end_column=value["endColumn"],
            message=value["message"],
            help=value.get("help"),
            ecosystem=value.get("ecosystem"),
            subject=value.get("subject"),
            strength=value.get("strength"),
            layer=value.get("layer"),
            instruction=value.get("instruction"),
            raw=value,
        )


@dataclass(frozen=True)
class Gap:
    """Something that was met and could not be turned into a package."""

    reason: str
    file: Optional[str]
    line: Optional[int]
    raw: JSON = field(repr=False, compare=False)

    @classmethod
    def _of(cls, value: JSON) -> "Gap":
        return cls(value["reason"], value.get("file"), value.get("line"), raw=value)


@dataclass(frozen=True)
class CheckedFile:
    """A file that was read."""

    path: str
    kind: str


@dataclass(frozen=True)
class CheckSummary:
    """The counts of a check."""

    files: int
    errors: int
    warnings: int
    notes: int
    suppressed: int


@dataclass(frozen=True)
class CheckResult:
    """What ``check`` found. ``passed`` is whether the exit status was 0."""

    require: str
    findings: List[Finding]
    files: List[CheckedFile]
    summary: CheckSummary
    passed: bool
    raw: JSON = field(repr=False, compare=False)

    @classmethod
    def _of(cls, value: JSON, passed: bool) -> "CheckResult":
        summary = value["summary"]
        return cls(
            require=value["require"],
            findings=[Finding._of(item) for item in value["findings"]],
            files=[CheckedFile(item["path"], item["kind"]) for item in value["files"]],
            summary=CheckSummary(
                summary["files"], summary["errors"], summary["warnings"], summary["notes"], summary["suppressed"]
            ),
            passed=passed,
            raw=value,
        )


@dataclass(frozen=True)
class ImageIdentity:
    """The identities of an image."""

    manifest: Optional[str]
    config: Optional[str]
    diff_ids: List[str]

    @classmethod
    def _of(cls, value: JSON) -> "ImageIdentity":
        return cls(value.get("manifest"), value.get("config"), _strings(value.get("diffIds")))


@dataclass(frozen=True)
class Identity:
    """What was compared, and the identities of both sides."""

    compared: str
    model: Optional[str]
    image: Optional[ImageIdentity]

    @classmethod
    def _of(cls, value: JSON) -> "Identity":
        image = value.get("image")
        return cls(value["compared"], value.get("model"), None if image is None else ImageIdentity._of(image))


@dataclass(frozen=True)
class PackageState:
    """One side of a package in a comparison."""

    version: Optional[str]
    hashes: List[str]
    content_digest: Optional[str]
    raw: JSON = field(repr=False, compare=False)

    @classmethod
    def _of(cls, value: Optional[JSON]) -> "Optional[PackageState]":
        if value is None:
            return None
        return cls(value.get("version"), _strings(value.get("hashes")), value.get("contentDigest"), raw=value)


@dataclass(frozen=True)
class PackageVerdict:
    """What ``verify`` says of one package. ``counts`` is whether it has a part in the verdict.

    ``layer`` is the diff_id of the layer that brought the difference, or else the package; ``instruction`` the step of the
    build that made the layer.
    """

    ecosystem: str
    name: str
    training: Optional[PackageState]
    serving: Optional[PackageState]
    evidence: Optional[str]
    verdict: str
    reasons: List[str]
    needed: bool
    counts: bool
    help: Optional[str]
    layer: Optional[str]
    instruction: Optional[str]
    raw: JSON = field(repr=False, compare=False)

    @classmethod
    def _of(cls, value: JSON) -> "PackageVerdict":
        return cls(
            ecosystem=value["ecosystem"],
            name=value["name"],
            training=PackageState._of(value.get("training")),
            serving=PackageState._of(value.get("serving")),
            evidence=value.get("evidence"),
            verdict=value["verdict"],
            reasons=_strings(value.get("reasons")),
            needed=value["needed"],
            counts=value["counts"],
            help=value.get("help"),
            layer=value.get("layer"),
            instruction=value.get("instruction"),
            raw=value,
        )


@dataclass(frozen=True)
class EnvironmentFact:
    """What ``verify`` says of the interpreter, the platform or the C library."""

    name: str
    training: str
    serving: Optional[str]
    verdict: str
    reasons: List[str]
    counts: bool
    help: Optional[str]
    raw: JSON = field(repr=False, compare=False)

    @classmethod
    def _of(cls, value: JSON) -> "EnvironmentFact":
        return cls(
            name=value["name"],
            training=value["training"],
            serving=value.get("serving"),
            verdict=value["verdict"],
            reasons=_strings(value.get("reasons")),
            counts=value["counts"],
            help=value.get("help"),
            raw=value,
        )


@dataclass(frozen=True)
class VerificationSummary:
    """The counts of a verification; ``by_evidence`` counts packages that match."""

    match: int
    mismatch: int
    not_provable: int
    unnamed: int
    by_evidence: Dict[str, int]
    raw: JSON = field(repr=False, compare=False)


@dataclass(frozen=True)
class Verification:
    """What ``verify`` found: the verdict is ``match``, ``mismatch`` or ``not-provable``.

    ``passed`` is whether the exit status was 0: a match without findings that fail it.
    """

    verdict: str
    required: str
    scope: str
    identity: Identity
    packages: List[PackageVerdict]
    environment: List[EnvironmentFact]
    findings: List[Finding]
    summary: VerificationSummary
    passed: bool
    raw: JSON = field(repr=False, compare=False)

    @classmethod
    def _of(cls, value: JSON, passed: bool) -> "Verification":
        summary = value["summary"]
        return cls(
            verdict=value["verdict"],
            required=value["required"],
            scope=value["scope"],
            identity=Identity._of(value["identity"]),
            packages=[PackageVerdict._of(item) for item in value["packages"]],
            environment=[EnvironmentFact._of(item) for item in value["environment"]],
            findings=[Finding._of(item) for item in value["findings"]],
            summary=VerificationSummary(
                summary["match"],
                summary["mismatch"],
                summary["notProvable"],
                summary["unnamed"],
                dict(summary["byEvidence"]),
                raw=summary,
            ),
            passed=passed,
            raw=value,
        )


@dataclass(frozen=True)
class Change:
    """One package that differs between two subjects: ``added``, ``removed``, ``changed`` or ``rebuilt``."""

    ecosystem: str
    name: Optional[str]
    kind: str
    left: Optional[PackageState]
    right: Optional[PackageState]
    basis: Optional[str]
    raw: JSON = field(repr=False, compare=False)

    @classmethod
    def _of(cls, value: JSON) -> "Change":
        return cls(
            ecosystem=value["ecosystem"],
            name=value.get("name"),
            kind=value["kind"],
            left=PackageState._of(value.get("left")),
            right=PackageState._of(value.get("right")),
            basis=value.get("basis"),
            raw=value,
        )


@dataclass(frozen=True)
class Difference:
    """What ``diff`` found. ``same`` is whether the exit status was 0."""

    left: str
    right: str
    changes: List[Change]
    summary: Dict[str, Any]
    same: bool
    raw: JSON = field(repr=False, compare=False)

    @classmethod
    def _of(cls, value: JSON, same: bool) -> "Difference":
        return cls(
            left=value["left"],
            right=value["right"],
            changes=[Change._of(item) for item in value["changes"]],
            summary=dict(value["summary"]),
            same=same,
            raw=value,
        )


@dataclass(frozen=True)
class Subject:
    """What a path or reference turned out to be."""

    kind: str
    format: str
    name: str
    identity: Any

    @classmethod
    def _of(cls, value: JSON) -> "Subject":
        return cls(value["kind"], value["format"], value["name"], value.get("identity"))


@dataclass(frozen=True)
class Package:
    """One package of an environment."""

    ecosystem: str
    name: Optional[str]
    version: Optional[str]
    purl: Optional[str]
    hashes: List[str]
    content_digest: Optional[str]
    location: Optional[str]
    raw: JSON = field(repr=False, compare=False)

    @classmethod
    def _of(cls, value: JSON) -> "Package":
        return cls(
            ecosystem=value["ecosystem"],
            name=value.get("name"),
            version=value.get("version"),
            purl=value.get("purl"),
            hashes=_strings(value.get("hashes")),
            content_digest=value.get("contentDigest"),
            location=value.get("location"),
            raw=value,
        )


@dataclass(frozen=True)
class Environment:
    """What a subject says is installed, or should be; ``gaps`` is what it names and nobody could read."""

    python: Optional[str]
    platform: Optional[JSON]
    packages: List[Package]
    gaps: List[Gap]
    raw: JSON = field(repr=False, compare=False)

    @classmethod
    def _of(cls, value: JSON) -> "Environment":
        python = value.get("python")
        return cls(
            python=None if python is None else python.get("version"),
            platform=value.get("platform"),
            packages=[Package._of(item) for item in value["packages"]],
            gaps=[Gap._of(item) for item in value.get("gaps") or []],
            raw=value,
        )


@dataclass(frozen=True)
class Inspection:
    """What ``inspect`` understood; ``environment`` is None for a Dockerfile."""

    subject: Subject
    environment: Optional[Environment]
    raw: JSON = field(repr=False, compare=False)

    @classmethod
    def _of(cls, value: JSON) -> "Inspection":
        environment = value.get("environment")
        return cls(
            subject=Subject._of(value["subject"]),
            environment=None if environment is None else Environment._of(environment),
            raw=value,
        )


@dataclass(frozen=True)
class PreflightEvidence:
    """Something that answers a question, and where it stands."""

    kind: str
    value: str
    strength: str
    file: Optional[str]
    line: Optional[int]
    raw: JSON = field(repr=False, compare=False)

    @classmethod
    def _of(cls, value: JSON) -> "PreflightEvidence":
        return cls(value["kind"], value["value"], value["strength"], value.get("file"), value.get("line"), raw=value)


@dataclass(frozen=True)
class PreflightAnswer:
    """The answer to one question: ``answered``, ``not-answered`` or ``wrong``. ``findings`` are names of rules."""

    question: str
    answer: str
    evidence: List[PreflightEvidence]
    findings: List[str]
    raw: JSON = field(repr=False, compare=False)

    @classmethod
    def _of(cls, value: JSON) -> "PreflightAnswer":
        return cls(
            question=value["question"],
            answer=value["answer"],
            evidence=[PreflightEvidence._of(item) for item in value["evidence"]],
            findings=_strings(value.get("findings")),
            raw=value,
        )


@dataclass(frozen=True)
class PreflightModel:
    """A model with its digests."""

    format: str
    name: str
    tree_digest: str
    payload_digest: str

    @classmethod
    def _of(cls, value: Optional[JSON]) -> "Optional[PreflightModel]":
        if value is None:
            return None
        return cls(value["format"], value["name"], value["treeDigest"], value["payloadDigest"])


@dataclass(frozen=True)
class PreflightPrevious:
    """What a rollback returns to, and what ``verify`` says of the two."""

    model: Optional[PreflightModel]
    image: Optional[str]
    verdict: Optional[str]

    @classmethod
    def _of(cls, value: Optional[JSON]) -> "Optional[PreflightPrevious]":
        if value is None:
            return None
        return cls(PreflightModel._of(value.get("model")), value.get("image"), value.get("verdict"))


@dataclass(frozen=True)
class ContractChange:
    """What differs between the inputs and outputs of two models."""

    column: Optional[str]
    kind: str
    previous: Optional[str]
    now: Optional[str]
    breaks_callers: bool
    breaks_rollback: bool

    @classmethod
    def _of(cls, value: JSON) -> "ContractChange":
        return cls(
            value.get("column"),
            value["kind"],
            value.get("previous"),
            value.get("now"),
            value["breaksCallers"],
            value["breaksRollback"],
        )


@dataclass(frozen=True)
class PreflightSummary:
    """The counts of the answers and of the findings."""

    answered: int
    not_answered: int
    wrong: int
    errors: int
    warnings: int
    notes: int


@dataclass(frozen=True)
class Preflight:
    """The five answers: the verdict is ``ready``, ``not-ready`` or ``not-provable``.

    ``contract`` is what the model takes and gives, as ``pinproof inspect --contract`` writes it; None where it is not known.
    ``passed`` is whether the exit status was 0.
    """

    verdict: str
    required: List[str]
    model: PreflightModel
    image: Optional[ImageIdentity]
    previous: Optional[PreflightPrevious]
    questions: List[PreflightAnswer]
    contract: Optional[JSON]
    changes: List[ContractChange]
    probes: Dict[str, int]
    requests: Optional[JSON]
    verification: Verification
    findings: List[Finding]
    summary: PreflightSummary
    passed: bool
    raw: JSON = field(repr=False, compare=False)

    def answer(self, question: str) -> str:
        """Returns the answer to a question: ``preflight.answer("rollback")``."""
        return next(item.answer for item in self.questions if item.question == question)

    @classmethod
    def _of(cls, value: JSON, passed: bool) -> "Preflight":
        model = PreflightModel._of(value["model"])
        assert model is not None
        image = value["image"].get("identity")
        summary = value["summary"]
        return cls(
            verdict=value["verdict"],
            required=_strings(value["required"]),
            model=model,
            image=None if image is None else ImageIdentity._of(image),
            previous=PreflightPrevious._of(value.get("previous")),
            questions=[PreflightAnswer._of(item) for item in value["questions"]],
            contract=value.get("contract"),
            changes=[ContractChange._of(item) for item in value["changes"]],
            probes=dict(value["probes"]),
            requests=value.get("requests"),
            verification=Verification._of(value["verification"], value["verification"]["verdict"] == "match"),
            findings=[Finding._of(item) for item in value["findings"]],
            summary=PreflightSummary(
                summary["answered"],
                summary["notAnswered"],
                summary["wrong"],
                summary["errors"],
                summary["warnings"],
                summary["notes"],
            ),
            passed=passed,
            raw=value,
        )
