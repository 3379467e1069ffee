"""Makes the fixtures: run in a folder of its own, with each set of libraries that README.md names."""
import os, pickle, sys, warnings

warnings.filterwarnings("ignore")
import joblib, numpy as np
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

X, y = load_iris(return_X_y=True)
model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(X, y)
forest = RandomForestClassifier(n_estimators=3, max_depth=2).fit(X, y)


class Evil:
    def __reduce__(self):
        return os.system, ("touch pinproof-was-here",)


if sys.argv[1:] == ["old"]:
    joblib.dump(forest, "old.joblib")
    joblib.dump(forest, "old.compressed.joblib", compress=3)
    pickle.dump(model, open("old.pkl", "wb"))
    pickle.dump(Evil(), open("evil.pkl", "wb"))
    pickle.dump({"fine": model, "late": [Evil()]}, open("evil-inside.p0.pkl", "wb"), protocol=0)
    sys.exit()

import keras, lightgbm, mlflow, onnx, skops.io, torch, xgboost
from onnx import TensorProto, helper
from safetensors.torch import save_file

for protocol in (0, 2, 5):
    pickle.dump(model, open(f"lr.p{protocol}.pkl", "wb"), protocol=protocol)
joblib.dump(forest, "rf.joblib")
joblib.dump(model, "lr.joblib")
for method in ("zlib", "gzip", "bz2", "lzma", "xz", "lz4"):
    joblib.dump(model, f"lr.{method}.joblib", compress=(method, 3))
objects = {"objects": np.array([1, "a", None, {"x": model}], dtype=object), "model": model}
objects |= {"text": np.array(["ab", "c"]), "fortran": np.asfortranarray(np.ones((3, 4))), "empty": np.zeros((0, 3))}
objects["record"] = np.zeros(2, dtype=[("a", "i4"), ("b", "f8", (2,))])
joblib.dump(objects, "objs.joblib")
skops.io.dump(model, "lr.skops")
for form in ("pickle", "skops"):
    mlflow.sklearn.save_model(model, f"mlflow-{form}", serialization_format=form, input_example=X[:2])
net = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2))
torch.save(net, "net.pth")
torch.save(net.state_dict(), "legacy.pt", _use_new_zipfile_serialization=False)
save_file(net.state_dict(), "w.safetensors", metadata={"format": "pt"})
value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1])
graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", [value("x")], [value("y")])
sets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
onnx.save(
    helper.make_model(graph, producer_name="skl2onnx", producer_version="1.19.1", opset_imports=sets), "m.onnx")
booster = xgboost.XGBClassifier(n_estimators=2, max_depth=2).fit(X, y)
booster.save_model("x.json")
booster.save_model("x.ubj")
pickle.dump(booster, open("xgb.pkl", "wb"))
trees = lightgbm.LGBMClassifier(n_estimators=2, verbose=-1).fit(X, y)
trees.booster_.save_model("lightgbm.txt")
pickle.dump(trees, open("lgb.pkl", "wb"))
keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]).save("k.keras")
