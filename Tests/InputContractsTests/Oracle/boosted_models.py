"""Models of LightGBM and XGBoost in their classes for scikit-learn, alone and in pipelines.

    PYTHONPATH=FOLDER python probe_estimators.py PINPROOF FOLDER --models boosted_models    # FOLDER holds one of the two libraries

Run with lightgbm 3.3.5, 4.0.0, 4.3.0, 4.5.0 (scikit-learn 1.5.2), 4.6.0, 4.7.0, xgboost 1.7.6, 2.0.3 (1.5.2), 2.1.4, 3.0.5, 3.1.1 and 3.2.0.
What an installation lacks is left out.
"""
import os
import numpy as np, pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import BaggingClassifier, StackingClassifier, VotingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import *
from sklearn.feature_selection import SelectKBest

KEEPS_TYPES = True
FORMS = ["pickle", "joblib", "cloudpickle"]
rng = np.random.default_rng(int(os.environ.get("SEED", "815")))
N = 240
T = pd.DataFrame({
    "age": rng.integers(18, 80, N).astype(float), "income": rng.normal(5e4, 1e4, N), "visits": rng.integers(0, 40, N),
    "town": rng.choice(["Ulm", "Graz", "Basel"], N)})
T["town"] = T["town"].astype(object)
NUM = T[["age", "income", "visits"]]
GAPS = NUM.copy(); GAPS.loc[::5, "age"] = np.nan
CAT = NUM.assign(town=pd.Categorical(T.town), late=pd.Categorical(rng.choice(["a", "b", "z"], N)), floor=pd.Categorical(rng.choice([1, 5, 9], N)))
FLAG = NUM.assign(flag=rng.random(N) < .5)
Y = ((T.age > 50) ^ (T.town == "Ulm")).astype(int).to_numpy()
YT = np.where(Y, "yes", "no")
Y3 = np.digitize(T.age.to_numpy(), [35, 60])
YR = T.age.to_numpy() * 3 + T.income.to_numpy() / 1e4


def split(n, c=None, **k):
    return ColumnTransformer([("n", n, list(NUM)), ("c", c or OneHotEncoder(handle_unknown="ignore"), ["town"])], **k)


def around(name, classifier, regressor, y):
    """Models around one library's."""
    for tag, X in (("named", NUM), ("gaps", GAPS), ("array", NUM.to_numpy())):
        yield f"{name}_{tag}", classifier(), X, y
    yield name + "_three", classifier(), NUM, Y3
    yield name + "_r", regressor(), NUM, YR
    yield name + "_r_array", regressor(), GAPS.to_numpy(), YR
    yield name + "_flag", classifier(), FLAG, Y
    yield name + "_scaled", make_pipeline(StandardScaler(), classifier()), NUM, y
    yield name + "_minmax", make_pipeline(MinMaxScaler(), regressor()), NUM.to_numpy(), YR
    yield name + "_imputed", make_pipeline(SimpleImputer(), regressor()), GAPS, YR
    yield name + "_columns", make_pipeline(split(StandardScaler()), classifier()), T, y
    yield name + "_columns_raw", make_pipeline(split("passthrough", OneHotEncoder(handle_unknown="ignore", sparse_output=False)), classifier()), T, Y
    yield name + "_columns_imputed", make_pipeline(split(SimpleImputer(strategy="median"), make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), sparse_threshold=0), classifier()), T, Y
    yield name + "_ordinal", make_pipeline(split("passthrough", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)), regressor()), T, YR
    yield name + "_passed", Pipeline([("p", "passthrough"), ("m", classifier())]), NUM, Y
    yield name + "_alone", Pipeline([("m", regressor())]), NUM, YR
    yield name + "_grid", GridSearchCV(classifier(), {"n_estimators": [2, 3]}, cv=2), NUM, Y
    yield name + "_target", TransformedTargetRegressor(regressor(), transformer=StandardScaler()), NUM, YR
    yield name + "_voting", VotingClassifier([("a", make_pipeline(SimpleImputer(), LogisticRegression())), ("b", classifier())]), NUM, Y
    yield name + "_stack", StackingClassifier([("a", classifier())], final_estimator=LogisticRegression(), cv=2), NUM, Y
    yield name + "_bag", BaggingClassifier(classifier(), 2), NUM, Y
    yield name + "_calibrated", CalibratedClassifierCV(classifier(), cv=2), NUM, Y
    yield name + "_chosen", make_pipeline(SelectKBest(k=2), classifier()), NUM, Y


def models():
    try:
        import lightgbm as lgb
        c = lambda **k: lgb.LGBMClassifier(n_estimators=3, num_leaves=5, verbose=-1, **k)
        r = lambda **k: lgb.LGBMRegressor(n_estimators=3, num_leaves=5, verbose=-1, **k)
        yield from around("lgb", c, r, YT)
        yield "lgb_categories", c(min_child_samples=4), CAT, YT
        yield "lgb_categories_r", make_pipeline("passthrough", r(min_child_samples=4)), CAT, YR
        yield "lgb_dart", r(boosting_type="dart"), NUM, YR
        yield "lgb_linear", r(linear_tree=True), NUM, YR
        yield "lgb_forest", c(boosting_type="rf", bagging_freq=1, bagging_fraction=.5), NUM, Y
        yield "lgb_large", lgb.LGBMClassifier(n_estimators=400, verbose=-1, min_child_samples=2), NUM, Y
    except ImportError:
        pass
    try:
        import xgboost as xgb
        c = lambda **k: xgb.XGBClassifier(n_estimators=3, max_depth=3, **k)
        r = lambda **k: xgb.XGBRegressor(n_estimators=3, max_depth=3, **k)
        yield from around("xgb", c, r, Y)
        for method in ("hist", "approx"):
            yield "xgb_categories_" + method, c(enable_categorical=True, tree_method=method), CAT, Y
        yield "xgb_categories_pipe", make_pipeline("passthrough", r(enable_categorical=True, tree_method="hist")), CAT, YR
        yield "xgb_linear", r(booster="gblinear"), NUM, YR
        yield "xgb_dart", r(booster="dart"), NUM, YR
        yield "xgb_missing", r(missing=-1.0), NUM, YR
        yield "xgb_forest", xgb.XGBRFClassifier(n_estimators=3, max_depth=3), NUM, Y
        yield "xgb_large", xgb.XGBClassifier(n_estimators=600, max_depth=6, tree_method="hist"), NUM, Y
    except ImportError:
        pass
