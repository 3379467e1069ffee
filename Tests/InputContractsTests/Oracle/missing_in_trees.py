#!/usr/bin/env python3
"""Prints what a missing value does in trees and forests of the installed scikit-learn, one line for a class and a parameter.

    python missing_in_trees.py      # class, parameter, value: S answers, E raises
"""
import warnings
warnings.filterwarnings("ignore")
import numpy as np, sklearn
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier, ExtraTreeRegressor
CLASSES = [DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier, ExtraTreeRegressor,
           RandomForestClassifier, RandomForestRegressor, ExtraTreesClassifier, ExtraTreesRegressor]
PARAMETERS = [{}] + [{"criterion": c} for c in ("absolute_error", "friedman_mse", "poisson", "entropy", "log_loss")]
PARAMETERS += [{"splitter": "random"}, {"splitter": "best"}, {"monotonic_cst": [1, 0, 0]}]
rng = np.random.default_rng(0)
X = rng.normal(size=(60, 3))
Z = X[:2].copy(); Z[0, 1] = np.nan
print(sklearn.__version__)
for cls in CLASSES:
    y = np.abs(X[:, 0]) + 1 if cls.__name__.endswith("Regressor") else (X[:, 0] > 0).astype(int)
    size = {"n_estimators": 3} if "sklearn.ensemble" in cls.__module__ else {}
    for extra in PARAMETERS:
        try: m = cls(**size, **extra).fit(X, y)
        except Exception: continue
        try: m.predict(Z); letter = "S"
        except Exception: letter = "E"
        key, value = next(iter(extra.items()), ("", ""))
        print(cls.__module__ + "." + cls.__name__, key, value if isinstance(value, str) else "set", letter, sep="\t")
