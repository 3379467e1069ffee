#!/usr/bin/env python3
"""Changes and cuts every file of five clean deployments at many places and looks for a gate that opens all the same.

    python damaged_gates.py PINPROOF [CASES] [SEED]

A deployment of the demo that is `ready` is changed in one file: a bit, a cut, bytes that are left out, doubled or zero. Then it must end
with 0, 1 or 2, in time, and where it is still `ready` (exit 0) the change must be one that the file's own format takes for none,
or one in a text that nothing is decided by (`IDLE` below). Prints each other case and a summary; exits with 1 if there is one.
"""
import json, os, pathlib, random, re, shutil, subprocess, sys, tarfile, tempfile, tomllib
import yaml

PROGRAM, CASES, SEED = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3000, int(sys.argv[3]) if len(sys.argv) > 3 else 1
DEMO = pathlib.Path(__file__).resolve().parents[3] / "docs" / "demo"
IMAGE, MODEL = DEMO / "churn-image.oci.tar", DEMO / "churn-model.tar.gz"
random.seed(SEED)
PINNED = "registry.example/churn:1@sha256:9e19e185674e7fb1c1f1dfc0f6eea772f690f91922dac33db202c937d8440194"
SCHEMA = (DEMO / "preflight/schema.json").read_text()
DEPLOYMENT = (DEMO / "preflight/k8s/deploy.yaml").read_text()
RULES = (DEMO / "preflight/rules/churn.yaml").read_text()
ROLLOUT = f"""apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {{name: churn}}
spec:
  replicas: 3
  rollbackWindow: {{revisions: 3}}
  strategy:
    blueGreen: {{activeService: churn, scaleDownDelaySeconds: 86400}}
  template:
    spec:
      containers:
        - name: server
          image: {PINNED}
"""
SERVICE = f"""apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {{name: churn}}
spec:
  predictor:
    minReplicas: 1
    canaryTrafficPercent: 10
    containers:
      - name: kserve-container
        image: {PINNED}
"""
OPENAPI = json.dumps({"openapi": "3.1.0", "info": {"title": "churn", "version": "1"}, "paths": {"/predict": {"post": {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Row"}}}},
    "responses": {"200": {"description": "ok"}}}}}, "components": {"schemas": {"Row": {k: v for k, v in json.loads(SCHEMA).items() if k != "$schema"}}}}, indent=1)
CONTRACT = """apiVersion: v3.0.2
kind: DataContract
id: churn
version: 1.0.0
status: active
schema:
- name: rows
  properties:
  - {name: months, logicalType: number, required: true, logicalTypeOptions: {minimum: 0, maximum: 10}}
  - {name: calls, logicalType: number, required: true, logicalTypeOptions: {minimum: 0, maximum: 10}}
  - {name: unpaid, logicalType: number, required: true, logicalTypeOptions: {minimum: 0, maximum: 10}}
team:
- {username: group:risk-ml, role: Owner}
support:
- {channel: pager, url: https://pager.example/churn}
"""
CATALOG = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: churn
  annotations:
    pagerduty.com/service-id: P7ABCDE
  links:
    - {url: https://runbooks.example/churn, title: Runbook}
spec:
  type: service
  lifecycle: production
  owner: group:risk-ml
"""
RESOURCE = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: churn}\nspec:\n" + "".join(f"  {line}\n" for line in RULES.splitlines())


def declaration(**sections):
    text = 'schema = "pinproof/preflight-declaration/1"\n'
    for name, keys in sections.items():
        text += f"\n[{name}]\n" + "".join(f"{key.replace('_', '-')} = {json.dumps(value)}\n" for key, value in keys.items())
    return text


MONITORING = dict(baseline="baseline.json", outputs=["prediction"], alerts=["rules/churn.yaml#ChurnPredictionShift"])
OWNERSHIP = dict(owner="group:risk-ml", on_call="pagerduty:P7ABCDE", runbook="docs/churn.md")
# What is unpacked, and the files beside it.
DEPLOYMENTS = {
    "deployment": (False, {"schema.json": SCHEMA, "k8s/deploy.yaml": DEPLOYMENT, "rules/churn.yaml": RULES, "CODEOWNERS": "* @example/risk-ml\n", "preflight.toml": declaration(
        input=dict(contract="schema.json"), rollback=dict(switch="k8s/deploy.yaml", runbook="docs/rollback.md"), monitoring=MONITORING, ownership=OWNERSHIP)}),
    "rollout": (True, {"schema.json": SCHEMA, "k8s/rollout.yaml": ROLLOUT, "rules/churn.yaml": RESOURCE, "catalog-info.yaml": CATALOG, "preflight.toml": declaration(
        input=dict(contract="schema.json"), rollback=dict(switch="k8s/rollout.yaml", runbook="docs/rollback.md"), monitoring=MONITORING)}),
    "service": (False, {"app.json": OPENAPI, "k8s/service.yaml": SERVICE, "rules/churn.yaml": RULES, "CODEOWNERS": "# owners\n*  @example/all\n* @example/risk-ml\n", "preflight.toml": declaration(
        input=dict(contract="app.json#/paths/~1predict/post"), rollback=dict(switch="k8s/service.yaml"), monitoring=MONITORING, ownership=OWNERSHIP)}),
    "registry": (True, {"schema.json": SCHEMA, "rules/churn.yaml": RULES, "mlruns/models/churn/meta.yaml": "name: churn\ncreation_timestamp: 1700000000000\nlast_updated_timestamp: 1700000000000\n",
        "mlruns/models/churn/aliases/champion": "2", "mlruns/models/churn/version-2/meta.yaml": "name: churn\nversion: 2\ncurrent_stage: None\nsource: models:/m-2\nstorage_location: file:///x/mlruns/models/m-2/artifacts\n",
        "preflight.toml": declaration(input=dict(contract="schema.json"), rollback=dict(switch="mlflow:churn@champion", runbook="docs/rollback.md", image=PINNED), monitoring=MONITORING, ownership=OWNERSHIP)}),
    "contract": (False, {"odcs.yaml": CONTRACT, "k8s/deploy.yaml": DEPLOYMENT, "rules/churn.yaml": RULES, "preflight.toml": declaration(
        input=dict(contract="odcs.yaml"), rollback=dict(switch="k8s/deploy.yaml"), monitoring=MONITORING, ownership=dict(on_call="pagerduty:P7ABCDE", runbook="docs/churn.md"))}),
}


def make(name, folder):
    """Writes a deployment and returns the words of the command."""
    isUnpacked, files = DEPLOYMENTS[name]
    files = dict(files, **{"docs/churn.md": "# What to do\n", "docs/rollback.md": "# How to go back\n"})
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    model, previous = folder / "model.tar.gz", folder / "previous.tar.gz"
    shutil.copy(MODEL, model)
    shutil.copy(DEMO / "churn-model-previous.tar.gz", previous)
    shutil.copy(IMAGE, folder / "image.oci.tar")
    if isUnpacked:
        with tarfile.open(model) as tar: tar.extractall(folder / "unpacked", filter="data")
        model.unlink()
        model = folder / "unpacked" / "churn"
    if name == "registry":
        shutil.copytree(model, folder / "mlruns/models/m-2/artifacts")
    rows = folder / "predictions.csv"
    rows.write_text("prediction\n" + "".join("1\n" if i % 3 == 0 else "0\n" for i in range(300)))
    subprocess.run([PROGRAM, "profile", rows, "--of", model, "-o", folder / "baseline.json"], check=True)
    rows.unlink()
    deploys = [folder / p for p in ("k8s", "rules", "mlruns", "CODEOWNERS", "catalog-info.yaml", "odcs.yaml") if (folder / p).exists()]
    words = [PROGRAM, "preflight", model, folder / "image.oci.tar", "--wheels", DEMO / "wheels", "--declaration", folder / "preflight.toml", "--format", "json", "--previous", previous]
    for path in deploys: words += ["--deploy", path]
    return [str(w) for w in words]


def run(words):
    try:
        done = subprocess.run(words, capture_output=True, timeout=60)
    except subprocess.TimeoutExpired:
        return "hang", None
    try: verdict = json.loads(done.stdout)["verdict"]
    except Exception: verdict = None
    return done.returncode, verdict


def change(data):
    """One change, and its description."""
    kind = random.choice(["bit", "bit", "byte", "cut", "cut", "drop", "double", "zero", "swap", "append"])
    data, n = bytearray(data), len(data)
    i = random.randrange(n)
    j = min(n, i + random.choice([1, 2, 5, 20, 100]))
    if kind == "bit": data[i] ^= 1 << random.randrange(8)
    elif kind == "byte": data[i] = random.choice(b"\x00\xff #\n\"'{}[]:,-0a\\")
    elif kind == "cut": del data[i:]
    elif kind == "drop": del data[i:j]
    elif kind == "double": data[i:i] = data[i:j]
    elif kind == "zero": data[i:j] = bytes(j - i)
    elif kind == "swap": k = random.randrange(n); data[i], data[k] = data[k], data[i]
    else: data += random.choice([b"\x00", b"\n\n", b"x", b"{", b"---\n", bytes(512)])
    return bytes(data), f"{kind} at {i}"


def parsed(path, data):
    """What a file means to its own format; None for one that is not read here."""
    if path.suffix in (".tar", ".gz"): return None
    text = data.decode("utf-8")
    if path.suffix == ".json": return json.loads(text, parse_float=str)
    if path.suffix == ".toml": return tomllib.loads(text)
    if path.suffix in (".yaml", ".yml"): return list(yaml.safe_load_all(text))
    if path.name == "CODEOWNERS": return [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return text.strip() if path.name == "champion" else None


def leaves(value, path=""):
    if isinstance(value, dict):
        for key, item in value.items(): yield from leaves(item, f"{path}/{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value): yield from leaves(item, f"{path}/{index}")
    else: yield path, value


# Texts that nothing is decided by, as a regular expression over FILE PATH-OF-THE-VALUE.
IDLE = re.compile("|".join([
    r"docs/", r"schema\.json /(\$schema|title)", r"app\.json /(info|paths/~?/?predict/post/responses|openapi)", r"rules/churn\.yaml .*/(summary|expr|for|team|runbook_url|severity|name)$",
    r"yaml .*/metadata/(name|labels)", r"yaml .*/(selector|labels|matchLabels)/", r"baseline\.json ", r"odcs\.yaml .*/(id|version|status|channel|url)$", r"yaml .*/(replicas|revisionHistoryLimit|minReplicas|canaryTrafficPercent|scaleDownDelaySeconds|revisions|activeService)$",
    r"(schema|app)\.json .*/(minimum|maximum)$", r"odcs\.yaml .*/(minimum|maximum)$", r"catalog-info\.yaml .*/(type|lifecycle|title|url|pagerduty\.com/service-id)$", r"preflight\.toml /ownership/on-call", r"meta\.yaml .*(timestamp|current_stage|source)$"]))


def main():
    counts, opened, odd = {}, [], []
    with tempfile.TemporaryDirectory() as base:
        for name in DEPLOYMENTS:
            folder = pathlib.Path(base) / name
            folder.mkdir()
            words = make(name, folder)
            status, verdict = run(words)
            if (status, verdict) != (0, "ready"):
                print("not clean:", name, status, verdict, subprocess.run([w if w != "json" else "text" for w in words], capture_output=True, text=True).stdout)
                return 1
            files = sorted(p for p in folder.rglob("*") if p.is_file() and p.stat().st_size)
            for case in range(CASES // len(DEPLOYMENTS)):
                path = files[case % len(files)]
                original = path.read_bytes()
                data, what = change(original)
                if data == original: continue
                path.write_bytes(data)
                status, verdict = run(words)
                path.write_bytes(original)
                counts[(status, verdict)] = counts.get((status, verdict), 0) + 1
                place = f"{name}: {path.relative_to(folder)} {what}"
                if status not in (0, 1, 2) or (status == 0) != (verdict == "ready"): odd.append(f"{place}: {status} {verdict}")
                if status != 0: continue
                relative = str(path.relative_to(folder))
                try:
                    old, new = parsed(path, original), parsed(path, data)
                    if old is not None and old == new: continue
                    # Nothing reads on after the end of a tar archive.
                    if path.suffix == ".tar" and what.startswith("append"): continue
                    if old is None: opened.append(f"{place}") if not IDLE.search(relative + " ") else None; continue
                    before, after = dict(leaves(old)), dict(leaves(new))
                    differing = [k for k in before.keys() | after.keys() if before.get(k, "absent") != after.get(k, "absent")]
                    for key in differing:
                        if not IDLE.search(f"{relative} {key}"): opened.append(f"{place}: {key} {before.get(key, 'absent')!r} -> {after.get(key, 'absent')!r}")
                except Exception as error:
                    opened.append(f"{place}: its own format refuses it: {str(error).splitlines()[0][:80]}")
    for line in odd: print("ODD ", line)
    for line in opened: print("OPEN", line)
    print(sum(counts.values()), "cases", {f"{s} {v}": c for (s, v), c in sorted(counts.items(), key=str)}, len(odd), "odd", len(opened), "open")
    return 1 if odd or opened else 0


if __name__ == "__main__":
    sys.exit(main())
