# Makes columns.p2.pkl, columns.p5.pkl, columns.joblib and columns.skops, whose contract ContractPartTests expects:
#   python make_columns.py   (with scikit-learn 1.9.1, pandas 3.1.1, skops 0.16.0)
import pickle

import joblib
import pandas as pd
import skops.io
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder

rows = pd.DataFrame(
    {"age": [1.0, 2, 3, 4], "region": pd.Series(["n", "s", "n", "e"], dtype=object), "id": [1, 2, 3, 4]}
)
model = make_column_transformer(
    (make_pipeline(SimpleImputer(), MinMaxScaler()), ["age"]),
    (OneHotEncoder(handle_unknown="ignore"), ["region"]),
).fit(rows)
for protocol in (2, 5):
    with open(f"columns.p{protocol}.pkl", "wb") as file:
        pickle.dump(model, file, protocol=protocol)
joblib.dump(model, "columns.joblib", compress=3)
skops.io.dump(model, "columns.skops")
