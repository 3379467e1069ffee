#!/usr/bin/env python3
"""Compares `diff MODEL MODEL2` with MLflow's enforcement over generated pairs of signatures, in both directions.

    PYTHON mlflow_pairs.py PINPROOF [COUNT] [SEED]

PYTHON needs mlflow. A change is breaking exactly when a valid request of the old signature (values of the declared types, with and
without the optional columns, as a DataFrame and as JSON) that the old model accepts is refused by the new one.
"""
import base64
import json
import logging
import os
import random
import subprocess
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
import numpy as np
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.models.utils import _enforce_schema
from mlflow.pyfunc.scoring_server import infer_and_parse_data
from mlflow.types import ColSpec, DataType, Schema, TensorSpec

logging.disable(logging.CRITICAL)
PROGRAM = sys.argv[1]
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 60
random.seed(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
TYPES = ["integer", "long", "float", "double", "string", "boolean", "datetime", "binary"]
VALUES = {
    "integer": [70, -7], "long": [3000000000, 5], "float": [1.5, 2.25], "double": [1.5, 1e300], "string": ["x", "abc"],
    "boolean": [True, False], "datetime": ["2020-01-01", "2021-02-03"], "binary": [b"ab", b"\xff\x00"],
}  # fmt: skip
SERIES = {
    "integer": "int32", "long": "int64", "float": "float32", "double": "float64", "string": object, "boolean": "bool",
    "datetime": "datetime64[ns]", "binary": object,
}  # fmt: skip


def frame(columns):
    return pd.DataFrame({name: pd.Series(VALUES[kind], dtype=SERIES[kind]) for name, kind in columns})


def rows(columns):
    def value(kind, index):
        value = VALUES[kind][index]
        return base64.encodebytes(value).decode() if isinstance(value, bytes) else value

    return [{name: value(kind, index) for name, kind in columns} for index in range(2)]


def requests(signature):
    """Valid requests: (form, data)."""
    if signature[0] == "tensor":
        _, kind, shape = signature
        for free in (1, 2, 3):
            yield "array", np.ones([free if d == -1 else d for d in shape], dtype=kind)
        return
    columns = signature[1]
    optional = [name for name, _, required in columns if not required]
    for left_out in [set(), set(optional), *({name} for name in optional)]:
        present = [(name, kind) for name, kind, _ in columns if name not in left_out]
        yield "frame", frame(present) if present else pd.DataFrame(index=range(2))
        yield "json", rows(present)


def schema(signature):
    if signature[0] == "tensor":
        return Schema([TensorSpec(np.dtype(signature[1]), tuple(signature[2]))])
    return Schema([ColSpec(DataType[kind], name, required=required) for name, kind, required in signature[1]])


def accepts(signature, form, data):
    try:
        if form == "json":
            data = infer_and_parse_data({"dataframe_records": data}, schema(signature))
        else:
            data = data.copy()
        _enforce_schema(data, schema(signature))
        return True
    except Exception:
        return False


def breaks(old, new):
    return any(accepts(old, *request) and not accepts(new, *request) for request in requests(old))


def generated():
    if random.random() < 0.15:
        return ("tensor", random.choice(["float64", "float32", "int64"]), random.choice([[-1, 3], [-1, 4], [-1, -1], [-1, 2, 2], [5, 3]]))
    names = random.sample("abcdef", random.randint(1, 4))
    return ("columns", [(name, random.choice(TYPES), random.random() < 0.75) for name in names])


def changed(signature):
    if signature[0] == "tensor":
        return random.choice([signature, generated(), ("tensor", signature[1], [-1, -1])])
    columns = list(signature[1])
    for _ in range(random.choice([1, 1, 1, 2])):
        what = random.choice(["type", "near", "near", "add", "add-optional", "remove", "order", "rename", "required", "none"])
        index = random.randrange(len(columns))
        name, kind, required = columns[index]
        if what == "type":
            columns[index] = (name, random.choice(TYPES), required)
        elif what == "near":
            near = {"integer": ["long", "double", "float"], "long": ["integer", "double"], "float": ["double"], "double": ["float", "long"]}
            columns[index] = (name, random.choice(near.get(kind, TYPES)), required)
        elif what.startswith("add"):
            columns.insert(random.randrange(len(columns) + 1), ("new" + str(len(columns)), random.choice(TYPES), what == "add"))
        elif what == "remove" and len(columns) > 1:
            del columns[index]
        elif what == "order":
            random.shuffle(columns)
        elif what == "rename":
            columns[index] = (name + "2", kind, required)
        elif what == "required":
            columns[index] = (name, kind, not required)
    return ("columns", columns)


def save(folder, signature, tag):
    os.makedirs(folder)
    texts = ModelSignature(inputs=schema(signature)).to_dict()
    with open(folder + "/MLmodel", "w") as file:
        file.write("flavors:\n  python_function:\n    loader_module: mlflow.pyfunc.model\n    python_version: 3.11.7\nmlflow_version: 3.17.2\n")
        file.write(f"model_uuid: {tag}\nsignature:\n  inputs: {json.dumps(texts['inputs'])}\n")


def main():
    wrong = breaking = 0
    with tempfile.TemporaryDirectory() as base:
        for number in range(COUNT):
            old = generated()
            new = changed(old)
            left, right = f"{base}/{number}a", f"{base}/{number}b"
            save(left, old, "a")
            save(right, new, "b")
            run = subprocess.run([PROGRAM, "diff", left, right, "--format", "json"], capture_output=True, text=True)
            changes = json.loads(run.stdout)["contract"]["changes"]
            found = (any(c["breaksCallers"] for c in changes), any(c["breaksRollback"] for c in changes))
            expected = (breaks(old, new), breaks(new, old))
            breaking += sum(expected)
            if found != expected:
                wrong += 1
                print(f"FAIL {number}: {old} -> {new}\n  mlflow {expected}, pinproof {found}: {changes}")
    print(f"{COUNT} pairs, {2 * COUNT} directions, {breaking} breaking, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
