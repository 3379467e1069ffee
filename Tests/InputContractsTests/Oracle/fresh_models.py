"""Pipelines as people write them, to be trained in one version of scikit-learn and served by another.

    python probe_estimators.py PINPROOF FOLDER --models fresh_models
    IMAGE=image.tar python probe_estimators.py PINPROOF FOLDER --models fresh_models --load FOLDER2
"""
import os
import numpy as np, pandas as pd, sklearn
from sklearn.experimental import enable_iterative_imputer, enable_halving_search_cv  # noqa: F401
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector as pick, make_column_transformer
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import *
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import *
from sklearn.impute import *
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import *
from sklearn.model_selection import *
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputRegressor, ClassifierChain
from sklearn.naive_bayes import GaussianNB, ComplementNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline, make_union
from sklearn.preprocessing import *
from sklearn.svm import *
from sklearn.tree import *

rng = np.random.default_rng(int(os.environ.get("SEED", "4711")))
N = 200
L = pd.DataFrame({
    "amount": rng.lognormal(9, 1, N), "months": rng.integers(6, 84, N), "rate": rng.uniform(1, 19, N),
    "purpose": pd.Series(rng.choice(["car", "house", "study", "other"], N), dtype=object),
    "grade": pd.Series(rng.choice(["A", "B", "C"], N), dtype=object), "branch": rng.integers(100, 105, N)})
LN = L.copy(); LN.loc[rng.random(N) < .2, "rate"] = np.nan; LN["purpose"] = LN["purpose"].where(rng.random(N) > .15, np.nan)
W = L[["amount", "months", "rate"]].astype(float)
WN = W.copy(); WN.loc[::6, "amount"] = np.nan
Y = (L.rate + rng.normal(0, 4, N) > 10).astype(int).to_numpy()
YT = np.where(Y, "yes", "no")
Y3 = np.digitize(L.rate.to_numpy(), [7, 13])
YR = L.amount.to_numpy() / 100 + L.months.to_numpy()
num, cat = ["amount", "months", "rate"], ["purpose", "grade"]


def both(n=None, c=None, **k):
    return ColumnTransformer([("num", n if n is not None else StandardScaler(), num), ("cat", c if c is not None else OneHotEncoder(handle_unknown="ignore"), cat)], **k)


def models():
    """Yields a name, an unfitted model, its rows and its targets."""
    lr = lambda **k: LogisticRegression(max_iter=500, **k)
    rf = lambda **k: RandomForestClassifier(5, random_state=2, **k)
    hgb = lambda **k: HistGradientBoostingClassifier(max_iter=4, **k)
    numbers = lambda: make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    words = lambda: make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    yield "loan_lr", make_pipeline(both(), lr()), L, Y
    yield "loan_typical", make_pipeline(both(numbers(), words()), lr(C=.5)), LN, YT
    yield "loan_rf", make_pipeline(both(numbers(), words()), rf()), LN, Y
    yield "loan_gb", make_pipeline(both(numbers(), words()), GradientBoostingClassifier(n_estimators=3)), LN, Y
    yield "loan_hgb", make_pipeline(both("passthrough", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)), hgb()), L, Y
    yield "loan_hgb_gaps", make_pipeline(both("passthrough", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2)), hgb()), LN, Y
    yield "loan_rem_pass", make_pipeline(ColumnTransformer([("c", OneHotEncoder(handle_unknown="ignore"), cat)], remainder="passthrough"), rf()), L, Y
    yield "loan_rem_scale", make_pipeline(ColumnTransformer([("c", OneHotEncoder(), cat)], remainder=StandardScaler()), lr()), L, YT
    yield "loan_rem_drop", make_pipeline(ColumnTransformer([("n", MinMaxScaler(), num)], remainder="drop"), SVC()), L, Y
    yield "loan_const", make_pipeline(both(SimpleImputer(strategy="constant", fill_value=0), make_pipeline(SimpleImputer(strategy="constant", fill_value="missing"), OneHotEncoder(handle_unknown="ignore"))), lr()), LN, Y
    yield "loan_select", make_pipeline(ColumnTransformer([("n", StandardScaler(), pick(dtype_include=np.number)), ("c", OneHotEncoder(handle_unknown="ignore"), pick(dtype_include=object))]), lr()), L, Y
    yield "loan_infrequent", make_pipeline(both(c=OneHotEncoder(min_frequency=.3, handle_unknown="infrequent_if_exist")), lr()), L, Y
    yield "loan_drop", make_pipeline(both(c=OneHotEncoder(drop="first")), LinearDiscriminantAnalysis()), L, Y
    yield "loan_te", make_pipeline(both(c=TargetEncoder(cv=2)), rf()), L, Y
    yield "loan_pandas", make_pipeline(both(c=OneHotEncoder(handle_unknown="ignore", sparse_output=False)).set_output(transform="pandas"), rf()), L, Y
    yield "loan_grid", GridSearchCV(make_pipeline(both(numbers(), words()), rf()), {"randomforestclassifier__max_depth": [2, 3]}, cv=2), LN, YT
    yield "loan_random", RandomizedSearchCV(make_pipeline(both(numbers(), words()), lr()), {"logisticregression__C": [1, 2, 3]}, n_iter=2, cv=2), LN, Y
    yield "loan_vote", make_pipeline(both(numbers(), words()), VotingClassifier([("lr", lr()), ("rf", rf())], voting="soft")), LN, Y
    yield "loan_vote_hard", VotingClassifier([("lr", make_pipeline(both(), lr())), ("nb", make_pipeline(both(c=OrdinalEncoder()), GaussianNB()))]), L, YT
    yield "loan_stack", make_pipeline(both(numbers(), words()), StackingClassifier([("rf", rf()), ("svc", LinearSVC(dual="auto"))], final_estimator=lr(), cv=2)), LN, YT
    yield "loan_calib", CalibratedClassifierCV(make_pipeline(both(), LinearSVC(dual="auto")), cv=2), L, Y
    yield "loan_calib_in", make_pipeline(both(), CalibratedClassifierCV(GaussianNB() if False else rf(), cv=2, method="isotonic")), L, Y
    yield "loan_bag", make_pipeline(both(), BaggingClassifier(lr(), 3)), L, YT
    yield "loan_bag_default", make_pipeline(both(numbers(), words(), sparse_threshold=0), BaggingClassifier(n_estimators=3, max_features=.7, random_state=1)), LN, Y
    yield "loan_ada", make_pipeline(both(numbers(), words()), AdaBoostClassifier(n_estimators=3)), LN, Y
    yield "loan_et", make_pipeline(both("passthrough"), ExtraTreesClassifier(4)), L, Y
    yield "loan_mlp", make_pipeline(both(), MLPClassifier((4,), max_iter=40, solver="lbfgs")), L, YT
    yield "loan_kbest", make_pipeline(both(numbers(), words()), SelectKBest(f_classif, k=4), lr()), LN, Y
    yield "loan_sgd", make_pipeline(both(), SGDClassifier(loss="log_loss")), L, YT
    yield "loan_knn", make_pipeline(both(KNNImputer(), words()), KNeighborsClassifier(3)), LN, YT
    yield "loan_iter", make_pipeline(both(IterativeImputer(max_iter=3), words()), rf()), LN, Y
    yield "loan_svd", make_pipeline(both(), TruncatedSVD(3), lr()), L, Y
    yield "loan_ridge", make_pipeline(both(numbers(), words()), Ridge()), LN, YR
    yield "loan_ttr", TransformedTargetRegressor(make_pipeline(both(), Ridge()), func=np.log1p, inverse_func=np.expm1), L, YR
    yield "loan_ttr_scaled", TransformedTargetRegressor(make_pipeline(both(numbers(), words()), SVR()), transformer=StandardScaler()), LN, YR
    yield "loan_gbr", make_pipeline(both(numbers(), words()), GradientBoostingRegressor(n_estimators=3, loss="huber")), LN, YR
    yield "loan_log", make_pipeline(ColumnTransformer([("log", make_pipeline(FunctionTransformer(np.log1p), StandardScaler()), ["amount"]), ("s", RobustScaler(), ["rate"]), ("c", OneHotEncoder(handle_unknown="ignore"), ["grade"])]), ElasticNet()), L, YR
    yield "loan_union", make_pipeline(ColumnTransformer([("n", make_union(StandardScaler(), make_pipeline(SimpleImputer(), PCA(2))), num), ("c", OrdinalEncoder(), ["grade"])]), rf()), L, Y
    yield "loan_bins", make_pipeline(make_column_transformer((KBinsDiscretizer(4, encode="onehot-dense"), ["rate"]), (StandardScaler(), ["amount", "months"]), (OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["grade"])), GaussianNB()), L, YT
    yield "loan_ind", make_pipeline(both(SimpleImputer(add_indicator=True), words()), lr()), LN, YT
    yield "loan_fixed", FixedThresholdClassifier(make_pipeline(both(), lr()), threshold=.4), L, Y
    yield "loan_hgb_cat", hgb(categorical_features=["purpose", "grade"]), L.assign(purpose=L.purpose.astype("category"), grade=L.grade.astype("category")), Y
    # Numbers only.
    yield "n_lr", make_pipeline(StandardScaler(), lr()), W, Y
    yield "n_rf", rf(max_depth=4), W, YT
    yield "n_rf_gaps", rf(), WN, Y
    yield "n_dt", DecisionTreeClassifier(max_depth=3), W, YT
    yield "n_hgb", hgb(), WN, Y
    yield "n_hgbr", HistGradientBoostingRegressor(max_iter=3), W, YR
    yield "n_gb", GradientBoostingClassifier(n_estimators=3), W, YT
    yield "n_lin", LinearRegression(), W, YR
    yield "n_svc", make_pipeline(MinMaxScaler(), SVC(probability=True)), W, YT
    yield "n_knn", make_pipeline(RobustScaler(), KNeighborsClassifier()), W, Y3
    yield "n_et", ExtraTreesRegressor(4), W, YR
    yield "n_if", IsolationForest(n_estimators=4), W, Y
    yield "n_pca", make_pipeline(StandardScaler(), PCA(2), rf()), W, Y
    yield "n_poly", make_pipeline(PolynomialFeatures(2), StandardScaler(), Ridge()), W, YR
    yield "n_pt", make_pipeline(PowerTransformer(), lr()), W, Y
    yield "n_qt", make_pipeline(QuantileTransformer(n_quantiles=30, output_distribution="normal"), Ridge()), W, YR
    yield "n_ma", make_pipeline(MaxAbsScaler(), lr()), W, Y
    yield "n_spline", make_pipeline(SplineTransformer(n_knots=4), Ridge()), W, YR
    yield "n_imp", make_pipeline(SimpleImputer(), rf()), WN, Y
    yield "n_km", make_pipeline(StandardScaler(), KMeans(3, n_init=1)), W, Y
    yield "n_mo", MultiOutputRegressor(GradientBoostingRegressor(n_estimators=2)), W, np.stack([YR, -YR], 1)
    yield "n_ovr", OneVsRestClassifier(SVC()), W, Y3
    yield "n_stack", StackingRegressor([("a", Ridge()), ("b", HistGradientBoostingRegressor(max_iter=2))], final_estimator=RandomForestRegressor(3), cv=2), W, YR
    yield "n_vote", VotingRegressor([("a", LinearRegression()), ("b", RandomForestRegressor(3))]), W, YR
    yield "n_bag", BaggingRegressor(KNeighborsRegressor(), 3), W, YR
    yield "n_ada", AdaBoostRegressor(n_estimators=3), W, YR
    yield "n_calib", CalibratedClassifierCV(hgb(), cv=2), W, YT
    yield "n_grid", GridSearchCV(make_pipeline(StandardScaler(), SVC()), {"svc__C": [1, 3]}, cv=2), W, Y
    yield "n_sfm", make_pipeline(StandardScaler(), SelectFromModel(Lasso(alpha=.01)), Ridge()), W, YR
    yield "n_rfe", make_pipeline(RFE(rf(), n_features_to_select=2), lr()), W, Y
    yield "n_chain", ClassifierChain(lr()), W, np.stack([Y, 1 - Y], 1)
    yield "n_mlpr", make_pipeline(StandardScaler(), MLPRegressor((4,), max_iter=30, solver="lbfgs")), W, YR
    yield "n_nys", make_pipeline(MinMaxScaler(), Nystroem(n_components=5), SGDClassifier()), W, Y
    yield "n_np_lr", make_pipeline(StandardScaler(), lr()), W.to_numpy(), YT
    yield "n_np_rf", rf(), W.to_numpy(), Y
    yield "n_np_hgb", hgb(), WN.to_numpy(), Y
    yield "n_np_imp", make_pipeline(SimpleImputer(strategy="median"), MinMaxScaler(), KNeighborsClassifier()), WN.to_numpy(), Y
    yield "n_pois", make_pipeline(StandardScaler(), PoissonRegressor()), W, YR
    yield "n_logcv", make_pipeline(StandardScaler(), LogisticRegressionCV(cv=2)), W, Y
