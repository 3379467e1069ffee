#!/bin/sh
# Locks this project anew with every tool, then takes the registry's name out of what was written.
# Needs on the PATH: uv, poetry, pdm, pipenv, pip-compile (pip-tools), conda-lock with a solver for the conda files, and a
# registry that these tools are configured for. Each tool that is missing is named and left out.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: "${REGISTRY_SIMPLE:?the simple index, https://.../simple}"
registry=${REGISTRY_FILES:?the host that serves the files of the registry, https://...}

have() { command -v "$1" >/dev/null || { echo "remake: $1 is missing, its lock stays as it is" >&2; return 1; }; }
fresh() {
    rm -rf "$work/$1"
    mkdir "$work/$1"
    sed "s#https://index.example#$registry#" pyproject.toml >"$work/$1/pyproject.toml"
    sed "s#https://index.example#$registry#" requirements.in >"$work/$1/requirements.in"
    cd "$work/$1"
}
keep() {
    sed -e 's#https://[^/ "]*/simple/\{0,1\}#https://index.example/simple#g' -e 's#https://\([^/ "]*\)/packages/#https://index.example/packages/#g' \
        -e '/"upload-time"/d' "$1" >"$here/$2"
    cd "$here"
}
here=$PWD

have uv && (fresh uv && uv lock && keep uv.lock uv.lock)
have uv && (fresh pylock && uv lock && uv export --frozen --no-dev --format pylock.toml -o pylock.toml >/dev/null && keep pylock.toml pylock.toml)
have uv && (fresh compile && uv pip compile --universal --python-version 3.11 --generate-hashes requirements.in -o requirements.txt >/dev/null && keep requirements.txt requirements.txt)
have pip-compile && (fresh tools && pip-compile --quiet --strip-extras --no-emit-find-links --no-emit-index-url --generate-hashes requirements.in -o requirements-pip-tools.txt && keep requirements-pip-tools.txt requirements-pip-tools.txt)
# Poetry asks the default registry for JSON, which a mirror may not serve: name the simple index.
have poetry && (
    fresh poetry
    printf '\n[[tool.poetry.source]]\nname = "index"\nurl = "%s"\npriority = "primary"\n' "$REGISTRY_SIMPLE" >>pyproject.toml
    poetry lock && keep poetry.lock poetry.lock
)
have pdm && (fresh pdm && pdm lock -G :all && keep pdm.lock pdm.lock)
have pipenv && (fresh pipenv && pipenv --python 3.11 install --skip-lock -r requirements.in && pipenv lock && keep Pipfile Pipfile && cd "$work/pipenv" && keep Pipfile.lock Pipfile.lock)
