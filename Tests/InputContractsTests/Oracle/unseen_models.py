"""Pipelines that no rule was written for: other estimators, other parameters, other nestings than those of probe_estimators.py.

    python probe_estimators.py PINPROOF FOLDER --models unseen_models
"""
import numpy as np, pandas as pd, sklearn
from sklearn.experimental import enable_iterative_imputer, enable_halving_search_cv  # noqa: F401
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_transformer
from sklearn.cross_decomposition import PLSRegression
from sklearn.decomposition import *
from sklearn.discriminant_analysis import *
from sklearn.dummy import *
from sklearn.ensemble import *
from sklearn.feature_extraction.text import *
from sklearn.feature_selection import *
from sklearn.impute import *
from sklearn.isotonic import IsotonicRegression
from sklearn.kernel_approximation import Nystroem, RBFSampler
from sklearn.linear_model import *
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import *
from sklearn.multiclass import *
from sklearn.multioutput import *
from sklearn.naive_bayes import *
from sklearn.neighbors import *
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline, make_union
from sklearn.preprocessing import *
from sklearn.random_projection import *
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.svm import *
from sklearn.tree import *

rng = np.random.default_rng(23)
N = 180
H = pd.DataFrame({
    "rooms": rng.integers(1, 9, N).astype(float), "area": rng.gamma(4, 30, N), "year": rng.integers(1900, 2024, N),
    "heat": rng.choice(["gas", "oil", "wood", "heat pump"], N), "zone": rng.choice(["A", "B"], N),
    "floor": rng.integers(0, 6, N)})
HN = H.copy(); HN.loc[::5, "area"] = np.nan; HN.loc[::11, "heat"] = None
HO = H.assign(heat=H.heat.astype(object), zone=H.zone.astype(object))
HN = HN.assign(heat=HN.heat.astype(object).where(HN.heat.notna(), np.nan), zone=HN.zone.astype(object))
HC = H.assign(heat=H.heat.astype("category"), zone=H.zone.astype("category"))
NUMBERS = H[["rooms", "area", "year", "floor"]].astype(float)
GAPS = NUMBERS.copy(); GAPS.loc[::4, "area"] = np.nan
CODED = NUMBERS.assign(floor=NUMBERS.floor, zone=(H.zone == "A").astype(float))
TEXTS = pd.DataFrame({"note": [" ".join(rng.choice("bright quiet damp new old large tiny sunny".split(), 5)) for _ in range(N)], "rooms": H.rooms})
Y = (H.area + rng.normal(0, 30, N) > 115).astype(int).to_numpy()
Y3 = np.digitize(H.area.to_numpy(), [90, 140])
YT = np.where(Y, "yes", "no")
YR = H.area.to_numpy() * 7 + H.rooms.to_numpy()
numbers, words = ["rooms", "area", "year"], ["heat", "zone"]
L1 = dict(penalty="l1") if sklearn.__version__ < "1.8" else dict(l1_ratio=1)
NEW = sklearn.__version__ >= "1.6"


def split(n, c, **k): return ColumnTransformer([("n", n, numbers), ("c", c, words)], **k)


def models():
    """Yields a name, an unfitted model, its rows and its targets."""
    lr = lambda **k: LogisticRegression(max_iter=300, **k)
    hgb = lambda **k: HistGradientBoostingClassifier(max_iter=3, **k)
    rf = lambda **k: RandomForestClassifier(4, random_state=1, **k)
    dense = lambda **k: OneHotEncoder(sparse_output=False, **k)
    # HistGradientBoosting with categories by position, by mask, by name, by dtype.
    yield "hgb_cat_index", hgb(categorical_features=[3]), NUMBERS, Y
    yield "hgb_cat_mask", hgb(categorical_features=[False, False, False, True, True]), CODED, Y
    yield "hgb_cat_name", hgb(categorical_features=["floor"]), NUMBERS, Y
    yield "hgb_cat_text", hgb(categorical_features=words), HC, Y
    yield "hgb_cat_pipe", make_pipeline(split("passthrough", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)), hgb(categorical_features=[3, 4])), HO, Y
    yield "hgb_cat_np", hgb(categorical_features=[3]), NUMBERS.to_numpy(), Y
    yield "hgbr_cat", HistGradientBoostingRegressor(max_iter=3, categorical_features=["floor"], loss="absolute_error"), NUMBERS, YR
    # Discretizers and polynomials.
    yield "kb_dense", make_pipeline(KBinsDiscretizer(3, encode="onehot-dense", strategy="uniform"), rf()), NUMBERS, Y
    yield "kb_kmeans", make_pipeline(KBinsDiscretizer(3, encode="ordinal", strategy="kmeans"), GaussianNB()), NUMBERS, YT
    yield "poly_raw", make_pipeline(PolynomialFeatures(3, include_bias=False), StandardScaler(), Ridge()), NUMBERS, YR
    yield "poly_inter", make_pipeline(SimpleImputer(), PolynomialFeatures(2, interaction_only=True), lr()), GAPS, Y
    yield "poly_rf", make_pipeline(PolynomialFeatures(2), rf()), NUMBERS, Y
    yield "spline_lin", make_pipeline(SplineTransformer(extrapolation="linear", n_knots=4), LinearRegression()), NUMBERS, YR
    yield "spline_const_rf", make_pipeline(SplineTransformer(3), rf()), NUMBERS, Y
    # Encoders.
    te = dict(target_type="binary") if False else {}
    yield "te_multi", make_pipeline(split(StandardScaler(), TargetEncoder(cv=2)), lr()), HO, Y3
    yield "te_reg", make_pipeline(split(RobustScaler(), TargetEncoder(cv=2, smooth=3.0)), Ridge()), HO, YR
    yield "oh_drop_if", make_pipeline(split(MinMaxScaler(), dense(drop="if_binary", handle_unknown="ignore")), lr()), HO, YT
    yield "oh_first_ignore", make_pipeline(split(MinMaxScaler(), OneHotEncoder(drop="first", handle_unknown="ignore")), SGDClassifier(loss="log_loss")), HO, YT
    yield "oh_max", make_pipeline(split("passthrough", OneHotEncoder(max_categories=2, handle_unknown="infrequent_if_exist")), rf()), HO, YT
    if NEW: yield "oh_warn", make_pipeline(split(StandardScaler(), OneHotEncoder(handle_unknown="warn")), lr()), HO, YT
    yield "oh_fixed", make_pipeline(split(StandardScaler(), OneHotEncoder(categories=[["gas", "oil", "wood", "heat pump"], ["A", "B"]])), lr()), HO, YT
    yield "oh_int", make_pipeline(ColumnTransformer([("f", OneHotEncoder(handle_unknown="ignore"), ["floor", "year"])], remainder=StandardScaler()), lr()), NUMBERS, YT
    yield "ord_min", make_pipeline(split("passthrough", OrdinalEncoder(min_frequency=10, handle_unknown="use_encoded_value", unknown_value=-5)), rf()), HO, Y
    yield "ord_missing", make_pipeline(split("passthrough", OrdinalEncoder(encoded_missing_value=-2, handle_unknown="use_encoded_value", unknown_value=-1)), hgb()), HN, Y
    yield "ord_missing_lr", make_pipeline(split(SimpleImputer(), OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)), hgb()), HN, Y
    yield "oh_nan_lr", make_pipeline(split(SimpleImputer(), OneHotEncoder()), lr()), HN, Y
    # Imputers.
    yield "ind_rf", make_pipeline(SimpleImputer(add_indicator=True), rf()), GAPS, Y
    yield "ind_median", make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler(), lr()), GAPS, Y
    yield "ind_const", make_pipeline(SimpleImputer(strategy="constant", fill_value=-1, add_indicator=True), hgb()), GAPS, Y
    yield "knn_ind", make_pipeline(KNNImputer(n_neighbors=3, weights="distance", add_indicator=True), lr()), GAPS, Y
    yield "knn_rf", make_pipeline(KNNImputer(), rf()), GAPS, Y
    yield "iter_rf", make_pipeline(IterativeImputer(max_iter=2, sample_posterior=False, add_indicator=True), ExtraTreesClassifier(3)), GAPS, Y
    yield "imp_const_text", make_pipeline(split(SimpleImputer(strategy="median"), make_pipeline(SimpleImputer(strategy="constant", fill_value="none"), OneHotEncoder(handle_unknown="ignore"))), lr()), HN, YT
    yield "imp_mf_ord", make_pipeline(split(KNNImputer(), make_pipeline(SimpleImputer(strategy="most_frequent", add_indicator=False), OrdinalEncoder())), rf()), HN, YT
    yield "imp_const_ct", make_pipeline(ColumnTransformer([("i", SimpleImputer(strategy="constant"), numbers)], remainder="passthrough"), GradientBoostingClassifier(n_estimators=2)), NUMBERS, Y
    # Unions and nestings.
    yield "union_sel", make_pipeline(FeatureUnion([("p", PCA(2)), ("k", SelectKBest(k=2))]), lr()), NUMBERS, Y
    yield "union_nested", make_pipeline(FeatureUnion([("a", make_pipeline(StandardScaler(), PCA(1))), ("b", FeatureUnion([("m", MinMaxScaler()), ("q", QuantileTransformer(n_quantiles=15))]))]), SVC(probability=True)), NUMBERS, YT
    yield "union_pass", make_pipeline(FeatureUnion([("a", "passthrough"), ("b", "drop"), ("c", MaxAbsScaler())]), hgb()), NUMBERS, Y
    yield "union_weight", make_pipeline(FeatureUnion([("a", StandardScaler()), ("b", MinMaxScaler())], transformer_weights={"a": .5}), lr()), NUMBERS, Y
    yield "ct_in_ct", make_pipeline(ColumnTransformer([("in", ColumnTransformer([("s", StandardScaler(), ["rooms"]), ("d", "drop", ["year"])], remainder="passthrough"), numbers)], remainder="passthrough"), rf()), NUMBERS, Y
    yield "ct_in_ct_words", make_pipeline(ColumnTransformer([("in", ColumnTransformer([("o", OrdinalEncoder(), ["heat"])], remainder=OneHotEncoder(handle_unknown="ignore", sparse_output=False)), words)], remainder=make_pipeline(SimpleImputer(), StandardScaler())), lr()), HO, YT
    yield "ct_after_scale", make_pipeline(StandardScaler(), ColumnTransformer([("p", PCA(1), [0, 1]), ("q", "passthrough", [3])]), lr()), NUMBERS, Y
    yield "ct_pos_mixed", make_pipeline(ColumnTransformer([("s", StandardScaler(), slice(0, 2)), ("q", "passthrough", [-1])]), Ridge()), NUMBERS, YR
    yield "ct_one_text", make_pipeline(ColumnTransformer([("t", TfidfVectorizer(), "note"), ("n", StandardScaler(), ["rooms"])]), lr()), TEXTS, YT
    yield "ct_two_text", make_pipeline(ColumnTransformer([("t", CountVectorizer(binary=True), "note"), ("h", HashingVectorizer(n_features=16), "note"), ("n", "passthrough", ["rooms"])], sparse_threshold=0), rf()), TEXTS, YT
    yield "ct_text_svd", make_pipeline(ColumnTransformer([("t", make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), TruncatedSVD(2)), "note")]), lr()), TEXTS, YT
    yield "ct_pandas", make_pipeline(split(StandardScaler(), dense(handle_unknown="ignore"), verbose_feature_names_out=False).set_output(transform="pandas"), hgb()), HO, YT
    yield "ct_pandas_lr", make_pipeline(split(SimpleImputer().set_output(transform="pandas"), dense()).set_output(transform="pandas"), StandardScaler(), lr()), HO, YT
    # Selections.
    yield "kbest_mid", make_pipeline(StandardScaler(), SelectKBest(f_classif, k=3), lr()), NUMBERS, Y
    yield "kbest_mi", make_pipeline(SelectKBest(mutual_info_regression, k=2), HistGradientBoostingRegressor(max_iter=2)), NUMBERS, YR
    yield "kbest_chi", make_pipeline(MinMaxScaler(), SelectKBest(chi2, k=1), MultinomialNB()), NUMBERS, Y
    yield "pct", make_pipeline(SelectPercentile(percentile=50), lr()), NUMBERS, Y
    yield "fpr", make_pipeline(SelectFpr(alpha=.5), hgb()), NUMBERS, Y
    yield "sfm_l1", make_pipeline(StandardScaler(), SelectFromModel(lr(solver="liblinear", **L1, C=.1)), lr()), NUMBERS, Y
    yield "sfm_rf", make_pipeline(SelectFromModel(rf(), threshold="median"), lr()), NUMBERS, Y
    yield "sfm_hgb", make_pipeline(SelectFromModel(ExtraTreesClassifier(4, random_state=0), max_features=2), hgb()), NUMBERS, Y
    yield "sfm_ct", make_pipeline(split(StandardScaler(), OneHotEncoder(handle_unknown="ignore")), SelectFromModel(LinearSVC(C=.5, dual="auto")), lr()), HO, YT
    yield "rfe_tree", make_pipeline(RFE(DecisionTreeClassifier(random_state=0), n_features_to_select=2), DecisionTreeClassifier()), NUMBERS, Y
    yield "rfe_last", RFE(lr(), n_features_to_select=2), NUMBERS, Y
    yield "rfecv", make_pipeline(StandardScaler(), RFECV(Ridge(), cv=2), Lasso()), NUMBERS, YR
    yield "sfs", make_pipeline(SequentialFeatureSelector(Ridge(), n_features_to_select=2, cv=2), Ridge()), NUMBERS, YR
    yield "vt_mid", make_pipeline(VarianceThreshold(5.0), lr()), NUMBERS, Y
    # Several estimators.
    yield "vote_soft", VotingClassifier([("a", make_pipeline(SimpleImputer(), lr())), ("b", hgb())], voting="soft", weights=[1, 2]), NUMBERS, YT
    yield "vote_drop", VotingClassifier([("a", lr()), ("b", "drop"), ("c", GaussianNB())]), NUMBERS, YT
    yield "vote_reg", VotingRegressor([("a", make_pipeline(KNNImputer(), Ridge())), ("b", make_pipeline(SimpleImputer(), KNeighborsRegressor()))]), GAPS, YR
    yield "stack_deep", StackingClassifier([("a", make_pipeline(SimpleImputer(), lr())), ("b", StackingClassifier([("x", hgb())], final_estimator=lr(), cv=2))], final_estimator=rf(), cv=2), NUMBERS, YT
    yield "stack_pass", StackingRegressor([("a", HistGradientBoostingRegressor(max_iter=2))], final_estimator=HistGradientBoostingRegressor(max_iter=2), passthrough=True, cv=2), NUMBERS, YR
    yield "stack_prefit", StackingClassifier([("a", lr().fit(NUMBERS, Y))], final_estimator=lr(), cv="prefit"), NUMBERS, Y
    yield "calib_iso", CalibratedClassifierCV(make_pipeline(SimpleImputer(), rf()), method="isotonic", cv=2), GAPS, Y
    yield "calib_noens", CalibratedClassifierCV(LinearSVC(dual="auto"), ensemble=False, cv=2), NUMBERS, Y
    yield "grid_pipe", GridSearchCV(Pipeline([("i", SimpleImputer()), ("m", rf())]), {"m__max_depth": [2, 3]}, cv=2), GAPS, YT
    yield "random_reg", RandomizedSearchCV(make_pipeline(StandardScaler(), SVR()), {"svr__C": [1, 10]}, n_iter=2, cv=2), NUMBERS, YR
    yield "halving", HalvingGridSearchCV(DecisionTreeClassifier(), {"max_depth": [2, 3]}, cv=2), NUMBERS, Y
    yield "threshold", TunedThresholdClassifierCV(lr(), cv=2) if sklearn.__version__ >= "1.5" else lr(), NUMBERS, Y
    yield "fixed", FixedThresholdClassifier(make_pipeline(SimpleImputer(), lr()), threshold=.3), NUMBERS, Y
    yield "mo_hgb", MultiOutputRegressor(HistGradientBoostingRegressor(max_iter=2)), NUMBERS, np.stack([YR, -YR], 1)
    yield "mo_pipe", MultiOutputRegressor(make_pipeline(SimpleImputer(), Ridge())), NUMBERS, np.stack([YR, -YR], 1)
    yield "mo_cls", MultiOutputClassifier(make_pipeline(StandardScaler(), lr())), NUMBERS, np.stack([Y, 1 - Y], 1)
    yield "chain", ClassifierChain(lr()), NUMBERS, np.stack([Y, 1 - Y], 1)
    yield "chain_r", RegressorChain(HistGradientBoostingRegressor(max_iter=2)), NUMBERS, np.stack([YR, -YR], 1)
    yield "ovo", OneVsOneClassifier(make_pipeline(SimpleImputer(), LinearSVC(dual="auto"))), NUMBERS, Y3
    yield "ovr3", OneVsRestClassifier(hgb()), NUMBERS, Y3
    yield "self", SelfTrainingClassifier(lr()), NUMBERS, np.where(np.arange(N) % 3 == 0, -1, Y)
    yield "bag_pipe", BaggingClassifier(make_pipeline(SimpleImputer(), lr()), 3, max_samples=.8), NUMBERS, Y
    yield "bag_feat", BaggingRegressor(Ridge(), 4, max_features=2, random_state=3), NUMBERS, YR
    yield "ada_pipe", AdaBoostRegressor(make_pipeline(SimpleImputer(), DecisionTreeRegressor(max_depth=2)), n_estimators=2), NUMBERS, YR
    yield "ttr_q", TransformedTargetRegressor(make_pipeline(SimpleImputer(), Ridge()), transformer=QuantileTransformer(n_quantiles=10)), NUMBERS, YR
    yield "ttr_bare", TransformedTargetRegressor(Lasso(), func=np.log1p, inverse_func=np.expm1), NUMBERS, YR
    # Functions of numpy, and other transformers.
    for f in ("sqrt", "exp", "log10", "sign", "floor", "cbrt", "nan_to_num", "square", "tanh", "negative", "isnan"):
        yield "ft_" + f, make_pipeline(FunctionTransformer(getattr(np, f)), MinMaxScaler(), lr()), NUMBERS / 1000 if f == "exp" else NUMBERS, Y
    yield "ft_check", make_pipeline(FunctionTransformer(np.log1p, validate=True), Ridge()), NUMBERS, YR
    yield "ft_names", make_pipeline(FunctionTransformer(np.log1p, feature_names_out="one-to-one").set_output(transform="pandas"), hgb()), NUMBERS, Y
    yield "ft_ct", make_pipeline(ColumnTransformer([("l", make_pipeline(FunctionTransformer(np.sqrt), StandardScaler()), ["area"]), ("w", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), words)], remainder="drop"), hgb()), HO, YT
    yield "ft_kw", make_pipeline(FunctionTransformer(np.clip, kw_args={"a_min": 0, "a_max": 100}), lr()), NUMBERS, Y
    yield "boxcox", make_pipeline(MinMaxScaler((1, 2)), PowerTransformer(method="box-cox"), lr()), NUMBERS, Y
    yield "qt_normal", make_pipeline(QuantileTransformer(n_quantiles=20, output_distribution="normal"), LinearDiscriminantAnalysis()), NUMBERS, YT
    yield "norm_max", make_pipeline(Normalizer("max"), KNeighborsClassifier(3)), NUMBERS, YT
    yield "bin_thr", make_pipeline(Binarizer(threshold=20), BernoulliNB()), NUMBERS, YT
    yield "nys", make_pipeline(StandardScaler(), Nystroem(n_components=6), lr()), NUMBERS, YT
    yield "rbf", make_pipeline(StandardScaler(), RBFSampler(n_components=6), SGDClassifier()), NUMBERS, YT
    yield "pls", PLSRegression(1), NUMBERS, YR
    yield "ica", make_pipeline(StandardScaler(), FastICA(2, max_iter=1000), Ridge()), NUMBERS, YR
    yield "fa", make_pipeline(StandardScaler(), FactorAnalysis(2), lr()), NUMBERS, Y
    yield "lda_t", make_pipeline(LinearDiscriminantAnalysis(), lr()), NUMBERS, Y3
    yield "nmf", make_pipeline(MinMaxScaler(clip=True), NMF(2, max_iter=400), lr()), NUMBERS, Y
    yield "grp", make_pipeline(GaussianRandomProjection(2), rf()), NUMBERS, Y
    yield "rte", make_pipeline(RandomTreesEmbedding(3), lr()), NUMBERS, Y
    yield "robust_q", make_pipeline(RobustScaler(with_centering=False, quantile_range=(10, 90)), hgb()), NUMBERS, Y
    yield "std_nomean", make_pipeline(StandardScaler(with_mean=False), GradientBoostingRegressor(n_estimators=3)), NUMBERS, YR
    yield "std_nostd", make_pipeline(StandardScaler(with_std=False), HuberRegressor(max_iter=500)), NUMBERS, YR
    # Predictors with parameters of their own.
    yield "rf_entropy", RandomForestClassifier(3, criterion="entropy", bootstrap=False), NUMBERS, YT
    yield "rf_mono", RandomForestRegressor(3, monotonic_cst=[1, 0, 0, 0]) if sklearn.__version__ >= "1.4" else RandomForestRegressor(3), NUMBERS, YR
    yield "rf_mae", RandomForestRegressor(3, criterion="absolute_error"), NUMBERS, YR
    yield "rf_gaps", rf(), GAPS, Y
    yield "dt_random", DecisionTreeClassifier(splitter="random"), NUMBERS, Y
    yield "dt_gaps", DecisionTreeRegressor(max_depth=3), GAPS, YR
    yield "gb_init", GradientBoostingRegressor(n_estimators=2, init=Ridge()), NUMBERS, YR
    yield "gb_zero", GradientBoostingClassifier(n_estimators=2, init="zero"), NUMBERS, Y
    yield "knn_man", KNeighborsClassifier(metric="manhattan", algorithm="kd_tree"), NUMBERS, YT
    yield "knn_nan", KNeighborsClassifier(metric="nan_euclidean"), NUMBERS, YT
    yield "knn_cos", KNeighborsRegressor(metric="cosine", weights="distance"), NUMBERS, YR
    yield "radius", RadiusNeighborsRegressor(1e4), NUMBERS, YR
    yield "svc_sig", SVC(kernel="sigmoid"), NUMBERS, YT
    yield "nusvr", make_pipeline(StandardScaler(), NuSVR()), NUMBERS, YR
    yield "ocsvm", OneClassSVM(), NUMBERS, Y
    yield "gm", GaussianMixture(2), NUMBERS, Y
    yield "cnb", make_pipeline(OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=0), CategoricalNB(min_categories=200)), H[["heat", "zone"]].astype(object), YT
    yield "qda", make_pipeline(SimpleImputer(), QuadraticDiscriminantAnalysis()), NUMBERS, Y
    yield "tweedie", TweedieRegressor(power=1.5, link="log", max_iter=500), NUMBERS / 100, YR + 1
    yield "quant", QuantileRegressor(solver="highs"), NUMBERS, YR
    yield "ransac", RANSACRegressor(Ridge()), NUMBERS, YR
    yield "dummy", make_pipeline(StandardScaler(), DummyClassifier()), NUMBERS, Y
    yield "dummy_alone", DummyRegressor(), NUMBERS, YR
    yield "sgd_huber", make_pipeline(StandardScaler(), SGDRegressor(loss="huber")), NUMBERS, YR
    yield "lrcv", LogisticRegressionCV(cv=2, max_iter=200), NUMBERS, Y
    yield "ridgecv", RidgeCV(), NUMBERS.to_numpy(), YR
    yield "lrl1", lr(solver="liblinear", **L1), NUMBERS.to_numpy(), YT
    yield "encv", make_pipeline(SimpleImputer(strategy="most_frequent"), ElasticNetCV(cv=2)), NUMBERS, YR
    yield "np_union", make_pipeline(make_union(SimpleImputer(), MissingIndicator(features="all")), rf()), NUMBERS.to_numpy(), Y
    yield "np_hgb_cat", make_pipeline(SimpleImputer(add_indicator=True), hgb()), GAPS.to_numpy(), Y
    yield "np_kbest", make_pipeline(SelectKBest(k=2), rf()), NUMBERS.to_numpy(), Y
    yield "np_grid", GridSearchCV(SVC(), {"C": [1, 2]}, cv=2), NUMBERS.to_numpy(), YT
    yield "np_ct_neg", make_pipeline(ColumnTransformer([("s", StandardScaler(), [-1, 0])], remainder="drop"), lr()), NUMBERS.to_numpy(), Y
