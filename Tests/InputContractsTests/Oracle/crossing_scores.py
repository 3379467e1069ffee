#!/usr/bin/env python3
"""Prints what other versions of scikit-learn make of the probabilities and scores of files, a line for a class and a pair.

    python crossing_scores.py save FOLDER      # in each version
    python crossing_scores.py load FOLDER      # in each version: S answers, E raises, - has no such method
"""
import os
import cloudpickle as pickle, sys, warnings
warnings.filterwarnings("ignore")
import numpy as np, sklearn
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import measure_estimators as measured
from measure_estimators import make, X as N3, YC, YR, all_estimators
X = N3.assign(d=np.array(["u", "v", "w"], dtype=object)[N3.a.astype(int) % 3])
from sklearn.linear_model import *
from sklearn.svm import SVC, NuSVC, LinearSVC
from sklearn.ensemble import *
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.calibration import CalibratedClassifierCV
from sklearn.multioutput import *
from sklearn.multiclass import *
from sklearn.semi_supervised import SelfTrainingClassifier
try: from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV
except ImportError: FixedThresholdClassifier = TunedThresholdClassifierCV = None
from sklearn.tree import *
from sklearn.neural_network import *
from sklearn.experimental import enable_iterative_imputer  # noqa: F401

Y3 = np.digitize(YR, [20, 45])
def extra():
    lr, rf, dt = lambda: LogisticRegression(max_iter=500), lambda: RandomForestClassifier(3), lambda: DecisionTreeClassifier(max_depth=3)
    for y, tag in ((YC, "2"), (Y3, "3")):
        yield "lr" + tag, lr(), y
        yield "lrcv" + tag, LogisticRegressionCV(cv=2), y
        yield "svc_prob" + tag, SVC(probability=True), y
        yield "vote_soft" + tag, VotingClassifier([("a", rf()), ("b", dt())], voting="soft"), y
        yield "vote_hard" + tag, VotingClassifier([("a", rf()), ("b", dt())]), y
        yield "stack" + tag, StackingClassifier([("a", rf()), ("b", dt())], final_estimator=rf(), cv=2), y
        yield "stack_lr" + tag, StackingClassifier([("a", rf()), ("b", dt())], final_estimator=lr(), cv=2), y
        yield "bag" + tag, BaggingClassifier(n_estimators=3), y
        yield "bag_lr" + tag, BaggingClassifier(lr(), n_estimators=3), y
        yield "bag_some" + tag, BaggingClassifier(n_estimators=3, max_features=2), y
        yield "ada" + tag, AdaBoostClassifier(n_estimators=3), y
        yield "cal_sig" + tag, CalibratedClassifierCV(rf(), cv=2), y
        yield "cal_iso" + tag, CalibratedClassifierCV(rf(), cv=2, method="isotonic"), y
        yield "cal_noens" + tag, CalibratedClassifierCV(rf(), cv=2, ensemble=False), y
        yield "ovr" + tag, OneVsRestClassifier(rf()), y
        yield "ovo" + tag, OneVsOneClassifier(rf()), y
        yield "self" + tag, SelfTrainingClassifier(rf()), np.where(np.arange(len(y)) % 4 == 0, -1, y)
        yield "hgb" + tag, HistGradientBoostingClassifier(max_iter=3), y
        yield "hgb_cat" + tag, HistGradientBoostingClassifier(max_iter=3, categorical_features=[0]), y
        for l in ("hinge", "log_loss", "modified_huber", "squared_hinge", "perceptron", "squared_error", "huber", "epsilon_insensitive", "squared_epsilon_insensitive"):
            yield f"sgd_{l}" + tag, SGDClassifier(loss=l), y
        yield "gb_exp" + tag, GradientBoostingClassifier(n_estimators=2, loss="exponential" if tag == "2" else "log_loss"), y
        yield "mlp" + tag, MLPClassifier((4,), max_iter=20, solver="lbfgs"), y
        yield "fixed" + tag, FixedThresholdClassifier and FixedThresholdClassifier(lr(), threshold=.4), YC
        yield "tuned" + tag, TunedThresholdClassifierCV and TunedThresholdClassifierCV(lr(), cv=2), YC
    yield "mo", MultiOutputClassifier(rf()), np.stack([YC, Y3], 1)
    yield "chain", ClassifierChain(rf()), np.stack([YC, 1 - YC], 1)
    for l in ("squared_error", "huber", "epsilon_insensitive", "squared_epsilon_insensitive"): yield f"sgdr_{l}", SGDRegressor(loss=l), YR
    for l in ("squared_error", "absolute_error", "huber", "quantile"): yield f"gbr_{l}", GradientBoostingRegressor(n_estimators=2, loss=l), YR
    for l in ("squared_error", "absolute_error", "poisson", "gamma"): yield f"hgbr_{l}", HistGradientBoostingRegressor(max_iter=2, loss=l), YR
    yield "hgbr_quantile", HistGradientBoostingRegressor(max_iter=2, loss="quantile", quantile=.5), YR
    for fill in (0, 3.5, None): yield f"imp_const_{fill}", make_pipeline(SimpleImputer(strategy="constant", fill_value=fill), DecisionTreeRegressor()), YR
    yield "imp_most", make_pipeline(SimpleImputer(strategy="most_frequent"), DecisionTreeRegressor()), YR
    yield "imp_ind", make_pipeline(SimpleImputer(add_indicator=True), DecisionTreeRegressor()), YR
    from sklearn.impute import KNNImputer, IterativeImputer, MissingIndicator
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, TargetEncoder, FunctionTransformer
    from sklearn.compose import ColumnTransformer
    s = lambda: StandardScaler()
    from sklearn.preprocessing import StandardScaler, MinMaxScaler
    for tag, items, rem in (("plain", [("a", s(), ["a", "b", "c"]), ("d", OrdinalEncoder(), ["d"])], "drop"), ("drop", [("a", s(), ["a"])], "drop"), ("pass", [("a", s(), ["a", "b"]), ("p", "passthrough", ["c"]), ("d", OrdinalEncoder(), ["d"])], "drop"),
                            ("dropped", [("a", s(), ["a"]), ("x", "drop", ["b"])], "drop"), ("rempass", [("d", OrdinalEncoder(), ["d"])], "passthrough"), ("rempassempty", [("a", s(), ["a", "b", "c"]), ("d", OrdinalEncoder(), ["d"])], "passthrough"),
                            ("remscale", [("d", OrdinalEncoder(), ["d"])], MinMaxScaler()), ("remscaleempty", [("a", s(), ["a", "b", "c"]), ("d", OrdinalEncoder(), ["d"])], MinMaxScaler()), ("dropempty", [("a", s(), ["a", "b", "c"]), ("d", OrdinalEncoder(), ["d"]), ("e", s(), [])], "drop"), ("idx", [("a", s(), [0, 1]), ("d", OrdinalEncoder(), [3])], "passthrough"), ("pickers", [("a", s(), ["a"]), ("p", "passthrough", slice("b", "c"))], "drop")):
        yield "n_ct_" + tag, make_pipeline(ColumnTransformer(items, remainder=rem), DecisionTreeRegressor()), YR
        if tag == "rempass": yield "n_ct_rempass_f", make_pipeline(ColumnTransformer(items, remainder=rem, **({"force_int_remainder_cols": False} if "1.5" <= sklearn.__version__ < "1.7" else {})), DecisionTreeRegressor()), YR
    T = lambda t, c=["d"]: make_pipeline(ColumnTransformer([("t", t, c)], sparse_threshold=0), DecisionTreeRegressor())
    oh = lambda **k: OneHotEncoder(handle_unknown="ignore", **k)
    for tag, i in {"t_const": SimpleImputer(strategy="constant", fill_value="missing"), "t_const_none": SimpleImputer(strategy="constant"), "t_most": SimpleImputer(strategy="most_frequent"), "t_most_ind": SimpleImputer(strategy="most_frequent", add_indicator=True)}.items():
        yield tag, T(make_pipeline(i, OrdinalEncoder() if "ind" not in tag else oh())), YR
    for tag, i in {"n_const_ind": SimpleImputer(strategy="constant", fill_value=-1, add_indicator=True), "n_median": SimpleImputer(strategy="median"), "n_most": SimpleImputer(strategy="most_frequent"), "n_const_empty": SimpleImputer(strategy="constant", fill_value=0, keep_empty_features=True), "n_knn": KNNImputer(), "n_knn_ind": KNNImputer(add_indicator=True), "n_iter": IterativeImputer(max_iter=2)}.items():
        yield tag, T(i, ["a", "b"]), YR
    yield "t_oh_drop", T(oh(drop="first")), YR
    yield "t_oh_freq", T(OneHotEncoder(min_frequency=5, handle_unknown="infrequent_if_exist")), YR
    yield "t_ord_freq", T(OrdinalEncoder(min_frequency=5, handle_unknown="use_encoded_value", unknown_value=-1)), YR
    yield "t_te", T(TargetEncoder(cv=2)), YR
    yield "n_ft", T(FunctionTransformer(np.log1p), ["a"]), YR
    yield "gbr_init", GradientBoostingRegressor(n_estimators=2, init=Ridge()), YR
    yield "bag_svc", BaggingClassifier(SVC(), 2), YC
    yield "bag_sgd", BaggingClassifier(SGDClassifier(), 2), YC
    yield "bag_ridge", BaggingClassifier(RidgeClassifier(), 2), YC
    yield "vote_hard_lr", VotingClassifier([("a", lr()), ("b", SVC())]), YC
    yield "vote_soft_lr", VotingClassifier([("a", lr()), ("b", dt())], voting="soft"), YC
    yield "stack_of_lr", StackingClassifier([("a", lr()), ("b", SVC())], final_estimator=rf(), cv=2), YC
    yield "cal_lr", CalibratedClassifierCV(lr(), cv=2), YC
    yield "cal_svc", CalibratedClassifierCV(SVC(), cv=2), YC
    yield "cal_lsvc", CalibratedClassifierCV(LinearSVC(dual="auto"), cv=2), YC
    yield "ovr_lr", OneVsRestClassifier(lr()), Y3
    yield "ovo_lr", OneVsOneClassifier(lr()), Y3
    yield "ovr_svc", OneVsRestClassifier(SVC()), Y3
    yield "mo_lr", MultiOutputClassifier(lr()), np.stack([YC, Y3], 1)
    yield "ada_lr", AdaBoostClassifier(lr(), n_estimators=2), YC
    yield "fixed_rf", FixedThresholdClassifier and FixedThresholdClassifier(rf(), threshold=.4), YC
    yield "fixed_lsvc", FixedThresholdClassifier and FixedThresholdClassifier(LinearSVC(dual="auto"), threshold=.1), YC
    yield "fixed_pipe_lr", FixedThresholdClassifier and FixedThresholdClassifier(make_pipeline(SimpleImputer(), lr()), threshold=.4), YC
    yield "bag_pipe_lr", BaggingClassifier(make_pipeline(KNNImputer(), lr()), 2), YC
    yield "tuned_rf", TunedThresholdClassifierCV and TunedThresholdClassifierCV(rf(), cv=2), YC
    yield "ada_samme", AdaBoostClassifier(n_estimators=2, **({"algorithm": "SAMME"} if sklearn.__version__ < "1.8" else {})), YC
    for c in ("squared_error", "absolute_error", "friedman_mse", "poisson"): yield f"dtr_{c}", DecisionTreeRegressor(criterion=c), YR


def every():
    for name, cls in all_estimators(type_filter="classifier"):
        for y, tag in ((YC, ":2"), (Y3, ":3")):
            if name in ("MultiOutputClassifier", "ClassifierChain"): continue
            try: yield f"{cls.__module__}.{name}{tag}", make(name, cls).fit(N3, y)
            except Exception: pass
    for name, m, y in extra():
        if m is None: continue
        try: yield "+" + name, m.fit(X if uses_text(name) else N3, y)
        except Exception as e: print("unfitted", name, e, file=sys.stderr)


def uses_text(name): return name[:2] in ("t_", "n_")


def letters(m):
    Z = X if getattr(m, "feature_names_in_", "abc")[-1] == "d" else N3
    out = ""
    for f in ("predict", "predict_proba", "decision_function"):
        try: g = getattr(m, f, None)
        except Exception: out += "E"; continue
        if g is None: out += "-"; continue
        try: g(Z.head(3)); out += "S"
        except Exception: out += "E"
    return out

if __name__ == "__main__":
    sys.modules["measure_estimators"] = measured
    action, folder = sys.argv[1:]
    version = sklearn.__version__
    try: import skops.io as skops
    except ImportError: skops = None
    if action == "save":
        os.makedirs(f"{folder}/{version}", exist_ok=True)
        for name, m in every():
            path = f"{folder}/{version}/{name}.{letters(m)}"
            pickle.dump(m, open(path + ".pkl", "wb"))
            try: skops and skops.dump(m, path + ".skops")
            except Exception: pass
    else:
        for other in sorted(os.listdir(folder)):
            for file in sorted(os.listdir(f"{folder}/{other}")):
                path = f"{folder}/{other}/{file}"
                name, own, form = file.rsplit(".", 2)
                if form == "skops" and not skops: continue
                try:
                    m = pickle.load(open(path, "rb")) if form == "pkl" else skops.load(path, trusted=skops.get_untrusted_types(file=path))
                    l, why = letters(m), ""
                except Exception as e: l, why = "FFF", f"{type(e).__name__}: {str(e)[:70]}"
                print(other, version, form, name, own, l, why, sep="\t")
