"""Scenarios of the layer cache and of fleets: results do not change, shards agree, kills leave nothing, recipes run."""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

from runner import Skipped, check, check_status, run, scenario

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DEMO = REPOSITORY / "docs/demo"
RECIPES = REPOSITORY / "docs/fleet"
IMAGES = ["churn-image", "churn-image-careless", "churn-image-changed", "base"]


def fresh(shop, name):
    folder = shop.work / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def fleet(folder, images=None):
    """A list of the demo's model with its images, and its plan."""
    pairs = [
        {"model": str(DEMO / "churn-model.tar.gz"), "image": str(image), "name": f"pair-{number}"}
        for number, image in enumerate(images or [DEMO / f"{name}.oci.tar" for name in IMAGES])
    ]
    (folder / "fleet.jsonl").write_text("".join(json.dumps(pair) + "\n" for pair in pairs))
    return folder / "fleet.jsonl"


@scenario
def a_cache_changes_no_result(shop):
    """fleet: with a cache, cold and warm, verify, inspect and diff print the same bytes"""
    folder = fresh(shop, "cache-equal")
    images = [DEMO / f"{name}.oci.tar" for name in IMAGES]
    images += [path for path in sorted(shop.work.glob("*.tar")) if path.stat().st_size < 1 << 30][:20]
    for image in images:
        for words in (["verify", DEMO / "churn-model.tar.gz", image], ["inspect", image, "--files"], ["diff", images[0], image]):
            words = [*words, "--format", "json"]
            plain = shop.pinproof(*words)
            for _ in range(2):
                cached = shop.pinproof(*words, "--cache", folder / "cache")
                check(cached.output == plain.output, f"{words}: the cache changed the result")
                check(cached.status == plain.status, f"{words}: the cache changed the exit status")


@scenario
def shards_and_kills_give_one_report(shop):
    """fleet: any number of shards, and runs that were killed, give the same report and no half file"""
    folder = fresh(shop, "fleet-kills")
    cache = folder / "cache"
    plan = folder / "plan.jsonl"
    check_status(shop.pinproof("fleet", "plan", fleet(folder), "-o", plan), 0)
    whole = folder / "whole"
    check_status(shop.pinproof("fleet", "verify", plan, "--out", whole), 0)
    wanted = shop.pinproof("fleet", "report", whole, plan, "--format", "json").output
    for count in (1, 2, 4):
        for shard in range(count):
            shop.pinproof("fleet", "index", plan, "--shard", f"{shard}/{count}", "--cache", cache)
            shop.pinproof("fleet", "verify", plan, "--shard", f"{shard}/{count}", "--cache", cache, "--out", folder / f"of{count}")
        check(shop.pinproof("fleet", "report", folder / f"of{count}", plan, "--format", "json").output == wanted, f"{count} shards differ")
    choice = random.Random(23)
    for number in range(50):
        for name in ("killed", "cold"):
            if number % 5 == 0:
                shutil.rmtree(folder / name, ignore_errors=True)
        process = subprocess.Popen(
            [shop.pinproof.path, "fleet", "verify", plan, "--cache", folder / "cold", "--out", folder / "killed"], stderr=subprocess.DEVNULL
        )
        time.sleep(choice.uniform(0, 0.4))
        process.send_signal(signal.SIGKILL)
        process.wait()
        for path in (folder / "killed").glob("*.json"):
            check(path.read_bytes() == (whole / path.name).read_bytes(), f"{path} is half a file")
    twice = [
        subprocess.Popen([shop.pinproof.path, "fleet", "verify", plan, "--cache", folder / "cold", "--out", folder / "killed"], stdout=subprocess.DEVNULL)
        for _ in range(2)
    ]
    check([process.wait() for process in twice] == [0, 0], "two runs at once on one directory fail")
    check(shop.pinproof("fleet", "report", folder / "killed", plan, "--format", "json").output == wanted, "a killed run changed the report")


@scenario
def each_layer_is_pulled_once(shop):
    """fleet: of a registry each layer is pulled once, then never; at most three other requests an image"""
    registry = shutil.which("docker-registry")
    if registry is None or shutil.which("skopeo") is None:
        raise Skipped("docker-registry or skopeo is not installed")
    folder = fresh(shop, "fleet-registry")
    log, port = folder / "registry.log", 20000 + os.getpid() % 20000
    (folder / "registry.yml").write_text(
        f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {folder / 'store'}}}}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n"
    )
    with log.open("w") as output:
        server = subprocess.Popen([registry, "serve", folder / "registry.yml"], stdout=output, stderr=output)
    try:
        names = []
        for number, name in enumerate(IMAGES):
            names.append(f"docker://localhost:{port}/team/app{number}:1")
            for attempt in range(20):
                done = subprocess.run(
                    ["skopeo", "copy", "-q", "--dest-tls-verify=false", f"oci-archive:{DEMO / name}.oci.tar", names[-1]], capture_output=True
                )
                if done.returncode == 0:
                    break
                time.sleep(0.3)
            check(done.returncode == 0, f"skopeo: {done.stderr!r}")
        plan, cache = folder / "plan.jsonl", folder / "cache"

        def steps(results):
            start = log.stat().st_size
            check_status(shop.pinproof("fleet", "plan", fleet(folder, names), "--cache", cache, "-o", plan), 0)
            for command in ("index", "verify"):
                for shard in range(4):
                    words = ["fleet", command, plan, "--shard", f"{shard}/4", "--cache", cache]
                    check_status(shop.pinproof(*words, *(["--out", results] if command == "verify" else [])), 0)
            lines = [line for line in log.read_text()[start:].splitlines() if '"GET /v2/' in line]
            head, *rest = plan.read_text().splitlines()
            layers = {json.loads(line)["digest"] for line in rest if line.startswith('{"layer"')}
            pulls = {layer: sum(layer in line for line in lines) for layer in layers}
            return pulls, len(lines) - sum(pulls.values())

        pulls, others = steps(folder / "cold")
        check(pulls and set(pulls.values()) == {1}, f"pulls of layers: {pulls}")
        check(others <= 3 * len(names), f"{others} requests for {len(names)} images")
        pulls, others = steps(folder / "warm")
        check(set(pulls.values()) == {0}, f"warm pulls of layers: {pulls}")
        check(others <= 3 * len(names), f"{others} warm requests for {len(names)} images")
    finally:
        server.kill()
        server.wait()


@scenario
def recipes_of_engines_run(shop):
    """fleet: the recipes have at most 25 lines; those of xargs, the indexed Job and Dask are run"""
    for path in RECIPES.iterdir():
        check(len(path.read_text().splitlines()) <= 25, f"{path} is longer than 25 lines")
    folder = fresh(shop, "fleet-recipes")
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    (bin_folder / "pinproof").symlink_to(shop.pinproof.path)
    environment = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}"}
    words = ["sh", RECIPES / "xargs.sh", fleet(folder), folder / "cache", folder / "xargs", "3"]
    done = subprocess.run([str(word) for word in words], env=environment, capture_output=True, text=True)
    check(done.returncode == 1, f"xargs.sh exits with {done.returncode}: {done.stderr}")
    plan = folder / "xargs/plan.jsonl"
    wanted = shop.pinproof("fleet", "report", folder / "xargs", plan).output
    # The Job's arguments as they stand, with its index and its volume.
    line = next(line for line in (RECIPES / "job.yaml").read_text().splitlines() if "args:" in line)
    arguments = [word.strip().strip('"') for word in line.split("[", 1)[1].rsplit("]", 1)[0].split(",")]
    (folder / "job").mkdir()
    shutil.copy(plan, folder / "job/plan.jsonl")
    arguments = [word.replace("/fleet/", f"{folder}/job/") for word in arguments]
    for index in range(4):
        run(shop.pinproof.path, *arguments, env={**environment, "JOB_COMPLETION_INDEX": str(index)})
    check(shop.pinproof("fleet", "report", folder / "job/results", plan).output == wanted, "the Job's report differs")
    # Dask's client is stood in for where it is not installed: only `map` and `gather` are used.
    (folder / "distributed.py").write_text(
        "class Client:\n    def __init__(self, *words): pass\n    def __enter__(self): return self\n    def __exit__(self, *words): pass\n"
        "    def map(self, function, items, retries=0): return [function(item) for item in items]\n    def gather(self, items): return items\n"
    )
    python = {**environment, "PYTHONPATH": str(folder)}
    words = [sys.executable, RECIPES / "dask_fleet.py", plan, folder / "cache", folder / "dask", "2"]
    done = subprocess.run([str(word) for word in words], env=python, capture_output=True, text=True)
    check(done.returncode == 1 and "2 of 2 shards" in done.stdout, f"dask_fleet.py: {done.returncode} {done.stdout} {done.stderr}")
    check(wanted in done.stdout, "Dask's report differs")
    validate = shutil.which("kubernetes-validate")
    if validate:
        run(validate, RECIPES / "job.yaml")


def commands(name, key):
    """The command lines of a recipe: all that begin with `- KEY: pinproof` or, without a key, with `- pinproof`."""
    start = f"- {key}: " if key else "- "
    lines = [line.strip() for line in (RECIPES / name).read_text().splitlines()]
    return [line.removeprefix(start) for line in lines if line.startswith(f"{start}pinproof")]


@scenario
def recipes_of_servers_run(shop):
    """fleet: the commands of the recipes for GitHub, GitLab and Argo are run with the variables that these servers set"""
    folder = fresh(shop, "fleet-servers")
    (folder / "bin").mkdir()
    (folder / "bin/pinproof").symlink_to(shop.pinproof.path)
    environment = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}

    def shell(command, place, wanted=(0,), **variables):
        done = subprocess.run(["sh", "-ec", command], cwd=place, env={**environment, **variables}, capture_output=True, text=True)
        check(done.returncode in wanted, f"{command}: {done.returncode} {done.stderr}")
        return done.stdout

    plan = folder / "plan.jsonl"
    check_status(shop.pinproof("fleet", "plan", fleet(folder), "-o", plan), 0)
    shop.pinproof("fleet", "verify", plan, "--out", folder / "whole")

    def report(kind):
        return shop.pinproof("fleet", "report", folder / "whole", plan, "--format", kind).output

    # GitHub: each job of the matrix has a checkout of its own, and its results are merged into one directory.
    *steps, planning, reporting = commands("github.yml", "run")
    check(len(steps) == 2, f"steps of github.yml: {steps}")
    gathered = fresh(shop, "fleet-servers/github")
    fleet(gathered)
    for shard in range(4):
        place = fresh(shop, f"fleet-servers/github-{shard}")
        fleet(place)
        for step in steps:
            shell(step.replace("${{ matrix.shard }}", str(shard)), place)
        shutil.copytree(place / "results", gathered / "results", dirs_exist_ok=True)
    shell(planning, gathered)
    shell(reporting, gathered, wanted=(1,), GITHUB_STEP_SUMMARY=str(gathered / "summary.md"))
    check((gathered / "summary.md").read_text() == report("markdown"), "the summary of GitHub differs")
    # GitLab: nodes are counted from 1, and artifacts are unpacked where they were made.
    *steps, planning, reporting = commands("gitlab.yml", None)
    check(len(steps) == 2, f"steps of gitlab.yml: {steps}")
    gathered = fresh(shop, "fleet-servers/gitlab")
    fleet(gathered)
    for node in range(1, 5):
        place = fresh(shop, f"fleet-servers/gitlab-{node}")
        fleet(place)
        for step in steps:
            shell(step, place, CI_NODE_INDEX=str(node), CI_NODE_TOTAL="4")
        shutil.copytree(place / "results", gathered / "results", dirs_exist_ok=True)
    shell(planning, gathered)
    shell(reporting, gathered, wanted=(1,))
    check((gathered / "fleet.xml").read_text() == report("junit"), "the report of GitLab differs")
    # Argo: one volume, the arguments of each step with the item of the sequence.
    lines = [line.strip() for line in (RECIPES / "argo.yaml").read_text().splitlines()]
    verifying, reporting = [line.removeprefix("args: [").removesuffix("]").split(", ") for line in lines if line.startswith("args: ")]
    volume = fresh(shop, "fleet-servers/argo")
    shutil.copy(plan, volume / "plan.jsonl")

    def words(arguments, shard=0):
        texts = [word.strip('"').replace("{{inputs.parameters.shard}}", str(shard)) for word in arguments]
        return [str(volume / text.removeprefix("/fleet/")) if text.startswith("/fleet/") else text for text in texts]

    for shard in range(4):
        check_status(shop.pinproof(*words(verifying, shard)), 0)
    done = shop.pinproof(*words(reporting))
    check(done.status == 1 and done.output == report("text"), "the report of Argo differs")
