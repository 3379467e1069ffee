// Made by Tests/InputContractsTests/Oracle/make_table.py of what scikit-learn itself has shown; not edited by hand.

extension BehaviourTable {
    // swift-format-ignore
    static let sets = [
        "",
        "3>6! 3>7! 3>8!",
        "3>4! 3>5! 3>6! 3>7! 3>8!",
        "4>3! 5>3! 6>3! 7>3! 8>3! 9>3!",
        "8>3! 8>4! 8>5! 9>3! 9>4! 9>5!",
        "3>5? 3>6? 3>7? 3>8? 3>9? 5>4? 6>4? 7>4? 8>4? 9>4?",
        "3>8! 3>9! 4>8! 4>9! 5>8! 5>9! 6>8! 6>9! 7>8! 7>9!",
        "5>3! 5>4! 6>3! 6>4! 7>3! 7>4! 8>3! 8>4! 9>3! 9>4!",
        "3>4? 3>5? 3>6? 3>7? 3>8? 3>9? 4>3? 5>3? 6>3? 7>3? 8>3? 9>3?",
        "3>6! 3>7! 3>8! 3>9! 4>6! 4>7! 4>8! 4>9! 5>6! 5>7! 5>8! 5>9!",
        "4>3! 5>3! 5>4! 5>7! 5>8! 5>9! 6>3! 6>4! 6>7! 6>8! 6>9! 7>3! 8>3! 9>3!",
        "3>7! 3>8! 3>9! 4>7! 4>8! 4>9! 5>7! 5>8! 5>9! 6>7! 6>8! 6>9! 9>6! 9>7! 9>8!",
        "3>4! 3>5! 3>6! 3>7! 3>8! 3>9! 4>3! 4>8! 4>9! 5>3! 5>8! 5>9! 6>3! 6>8! 6>9! 7>3! 7>8! 7>9! 8>3! 9>3!",
        "3>4! 3>5! 3>6! 3>7! 3>8! 3>9! 4>3! 5>3! 5>4! 5>7! 5>8! 5>9! 6>3! 6>4! 6>7! 6>8! 6>9! 7>3! 8>3! 9>3!",
        "3>4? 3>5? 3>6? 3>7? 3>8? 3>9? 4>3? 4>5? 4>6? 4>7? 4>8? 4>9? 5>3! 5>4! 6>3! 6>4! 7>3! 7>4! 8>3! 8>4! 9>3! 9>4!",
        "3>6! 3>7! 3>8! 3>9! 4>3! 4>6! 4>7! 4>8! 4>9! 5>3! 5>6! 5>7! 5>8! 5>9! 6>3! 6>8! 6>9! 7>3! 7>8! 7>9! 8>3! 9>3!",
        "3>8! 3>9! 4>8! 4>9! 5>8! 5>9! 6>3! 6>4! 6>5! 6>8! 6>9! 7>3! 7>4! 7>5! 7>8! 7>9! 8>3! 8>4! 8>5! 9>3! 9>4! 9>5!",
        "3>6! 3>7! 3>8! 3>9! 4>6! 4>7! 4>8! 4>9! 5>3! 5>4! 5>6! 5>7! 5>8! 5>9! 6>3! 6>4! 6>9! 7>3! 7>4! 7>9! 8>3! 8>4! 8>9!",
        "3>6! 3>7! 3>8! 3>9! 4>6! 4>7! 4>8! 4>9! 5>6! 5>7! 5>8! 5>9! 6>3! 6>4! 6>5! 7>3! 7>4! 7>5! 8>3! 8>4! 8>5! 9>3! 9>4! 9>5!",
        "3>4! 3>5! 3>6! 3>7! 3>8! 3>9! 4>3! 4>6! 4>7! 4>8! 4>9! 5>3! 5>4! 5>6! 5>7! 5>8! 5>9! 6>3! 6>4! 6>9! 7>3! 7>4! 7>9! 8>3! 8>4! 8>9! 9>3!",
        "3>4? 3>5? 3>6? 3>7? 3>8? 3>9? 4>3? 4>5? 4>6? 4>7? 4>8? 4>9? 5>3? 5>4? 5>6? 5>7? 5>8? 5>9? 6>3! 6>4! 6>5! 7>3! 7>4! 7>5! 8>3! 8>4! 8>5! 9>3! 9>4! 9>5!",
        "3>7? 3>8? 3>9? 4>3! 4>7? 4>8? 4>9? 5>3! 5>7? 5>8? 5>9? 6>3! 6>7? 6>8? 6>9? 7>3? 7>4? 7>5? 7>6? 7>8? 7>9? 8>3? 8>4? 8>5? 8>6? 8>7? 8>9? 9>3? 9>4? 9>5? 9>6? 9>7? 9>8?",
    ]
    // swift-format-ignore
    static let crossingsText = """
    ColumnTransformer 13
    ColumnTransformer+all 10
    ColumnTransformer+drop 10
    ColumnTransformer+index 3
    ColumnTransformer+remainder 13
    FeatureUnion 0
    OneHotEncoder+ignore 0
    OrdinalEncoder+value 0
    Pipeline 0
    sklearn.calibration.CalibratedClassifierCV 0
    sklearn.cluster._affinity_propagation.AffinityPropagation 0
    sklearn.cluster._agglomerative.FeatureAgglomeration 0
    sklearn.cluster._birch.Birch 0
    sklearn.cluster._bisect_k_means.BisectingKMeans 3
    sklearn.cluster._kmeans.KMeans 0
    sklearn.cluster._kmeans.MiniBatchKMeans 0
    sklearn.cluster._mean_shift.MeanShift 0
    sklearn.compose._target.TransformedTargetRegressor 0
    sklearn.covariance._elliptic_envelope.EllipticEnvelope 0
    sklearn.cross_decomposition._pls.CCA 0
    sklearn.cross_decomposition._pls.PLSCanonical 0
    sklearn.cross_decomposition._pls.PLSRegression 0
    sklearn.cross_decomposition._pls.PLSSVD 0
    sklearn.decomposition._dict_learning.DictionaryLearning 0
    sklearn.decomposition._dict_learning.MiniBatchDictionaryLearning 3
    sklearn.decomposition._factor_analysis.FactorAnalysis 0
    sklearn.decomposition._fastica.FastICA 0
    sklearn.decomposition._incremental_pca.IncrementalPCA 0
    sklearn.decomposition._kernel_pca.KernelPCA 0
    sklearn.decomposition._lda.LatentDirichletAllocation 3
    sklearn.decomposition._nmf.MiniBatchNMF 0
    sklearn.decomposition._nmf.NMF 0
    sklearn.decomposition._pca.PCA 0
    sklearn.decomposition._sparse_pca.MiniBatchSparsePCA 0
    sklearn.decomposition._sparse_pca.SparsePCA 0
    sklearn.decomposition._truncated_svd.TruncatedSVD 0
    sklearn.discriminant_analysis.LinearDiscriminantAnalysis 0
    sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis 0
    sklearn.dummy.DummyClassifier 0
    sklearn.dummy.DummyRegressor 0
    sklearn.ensemble._bagging.BaggingClassifier 0
    sklearn.ensemble._bagging.BaggingRegressor 0
    sklearn.ensemble._forest.ExtraTreesClassifier 1
    sklearn.ensemble._forest.ExtraTreesRegressor 1
    sklearn.ensemble._forest.RandomForestClassifier 2
    sklearn.ensemble._forest.RandomForestRegressor 2
    sklearn.ensemble._forest.RandomTreesEmbedding 1
    sklearn.ensemble._gb.GradientBoostingClassifier 19
    sklearn.ensemble._gb.GradientBoostingRegressor 19
    sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier 19
    sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingRegressor 19
    sklearn.ensemble._iforest.IsolationForest 0
    sklearn.ensemble._stacking.StackingClassifier 0
    sklearn.ensemble._stacking.StackingRegressor 0
    sklearn.ensemble._voting.VotingClassifier 0
    sklearn.ensemble._voting.VotingRegressor 0
    sklearn.ensemble._weight_boosting.AdaBoostClassifier 4
    sklearn.ensemble._weight_boosting.AdaBoostRegressor 0
    sklearn.feature_extraction.text.HashingVectorizer 0
    sklearn.feature_extraction.text.TfidfTransformer 7
    sklearn.feature_selection._univariate_selection.GenericUnivariateSelect 0
    sklearn.feature_selection._univariate_selection.SelectFdr 0
    sklearn.feature_selection._univariate_selection.SelectFpr 0
    sklearn.feature_selection._univariate_selection.SelectFwe 0
    sklearn.feature_selection._univariate_selection.SelectKBest 0
    sklearn.feature_selection._univariate_selection.SelectPercentile 0
    sklearn.feature_selection._variance_threshold.VarianceThreshold 0
    sklearn.frozen._frozen.FrozenEstimator 20
    sklearn.gaussian_process._gpc.GaussianProcessClassifier 3
    sklearn.gaussian_process._gpr.GaussianProcessRegressor 3
    sklearn.impute._base.MissingIndicator 0
    sklearn.impute._base.SimpleImputer 6
    sklearn.impute._iterative.IterativeImputer 15
    sklearn.impute._knn.KNNImputer 0
    sklearn.kernel_approximation.AdditiveChi2Sampler 0
    sklearn.kernel_approximation.Nystroem 0
    sklearn.kernel_approximation.PolynomialCountSketch 0
    sklearn.kernel_approximation.RBFSampler 0
    sklearn.kernel_approximation.SkewedChi2Sampler 0
    sklearn.kernel_ridge.KernelRidge 0
    sklearn.linear_model._base.LinearRegression 0
    sklearn.linear_model._bayes.ARDRegression 0
    sklearn.linear_model._bayes.BayesianRidge 0
    sklearn.linear_model._coordinate_descent.ElasticNet 0
    sklearn.linear_model._coordinate_descent.ElasticNetCV 0
    sklearn.linear_model._coordinate_descent.Lasso 0
    sklearn.linear_model._coordinate_descent.LassoCV 0
    sklearn.linear_model._coordinate_descent.MultiTaskElasticNet 0
    sklearn.linear_model._coordinate_descent.MultiTaskElasticNetCV 0
    sklearn.linear_model._coordinate_descent.MultiTaskLasso 0
    sklearn.linear_model._coordinate_descent.MultiTaskLassoCV 0
    sklearn.linear_model._glm.glm.GammaRegressor 17
    sklearn.linear_model._glm.glm.PoissonRegressor 17
    sklearn.linear_model._glm.glm.TweedieRegressor 17
    sklearn.linear_model._huber.HuberRegressor 0
    sklearn.linear_model._least_angle.Lars 0
    sklearn.linear_model._least_angle.LarsCV 0
    sklearn.linear_model._least_angle.LassoLars 0
    sklearn.linear_model._least_angle.LassoLarsCV 0
    sklearn.linear_model._least_angle.LassoLarsIC 0
    sklearn.linear_model._logistic.LogisticRegression 0
    sklearn.linear_model._logistic.LogisticRegressionCV 0
    sklearn.linear_model._omp.OrthogonalMatchingPursuit 0
    sklearn.linear_model._omp.OrthogonalMatchingPursuitCV 0
    sklearn.linear_model._passive_aggressive.PassiveAggressiveClassifier 0
    sklearn.linear_model._passive_aggressive.PassiveAggressiveRegressor 0
    sklearn.linear_model._perceptron.Perceptron 0
    sklearn.linear_model._quantile.QuantileRegressor 8
    sklearn.linear_model._ransac.RANSACRegressor 0
    sklearn.linear_model._ridge.Ridge 0
    sklearn.linear_model._ridge.RidgeCV 0
    sklearn.linear_model._ridge.RidgeClassifier 16
    sklearn.linear_model._ridge.RidgeClassifierCV 16
    sklearn.linear_model._stochastic_gradient.SGDClassifier 0
    sklearn.linear_model._stochastic_gradient.SGDOneClassSVM 0
    sklearn.linear_model._stochastic_gradient.SGDRegressor 0
    sklearn.linear_model._theil_sen.TheilSenRegressor 0
    sklearn.manifold._isomap.Isomap 0
    sklearn.manifold._locally_linear.LocallyLinearEmbedding 0
    sklearn.mixture._bayesian_mixture.BayesianGaussianMixture 0
    sklearn.mixture._gaussian_mixture.GaussianMixture 0
    sklearn.model_selection._classification_threshold.FixedThresholdClassifier 14
    sklearn.model_selection._search.GridSearchCV 0
    sklearn.model_selection._search.RandomizedSearchCV 0
    sklearn.multiclass.OneVsOneClassifier 0
    sklearn.multiclass.OneVsRestClassifier 0
    sklearn.multiclass.OutputCodeClassifier 5
    sklearn.multioutput.ClassifierChain 11
    sklearn.multioutput.MultiOutputClassifier 0
    sklearn.multioutput.MultiOutputRegressor 0
    sklearn.multioutput.RegressorChain 11
    sklearn.naive_bayes.BernoulliNB 0
    sklearn.naive_bayes.CategoricalNB 0
    sklearn.naive_bayes.ComplementNB 0
    sklearn.naive_bayes.GaussianNB 0
    sklearn.naive_bayes.MultinomialNB 0
    sklearn.neighbors._classification.KNeighborsClassifier 0
    sklearn.neighbors._classification.RadiusNeighborsClassifier 0
    sklearn.neighbors._graph.KNeighborsTransformer 0
    sklearn.neighbors._graph.RadiusNeighborsTransformer 0
    sklearn.neighbors._lof.LocalOutlierFactor 0
    sklearn.neighbors._nca.NeighborhoodComponentsAnalysis 3
    sklearn.neighbors._nearest_centroid.NearestCentroid 9
    sklearn.neighbors._regression.KNeighborsRegressor 0
    sklearn.neighbors._regression.RadiusNeighborsRegressor 0
    sklearn.neural_network._multilayer_perceptron.MLPClassifier 3
    sklearn.neural_network._multilayer_perceptron.MLPRegressor 21
    sklearn.neural_network._rbm.BernoulliRBM 0
    sklearn.preprocessing._data.Binarizer 0
    sklearn.preprocessing._data.MaxAbsScaler 6
    sklearn.preprocessing._data.MinMaxScaler 0
    sklearn.preprocessing._data.Normalizer 0
    sklearn.preprocessing._data.PowerTransformer 0
    sklearn.preprocessing._data.QuantileTransformer 0
    sklearn.preprocessing._data.RobustScaler 0
    sklearn.preprocessing._data.StandardScaler 0
    sklearn.preprocessing._discretization.KBinsDiscretizer 0
    sklearn.preprocessing._encoders.OneHotEncoder 0
    sklearn.preprocessing._encoders.OrdinalEncoder 0
    sklearn.preprocessing._function_transformer.FunctionTransformer 0
    sklearn.preprocessing._polynomial.PolynomialFeatures 0
    sklearn.preprocessing._polynomial.SplineTransformer 12
    sklearn.preprocessing._target_encoder.TargetEncoder 0
    sklearn.random_projection.GaussianRandomProjection 0
    sklearn.random_projection.SparseRandomProjection 0
    sklearn.semi_supervised._label_propagation.LabelPropagation 0
    sklearn.semi_supervised._label_propagation.LabelSpreading 0
    sklearn.semi_supervised._self_training.SelfTrainingClassifier 18
    sklearn.svm._classes.LinearSVC 0
    sklearn.svm._classes.LinearSVR 0
    sklearn.svm._classes.NuSVC 0
    sklearn.svm._classes.NuSVR 0
    sklearn.svm._classes.OneClassSVM 0
    sklearn.svm._classes.SVC 0
    sklearn.svm._classes.SVR 0
    sklearn.tree._classes.DecisionTreeClassifier 2
    sklearn.tree._classes.DecisionTreeRegressor 2
    sklearn.tree._classes.ExtraTreeClassifier 1
    sklearn.tree._classes.ExtraTreeRegressor 1
    """
}
