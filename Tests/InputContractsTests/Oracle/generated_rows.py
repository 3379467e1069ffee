#!/usr/bin/env python3
"""Generates rows from the JSON Schema of each model of a module, and has the real model answer them.

    SEED=1 PYTHON generated_rows.py PINPROOF MODULE [ROWS]      # MODULE: fresh_models, unseen_models, boosted_models, probe_estimators

Each schema has to be valid against its metaschema, each of ROWS rows a model has to be accepted by `predict`, and each probe of
`inspect --probes` that is an error or silent has to be refused by the schema (order and arrays, which a row of JSON cannot say, left out).
"""
import importlib, json, os, pickle, random, subprocess, sys, tempfile, warnings
warnings.filterwarnings("ignore")
import jsonschema, numpy as np, pandas as pd, sklearn

PROGRAM, MODULE, ROWS = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 15
draw = random.Random(int(os.environ.get("SEED", "1")))


def value(schema):
    """A value that a column's schema lets through: ends, values inside, and where no type is said one of another type."""
    if "enum" in schema: return draw.choice(schema["enum"])
    kinds = schema.get("type", ["number", "string", "boolean", "null"])
    kind = draw.choice(kinds if isinstance(kinds, list) else [kinds])
    if kind == "null" and schema.get("not") == {"type": "null"}: kind = "number"
    if kind == "null": return None
    if kind == "boolean": return draw.random() < .5
    if kind == "string": return draw.choice(["", "abc", "ä b", "1", "never seen", "nan"])
    low, high = schema.get("minimum", -1e18), schema.get("maximum", 1e18)
    number = draw.choice([low, high, draw.uniform(low, high), 0, 1, -1, draw.uniform(-100, 100), draw.uniform(0, 1)])
    number = min(max(number, low), high)
    if kind == "integer": return int(min(max(int(number), -(2**63)), 2**63 - 1))
    return float(number)


def row(schema):
    if schema["type"] == "array": return [value(part) for part in schema["prefixItems"]]
    names = [n for n in schema["properties"] if n in schema["required"] or draw.random() < .7]
    result = {n: value(schema["properties"][n]) for n in names}
    if schema["additionalProperties"] and draw.random() < .3: result["another_column"] = draw.choice([1, "x", None])
    return result


def request(found, X):
    """The row as a caller sends it: a table with the types of training, as far as the values have them."""
    if isinstance(found, list) and not hasattr(X, "columns"): return np.array([[np.nan if v is None else v for v in found]])
    if isinstance(found, dict) and not hasattr(X, "columns"): return np.array([[np.nan if v is None else v for v in found.values()]])
    if isinstance(found, list): found = dict(zip(X.columns, found))
    order = [c for c in X.columns if c in found] + [c for c in found if c not in X.columns]
    frame = pd.DataFrame({c: pd.Series([found[c]], dtype=object) for c in order})
    for c in order:
        if c not in X.columns: continue
        if X[c].dtype.name == "category": frame[c] = pd.Categorical(frame[c], categories=X[c].cat.categories)
        elif X[c].dtype.kind == "b" and isinstance(found[c], bool): frame[c] = frame[c].astype(bool)
        elif X[c].dtype.kind in "fiub" and (found[c] is None or isinstance(found[c], (int, float)) and not isinstance(found[c], bool)): frame[c] = frame[c].astype(float)
        elif X[c].dtype.kind not in "fiub" and found[c] is None and draw.random() < .5: frame[c] = pd.Series([np.nan], dtype=object)
    return frame


def passes(probe, base, validator):
    if probe["outcome"] not in ("error", "silent", "rejected") or probe["probe"] in ("reordered", "array"): return False
    changed = dict(base) if isinstance(base, dict) else list(base)
    sent = {"inf": float("inf"), "-inf": float("-inf")}.get(probe["value"], probe["value"]) if probe["probe"] == "infinity" else probe["value"]
    column = probe["column"]
    if isinstance(changed, dict) and isinstance(column, int): column = list(changed)[column]
    if probe["probe"] == "missing":
        if isinstance(changed, list): changed.pop(column)
        else: changed.pop(column, None)
    elif probe["probe"] == "extra":
        if isinstance(changed, list): changed.append(1)
        else: changed["pinproof_extra"] = 1
    else: changed[column] = sent
    return validator.is_valid(changed)


def main():
    counts, wrong = {"models": 0, "rows": 0, "probes": 0, "no contract": 0}, 0
    with tempfile.TemporaryDirectory() as folder:
        for name, m, X, y in importlib.import_module(MODULE).models():
            try: m = m.fit(X, y)
            except Exception: continue
            path = f"{folder}/{name}.pkl"
            pickle.dump(m, open(path, "wb"))
            run = subprocess.run([PROGRAM, "inspect", path, "--contract", "--format", "json-schema"], capture_output=True, text=True)
            if run.returncode: counts["no contract"] += 1; print("none ", name, run.stderr.strip()[:150]); continue
            schema = json.loads(run.stdout)
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            counts["models"] += 1
            for _ in range(ROWS):
                found = row(schema)
                assert validator.is_valid(found), (name, found)
                counts["rows"] += 1
                try: m.predict(request(found, X))
                except Exception as error: wrong += 1; print("WRONG", name, found, str(error).strip().splitlines()[0][:140], flush=True)
            lines = subprocess.run([PROGRAM, "inspect", path, "--probes"], capture_output=True, text=True).stdout.splitlines()
            base = row(dict(schema, required=list(schema["properties"]), additionalProperties=False)) if schema["type"] == "object" else row(schema)
            for probe in map(json.loads, lines):
                counts["probes"] += 1
                if passes(probe, base, validator): wrong += 1; print("WRONG", name, "lets through", probe["column"], probe["probe"], probe["value"], probe["outcome"], flush=True)
    print(f"scikit-learn {sklearn.__version__} {MODULE}: {counts}, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
