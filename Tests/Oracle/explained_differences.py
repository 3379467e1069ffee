"""Differences that are meant, each with its reason: the first entry whose expressions all match explains one.

`command` is searched for in the command line, `path` in the path of keys, `before` and `after` in the two values.
The differences are those between the last program with the old name and today's.
"""

EXPLAINED = [
    # What follows from other differences.
    {"path": r"^output/summary/", "reason": "the counts follow from the findings"},
    {"path": r"/ruleIndex$", "reason": "rules were added, so that the places in SARIF's list of rules move"},
    {"path": r"/tool/driver/rules/\[\+\]$", "reason": "SARIF lists the rules that were added"},
    # check: files that are followed.
    {
        "command": r"^check ", "path": r"^output/files", "after": r'"kind": "(shell|python|requirements|dockerfile|github|compose|manifest)',
        "reason": "scripts and manifests that are read are listed",
    },
    {
        "command": r"^check ", "path": r"^output/files/\[order\]$",
        "reason": "files that are followed are listed after the one that names them",
    },
    {
        "command": r"^check ", "path": r"^output/(findings|runs/\[\]/results)/\[\+\]$", "after": r'\.(sh|bash|txt|ya?ml|toml|py|in)[:"]',
        "reason": "the build context is found (issue 20), so that scripts, requirements and manifests are read",
    },
    {
        "command": r"^check ", "path": r"^output/findings/\[-\]$", "before": r"is not checked: the build context",
        "reason": "the build context is found, and holds the file",
    },
    {
        "command": r"^check ", "path": r"^status$", "before": r"^0$", "after": r"^1: ",
        "reason": "the new findings of scripts in the build context are errors",
    },
    {
        "command": r"^check ", "path": r"/findings/\[\+\]$", "after": r'"rule": "unread-command"',
        "reason": "a command that is not read is a finding (house 2)",
    },
    {
        "command": r"^check ", "path": r"/findings/\[-\]$", "before": r'"rule": "extra-index"',
        "reason": "an index that the project declares as its own, or explicit, is not a second one",
    },
    {
        "command": r"^check .*04-pip-environment-variables|^check .*dynamic-deps|^check .*constraints/dc2", "path": r"^status$",
        "reason": "a false alarm of /cases/check and /cases/locks is gone",
    },
    {
        "command": r"^check .*model:", "path": r"/findings/\[-\]$", "before": r'"rule": "missing-interpreter"',
        "reason": "the code objects of a pickle tell the version of Python",
    },
    # verify: verdicts that issue 16 asks for.
    {
        "command": r"^verify ", "path": r"^output/findings/\[\]/(severity|help)$",
        "reason": "what may change the loaded code is a warning, and what does an error (issue 16)",
    },
    {
        "command": r"^verify ", "path": r"^output/findings/\[\+\]$", "after": r'"rule": "unread-start"',
        "reason": "an image without an entry point says so (house 2)",
    },
    {
        "command": r"^verify ", "path": r"^output/findings/\[-\]$", "before": r"other-package-around",
        "reason": "the rule is named unneeded-package-differs (house 8)",
    },
    {
        "command": r"^verify ", "path": r"^output/findings/\[\+\]$", "after": r"unneeded-package-differs",
        "reason": "the rule was named other-package-around (house 8)",
    },
    # Archives that programs read differently.
    {
        "path": r"^status$", "after": r"^2: .*programs? (that )?read(s)? tar archives? (differently|disagree)|^2: .*programs that",
        "reason": "a tar archive that programs read differently is refused (issue 18)",
    },
    {
        "command": r"safetensors", "path": r"^status$", "after": r"^2: .*damaged: the tensor",
        "reason": "a tensor whose shape overflows is refused (issue 18)",
    },
    {
        "command": r"two-manifests", "after": r"^2: |^pinproof: .*is there twice|^$",
        "reason": "an archive with two different members of one name is refused (issue 18)",
    },
    # freeze.
    {
        "command": r"^freeze ", "path": r"/Dockerfile$", "after": r"dev\.pinproof\.|Made by Pinproof",
        "reason": "labels are named dev.pinproof",
    },
    {
        "command": r"^freeze --dockerfile ", "path": r"^status$",
        "reason": "what check finds is pinned or named as left; check finds more, and ADD's checksum pins git",
    },
    # Locks.
    {
        "command": r"pixi\.lock", "path": r"/packages/\[[-+]\]$",
        "reason": "the digest that pixi has of a local project is read",
    },
    {
        "command": r"conda-epoch", "path": r"/version$",
        "reason": "a conda version with an epoch is exact",
    },
    {
        "command": r"04-|15-add-git-checksum", "path": r"^status$",
        "reason": "a false alarm of /cases/check is gone: ADD's checksum pins git",
    },
    {
        "command": r"requirements\.txt$", "path": r"^output/components/\[[-+]\]$", "before": r"pkg:pypi|not there",
        "reason": "a constraint that pins a requirement is its version",
    },
    {
        "command": r"conda\.yaml$", "path": r"/findings/\[-\]$", "before": r"=3\.11\.7 is a range|pip floats",
        "reason": "=X.Y.Z of conda is read as conda does, and pip without a version follows its Python",
    },
    {
        "command": r"argbomb", "path": r"/(base|reference)$", "after": r"^\$\{A28\}$",
        "reason": "a variable that grows beyond the limit is not expanded",
    },
    {
        "command": r"latin1-hardlink", "path": r"^status$", "before": r"^2$", "after": r"^0: ",
        "reason": "paths that are not UTF-8 are compared as bytes (issue 18)",
    },
    {
        "path": r"^status$", "after": r"^2: .*damaged: ('GNU\.sparse'|an empty GNU long name|a GNU long name together)",
        "reason": "a tar archive that programs read differently is refused (issue 18)",
    },
    {
        "command": r"^verify .*tar-l-name", "path": r"^(output|errors)$",
        "reason": "a tar archive that programs read differently is refused (issue 18)",
    },
    {
        "command": r"pickle-escape", "path": r"/needs/\[-\]$|/findings/\[\+\]$",
        "reason": "escapes in the names of a pickle's globals are read",
    },
]
