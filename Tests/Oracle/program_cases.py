"""Finds the inputs below a directory and the command lines to run over them.

A case holds the words of a command line (relative to its corpus; `{work}` is a new empty directory), how its standard
output is compared (`json`, `exact`, `presence`), and the input that it is about.
"""

import os
import re

LOCK_NAME = re.compile(
    r"(?:.*requirements.*\.(?:txt|lock|in)|constraints.*\.txt|uv\.lock|poetry\.lock|pdm\.lock|pixi\.lock|renv\.lock"
    r"|Pipfile(?:\.lock)?|pylock.*\.toml|pyproject\.toml|pixi\.toml|(?:.*[.-])?conda-lock\.yml|environment.*\.ya?ml"
    r"|conda\.yaml|explicit.*\.txt|conda-.*\.lock)"
)
DOCKERFILE_NAME = re.compile(r"(?i)(?:.*[.-])?(?:dockerfile|containerfile)(?:[.-].*)?")
MODEL_NAME = re.compile(
    r".*\.(?:pkl|joblib|skops|keras|onnx|safetensors|pth?|mar|bentomodel|ubj|mlmodel)|.*(?:model|mlflow).*\.(?:tar\.gz|zip)"
)
MODEL_MARKS = {"MLmodel", "model-settings.json", "saved_model.pb", "model_index.json"}
IMAGE_NAME = re.compile(r".*\.(?:oci|docker)\.tar|.*image.*\.tar|two-manifests\.tar")
BASE = "docker.io/library/python:3.11-slim@sha256:" + "5" * 64
LARGEST_TEXT = 4 << 20


class Inputs:
    """What lies below a directory, by kind, as paths relative to it, sorted."""

    def __init__(self, root):
        self.dockerfiles, self.locks, self.models, self.images = [], [], [], []
        self.environments, self.wheels, self.trees = [], [], []
        self.root = root
        for parent, folders, names in os.walk(root):
            folders.sort()
            relative = os.path.relpath(parent, root)
            if "pyvenv.cfg" in names:
                self.environments.append(relative)
                folders.clear()
                continue
            if "oci-layout" in names or ("manifest.json" in names and "version" in names):
                self.images.append(relative)
                folders.clear()
                continue
            if MODEL_MARKS & set(names) and relative != ".":
                self.models.append(relative)
            if any(name.endswith((".whl", ".conda")) for name in names):
                self.wheels.append(relative)
            folders[:] = [name for name in folders if name not in (".git", "node_modules")]
            if relative != "." and relative.count(os.sep) < 1 and len(folders) + len(names) > 1:
                self.trees.append(relative)
            for name in sorted(names):
                self.sort_in(os.path.normpath(os.path.join(relative, name)), name)

    def sort_in(self, path, name):
        full = os.path.join(self.root, path)
        if not os.path.isfile(full) or os.path.islink(full):
            return
        if IMAGE_NAME.fullmatch(name):
            self.images.append(path)
        elif MODEL_NAME.fullmatch(name):
            self.models.append(path)
        elif os.path.getsize(full) <= LARGEST_TEXT:
            if LOCK_NAME.fullmatch(name):
                self.locks.append(path)
            elif DOCKERFILE_NAME.fullmatch(name) and not name.endswith((".dockerignore", ".swift", ".py", ".md")):
                self.dockerfiles.append(path)


def cases(corpus, root):
    """The cases of one corpus, always in the same order."""
    found = Inputs(root)
    made = []

    def add(kind, words, about):
        made.append({"corpus": corpus, "kind": kind, "words": [str(word) for word in words], "input": f"{corpus}/{about}"})

    target = ["--python", "3.11", "--platform", "linux/amd64"]
    for index, path in enumerate(found.dockerfiles):
        for strength in ("exact", "hashed"):
            add("json", ["check", "--require", strength, "--format", "json", path], path)
        add("exact", ["freeze", "--dockerfile", path, "--diff"], path)
        add("json", ["inspect", "--format", "json", path], path)
        if index % 10 == 0:
            for form in ("sarif", "gitlab"):
                add("json", ["check", "--format", form, path], path)
            for form in ("text", "github", "junit", "markdown"):
                add("presence", ["check", "--format", form, path], path)
    for index, path in enumerate(found.locks):
        add("json", ["check", "--require", "hashed", "--format", "json", path], path)
        add("json", ["inspect", "--format", "json", path], path)
        if os.path.basename(path) != "pyproject.toml" or index % 10 == 0:
            add("json", ["inspect", *target, "--all-extras", "--format", "json", path], path)
            add("presence", ["freeze", path, "--base", BASE, *target, "-o", "{work}/frozen"], path)
            other = found.locks[index - 1]
            add("json", ["diff", *target, "--format", "json", other, path], path)
        if index % 7 == 0:
            add("json", ["inspect", "--format", "cyclonedx", path], path)
            add("presence", ["inspect", path], path)
    images = found.images
    for index, path in enumerate(images):
        add("json", ["inspect", "--format", "json", *(["--files"] if index % 3 == 0 else []), path], path)
        add("json", ["inspect", "--format", "cyclonedx", path], path)
        add("exact", ["capture", path, "-o", "{work}/pylock.toml"], path)
        if index:
            add("json", ["diff", "--format", "json", images[index - 1], path], path)
            if index % 5 == 0:
                for form in ("html", "markdown", "text"):
                    add("presence", ["diff", "--format", form, images[index - 1], path], path)
    for index, path in enumerate(found.environments):
        add("json", ["inspect", "--format", "json", path], path)
        add("exact", ["capture", path, "-o", "{work}/pylock.toml"], path)
    for index, path in enumerate(found.models):
        add("json", ["inspect", "--format", "json", f"model:{path}"], path)
        add("json", ["check", "--format", "json", f"model:{path}"], path)
        add("presence", ["freeze", path, "--base", BASE, "-o", "{work}/frozen"], path)
    # Everything that may stand on the left of verify against everything that may stand on the right.
    served = found.environments + (images if len(images) <= 12 else images[::17])
    hashed = [path for path in found.locks if os.path.basename(path).startswith("requirements") and path.endswith("lock")]
    for left in found.models[:20] + hashed[:6]:
        for right in served:
            add("json", ["verify", "--format", "json", left, right], f"{left} {right}")
    for left in hashed[:6]:
        for right in served:
            for folder in found.wheels[:3]:
                words = ["verify", left, right, "--wheels", folder, "--evidence", "locked", "--strict"]
                add("json", [*words, "--format", "json"], f"{left} {right}")
                add("presence", words, f"{left} {right}")
            add("exact", ["capture", right, "--lock", left, "-o", "{work}/pylock.toml"], f"{left} {right}")
    for path in found.wheels:
        add("json", ["wheels", path], path)
    for path in found.trees:
        add("json", ["check", "--format", "json", path], path)
    add("presence", ["rules"], "rules")
    add("presence", ["rules", "--format", "markdown"], "rules")
    return made
