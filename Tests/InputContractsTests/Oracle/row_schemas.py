#!/usr/bin/env python3
"""Generates rows from `inspect --contract --format json-schema` and has the real model answer them.

    PYTHON row_schemas.py PINPROOF [ROWS]

PYTHON needs xgboost, lightgbm, scikit-learn or mlflow (what it lacks is skipped) and hypothesis-jsonschema, jsonschema. Each schema has to be
valid against its metaschema, each generated row has to be accepted, and each probe of `inspect --probes` that is an error, refused or
silent has to be refused by the schema.
"""
import json
import os
import subprocess
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
import jsonschema
import numpy as np
import pandas as pd
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis_jsonschema import from_schema

PROGRAM, ROWS = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000
rng = np.random.default_rng(3)
n = 300
FRAME = pd.DataFrame({"age": rng.integers(18, 80, n), "income": rng.normal(5e4, 1e4, n), "region": rng.choice(["n", "s"], n)})
CLASSES = (rng.random(n) < 0.3).astype(int)
failures = 0


def rows_of(schema):
    rows = []

    @seed(1)
    @settings(max_examples=ROWS, database=None, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(from_schema(schema))
    def collect(row):
        rows.append(row)

    collect()
    return rows


def check(name, path, answer):
    """Whether `answer` takes every generated row; it raises for one that is refused."""
    global failures
    run = subprocess.run([PROGRAM, "inspect", path, "--contract", "--format", "json-schema"], capture_output=True, text=True)
    if run.returncode:
        print(f"FAIL {name}: {run.stderr}")
        failures += 1
        return
    schema = json.loads(run.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    refused = []
    rows = rows_of(schema)
    for row in rows:
        try:
            answer(row)
        except Exception as error:
            refused.append((row, str(error).splitlines()[0][:200]))
    validator = jsonschema.Draft202012Validator(schema)
    probes = subprocess.run([PROGRAM, "inspect", path, "--probes"], capture_output=True, text=True)
    let_through = [probe for probe in map(json.loads, probes.stdout.splitlines() if probes.returncode == 0 else []) if passes(probe, rows[0], validator)]
    wrong = bool(refused or let_through)
    print(f"{'FAIL' if wrong else 'ok  '} {name}: {len(rows)} rows, {len(refused)} refused {refused[:2]}, {len(let_through)} probes let through {let_through[:3]}")
    failures += wrong


def passes(probe, row, validator):
    """Whether a probe that is bad is let through; what JSON or a row without order cannot say is left out."""
    if probe["outcome"] not in ("error", "rejected", "silent") or probe["probe"] in ("reordered",):
        return False
    row = dict(row) if isinstance(row, dict) else list(row)
    value = json.loads(probe["value"]) if probe["probe"] == "json" else probe["value"]
    if value in ("inf", "-inf") and probe["probe"] == "infinity":
        value = float(value)
    if probe["probe"] == "missing" and isinstance(row, dict):
        row.pop(probe["column"], None)
    elif probe["probe"] == "extra" and isinstance(row, dict):
        row["pinproof_extra"] = 1
    elif probe["column"] is None:
        return False
    else:
        row[probe["column"]] = value
    return validator.is_valid(row)


def frame_of(row, categorical=()):
    frame = pd.DataFrame([row])
    for name, values in dict(categorical).items():
        frame[name] = pd.Categorical(frame[name], categories=values)
    return frame


def main():
    with tempfile.TemporaryDirectory() as base:
        try:
            import lightgbm as lgb

            frame = FRAME.assign(region=pd.Categorical(FRAME.region))
            model = lgb.LGBMClassifier(n_estimators=2, num_leaves=4, verbose=-1).fit(frame, CLASSES).booster_
            model.save_model(base + "/l.txt")
            check("lightgbm", base + "/l.txt", lambda row: model.predict(frame_of(row, {"region": ["n", "s"]}).astype({"age": float, "income": float})))
        except ImportError:
            pass
        try:
            import xgboost as xgb

            frame = FRAME.assign(region=pd.Categorical(FRAME.region))
            model = xgb.XGBClassifier(n_estimators=2, enable_categorical=True, tree_method="hist").fit(frame, CLASSES)
            model.save_model(base + "/x.json")

            def answer(row):
                frame = frame_of(row)
                frame["region"] = pd.Categorical(frame.region.astype("str"), categories=["n", "s"])
                frame = frame[["age", "income", "region"]].astype({"age": "Int64", "income": float})
                model.predict(frame)

            check("xgboost", base + "/x.json", answer)
        except ImportError:
            pass
        try:
            import mlflow
            from mlflow.models import ModelSignature
            from mlflow.types import ColSpec, DataType, Schema
            from mlflow.types.schema import Array, Object, Property

            class Constant(mlflow.pyfunc.PythonModel):
                def predict(self, context, model_input, params=None):
                    return [0] * len(model_input)

            names = ["boolean", "integer", "long", "float", "double", "string", "binary", "datetime"]
            nested = Object([Property("role", DataType.string), Property("n", DataType.double, required=False)])
            columns = [ColSpec(DataType[kind], kind, required=index % 2 == 0) for index, kind in enumerate(names)]
            columns += [ColSpec(nested, "one"), ColSpec(Array(DataType.string), "tags")]
            mlflow.pyfunc.save_model(base + "/m", python_model=Constant(), signature=ModelSignature(inputs=Schema(columns)), pip_requirements=[])
            loaded = mlflow.pyfunc.load_model(base + "/m")
            from mlflow.pyfunc.scoring_server import infer_and_parse_data

            schema = loaded.metadata.get_input_schema()
            check("mlflow", base + "/m", lambda row: loaded.predict(infer_and_parse_data({"dataframe_records": [row]}, schema)))
        except ImportError:
            pass
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
