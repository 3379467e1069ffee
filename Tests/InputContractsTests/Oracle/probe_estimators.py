#!/usr/bin/env python3
"""Compares predicted outcomes (`pinproof inspect MODEL --probes`) with what scikit-learn really does.

    python probe_estimators.py PINPROOF FOLDER        # in each Python that has another scikit-learn
    python probe_estimators.py PINPROOF FOLDER --load FOLDER2      # files that another version wrote to FOLDER2
    python probe_estimators.py PINPROOF FOLDER --models unseen_models      # pipelines that no rule was written for

Every model is saved as pickle, joblib, cloudpickle or skops, in turn. Each predicted line is executed with tables of one
row and of four; every way of sending the value has to come to the predicted outcome. Prints each wrong line, then a
summary; exits with 1 when a prediction is wrong, or when too many are unknown.
"""
import importlib, json, os, pickle, subprocess, sys, warnings, zlib
warnings.filterwarnings("ignore")
import joblib, numpy as np, pandas as pd, sklearn
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector, make_column_transformer
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import *
from sklearn.feature_selection import SelectKBest, SelectFromModel, VarianceThreshold, RFE
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.impute import *
from sklearn.linear_model import *
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.naive_bayes import *
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import *
from sklearn.svm import SVC, SVR, LinearSVC
from sklearn.tree import *

rng = np.random.default_rng(7)
N = 160
D = pd.DataFrame({
    "age": rng.integers(18, 80, N).astype(float), "income": rng.normal(5e4, 1e4, N), "tenure": rng.integers(0, 20, N),
    "region": pd.Series(rng.choice(["north", "south", "east"], N), dtype=object), "plan": rng.choice(["a", "b"], N),
    "code": rng.integers(0, 5, N)})
DN = D.copy(); DN.loc[::7, "age"] = np.nan; DN["region"] = DN["region"].where(np.arange(N) % 9 != 0, np.nan)
DC = D.assign(region=D.region.astype("category"), plan=D.plan.astype("category"))
NUM = D[["age", "income", "tenure"]].astype(float)
Y = (D.age + rng.normal(0, 20, N) > 50).astype(int).to_numpy()
YT = np.where(Y, "yes", "no")
YR = D.age.to_numpy() * 3 + D.income.to_numpy() / 1e4
num, cat = ["age", "income", "tenure"], ["region", "plan"]


def ct(n=None, c=None, **k):
    return ColumnTransformer([("n", n or StandardScaler(), num), ("c", c or OneHotEncoder(handle_unknown="ignore"), cat)], **k)


def models():
    """Yields a name, an unfitted model, its rows and its targets."""
    lr = lambda: LogisticRegression(max_iter=200)
    rf = lambda: RandomForestClassifier(4, random_state=0)
    hgb = lambda: HistGradientBoostingClassifier(max_iter=3)
    for n, m in {"lr": lr(), "ridge": RidgeClassifier(), "sgd": SGDClassifier(), "svc": SVC(), "svcpoly": SVC(kernel="poly"), "lsvc": LinearSVC(), "dt": DecisionTreeClassifier(max_depth=3), "rf": rf(),
                 "et": ExtraTreesClassifier(4), "hgb": hgb(), "gb": GradientBoostingClassifier(n_estimators=3), "knn": KNeighborsClassifier(), "mlp": MLPClassifier((4,), max_iter=30, solver="lbfgs"),
                 "gnb": GaussianNB(), "bnb": BernoulliNB(), "mnb": MultinomialNB(), "lda": LinearDiscriminantAnalysis(), "gp": GaussianProcessClassifier(), "iso": IsolationForest(n_estimators=4), "km": KMeans(2, n_init=1),
                 "ada": AdaBoostClassifier(n_estimators=3), "bag_dt": BaggingClassifier(DecisionTreeClassifier(), 3, max_features=2, random_state=0), "bag_lr": BaggingClassifier(lr(), 3),
                 "dt_mae": DecisionTreeRegressor(criterion="absolute_error", max_depth=2), "vote_mixed": VotingClassifier([("a", lr()), ("b", hgb())]), "vote_hgb": VotingClassifier([("a", rf()), ("b", hgb())], voting="soft"),
                 "stack": StackingClassifier([("a", hgb()), ("b", DecisionTreeClassifier())], final_estimator=lr(), cv=2), "stack_p": StackingClassifier([("a", hgb())], final_estimator=lr(), cv=2, passthrough=True),
                 "calib_hgb": CalibratedClassifierCV(hgb(), cv=2), "calib_lr": CalibratedClassifierCV(lr(), cv=2), "ovr": OneVsRestClassifier(lr()), "ovr_hgb": OneVsRestClassifier(hgb()),
                 "grid": GridSearchCV(lr(), {"C": [1, 2]}, cv=2), "sc_lr": make_pipeline(StandardScaler(), lr()), "mm_rf": make_pipeline(MinMaxScaler(), rf()), "mmclip": make_pipeline(MinMaxScaler(clip=True), lr()),
                 "rob_rf": make_pipeline(RobustScaler(), rf()), "ma_hgb": make_pipeline(MaxAbsScaler(), hgb()), "qt": make_pipeline(QuantileTransformer(n_quantiles=20), lr()), "pt": make_pipeline(PowerTransformer(), hgb()),
                 "norm": make_pipeline(Normalizer(), lr()), "pca": make_pipeline(StandardScaler(), PCA(2), lr()), "pca_rf": make_pipeline(PCA(2), rf()), "poly": make_pipeline(StandardScaler(), PolynomialFeatures(2), lr()),
                 "kb_ord": make_pipeline(KBinsDiscretizer(4, encode="ordinal"), rf()), "kb_oh": make_pipeline(KBinsDiscretizer(4), lr()), "spline": make_pipeline(SplineTransformer(), lr()), "spline_err": make_pipeline(SplineTransformer(extrapolation="error"), lr()),
                 "imp_lr": make_pipeline(SimpleImputer(), lr()), "imp_ind": make_pipeline(SimpleImputer(add_indicator=True), lr()), "imp_m1": make_pipeline(SimpleImputer(missing_values=-1), lr()), "imp_mf": make_pipeline(SimpleImputer(strategy="most_frequent"), lr()),
                 "imp_const": make_pipeline(SimpleImputer(strategy="constant", fill_value=0), StandardScaler(), lr()), "knnimp": make_pipeline(KNNImputer(), lr()), "iterimp": make_pipeline(IterativeImputer(max_iter=2), lr()),
                 "kbest": make_pipeline(SelectKBest(k=2), hgb()), "kbest_lr": make_pipeline(StandardScaler(), SelectKBest(k=1), lr()), "vt": make_pipeline(VarianceThreshold(), hgb()), "sfm": make_pipeline(SelectFromModel(rf()), hgb()), "rfe": make_pipeline(RFE(lr(), n_features_to_select=2), lr()),
                 "ft_id": make_pipeline(FunctionTransformer(), lr()), "ft_log": make_pipeline(FunctionTransformer(np.log1p), StandardScaler(), lr()), "ft_log_hgb": make_pipeline(FunctionTransformer(np.log1p), hgb()), "bin": make_pipeline(Binarizer(), BernoulliNB()),
                 "union": make_pipeline(make_union(StandardScaler(), MinMaxScaler()), hgb()), "union_lr": make_pipeline(make_union(StandardScaler(), PCA(1)), lr()), "mi": make_pipeline(make_union(SimpleImputer(), MissingIndicator(features="all")), lr()),
                 "sc_set": make_pipeline(StandardScaler(), lr()).set_output(transform="pandas"), "svd": make_pipeline(TruncatedSVD(2), lr()), "hgb_mono": HistGradientBoostingClassifier(max_iter=3, monotonic_cst=[1, 0, 0]), "pass_first": Pipeline([("p", "passthrough"), ("m", lr())]),
                 "et_pipe": make_pipeline(StandardScaler(), ExtraTreeClassifier()), "bag_hgb": BaggingClassifier(hgb(), 2), "ada_lr": AdaBoostClassifier(lr(), n_estimators=2)}.items():
        yield n, m, NUM, Y
    for n, m in {"lin": LinearRegression(), "ridge_r": Ridge(), "lasso": Lasso(), "svr": SVR(), "knnr": KNeighborsRegressor(), "rfr": RandomForestRegressor(4), "hgbr": HistGradientBoostingRegressor(max_iter=3), "ttr": TransformedTargetRegressor(Ridge(), transformer=StandardScaler()),
                 "ttr_log": TransformedTargetRegressor(HistGradientBoostingRegressor(max_iter=3), func=np.log1p, inverse_func=np.expm1), "stackr": StackingRegressor([("a", Ridge()), ("b", RandomForestRegressor(3))], cv=2), "voter": VotingRegressor([("a", Ridge()), ("b", HistGradientBoostingRegressor(max_iter=2))]),
                 "bagr": BaggingRegressor(n_estimators=3), "adar": AdaBoostRegressor(n_estimators=2), "gbr": GradientBoostingRegressor(n_estimators=3), "poisson": PoissonRegressor()}.items():
        yield n, m, NUM, YR
    yield "mo", MultiOutputClassifier(rf()), NUM, np.stack([Y, 1 - Y], 1)
    yield "mor", MultiOutputRegressor(Ridge()), NUM, np.stack([YR, -YR], 1)
    yield "np_lr", lr(), NUM.to_numpy(), Y
    yield "np_rf", make_pipeline(StandardScaler(), rf()), NUM.to_numpy(), Y
    yield "np_ct", make_pipeline(ColumnTransformer([("a", StandardScaler(), [0, 1])], remainder="passthrough"), lr()), NUM.to_numpy(), Y
    yield "np_hgb", hgb(), NUM.to_numpy(), YT
    cats = {"ct": ct(), "ct_err": ct(c=OneHotEncoder()), "ct_rem": ct(remainder="passthrough"), "ct_dense": ct(c=OneHotEncoder(handle_unknown="ignore", sparse_output=False), remainder=MinMaxScaler()),
            "ct_infreq": ct(c=OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=20)), "ct_drop": ct(c=OneHotEncoder(drop="first", handle_unknown="error")), "ct_ord": ct(c=OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)),
            "ct_ordnan": ct(c=OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)), "ct_orderr": ct(c=OrdinalEncoder()), "ct_te": ct(c=TargetEncoder(cv=2)), "ct_imp": ct(make_pipeline(SimpleImputer(), StandardScaler()), make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))),
            "ct_const": ct(c=make_pipeline(SimpleImputer(strategy="constant", fill_value="missing"), OneHotEncoder())), "ct_sel": ColumnTransformer([("n", StandardScaler(), make_column_selector(dtype_include=np.number)), ("c", OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_exclude=np.number))]),
            "ct_pos": ColumnTransformer([("n", StandardScaler(), [0, 1]), ("c", OneHotEncoder(handle_unknown="ignore"), slice(3, 5))], remainder="passthrough"), "ct_mask": ColumnTransformer([("n", MinMaxScaler(), [True, True, False, False, False, False])]),
            "ct_code": ColumnTransformer([("n", StandardScaler(), num), ("c", OneHotEncoder(handle_unknown="ignore"), ["code"])]), "ct_codeerr": ColumnTransformer([("n", "passthrough", num), ("c", OneHotEncoder(), ["code"])]), "ct_set": ct(c=OneHotEncoder(handle_unknown="ignore", sparse_output=False)).set_output(transform="pandas"),
            "ct_twice": ColumnTransformer([("n", StandardScaler(), num), ("k", KBinsDiscretizer(3), ["age"]), ("c", OneHotEncoder(handle_unknown="ignore"), cat)]), "ct_union": ct(make_union(StandardScaler(), PolynomialFeatures(2))), "ct_w": ct(transformer_weights={"n": 2.0}),
            "ct_nested": ColumnTransformer([("x", ColumnTransformer([("n", make_pipeline(SimpleImputer(strategy="median"), RobustScaler()), ["age"])], remainder="passthrough"), num), ("c", OneHotEncoder(handle_unknown="ignore"), cat)]),
            "ct_ft": ColumnTransformer([("l", FunctionTransformer(np.log1p), ["age"]), ("n", SimpleImputer(), ["income"]), ("c", OneHotEncoder(handle_unknown="ignore"), cat)]), "ct_bins": make_column_transformer((KBinsDiscretizer(3, encode="ordinal"), ["age", "income"]), ("passthrough", ["tenure"]), (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=99), cat))}
    for n, c in cats.items():
        yield n + "_lr", make_pipeline(c, lr()), D, YT
        yield n + "_hgb", make_pipeline(sklearn.base.clone(c).set_params(sparse_threshold=0), hgb()), D, Y
    for n in ("ct_imp", "ct_te", "ct", "ct_ord", "ct_ordnan"):
        yield n + "_nan", make_pipeline(sklearn.base.clone(cats[n]).set_params(sparse_threshold=0), hgb()), DN, Y
    yield "ct_rf", make_pipeline(ct(), rf()), D, Y
    yield "ct_rf_raw", make_pipeline(ct("passthrough"), rf()), D, Y
    yield "ct_knn", make_pipeline(ct(SimpleImputer()), KNeighborsClassifier()), D, YT
    yield "grid_ct", GridSearchCV(make_pipeline(ct(SimpleImputer(strategy="median"), OneHotEncoder()), lr()), {"logisticregression__C": [1]}, cv=2), D, YT
    yield "vote_ct", VotingClassifier([("a", make_pipeline(ct(), lr())), ("b", make_pipeline(ct(c=OneHotEncoder()), rf()))]), D, YT
    yield "calib_ct", CalibratedClassifierCV(make_pipeline(ct(KNNImputer()), lr()), cv=2), D, YT
    yield "stack_ct", StackingClassifier([("a", make_pipeline(ct(), lr()))], cv=2), D, YT
    yield "catdt", make_pipeline(ct(), lr()), DC, YT
    yield "catdt_ord", make_pipeline(ct(c=OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)), hgb()), DC, YT
    if sklearn.__version__ >= "1.4":
        yield "hgb_from_dtype", HistGradientBoostingClassifier(max_iter=3, categorical_features="from_dtype"), DC, Y
    yield "ttr_ct", TransformedTargetRegressor(make_pipeline(ct(), Ridge())), D, YR


def save(m, path, form):
    import cloudpickle, skops.io
    if form == "pickle": pickle.dump(m, open(path, "wb"))
    elif form == "pickle2": pickle.dump(m, open(path, "wb"), protocol=2)
    elif form == "joblib": joblib.dump(m, path, compress=("gzip", 3))
    elif form == "cloudpickle": cloudpickle.dump(m, open(path, "wb"))
    else: skops.io.dump(m, path)


def load(path):
    if path.endswith(".skops"):
        import skops.io
        return skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))
    return joblib.load(path) if path.endswith(".joblib") else pickle.load(open(path, "rb"))


def answer(m, Z):
    p = m.predict(Z)
    f = getattr(m, "predict_proba", None) or getattr(m, "decision_function", None)
    # Probabilities only tell answers apart: whether a model raises is a matter of predict.
    try: r = f(Z) if f else p
    except Exception: r = p
    if isinstance(r, list): return [np.asarray(x, dtype=float) for x in r]
    r = np.asarray(r)
    return (r == "yes").astype(float) if r.dtype.kind in "OUT" else r.astype(float)


KEEPS_TYPES = False


def requests(X, line):
    """The ways to send a probe: pairs of a request and the request without the change."""
    kind, value, column = line["probe"], line["value"], line["column"]
    if value == "inf" or value == "-inf": value = float(value)
    for start, n in ((0, 1), (3, 4)):
        if isinstance(X, np.ndarray):
            Z = X[start:start + n].copy(); B = Z.copy()
            if kind == "extra": Z = np.hstack([Z, np.ones((n, 1))])
            elif kind == "missing": Z = np.delete(Z, column, 1)
            elif kind == "reordered": Z = Z[:, ::-1]
            elif kind == "array": pass
            elif kind == "text": Z = Z.astype(object); Z[0, column] = value
            elif kind == "null": Z[0, column] = np.nan
            else: Z[0, column] = float(value)
            yield Z, B
            continue
        Z = X.iloc[start:start + n].copy(); B = Z.copy()
        if kind == "extra": yield Z.assign(another=1.0), B
        elif kind == "missing": yield Z.drop(columns=column), B
        elif kind == "reordered": yield Z[Z.columns[::-1]], B
        elif kind == "array": yield Z.to_numpy(), B
        else:
            isText = X[column].dtype.kind not in "fiub"
            isCategory = X[column].dtype.name == "category"
            if KEEPS_TYPES and (isCategory or kind == "null" and not isText):
                # A column of categories stays one, and a missing number is NaN: other types are refused whatever they hold.
                rest = list(Z[column].iloc[1:])
                known = list(X[column].cat.categories) if isCategory else []
                if not isCategory: lists = [pd.Series([np.nan] + rest, index=Z.index, dtype=float)]
                elif kind == "null": lists = [pd.Categorical([None] + rest, categories=known)]
                else: lists = [pd.Categorical([value] + rest, categories=known + [value]), pd.Categorical([value] + rest)]
                for new in lists:
                    W = Z.copy(); W[column] = new
                    yield W, B
                continue
            values = [None, np.nan] if kind == "null" else [value]
            for v in values:
                W = Z.copy()
                dtypes = [object] if isText else [None, object] if v is None or kind in ("text", "boolean") else [None]
                for dtype in dtypes:
                    if v is None and dtype is None: continue
                    W = Z.copy(); W[column] = pd.Series([v] + list(Z[column].iloc[1:]), index=Z.index, dtype=dtype)
                    yield W, B


def same(a, b):
    if isinstance(a, list): return all(map(same, a, b))
    return a.shape == b.shape and np.allclose(a, b, equal_nan=True)


def main():
    program, folder = sys.argv[1:3]
    source = sys.argv[sys.argv.index("--load") + 1] if "--load" in sys.argv else None
    os.makedirs(folder, exist_ok=True)
    forms = ["pickle", "joblib", "cloudpickle", "skops", "pickle2"]
    count, wrong, unknown, kinds, unmatched = 0, [], {}, {}, []
    global KEEPS_TYPES
    module = importlib.import_module(sys.argv[sys.argv.index("--models") + 1]) if "--models" in sys.argv else None
    listed = module.models if module else models
    KEEPS_TYPES = getattr(module, "KEEPS_TYPES", False)
    forms = getattr(module, "FORMS", forms)
    for index, (name, m, X, y) in enumerate(listed()):
        form = forms[index % len(forms)]
        ext = {"joblib": "joblib", "skops": "skops"}.get(form, "pkl")
        path = f"{source or folder}/{name}.{ext}"
        if source is None:
            try: m = m.fit(X, y)
            except Exception as e: print("unfitted", name, e); continue
            save(m, path, form); why = None
        else:
            if not os.path.exists(path): continue
            try: m = load(path); why = None
            except Exception as e: why = e
        command = [program, "inspect", path, "--probes"]
        if source: command += ["--image", os.environ["IMAGE"]]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode != 0: wrong.append((name, "exit", run.returncode)); print("WRONG", name, run.stderr[:300], flush=True); continue
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        for line in lines:
            # A model that does not say its names is asked by places.
            if isinstance(line["column"], int) and hasattr(X, "columns"): line["column"] = X.columns[line["column"]]
        seen = {(l["column"], l["probe"]) for l in lines}
        columns = list(X.columns) if hasattr(X, "columns") else list(range(X.shape[1]))
        for c in columns:
            isText = hasattr(X, "columns") and X[c].dtype.kind not in "fiub"
            for k in ["null", "missing"] + (["unseen"] if isText else ["text", "infinity", "huge", "boolean"]):
                if (c, k) not in seen: kinds[k] = kinds.get(k, 0) + 1; unknown.setdefault(k, []).append((name, c, "no line")); count += 1
        for line in lines:
            k = line["probe"]; count += 1; kinds[k] = kinds.get(k, 0) + 1
            if line["outcome"] == "unknown": unknown.setdefault(k, []).append((name, line["column"], line["why"])); continue
            real = set()
            for Z, B in requests(X, line):
                if why is not None: real.add("error"); continue
                try: r = answer(m, Z)
                except Exception as e: real.add("error"); error = e; continue
                if k == "null": real.add("answered")
                else:
                    try: real.add("same" if same(r, answer(m, B)) else "other")
                    except Exception: real.add("other")
            expected = {"error": [{"error"}], "accepted": [{"answered"}] if k == "null" else [{"same"}], "silent": [{"answered"}] if k == "null" else [{"other"}, {"same"}, {"same", "other"}]}[line["outcome"]]
            if real not in expected:
                wrong.append((name, line["column"], k, line["value"], line["outcome"], sorted(real), line["why"]))
                print("WRONG", *wrong[-1], flush=True)
    if "-v" in sys.argv:
        for k, u in unknown.items():
            for x in u: print("unknown", k, *x)
    total = sum(map(len, unknown.values()))
    print(f"scikit-learn {sklearn.__version__}: {count} probes, {len(wrong)} wrong, {total} unknown ({100 * total / max(count, 1):.1f} %)", {k: f"{len(unknown.get(k, []))}/{kinds[k]}" for k in sorted(kinds)})
    tooMany = any(len(unknown.get(k, [])) > 0.3 * kinds[k] for k in kinds) or total > 0.15 * count
    sys.exit(1 if wrong or tooMany else 0)


if __name__ == "__main__":
    main()
