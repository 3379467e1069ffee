#!/usr/bin/env python3
"""Prints which columns scikit-learn's selections keep, and what numpy's functions make of numbers.

    python selector_masks.py masks | functions
"""
import sys, warnings
warnings.filterwarnings("ignore")
import numpy as np
from sklearn.feature_selection import SelectFdr, SelectFpr, SelectFwe, SelectKBest, SelectPercentile, VarianceThreshold
rng = np.random.default_rng(5)


def masks():
    for round in range(10):
        n = int(rng.integers(2, 9))
        scores, p = np.round(rng.random(n) * 10, 3), np.round(rng.random(n) ** 3, 4)
        for cls, key, value in ((SelectKBest, "k", int(rng.integers(0, n + 1))), (SelectPercentile, "percentile", int(rng.integers(1, 100))),
                                (SelectFpr, "alpha", 0.05), (SelectFdr, "alpha", 0.2), (SelectFwe, "alpha", 0.3)):
            s = cls(**{key: value}); s.scores_, s.pvalues_, s.n_features_in_ = scores, p, n
            print(cls.__name__, key, value, ",".join(map(str, scores)), ",".join(map(str, p)), "".join("01"[int(x)] for x in s._get_support_mask()), sep="\t")


def functions():
    for name in "log1p log sqrt exp expm1 abs square log2 log10 tanh sin cos cbrt exp2 fabs floor ceil trunc rint negative positive reciprocal arctan arcsinh sinh cosh deg2rad sign".split():
        f = getattr(np, name)
        print(name, *(repr(float(f(x))) for x in (-np.inf, -2.5, -1.0, -0.25, 0.5, 1.5, 30.0, np.inf)), sep="\t")


globals()[sys.argv[1]]()
