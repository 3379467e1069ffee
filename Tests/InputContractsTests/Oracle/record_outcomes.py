#!/usr/bin/env python3
"""Saves small models and what scikit-learn itself does with bad values in them: Tests/ModelArchivesTests/Fixtures/pipelines.

    python record_outcomes.py FOLDER [NAME...]     # with scikit-learn 1.5.2, 1.7.2 and 1.9.1; adds to FOLDER/outcomes.tsv

Columns: model, version of scikit-learn, column (empty for the row), probe, value as JSON, outcomes with commas: error,
answered (of a null), same or other (than without the change).
"""
import json, os, sys, warnings
warnings.filterwarnings("ignore")
import joblib, numpy as np, sklearn
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import probe_estimators as known, unseen_models as unseen, boosted_models as boosted


def outcomes(m, X, line):
    found = set()
    for Z, B in known.requests(X, line):
        try: r = known.answer(m, Z)
        except Exception: found.add("error"); continue
        if line["probe"] == "null": found.add("answered"); continue
        try: found.add("same" if known.same(r, known.answer(m, B)) else "other")
        except Exception: found.add("other")
    return ",".join(sorted(found))


def lines(X):
    named = hasattr(X, "columns")
    for c in list(X.columns) if named else range(X.shape[1]):
        text = named and X[c].dtype.kind not in "fiub"
        if named and X[c].dtype.name == "category":
            known_values = list(X[c].cat.categories)
            for probe, value in (("null", None), ("missing", None), ("unseen", "never seen" if isinstance(known_values[0], str) else int(known_values[-1]) + 1000)):
                yield {"column": c, "probe": probe, "value": value}
            continue
        values = [("null", None), ("missing", None)] + ([("unseen", "never seen")] if text else [
            ("text", "abc"), ("infinity", "inf"), ("infinity", "-inf"), ("huge", 1e39), ("boolean", True)])
        for probe, value in values: yield {"column": c, "probe": probe, "value": value}
    for probe in ("extra", "reordered", "array"): yield {"column": None, "probe": probe, "value": None}


def main():
    folder, names = sys.argv[1], set(sys.argv[2:])
    version = sklearn.__version__
    os.makedirs(f"{folder}/{version}", exist_ok=True)
    with open(f"{folder}/outcomes.tsv", "a") as table:
        for source in (known, unseen, boosted):
            known.KEEPS_TYPES = source is boosted
            for name, m, X, y in source.models():
                if names and name not in names: continue
                # Text vectorizers and categories of pandas are asked in another way.
                if source is not boosted and hasattr(X, "columns") and any(d.name == "category" for d in X.dtypes): continue
                try: m = m.fit(X, y)
                except Exception: continue
                path = f"{folder}/{version}/{name}.joblib"
                joblib.dump(m, path, compress=("zlib", 9))
                if os.path.getsize(path) > 4000: os.remove(path); continue
                for line in lines(X):
                    row = [name, version, "" if line["column"] is None else str(line["column"]), line["probe"], json.dumps(line["value"]), outcomes(m, X, line)]
                    print("\t".join(row), file=table)


if __name__ == "__main__":
    main()
