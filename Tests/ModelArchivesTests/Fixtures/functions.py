"""Pickles functions with cloudpickle and dill: module globals, imports of their own, neither."""
import sys

import cloudpickle
import dill

SOURCE = """
import numpy as np
import scipy.stats

def glob(x):
    return np.sum(x) + scipy.stats.norm.mean()

def local(x):
    import narwhals as nw
    from packaging.version import Version
    def inner(y):
        import wcwidth
        return wcwidth.wcswidth(y)
    return nw, Version, inner

lam = lambda x: x * 2
"""

names = sys.modules["__main__"].__dict__
exec(compile(SOURCE, "<functions>", "exec"), names)
for name in ("glob", "local", "lam"):
    for library in (cloudpickle, dill):
        with open(f"{library.__name__}-{name}.pkl", "wb") as file:
            file.write(library.dumps(names[name]))
