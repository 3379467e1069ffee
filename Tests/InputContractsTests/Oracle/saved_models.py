#!/usr/bin/env python3
"""Saves models with the real libraries and compares `inspect --contract` with what the library says after loading.

    PYTHON saved_models.py PINPROOF [KIND...]

KIND is keras, tensorflow, xgboost, lightgbm, onnx, catboost or mlflow: those of which PYTHON has the library are tried where none is named.
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

    def check(name, model, frame, labels, **roles):
        global failures
        model.fit(frame, labels, **roles)
        kinds = {}
        for kind, indices in (("any", model.get_cat_feature_indices()), ("string", model.get_text_feature_indices()), ("array", model.get_embedding_feature_indices())):
            kinds.update(dict.fromkeys(indices, kind))
        # CatBoost numbers the columns of an array.
        names = [None if isinstance(frame, np.ndarray) else n for n in model.feature_names_]
        for form in ("cbm", "json"):
            if form == "json" and set(kinds.values()) - {"any"}:
                continue
            path = f"{folder}/{name}.{form}"
            model.save_model(path, format=form, pool=catboost.Pool(frame, labels, **roles) if form == "json" else None)
            compare(f"catboost {name} {form}", path, names=names, types=[kinds.get(i, "float32") for i in range(len(names))])
        if isinstance(frame, pd.DataFrame) and not set(kinds.values()) - {"any"}:
            run = subprocess.run([PROGRAM, "inspect", f"{folder}/{name}.cbm", "--contract", "--format", "json"], capture_output=True, text=True)
            for column in json.loads(run.stdout)["inputs"]:
                row = frame.head(2).copy()
                row[column["name"]] = pd.Series([None, row[column["name"]].iloc[1]], index=row.index, dtype=object)
                try: model.predict(row); real = "accepted"
                except Exception: real = "error"
                if column["onNull"] != real: print(f"FAIL catboost {name} {column['name']}: onNull {column['onNull']}, {real}"); failures += 1

    small = dict(iterations=3, depth=2, verbose=0, allow_writing_files=False)
    frame = FRAME.assign(**{"région": FRAME["région"].astype(str), "code": FRAME.code.astype(int)})
    check("classes", catboost.CatBoostClassifier(**small), frame, CLASSES, cat_features=["région"])
    check("codes", catboost.CatBoostClassifier(**small), frame, CLASSES, cat_features=["région", "code"])
    numbers = frame[["age", "income"]]
    check("numbers", catboost.CatBoostRegressor(**small), numbers, CLASSES)
    check("array", catboost.CatBoostRegressor(**small), numbers.to_numpy(), CLASSES)
    gaps = numbers.assign(income=numbers.income.where(numbers.age > 30))
    for mode in ("Min", "Max"):
        check("gaps" + mode, catboost.CatBoostRegressor(nan_mode=mode, **small), gaps, CLASSES)
    check("forbidden", catboost.CatBoostRegressor(nan_mode="Forbidden", **small), numbers, CLASSES)
    check("multiclass", catboost.CatBoostClassifier(loss_function="MultiClass", **small), frame, rng.integers(0, 3, n), cat_features=["région"])
    check("unused", catboost.CatBoostRegressor(**small), frame.assign(constant=1.0), frame.age.to_numpy(), cat_features=["région"])
    check("one hot", catboost.CatBoostClassifier(one_hot_max_size=10, **small), frame, CLASSES, cat_features=["région"])
    check("lossguide", catboost.CatBoostClassifier(grow_policy="Lossguide", **small), numbers, CLASSES)
    try:
        words = frame.assign(note=rng.choice(["good day", "bad night", "long road home"], n))
        check("text", catboost.CatBoostClassifier(**small), words, CLASSES, cat_features=["région"], text_features=["note"])
        vectors = numbers.assign(vector=[list(v) for v in rng.normal(size=(n, 3))])
        check("vectors", catboost.CatBoostClassifier(**small), vectors, CLASSES, embedding_features=["vector"])
    except catboost.CatBoostError as error:
        print("     catboost:", str(error)[:100])


def keras_models(folder):
    import keras
    from keras import layers

    def check(name, model, forms=("keras", "h5")):
        for form in forms:
            path = f"{folder}/{name}.{form}"
            try:
                model.save(path)
                loaded = keras.saving.load_model(path, compile=False)
            except Exception as error:
                print(f"     keras {name} {form}: {str(error).splitlines()[0][:90]}")
                continue
            kinds = {"bool": "boolean"}
            compare(
                f"keras {name} {form}", path, names=[t.name for t in loaded.inputs], shapes=[list(t.shape) for t in loaded.inputs],
                types=[kinds.get(str(t.dtype), str(t.dtype)) for t in loaded.inputs])

    def given(*shape, **options):
        return layers.Input(shape, **options)

    check("sequential", keras.Sequential([given(4), layers.Dense(2)]))
    check("sequential named", keras.Sequential([given(4, name="rows", batch_size=8), layers.Dense(2)]))
    check("image", keras.Sequential([given(None, 28, 3), layers.Conv2D(2, 3), layers.GlobalAveragePooling2D()]))
    ids, mask = given(8, dtype="int64", name="ids"), given(8, dtype="bool", name="mask")
    check("two", keras.Model([ids, mask], layers.Dense(1)(layers.Embedding(9, 3)(ids)[:, 0])))
    b, a = given(3, name="b"), given(2, name="a")
    joined = layers.Dense(1)(layers.Concatenate()([a, b]))
    check("order", keras.Model([b, a], joined))
    check("other order", keras.Model([a, b], joined))
    check("by name", keras.Model({"b": b, "a": a}, joined))
    check("by other name", keras.Model({"y": b, "z": a}, joined))
    check("by lists", keras.Model([[b], a], joined))
    inner = keras.Sequential([given(3, name="inner"), layers.Dense(2)], name="encoder")
    outer = given(3, name="outer")
    check("nested", keras.Model(outer, layers.Dense(1)(inner(outer))))
    check("nested sequential", keras.Sequential([inner, layers.Dense(1)]))
    check("half", keras.Sequential([given(4, dtype="float16"), layers.Dense(2)]))


def tensorflow_models(folder):
    import tensorflow as tf

    kinds = {"bool": "boolean"}

    def check(name, model, **options):
        path = f"{folder}/{name}"
        tf.saved_model.save(model, path, **options)
        loaded = tf.saved_model.load(path).signatures["serving_default"]

        def described(specs):
            return {key: (kinds.get(s.dtype.name, s.dtype.name), None if s.shape.rank is None else s.shape.as_list()) for key, s in specs.items()}

        inputs = described(loaded.structured_input_signature[1])
        outputs = described(loaded.structured_outputs)
        compare(
            f"tensorflow {name}", path, names=sorted(inputs), types=[inputs[k][0] for k in sorted(inputs)], shapes=[inputs[k][1] for k in sorted(inputs)],
            outputs=[outputs[k] for k in sorted(outputs)])

    class Module(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x"), tf.TensorSpec([], tf.int64, name="top")])
        def score(self, x, top):
            return {"score": tf.reduce_sum(x, 1), "top": top}

        @tf.function(input_signature=[tf.TensorSpec(None, tf.string, name="text")])
        def text(self, text):
            return {"n": tf.strings.length(text)}

        @tf.function(input_signature=[tf.TensorSpec([None, None, 2], tf.float16, name="b"), tf.TensorSpec([4], tf.bool, name="a"), tf.TensorSpec([1], tf.uint8, name="c"), tf.TensorSpec([1], tf.float64, name="d")])
        def many(self, b, a, c, d):
            return {"b": b, "a": a, "c": c}

    module = Module()
    check("one", module, signatures=module.score)
    check("text", module, signatures=module.text)
    check("many", module, signatures=module.many)
    check("several", module, signatures={"serving_default": module.score, "text": module.text})
    try:
        import keras

        model = keras.Sequential([keras.layers.Input((4,), name="rows"), keras.layers.Dense(2)])
        path = f"{folder}/exported"
        model.export(path, verbose=False)
        loaded = tf.saved_model.load(path).signatures["serving_default"]
        (key, spec), = loaded.structured_input_signature[1].items()
        compare("tensorflow exported", path, names=[key], types=["float32"], shapes=[spec.shape.as_list()])
    except ImportError:
        pass


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


LIBRARIES = {"keras": keras_models, "tensorflow": tensorflow_models, "xgboost": xgboost_models, "lightgbm": lightgbm_models, "onnx": onnx_models, "catboost": catboost_models, "mlflow": mlflow_models}

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
