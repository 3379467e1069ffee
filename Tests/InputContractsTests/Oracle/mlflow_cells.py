#!/usr/bin/env python3
"""Makes the table of what MLflow's own scoring server makes of JSON values: 7 types, 11 values, required and optional.

Run with the Python of each MLflow version, which needs mlflow, fastapi and a client for its tests (httpx):
    PYTHON mlflow_cells.py > cells-VERSION.json
    python3 mlflow_cells.py --table cells-3.17.2.json cells-2.22.0.json > mlflow_cells.tsv
Each line of "cells" is [type, required, JSON text, form, status, repr of what the model sees, outcome]. The unit test
`mlflowCells` holds the program's rules against the table.
"""
import builtins
import json
import sys

if sys.argv[1:2] == ["--table"]:
    first, second = (json.load(open(path))["cells"] for path in sys.argv[2:4])
    print("# type, need, JSON text, outcome with mlflow 3.17.2, with 2.22.0 (mlflow_cells.py)")
    for one, other in zip(first, second):
        assert one[:4] == other[:4]
        if one[3] == "records":
            row = [one[0], "required" if one[1] else "optional", one[2], one[6], other[6]]
            print("\t".join(row))
        else:
            assert row[3:] == [one[6], other[6]], "both forms of a request are treated alike"
    sys.exit()

import logging
import os
import shutil
import tempfile
import warnings

warnings.filterwarnings("ignore")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
import mlflow
import numpy
import pandas
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, Schema

logging.disable(logging.CRITICAL)
from mlflow.pyfunc.scoring_server import init

TYPES = ["integer", "long", "float", "double", "string", "boolean", "datetime"]
VALUES = ["70", "3000000000", "70.0", "70.5", "null", "true", '"70"', '"abc"', '"2020-01-01"', "1e400", "[1]"]


class Seen(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        # The class is pickled by value: what it sees has to leave by a module that is not.
        import builtins

        builtins.SEEN.append(model_input["c"].tolist()[0])
        return [0] * len(model_input)


seen = builtins.SEEN = []


def client(directory):
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    if not hasattr(FastAPI, "route"):
        # Newer versions of FastAPI have lost the decorator that MLflow uses.
        def route(self, path, methods=None):
            return lambda function: self.router.add_route(path, function, methods=methods) or function

        FastAPI.route = route
    app = init(mlflow.pyfunc.load_model(directory))
    return TestClient(app, raise_server_exceptions=False).post


def is_missing(value):
    return value is None or (not isinstance(value, (list, tuple)) and bool(pandas.isna(value)))


def same(sent, arrived, kind):
    """Whether the value that arrives is the one that was sent, in the type of its column."""
    if is_missing(arrived):
        return sent is None
    if sent is None:
        return False
    if kind == "datetime":
        return isinstance(sent, str) and not isinstance(arrived, str) and str(arrived)[:10] == sent
    if isinstance(sent, bool) != isinstance(arrived, (bool, numpy.bool_)):
        return False
    if isinstance(sent, str) != isinstance(arrived, str):
        return False
    return sent == arrived


if __name__ == "__main__":
    cells = []
    base = tempfile.mkdtemp()
    for kind in TYPES:
        for required in (True, False):
            directory = os.path.join(base, f"{kind}-{required}")
            mlflow.pyfunc.save_model(
                directory, python_model=Seen(), pip_requirements=[],
                signature=ModelSignature(inputs=Schema([ColSpec(DataType[kind], "c", required=required)])))
            post = client(directory)
            for text in VALUES:
                for form in ('{"dataframe_records":[{"c":%s}]}', '{"dataframe_split":{"columns":["c"],"data":[[%s]]}}'):
                    seen.clear()
                    answer = post("/invocations", content=form % text, headers={"Content-Type": "application/json"})
                    sent = json.loads(text)
                    if answer.status_code != 200:
                        outcome, arrived = "rejected" if answer.status_code < 500 else "error", None
                    else:
                        arrived = seen[-1]
                        outcome = "accepted" if same(sent, arrived, kind) else "silent"
                    cells.append([kind, required, text, "records" if "records" in form else "split",
                                  answer.status_code, f"{type(arrived).__name__} {arrived!r}", outcome])
    shutil.rmtree(base)
    print(json.dumps({"mlflow": mlflow.__version__, "pandas": pandas.__version__, "cells": cells}, indent=0))
