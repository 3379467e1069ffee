#!/usr/bin/env python3
"""Saves estimators that hold another one, and prints what other versions of scikit-learn make of the files.

    python crossing_wrappers.py save FOLDER      # in each version
    python crossing_wrappers.py load FOLDER      # in each version: S answers, e refuses NaN, s takes it, F fails
"""
import os, pickle, sys, warnings
warnings.filterwarnings("ignore")
import numpy as np, sklearn
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import RFE, RFECV, SelectFromModel, SequentialFeatureSelector
from sklearn.linear_model import LogisticRegression, SGDClassifier, SGDRegressor
from sklearn.model_selection import HalvingGridSearchCV
from sklearn.tree import DecisionTreeClassifier
rng = np.random.default_rng(0)
X = rng.normal(size=(80, 4)); y = (X[:, 0] + .3 * X[:, 1] > 0).astype(int)
MODELS = {
    "RFE": RFE(LogisticRegression(), n_features_to_select=2), "RFECV": RFECV(LogisticRegression(), cv=2),
    "SFM": SelectFromModel(LogisticRegression()), "SFM_tree": SelectFromModel(DecisionTreeClassifier()),
    "SFS": SequentialFeatureSelector(LogisticRegression(), n_features_to_select=2, cv=2),
    "Halving": HalvingGridSearchCV(LogisticRegression(), {"C": [1, 2]}, cv=2),
    "SGD_hinge": SGDClassifier(), "SGD_log": SGDClassifier(loss="log_loss"), "SGD_squared": SGDRegressor(),
    "SGD_huber": SGDRegressor(loss="huber"),
}
action, folder = sys.argv[1:]
version = sklearn.__version__
if action == "save":
    os.makedirs(f"{folder}/{version}", exist_ok=True)
    for name, m in MODELS.items(): pickle.dump(m.fit(X, y), open(f"{folder}/{version}/{name}.pkl", "wb"))
else:
    for other in sorted(os.listdir(folder)):
        letters = []
        for file in sorted(os.listdir(f"{folder}/{other}")):
            try:
                m = pickle.load(open(f"{folder}/{other}/{file}", "rb"))
                f = m.predict if hasattr(m, "predict") else m.transform
                f(X[:3])
                Z = X[:3].copy(); Z[0, 0] = np.nan
                try: f(Z); letter = "Ss"
                except Exception: letter = "Se"
            except Exception: letter = "F"
            letters.append(f"{file[:-4]}:{letter}")
        print(other, ">", version, *letters)
