#!/bin/sh
# Locks this project anew with every tool, then takes the names of hosts out of what was written.
#
#   REGISTRY_SIMPLE=https://.../simple REGISTRY_FILES=https://... ./remake.sh [uv pylock compile tools poetry pdm pipenv conda pixi renv]
#
# Needs on the PATH what the README names. A tool that is missing is named and its lock stays as it is.
set -eu
cd "$(dirname "$0")"
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"; [ -z "${server:-}" ] || kill "$server"' EXIT
: "${REGISTRY_SIMPLE:?the simple index, https://.../simple}"
registry=${REGISTRY_FILES:?the host that serves the files of the registry, https://...}
chosen=${*:-uv pylock compile tools poetry pdm pipenv conda pixi renv}

wanted() {
    case " $chosen " in *" $1 "*) ;; *) return 1 ;; esac
    command -v "$2" >/dev/null || { echo "remake: $2 is missing, the lock of $1 stays as it is" >&2; return 1; }
}
fresh() {
    rm -rf "$work/$1"
    mkdir "$work/$1"
    for file in pyproject.toml requirements.in environment.yml environment-plot.yml; do
        sed -e "s#https://index.example/conda#http://127.0.0.1:8765#" -e "s#https://index.example#$registry#" "$here/$file" >"$work/$1/$file"
    done
    cd "$work/$1"
}
keep() {
    sed -e 's#http://127.0.0.1:8765#https://index.example/conda#g' \
        -e 's#https://[^/ "]*/simple/\{0,1\}#https://index.example/simple#g' \
        -e 's#https://\([^/ "]*\)/packages/#https://index.example/packages/#g' \
        -e '/"upload-time"/d' -e '/^prefix:/d' "$1" >"$here/$2"
}

# The Python that runs a tool.
python_of() { sed -n '1s/^#!//p' "$(command -v "$1")"; }

if wanted uv uv; then fresh uv; uv lock; keep uv.lock uv.lock; fi
if wanted pylock uv; then
    fresh pylock
    uv lock
    uv export --frozen --no-dev --format pylock.toml -o pylock.toml >/dev/null
    keep pylock.toml pylock.toml
fi
if wanted compile uv; then
    fresh compile
    uv pip compile --universal --python-version 3.11 --generate-hashes requirements.in -o requirements.txt >/dev/null
    keep requirements.txt requirements.txt
fi
if wanted tools pip-compile; then
    fresh tools
    pip-compile --quiet --strip-extras --no-emit-find-links --no-emit-index-url --generate-hashes requirements.in \
        -o requirements-pip-tools.txt
    keep requirements-pip-tools.txt requirements-pip-tools.txt
fi
if wanted poetry poetry; then
    # Poetry asks the default registry for JSON, which a mirror may not serve: name the simple index.
    fresh poetry
    printf '\n[[tool.poetry.source]]\nname = "index"\nurl = "%s"\npriority = "primary"\n' "$REGISTRY_SIMPLE" >>pyproject.toml
    poetry lock
    keep poetry.lock poetry.lock
    "$(python_of poetry)" "$here/content_hashes.py" poetry
fi
if wanted pdm pdm; then
    fresh pdm
    pdm lock -G :all
    keep pdm.lock pdm.lock
    "$(python_of pdm)" "$here/content_hashes.py" pdm
fi
if wanted pipenv pipenv; then
    fresh pipenv
    pipenv --python 3.11 install --skip-lock -r requirements.in
    pipenv lock
    keep Pipfile Pipfile
    keep Pipfile.lock Pipfile.lock
    "$(python_of pipenv)" "$here/content_hashes.py" pipenv
fi

# conda's tools work on a channel of stand-ins, made from uv.lock.
if wanted conda conda || wanted pixi python3; then
    python3 "$here/conda_channel.py" "$work/channel" 2>/dev/null
    python3 -m http.server 8765 --bind 127.0.0.1 --directory "$work/channel" >/dev/null 2>&1 &
    server=$!
    sleep 1
fi
if wanted conda conda; then
    export CONDA_SOLVER="${CONDA_SOLVER:-classic}" CONDA_ENVS_DIRS="$work/envs" CONDA_PKGS_DIRS="$work/pkgs"
    fresh conda
    conda create -y -q -n wine-classifier --override-channels --channel http://127.0.0.1:8765 \
        python==3.11.7 scikit-learn==1.5.2 numpy==1.26.4 pandas==2.2.3
    python3 -m pip -q install --no-deps --target "$work/envs/wine-classifier/lib/python3.11/site-packages" \
        "$(sed -n 's/.*humanize @ //p' environment.yml)"
    conda list -n wine-classifier --explicit --sha256 >explicit.txt
    keep explicit.txt explicit.txt
    conda env export -n wine-classifier --override-channels -c http://127.0.0.1:8765 >environment-export.yml
    keep environment-export.yml environment-export.yml
    if wanted conda conda-lock; then
        echo '{}' >names.json
        conda-lock lock --conda "$(command -v conda)" --pypi_to_conda_lookup_file "file://$PWD/names.json" \
            -f environment.yml -f environment-plot.yml -p linux-64 -p win-64 --lockfile conda-lock.yml
        keep conda-lock.yml conda-lock.yml
        conda-lock render -k explicit -p linux-64 conda-lock.yml
        keep conda-linux-64.lock conda-linux-64.lock
    fi
fi
if wanted pixi python3; then
    fresh pixi
    python3 "$here/pixi_lock.py" http://127.0.0.1:8765 "$(sed -n 's/.*humanize @ //p' environment.yml)" pixi.lock
    keep pixi.lock pixi.lock
fi

# The R packages of the report that the project's results go into; renv locks what is installed.
if wanted renv Rscript; then
    fresh renv
    Rscript -e 'options(repos = c(CRAN = "https://index.example/cran"), renv.lockfile.version = 1L)' \
        -e 'renv::snapshot(project = ".", library = .libPaths(), packages = c("jsonlite", "R6"), lockfile = "renv.lock", prompt = FALSE, force = TRUE)'
    keep renv.lock renv.lock
fi
