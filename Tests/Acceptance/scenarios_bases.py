"""inspect on images of several bases, compared with the tools of each base."""

import json
import re
import shutil

from runner import check, run, scenario
from scenarios_conda import CondaShop
from scenarios_inspect import differences, environment, normal
from workshop import BASE_NAME

SPEC = """\
Name: {name}
Version: 1.2
Release: 3
{epoch}
Summary: A package of the acceptance tests
License: MIT
BuildArch: noarch
%description
A package of the acceptance tests.
%install
mkdir -p %{{buildroot}}/usr/bin %{{buildroot}}/etc
printf '#!/bin/sh\\n' > %{{buildroot}}/usr/bin/{name}
printf 'a=1\\n' > %{{buildroot}}/etc/{name}.conf
ln -s {name} %{{buildroot}}/usr/bin/{name}-link
%files
/usr/bin/{name}
/usr/bin/{name}-link
%config(noreplace) /etc/{name}.conf
"""


def image_of(shop, name, root):
    """Creates an image with one layer from a directory, with umoci."""
    layout = shop.work / f"{name}-layout"
    run("umoci", "init", "--layout", layout)
    run("umoci", "new", "--image", f"{layout}:app")
    run("umoci", "insert", "--image", f"{layout}:app", root, "/")
    return f"oci:{layout}:app"


def packages(shop, image, ecosystem):
    return [row for row in environment(shop, image)["packages"] if row["ecosystem"] == ecosystem]


@scenario
def inspect_agrees_with_rpm(shop):
    """inspect lists the packages that rpm -qa lists, from the database that rpm wrote, and finds their files intact"""
    folder = shop.work / "rpm"
    root = folder / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc/os-release").write_text("ID=fedora\nVERSION_ID=40\n")
    settings = ["--define", f"_topdir {folder}/build", "--define", "_db_backend sqlite"]
    for name, epoch in {"plain": "", "later": "Epoch: 2"}.items():
        spec = folder / f"{name}.spec"
        spec.write_text(SPEC.format(name=name, epoch=epoch))
        run("rpmbuild", "-bb", *settings, spec)
    database = ["rpm", "--root", root, "--dbpath", "/var/lib/rpm", *settings]
    run(*database, "--nodeps", "--install", *sorted((folder / "build/RPMS").rglob("*.rpm")))
    listed = run(*database, "-qa", "--qf", "%{NAME} %|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\n")
    true = {tuple(line.split()) for line in listed.splitlines()}
    rows = packages(shop, image_of(shop, "rpm", root), "rpm")
    said = {(row["name"], row["version"]) for row in rows}
    check(len(true) == 2 and said == true, differences(said, true))
    check(all(row["record"]["state"] == "intact" for row in rows), f"{[row['record'] for row in rows]}")


@scenario
def inspect_agrees_with_status_d(shop):
    """a tree as distroless images are, a file in status.d a package, cut out of Debian: what dpkg-query says of them"""
    base = shop.root[0]
    wanted = ["libc6", "zlib1g", "tzdata"]
    root = shop.work / "distroless"
    records = root / "var/lib/dpkg/status.d"
    records.mkdir(parents=True)
    (root / "etc").mkdir()
    shutil.copy(base / "usr/lib/os-release", root / "etc/os-release")
    query = ["dpkg-query", "--admindir", base / "var/lib/dpkg"]
    for name in wanted:
        (records / name).write_text(run(*query, "-s", name))
        info = base / "var/lib/dpkg/info"
        sums = next(path for path in [info / f"{name}.md5sums", info / f"{name}:amd64.md5sums"] if path.exists())
        shutil.copy(sums, records / f"{name}.md5sums")
        for line in sums.read_text().splitlines():
            path = line.split("  ", 1)[1]
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            if (base / path).exists():
                shutil.copy2(base / path, root / path)
    listed = run(*query, "-W", "-f", "${Package} ${Version}\\n", *wanted)
    true = {tuple(line.split()) for line in listed.splitlines()}
    rows = packages(shop, image_of(shop, "distroless", root), "apt")
    said = {(row["name"], row["version"]) for row in rows}
    check(len(true) == 3 and said == true, differences(said, true))
    check(all(row["record"]["state"] == "intact" for row in rows), f"{[row['record'] for row in rows]}")


@scenario
def inspect_agrees_with_conda_meta(shop):
    """a conda prefix that py-rattler installed, in an image: the packages, versions and hashes of conda-meta"""
    conda = CondaShop.of(shop)
    root = shop.work / "conda-root"
    (root / "opt").mkdir(parents=True)
    shutil.copytree(conda.prefix, root / "opt/conda", symlinks=True)
    true = set()
    for path in (conda.prefix / "conda-meta").glob("*.json"):
        record = json.loads(path.read_text())
        true.add((record["name"], record["version"], f"sha256:{record['sha256']}"))
    rows = packages(shop, image_of(shop, "conda", root), "conda")
    said = {(row["name"], row["version"], hash) for row in rows for hash in row["hashes"] if hash.startswith("sha256:")}
    check(true and said == true, differences(said, true))


@scenario
def inspect_agrees_with_pip_in_two_stages(shop):
    """a venv and a --target folder copied from a build stage: what pip list and pip inspect say inside of the image"""
    folder = shop.work / "stages"
    folder.mkdir()
    for path in shop.wheels.glob("*.whl"):
        if re.match(r"(joblib|threadpoolctl|cloudpickle)-", path.name):
            shutil.copy(path, folder)
    (folder / "Containerfile").write_text(
        f"FROM {BASE_NAME} AS build\n"
        "COPY *.whl /wheels/\n"
        "RUN python3 -m venv --without-pip /opt/venv"
        " && pip --python /opt/venv/bin/python install --no-index --no-deps /wheels/joblib*.whl /wheels/thread*.whl"
        " && pip install --no-index --no-deps --target /opt/app /wheels/cloudpickle*.whl\n"
        f"FROM {BASE_NAME}\n"
        "COPY --from=build /opt /opt\n"
    )
    shop.image  # its base is in buildah's storage then
    shop.buildah("bud", "--quiet", "--isolation", "chroot", "--pull-never", "--tag", "stages", folder)
    layout = shop.work / "stages-layout"
    shop.buildah("push", "--quiet", "stages", f"oci:{layout}:app")
    container = shop.buildah("from", "--pull-never", "stages").strip()

    def inside(*words):
        return shop.buildah("run", "--isolation", "chroot", container, "--", *words)

    try:
        true = set()
        found = inside("pip", "--python", "/opt/venv/bin/python", "inspect", "--local")
        for row in json.loads(found)["installed"]:
            true.add((normal(row["metadata"]["name"]), row["metadata"]["version"], "venv"))
        for row in json.loads(inside("pip", "list", "--path", "/opt/app", "--format", "json")):
            true.add((normal(row["name"]), row["version"], "app"))
        said = {
            (row["name"], row["version"], row["location"].split("/")[1])
            for row in packages(shop, f"oci:{layout}:app", "pypi")
            if row["location"].startswith("opt/")
        }
        check(len(true) == 3 and said == true, differences(said, true))
    finally:
        shop.buildah("rm", container)
        shop.buildah("rmi", "stages")
