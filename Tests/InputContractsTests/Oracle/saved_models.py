#!/usr/bin/env python3
"""Saves models with the real libraries and compares `inspect --contract` with what the library says after loading.

    PYTHON saved_models.py PINPROOF [KIND...]

KIND is xgboost, lightgbm, onnx, catboost or mlflow: those of which PYTHON has the library are tried where none is named.
Prints one line a model and exits 1 where names, number, types, categories, ranges or shapes differ.
"""
import json
import os
import subprocess
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_TRACKING_URI"] = "file:" + tempfile.mkdtemp()
import numpy as np
import pandas as pd

PROGRAM = sys.argv[1]
rng = np.random.default_rng(7)
n = 300
FRAME = pd.DataFrame({
    "age": rng.integers(18, 80, n), "income": rng.normal(5e4, 1e4, n), "flag": rng.random(n) < 0.5,
    "région": pd.Categorical(rng.choice(["nørth", "süd", "east"], n)), "code": pd.Categorical(rng.choice([10, 20, -3], n)),
})  # fmt: skip
CLASSES = (rng.random(n) < 0.3).astype(int)
failures = 0


def contract(path):
    run = subprocess.run([PROGRAM, "inspect", path, "--contract", "--format", "json"], capture_output=True, text=True)
    if run.returncode != 0:
        return {"error": run.returncode, "text": run.stderr}
    return json.loads(run.stdout)


def compare(name, path, **expected):
    global failures
    found = contract(path)
    inputs = found.get("inputs", [])
    actual = {
        "names": [i["name"] for i in inputs], "types": [i["type"] for i in inputs],
        "required": [i["required"] for i in inputs], "shapes": [i["shape"] for i in inputs],
        "categories": [i["categories"]["values"] if i["categories"] else None for i in inputs],
        "ranges": [[i["range"]["min"], i["range"]["max"]] if i["range"] else None for i in inputs],
        "outputs": [(o["type"], o["shape"]) for o in found.get("outputs", [])],
        "params": [(p["name"], p["type"]) for p in found.get("params", [])],
    }  # fmt: skip
    text = subprocess.run([PROGRAM, "inspect", path, "--contract"], capture_output=True, text=True).stdout
    if "contradicting-contract" in text:
        found = {"error": "contradiction", "text": text}
    wrong = {key: (value, actual[key]) for key, value in expected.items() if actual[key] != value}
    if "error" in found:
        wrong = found
    print(f"{'ok  ' if not wrong else 'FAIL'} {name} {wrong or ''}")
    failures += bool(wrong)


def xgboost_models(folder):
    import xgboost as xgb

    kinds = {"int": "int64", "float": "float64", "i": "boolean"}

    def check(name, booster, categories=None):
        for ending in ("json", "ubj"):
            path = f"{folder}/{name}.{ending}"
            booster.save_model(path)
            loaded = xgb.Booster(model_file=path)
            values = categories or [None] * loaded.num_features()
            types = loaded.feature_types
            expected = {}
            if types:
                expected["types"] = [
                    kinds[t] if t != "c" else ("string" if v is None or isinstance(v[0], str) else "int64")
                    for t, v in zip(types, values)
                ]
            compare(f"xgboost {name} {ending}", path, names=loaded.feature_names or [None] * loaded.num_features(), categories=values, **expected)

    x = xgb.XGBClassifier(n_estimators=2, max_depth=2, enable_categorical=True, tree_method="hist").fit(FRAME, CLASSES)
    # XGBoost 3.2 cuts categories beyond ASCII: what the file holds is not text.
    check("cut categories", x.get_booster(), [None, None, None, None, [-3, 10, 20]])
    ascii = FRAME.assign(**{"région": FRAME["région"].cat.rename_categories({"nørth": "north", "süd": "south"})})
    x = xgb.XGBClassifier(n_estimators=2, max_depth=2, enable_categorical=True, tree_method="hist").fit(ascii, CLASSES)
    check("categories", x.get_booster(), [None, None, None, ["east", "north", "south"], [-3, 10, 20]])
    numbers = FRAME[["age", "income"]]
    check("regression", xgb.train({"objective": "reg:squarederror"}, xgb.DMatrix(numbers, CLASSES), 2))
    check("multiclass", xgb.train({"objective": "multi:softprob", "num_class": 3}, xgb.DMatrix(numbers, rng.integers(0, 3, n)), 2))
    check("unnamed", xgb.train({"objective": "binary:logistic"}, xgb.DMatrix(numbers.to_numpy(), CLASSES), 2))
    check("dart", xgb.train({"booster": "dart"}, xgb.DMatrix(numbers, CLASSES), 2))
    check("linear", xgb.train({"booster": "gblinear"}, xgb.DMatrix(numbers, CLASSES), 2))


def lightgbm_models(folder):
    import lightgbm as lgb

    def check(name, model, frame, categories=None):
        path = f"{folder}/{name}.txt"
        booster = getattr(model, "booster_", model)
        booster.save_model(path)
        loaded = lgb.Booster(model_file=path)
        infos = loaded.dump_model()["feature_infos"]
        ranges = []
        for feature, values in zip(loaded.feature_name(), categories or [None] * loaded.num_feature()):
            info = infos.get(feature)
            ranges.append(None if values is not None or not info or info["values"] else [info["min_value"], info["max_value"]])
        compare(f"lightgbm {name}", path, names=loaded.feature_name(), ranges=ranges, categories=categories or [None] * loaded.num_feature())

    small = dict(n_estimators=2, num_leaves=4, verbose=-1)
    values = [None, None, None, sorted(["east", "nørth", "süd"]), [-3, 10, 20]]
    check("classes", lgb.LGBMClassifier(**small).fit(FRAME, CLASSES), FRAME, values)
    constant = FRAME.assign(constant=1.0, one=pd.Categorical(["k"] * n))
    check("constant", lgb.LGBMClassifier(**small).fit(constant, CLASSES), constant, values + [None, ["k"]])
    numbers = FRAME[["age", "income"]]
    check("regression", lgb.LGBMRegressor(**small).fit(numbers, CLASSES), numbers)
    check("multiclass", lgb.LGBMClassifier(**small).fit(numbers, rng.integers(0, 3, n)), numbers)
    check("unnamed", lgb.LGBMRegressor(**small).fit(numbers.to_numpy(), CLASSES), None)
    gaps = numbers.assign(income=numbers.income.where(numbers.age > 30))
    check("missing", lgb.LGBMRegressor(**small).fit(gaps, CLASSES), gaps)
    codes = pd.DataFrame({"a": rng.integers(0, 5, n), "b": rng.normal(size=n)})
    check("codes", lgb.train({"verbose": -1, "objective": "binary"}, lgb.Dataset(codes, CLASSES, categorical_feature=["a"]), 2), codes, [[0, 1, 2, 3, 4], None])


def onnx_models(folder):
    import onnx
    from onnx import TensorProto, helper

    def check(name, graph):
        path = f"{folder}/{name}.onnx"
        onnx.save(helper.make_model(graph), path)
        loaded = onnx.load(path).graph
        weights = {t.name for t in loaded.initializer}
        inputs = [i for i in loaded.input if i.name not in weights]
        types = {1: "float32", 7: "int64", 8: "string", 9: "boolean", 11: "float64", 6: "int32", 10: "float16", 2: "uint8"}

        def shape(value):
            return [d.dim_value if d.HasField("dim_value") and d.dim_value > 0 else None for d in value.type.tensor_type.shape.dim]

        compare(
            f"onnx {name}", path, names=[i.name for i in inputs], types=[types[i.type.tensor_type.elem_type] for i in inputs],
            shapes=[shape(i) for i in inputs], outputs=[(types[o.type.tensor_type.elem_type], shape(o)) for o in loaded.output])

    def value(name, kind, shape):
        return helper.make_tensor_value_info(name, kind, shape)

    weight = helper.make_tensor("w", TensorProto.FLOAT, [3, 2], [1.0] * 6)
    check("weights", helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])], "g", [value("x", TensorProto.FLOAT, [None, 3]), value("w", TensorProto.FLOAT, [3, 2])],
        [value("y", TensorProto.FLOAT, ["batch", 2])], [weight]))
    check("columns", helper.make_graph(
        [helper.make_node("Identity", ["a"], ["y"])], "g",
        [value("a", TensorProto.INT64, ["n", 1]), value("b", TensorProto.STRING, ["n", 1]), value("c", TensorProto.DOUBLE, [0, 1]), value("d", TensorProto.BOOL, [1])],
        [value("y", TensorProto.INT64, ["n", 1])]))
    check("scalar", helper.make_graph(
        [helper.make_node("Identity", ["a"], ["y"])], "g", [value("a", TensorProto.UINT8, [])], [value("y", TensorProto.UINT8, [])]))
    try:
        from skl2onnx import to_onnx
        from sklearn.linear_model import LogisticRegression

        x = FRAME[["age", "income"]].to_numpy().astype("float32")
        path = f"{folder}/sklearn.onnx"
        onnx.save(to_onnx(LogisticRegression().fit(x, CLASSES), x[:1], options={"zipmap": False}), path)
        compare("onnx sklearn", path, names=["X"], types=["float32"], shapes=[[None, 2]], outputs=[("int64", [None]), ("float32", [None, 2])])
    except ImportError:
        pass


def catboost_models(folder):
    import catboost

    frame = FRAME.assign(**{"région": FRAME["région"].astype(str), "code": FRAME.code.astype(int)})
    model = catboost.CatBoostClassifier(iterations=2, depth=2, verbose=0, cat_features=["région"], allow_writing_files=False).fit(frame, CLASSES)
    path = f"{folder}/c.json"
    model.save_model(path, format="json", pool=catboost.Pool(frame, CLASSES, cat_features=["région"]))
    compare("catboost json", path, names=model.feature_names_)


def mlflow_models(folder):
    import mlflow
    from mlflow.models import ModelSignature, infer_signature
    from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema, TensorSpec
    from mlflow.types.schema import Array, Map, Object, Property

    class Constant(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return [0] * len(model_input)

    names = {"boolean": "boolean", "integer": "int32", "long": "int64", "float": "float32", "double": "float64",
             "string": "string", "binary": "binary", "datetime": "datetime"}  # fmt: skip

    def check(name, signature, **options):
        path = f"{folder}/{name}"
        mlflow.pyfunc.save_model(path, python_model=Constant(), signature=signature, pip_requirements=[], **options)
        loaded = mlflow.models.Model.load(path).signature
        expected = {"names": loaded.inputs.input_names() if loaded.inputs.has_input_names() else [None] * len(loaded.inputs.inputs)}
        if loaded.inputs.is_tensor_spec():
            expected["types"] = [{"bool": "boolean"}.get(str(i.type), str(i.type)) if i.type.kind not in "OU" else "string" for i in loaded.inputs.inputs]
            expected["shapes"] = [[None if d == -1 else d for d in i.shape] for i in loaded.inputs.inputs]
        else:
            expected["types"] = [
                names[i.type.name] if isinstance(i.type, DataType) else "array" if isinstance(i.type, Array) else "object"
                for i in loaded.inputs.inputs
            ]
            expected["required"] = [i.required for i in loaded.inputs.inputs]
        expected["params"] = [(p.name, names[p.dtype.name]) for p in (loaded.params.params if loaded.params else [])]
        compare(f"mlflow {name}", path, **expected)

    every = [ColSpec(DataType[kind], kind, required=index % 2 == 0) for index, kind in enumerate(names)]
    check("types", ModelSignature(inputs=Schema(every), outputs=Schema([ColSpec(DataType.double)])))
    check("unnamed", ModelSignature(inputs=Schema([ColSpec(DataType.double), ColSpec(DataType.string)])))
    check("tensor", ModelSignature(inputs=Schema([TensorSpec(np.dtype("float32"), (-1, 28, 28, 1))])))
    check("tensors", ModelSignature(inputs=Schema([
        TensorSpec(np.dtype("int64"), (-1, 8), "ids"), TensorSpec(np.dtype("bool"), (-1, 8), "mask"), TensorSpec(np.dtype("str"), (-1,), "text")])))
    check("params", ModelSignature(inputs=Schema(every), params=ParamSchema([
        ParamSpec("temperature", DataType.double, 0.5), ParamSpec("top", DataType.long, [1, 2], (-1,)), ParamSpec("stop", DataType.string, None)])))
    nested = Object([Property("role", DataType.string), Property("n", DataType.long, required=False)])
    check("nested", ModelSignature(inputs=Schema([
        ColSpec(Array(nested), "messages"), ColSpec(Map(DataType.double), "weights", required=False), ColSpec(nested, "one"), ColSpec(Array(Array(DataType.long)), "matrix")])))
    example = {"messages": [{"role": "user", "n": 1}], "one": {"role": "x"}, "q": "x"}
    check("example with objects", infer_signature(example, "out"), input_example=example)
    dates = pd.DataFrame({"at": pd.to_datetime(["2020-01-01", "2021-02-03"]), "raw": [b"ab", bytes(range(100))], "flag": [True, False], "note": ["x", None]})
    check("example with dates", infer_signature(dates), input_example=dates)
    check("example of an array", infer_signature(np.ones((2, 3))), input_example=np.ones((2, 3)))
    check("example of tensors", infer_signature({"a": np.ones((2, 3)), "b": np.ones((2,), dtype="int64")}), input_example={"a": np.ones((2, 3)), "b": np.ones((2,), dtype="int64")})
    plain = FRAME.assign(**{"région": FRAME["région"].astype(str), "code": FRAME.code.astype(int)})
    check("inferred", infer_signature(plain, CLASSES), input_example=plain.head(3))
    check("with missing", infer_signature(plain.assign(income=plain.income.where(plain.age > 30), note=plain["région"].where(plain.age > 30, None)), CLASSES))


LIBRARIES = {"xgboost": xgboost_models, "lightgbm": lightgbm_models, "onnx": onnx_models, "catboost": catboost_models, "mlflow": mlflow_models}

if __name__ == "__main__":
    wanted = sys.argv[2:] or list(LIBRARIES)
    with tempfile.TemporaryDirectory() as base:
        for kind in wanted:
            try:
                __import__(kind)
            except ImportError:
                print(f"     {kind}: not installed")
                continue
            os.makedirs(f"{base}/{kind}")
            LIBRARIES[kind](f"{base}/{kind}")
    sys.exit(1 if failures else 0)
