#!/usr/bin/env python3
"""Measures what bad values do in every estimator of the installed scikit-learn, and writes one JSON line a class.

    python measure_estimators.py > behaviour_1.7.json          # with any Python that has scikit-learn and pandas
    python make_table.py behaviour_*.json                      # joins the versions to Sources/InputContracts/Outcomes

Each class is fitted on three columns of positive numbers with names, then asked with one bad value in column b, in a
table of one row and in a table of four. The letters, one for each probe in the order of PROBES:
  E raises      S answers       N answers, and the result has NaN       I answers, and the result has an infinity
  = answers as without the change                ? differs between one row and four rows, or between dtypes
The last two are asked of an estimator that was fitted on an array: one column more, one fewer.

    python measure_estimators.py save FOLDER     # in one version
    python measure_estimators.py load FOLDER     # in another: what that version makes of these files
"""
import json, sys, warnings
warnings.filterwarnings("ignore")
import numpy as np, pandas as pd, sklearn
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin
from sklearn.experimental import enable_iterative_imputer, enable_halving_search_cv  # noqa: F401
from sklearn.utils import all_estimators
PROBES = ["nan", "none", "inf", "-inf", "huge", "text", "bool", "extra", "missing", "reordered", "array", "wide", "narrow"]
N = 80
rng = np.random.default_rng(0)
X = pd.DataFrame({c: rng.integers(1, 30, N).astype(float) for c in "abc"})
X["b"] += np.linspace(0, .9, N)
YC = (X.a + rng.normal(0, 5, N) > 15).astype(int).to_numpy()
YR = (X.a * 2 + X.b + rng.random(N)).to_numpy()


class Anything(ClassifierMixin, BaseEstimator):
    """Accepts whatever it is given."""
    def fit(self, X, y=None, sample_weight=None):
        self.classes_ = np.unique(y) if y is not None and np.ndim(y) == 1 else np.array([0, 1]); return self
    def predict(self, X): return np.full(len(X), self.classes_[0])
    def predict_proba(self, X): return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))
    def __sklearn_tags__(self):
        t = super().__sklearn_tags__(); t.input_tags.allow_nan = True; return t
    def _more_tags(self): return {"allow_nan": True}


class AnyNumber(RegressorMixin, BaseEstimator):
    """Accepts whatever it is given."""
    def fit(self, X, y=None, sample_weight=None): self.shape = np.shape(y)[1:]; return self
    def predict(self, X): return np.zeros((len(X),) + self.shape)
    def __sklearn_tags__(self):
        t = super().__sklearn_tags__(); t.input_tags.allow_nan = True; return t
    def _more_tags(self): return {"allow_nan": True}


def make(name, cls):
    from sklearn.dummy import DummyClassifier
    special = {
        "VotingClassifier": lambda: cls([("a", Anything())]), "VotingRegressor": lambda: cls([("a", AnyNumber())]),
        "StackingClassifier": lambda: cls([("a", Anything())], final_estimator=Anything(), cv=2),
        "StackingRegressor": lambda: cls([("a", AnyNumber())], final_estimator=AnyNumber(), cv=2),
        "BaggingClassifier": lambda: cls(Anything(), n_estimators=2),
        "BaggingRegressor": lambda: cls(AnyNumber(), n_estimators=2),
        "AdaBoostClassifier": lambda: cls(Anything(), n_estimators=2),
        "AdaBoostRegressor": lambda: cls(AnyNumber(), n_estimators=2),
        "CalibratedClassifierCV": lambda: cls(Anything(), cv=2),
        "MultiOutputClassifier": lambda: cls(Anything()), "MultiOutputRegressor": lambda: cls(AnyNumber()),
        "ClassifierChain": lambda: cls(Anything()), "RegressorChain": lambda: cls(AnyNumber()),
        "OneVsRestClassifier": lambda: cls(Anything()), "OneVsOneClassifier": lambda: cls(Anything()),
        "OutputCodeClassifier": lambda: cls(Anything()), "SelfTrainingClassifier": lambda: cls(Anything()),
        "FixedThresholdClassifier": lambda: cls(Anything()), "TunedThresholdClassifierCV": lambda: cls(Anything(), cv=2),
        "TransformedTargetRegressor": lambda: cls(AnyNumber()), "RANSACRegressor": lambda: cls(),
        "GridSearchCV": lambda: cls(Anything(), {}, cv=2), "RandomizedSearchCV": lambda: cls(Anything(), {}, n_iter=1, cv=2),
        "SelectKBest": lambda: cls(k=3), "FrozenEstimator": lambda: cls(Anything().fit(X, YC)),
        "KBinsDiscretizer": lambda: cls(n_bins=3, encode="ordinal"),
        "GenericUnivariateSelect": lambda: cls(param=100), "SelectPercentile": lambda: cls(percentile=100),
        "SelectFdr": lambda: cls(alpha=1.0), "SelectFpr": lambda: cls(alpha=1.0), "SelectFwe": lambda: cls(alpha=1.0),
        "CCA": lambda: cls(1), "PLSCanonical": lambda: cls(1), "PLSSVD": lambda: cls(1),
        "LocalOutlierFactor": lambda: cls(novelty=True), "SplineTransformer": lambda: cls(extrapolation="constant"),
        "RandomForestClassifier": lambda: cls(5), "RandomForestRegressor": lambda: cls(5),
        "ExtraTreesClassifier": lambda: cls(5), "ExtraTreesRegressor": lambda: cls(5), "IsolationForest": lambda: cls(n_estimators=5),
        "RandomTreesEmbedding": lambda: cls(5), "HistGradientBoostingClassifier": lambda: cls(max_iter=3),
        "HistGradientBoostingRegressor": lambda: cls(max_iter=3), "GradientBoostingClassifier": lambda: cls(n_estimators=3),
        "GradientBoostingRegressor": lambda: cls(n_estimators=3), "PCA": lambda: cls(2), "NMF": lambda: cls(2),
        "MiniBatchNMF": lambda: cls(2), "KMeans": lambda: cls(2, n_init=1), "MiniBatchKMeans": lambda: cls(2, n_init=1),
        "MLPClassifier": lambda: cls((5,), max_iter=20, solver="lbfgs"), "MLPRegressor": lambda: cls((5,), max_iter=20, solver="lbfgs"),
        "QuantileTransformer": lambda: cls(n_quantiles=20), "GaussianRandomProjection": lambda: cls(2),
        "SparseRandomProjection": lambda: cls(2), "LogisticRegressionCV": lambda: cls(cv=2),
        "Nystroem": lambda: cls(n_components=5), "DictionaryLearning": lambda: cls(2, max_iter=5),
        "MiniBatchDictionaryLearning": lambda: cls(2, max_iter=5), "TruncatedSVD": lambda: cls(2), "GraphicalLassoCV": lambda: cls(cv=2),
    }
    return special[name]() if name in special else cls()


def targets(name):
    if name in ("MultiOutputClassifier", "ClassifierChain"): return [np.stack([YC, 1 - YC], 1)]
    if name in ("MultiOutputRegressor", "RegressorChain", "MultiTaskLasso", "MultiTaskElasticNet", "MultiTaskLassoCV", "MultiTaskElasticNetCV"):
        return [np.stack([YR, -YR], 1)]
    if name == "IsotonicRegression": return []
    return [YC, YR]


def answer(m, Z):
    f = m.predict if hasattr(m, "predict") else m.transform
    r = f(Z)
    if isinstance(r, pd.DataFrame): r = r.to_numpy()
    return r.toarray() if hasattr(r, "toarray") else np.asarray(r)


def letter(m, Z, base=None):
    try: r = answer(m, Z)
    except Exception: return "E"
    if base is not None and r.shape == base.shape and (r.dtype.kind == "O" or np.array_equal(r, base, equal_nan=r.dtype.kind == "f")): return "="
    if r.dtype.kind == "f" and np.isnan(r).any(): return "N"
    if r.dtype.kind == "f" and np.isinf(r).any(): return "I"
    return "S"


def one(m, Xfit, probe):
    out = set()
    for n in (1, 4):
        for first in (0, 7):
            Z = Xfit.iloc[first:first + n].copy()
            values = {"nan": [np.nan], "none": [None], "inf": [np.inf], "-inf": [-np.inf], "huge": [1e39, -1e39], "text": ["abc"], "bool": [True, False]}
            if probe in values:
                for v in values[probe]:
                    rest = list(Z["b"].iloc[1:])
                    kinds = [None] if probe not in ("none", "text", "bool") else [object] if probe == "none" else [None, object]
                    for kind in kinds:
                        W = Z.copy(); W["b"] = pd.Series([v] + rest, index=W.index, dtype=kind); out.add(letter(m, W))
            elif probe == "extra": out.add(letter(m, Z.assign(zz=1.0), answer(m, Z)))
            elif probe == "missing": out.add(letter(m, Z.drop(columns="b"), answer(m, Z)))
            elif probe == "reordered": out.add(letter(m, Z[list("cba")], answer(m, Z)))
            else: out.add(letter(m, Z.to_numpy(), answer(m, Z)))
    if out == {"S", "N"}: return "N" if probe in ("nan", "none") and hasattr(m, "transform") and not hasattr(m, "predict") else "S"
    return out.pop() if len(out) == 1 else "S" if out == {"=", "S"} else "?"


def composites():
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.compose import ColumnTransformer
    from sklearn.preprocessing import FunctionTransformer, StandardScaler, OneHotEncoder, OrdinalEncoder
    a = FunctionTransformer()
    yield "Pipeline", lambda: make_pipeline(StandardScaler(), Anything())
    yield "FeatureUnion", lambda: make_union(StandardScaler(), StandardScaler())
    yield "ColumnTransformer", lambda: ColumnTransformer([("s", StandardScaler(), ["a"]), ("p", "passthrough", ["b"])])
    yield "ColumnTransformer+all", lambda: ColumnTransformer([("s", StandardScaler(), ["a", "b", "c"])])
    yield "ColumnTransformer+drop", lambda: ColumnTransformer([("s", StandardScaler(), ["a"])])
    yield "ColumnTransformer+remainder", lambda: ColumnTransformer([("s", StandardScaler(), ["a"])], remainder="passthrough")
    yield "ColumnTransformer+index", lambda: ColumnTransformer([("s", StandardScaler(), [0])], remainder=StandardScaler())
    yield "OneHotEncoder+ignore", lambda: OneHotEncoder(handle_unknown="ignore")
    yield "OrdinalEncoder+value", lambda: OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)


def fitted():
    """Yields the class, the fitted estimator and the one fitted on an array, or the reason why there is none."""
    for name, cls in all_estimators():
        m = u = why = None
        for y in targets(name):
            try:
                c = make(name, cls).fit(X, y); answer(c, X.head(2)); m = c
                try: u = make(name, cls).fit(X.to_numpy(), y)
                except Exception: pass
                break
            except Exception as e: why = f"{type(e).__name__}: {str(e)[:80]}"
        yield f"{cls.__module__}.{name}", m, u, why
    for name, maker in composites():
        try: yield name, maker().fit(X, YC), None, None
        except Exception as e: yield name, None, None, str(e)[:80]


def code(m, u):
    letters = "".join(one(m, X, p) for p in PROBES[:11])
    A = X.to_numpy()
    for Z in (np.hstack([A, A[:, :1]])[:3], A[:3, :2]):
        letters += letter(u, Z) if u is not None else "?"
    return letters


def save(folder):
    import os, pickle
    os.makedirs(folder, exist_ok=True)
    for name, m, u, why in fitted():
        if m is not None:
            try: pickle.dump((m, u), open(f"{folder}/{name}.pkl", "wb"))
            except Exception: pass


def load(folder):
    import os, pickle
    for file in sorted(os.listdir(folder)):
        row = {"version": sklearn.__version__, "from": os.path.basename(folder), "class": file[:-4]}
        try:
            m, u = pickle.load(open(f"{folder}/{file}", "rb")); answer(m, X.head(2)); row["code"] = code(m, u)
        except Exception as e: row["code"] = "!"; row["why"] = f"{type(e).__name__}: {str(e)[:80]}"
        print(json.dumps(row), flush=True)


def measure():
    for name, m, u, why in fitted():
        row = {"version": sklearn.__version__, "class": name}
        if m is None: row["code"] = None; row["why"] = why
        else:
            row["kind"] = "predict" if hasattr(m, "predict") else "transform"
            row["code"] = code(m, u)
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    # The classes of this file are pickled by its name.
    sys.path.insert(0, __file__.rsplit("/", 1)[0])
    import measure_estimators as own
    if len(sys.argv) == 1: own.measure()
    elif sys.argv[1] == "save": own.save(sys.argv[2])
    else: own.load(sys.argv[2])
