// Made by Tests/InputContractsTests/Oracle/make_table.py of what scikit-learn itself has shown; not edited by hand.

extension BehaviourTable {
    // swift-format-ignore
    static let rows1 = """
    sklearn.calibration.CalibratedClassifierCV 3-9:SSSSSSS====SS
    sklearn.cluster._affinity_propagation.AffinityPropagation 3-9:EEEESESEEE=EE
    sklearn.cluster._agglomerative.FeatureAgglomeration 3-9:EEEESESEEE=EE
    sklearn.cluster._birch.Birch 3-9:EEEESESEEE=EE
    sklearn.cluster._bisect_k_means.BisectingKMeans 3-9:EEEESESEEE=EE
    sklearn.cluster._kmeans.KMeans 3-9:EEEESESEEE=EE
    sklearn.cluster._kmeans.MiniBatchKMeans 3-9:EEEESESEEE=EE
    sklearn.cluster._mean_shift.MeanShift 3-9:EEEESESEEE=EE
    sklearn.compose._target.TransformedTargetRegressor 3-9:SSSSSSS====SS
    sklearn.covariance._elliptic_envelope.EllipticEnvelope 3-9:EEEESESEEE=EE
    sklearn.cross_decomposition._pls.CCA 3-9:EEEESESEEE=EE
    sklearn.cross_decomposition._pls.PLSCanonical 3-9:EEEESESEEE=EE
    sklearn.cross_decomposition._pls.PLSRegression 3-9:EEEESESEEE=EE
    sklearn.cross_decomposition._pls.PLSSVD 3-9:EEEESESEEE=EE
    sklearn.decomposition._dict_learning.DictionaryLearning 3-9:EEEESESEEE=EE
    sklearn.decomposition._dict_learning.MiniBatchDictionaryLearning 3-9:EEEESESEEE=EE
    sklearn.decomposition._factor_analysis.FactorAnalysis 3-9:EEEESESEEE=EE
    sklearn.decomposition._fastica.FastICA 3-9:EEEESESEEE=EE
    sklearn.decomposition._incremental_pca.IncrementalPCA 3-9:EEEESESEEE=EE
    sklearn.decomposition._kernel_pca.KernelPCA 3-9:EEEESESEEE=EE
    sklearn.decomposition._lda.LatentDirichletAllocation 3-9:EEEE?ESEEE=EE
    sklearn.decomposition._nmf.MiniBatchNMF 3-9:EEEE?ESEEE=EE
    sklearn.decomposition._nmf.NMF 3-9:EEEE?ESEEE=EE
    sklearn.decomposition._pca.PCA 3-9:EEEESESEEE=EE
    sklearn.decomposition._sparse_pca.MiniBatchSparsePCA 3-9:EEEESESEEE=EE
    sklearn.decomposition._sparse_pca.SparsePCA 3-9:EEEESESEEE=EE
    sklearn.decomposition._truncated_svd.TruncatedSVD 3-9:EEEESESEEE=EE
    sklearn.discriminant_analysis.LinearDiscriminantAnalysis 3-9:EEEESESEEE=EE
    sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis 3-9:EEEESESEEE=EE
    sklearn.dummy.DummyClassifier 3-9:SSSSSSS====SS
    sklearn.dummy.DummyRegressor 3-9:SSSSSSS====SS
    sklearn.ensemble._bagging.BaggingClassifier 3-9:SSSSSSSEEE=EE
    sklearn.ensemble._bagging.BaggingRegressor 3-9:SSSSSSSEEE=EE
    sklearn.ensemble._forest.ExtraTreesClassifier 3-5:EEEEEESEEE=EE 6-9:SSEEEESEEE=EE
    sklearn.ensemble._forest.ExtraTreesRegressor 3-5:EEEEEESEEE=EE 6-9:SSEEEESEEE=EE
    sklearn.ensemble._forest.RandomForestClassifier 3:EEEEEESEEE=EE 4-9:SSEEEESEEE=EE
    sklearn.ensemble._forest.RandomForestRegressor 3:EEEEEESEEE=EE 4-9:SSEEEESEEE=EE
    sklearn.ensemble._forest.RandomTreesEmbedding 3-5:EEEEEESEEE=EE 6-9:SSEEEESEEE=EE
    sklearn.ensemble._gb.GradientBoostingClassifier 3-9:EEEEEESEEE=EE
    sklearn.ensemble._gb.GradientBoostingRegressor 3-9:EEEEEESEEE=EE
    sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier 3-9:SSSSSESEEE=EE
    sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingRegressor 3-9:SSSSSESEEE=EE
    sklearn.ensemble._iforest.IsolationForest 3-5:EEEEEESEEE=EE 6-9:SSSSSESEEE=EE
    sklearn.ensemble._stacking.StackingClassifier 3-9:SSSSSSS====SS
    sklearn.ensemble._stacking.StackingRegressor 3-9:SSSSSSS====SS
    sklearn.ensemble._voting.VotingClassifier 3-9:SSSSSSS====SS
    sklearn.ensemble._voting.VotingRegressor 3-9:SSSSSSS====SS
    sklearn.ensemble._weight_boosting.AdaBoostClassifier 3-9:ESEESSSEEE=EE
    sklearn.ensemble._weight_boosting.AdaBoostRegressor 3-9:ESEESSSEEE=EE
    sklearn.feature_extraction.text.HashingVectorizer 3-9:SSSSSSSSS=EEE
    sklearn.feature_extraction.text.TfidfTransformer 3-9:EEEESESEEE=EE
    sklearn.feature_selection._univariate_selection.GenericUnivariateSelect 3-9:ESEESSSEEE=EE
    sklearn.feature_selection._univariate_selection.SelectFdr 3-9:ESEESSSEEE=EE
    sklearn.feature_selection._univariate_selection.SelectFpr 3-9:ESEESSSEEE=EE
    sklearn.feature_selection._univariate_selection.SelectFwe 3-9:ESEESSSEEE=EE
    sklearn.feature_selection._univariate_selection.SelectKBest 3-9:ESEESSSEEE=EE
    sklearn.feature_selection._univariate_selection.SelectPercentile 3-9:ESEESSSEEE=EE
    sklearn.feature_selection._variance_threshold.VarianceThreshold 3-9:NSIISSSEEE=EE
    sklearn.frozen._frozen.FrozenEstimator 6-9:SSSSSSS====SS
    sklearn.gaussian_process._gpc.GaussianProcessClassifier 3-9:EEEESESEEE=EE
    sklearn.gaussian_process._gpr.GaussianProcessRegressor 3-9:EEEESESEEE=EE
    sklearn.impute._base.MissingIndicator 3-9:ESEESSSEEE=EE
    sklearn.impute._base.SimpleImputer 3-9:SSEESESEEE=EE
    sklearn.impute._iterative.IterativeImputer 3-9:SSEESESEEE=EE
    sklearn.impute._knn.KNNImputer 3-9:SSEESESEEE=EE
    sklearn.kernel_approximation.AdditiveChi2Sampler 3-9:EEEE?ESEEE=EE
    sklearn.kernel_approximation.Nystroem 3-9:EEEESESEEE=EE
    sklearn.kernel_approximation.PolynomialCountSketch 3-9:EEEESESEEE=EE
    sklearn.kernel_approximation.RBFSampler 3-9:EEEESESEEE=EE
    sklearn.kernel_approximation.SkewedChi2Sampler 3-9:EEEE?ESEEE=EE
    sklearn.kernel_ridge.KernelRidge 3-9:EEEESESEEE=EE
    sklearn.linear_model._base.LinearRegression 3-9:EEEESESEEE=EE
    sklearn.linear_model._bayes.ARDRegression 3-9:EEEESESEEE=EE
    sklearn.linear_model._bayes.BayesianRidge 3-9:EEEESESEEE=EE
    sklearn.linear_model._coordinate_descent.ElasticNet 3-9:EEEESESEEE=EE
    sklearn.linear_model._coordinate_descent.ElasticNetCV 3-9:EEEESESEEE=EE
    sklearn.linear_model._coordinate_descent.Lasso 3-9:EEEESESEEE=EE
    sklearn.linear_model._coordinate_descent.LassoCV 3-9:EEEESESEEE=EE
    sklearn.linear_model._coordinate_descent.MultiTaskElasticNet 3-9:EEEESESEEE=EE
    sklearn.linear_model._coordinate_descent.MultiTaskElasticNetCV 3-9:EEEESESEEE=EE
    sklearn.linear_model._coordinate_descent.MultiTaskLasso 3-9:EEEESESEEE=EE
    sklearn.linear_model._coordinate_descent.MultiTaskLassoCV 3-9:EEEESESEEE=EE
    sklearn.linear_model._glm.glm.GammaRegressor 3-9:EEEE?ESEEE=EE
    sklearn.linear_model._glm.glm.PoissonRegressor 3-9:EEEE?ESEEE=EE
    sklearn.linear_model._glm.glm.TweedieRegressor 3-9:EEEESESEEE=EE
    sklearn.linear_model._huber.HuberRegressor 3-9:EEEESESEEE=EE
    sklearn.linear_model._least_angle.Lars 3-9:EEEESESEEE=EE
    sklearn.linear_model._least_angle.LarsCV 3-9:EEEESESEEE=EE
    sklearn.linear_model._least_angle.LassoLars 3-9:EEEESESEEE=EE
    sklearn.linear_model._least_angle.LassoLarsCV 3-9:EEEESESEEE=EE
    sklearn.linear_model._least_angle.LassoLarsIC 3-9:EEEESESEEE=EE
    sklearn.linear_model._logistic.LogisticRegression 3-9:EEEESESEEE=EE
    sklearn.linear_model._logistic.LogisticRegressionCV 3-9:EEEESESEEE=EE
    sklearn.linear_model._omp.OrthogonalMatchingPursuit 3-9:EEEESESEEE=EE
    sklearn.linear_model._omp.OrthogonalMatchingPursuitCV 3-9:EEEESESEEE=EE
    sklearn.linear_model._passive_aggressive.PassiveAggressiveClassifier 3-9:EEEESESEEE=EE
    sklearn.linear_model._passive_aggressive.PassiveAggressiveRegressor 3-9:EEEESESEEE=EE
    sklearn.linear_model._perceptron.Perceptron 3-9:EEEESESEEE=EE
    sklearn.linear_model._quantile.QuantileRegressor 4-9:EEEESESEEE=EE
    sklearn.linear_model._ransac.RANSACRegressor 3-9:EEEESESEEE=EE
    sklearn.linear_model._ridge.Ridge 3-9:EEEESESEEE=EE
    sklearn.linear_model._ridge.RidgeCV 3-9:EEEESESEEE=EE
    sklearn.linear_model._ridge.RidgeClassifier 3-9:EEEESESEEE=EE
    sklearn.linear_model._ridge.RidgeClassifierCV 3-9:EEEESESEEE=EE
    sklearn.linear_model._stochastic_gradient.SGDClassifier 3-9:EEEESESEEE=EE
    sklearn.linear_model._stochastic_gradient.SGDOneClassSVM 3-9:EEEESESEEE=EE
    sklearn.linear_model._stochastic_gradient.SGDRegressor 3-9:EEEESESEEE=EE
    sklearn.linear_model._theil_sen.TheilSenRegressor 3-9:EEEESESEEE=EE
    sklearn.manifold._isomap.Isomap 3-9:EEEESESEEE=EE
    sklearn.manifold._locally_linear.LocallyLinearEmbedding 3-9:EEEESESEEE=EE
    sklearn.mixture._bayesian_mixture.BayesianGaussianMixture 3-9:EEEESESEEE=EE
    sklearn.mixture._gaussian_mixture.GaussianMixture 3-9:EEEESESEEE=EE
    sklearn.model_selection._classification_threshold.FixedThresholdClassifier 5-9:SSSSSSS====SS
    sklearn.model_selection._search.GridSearchCV 3-9:SSSSSSS====SS
    sklearn.model_selection._search.RandomizedSearchCV 3-9:SSSSSSS====SS
    sklearn.multiclass.OneVsOneClassifier 3:SSSSSESEEE=EE 4-8:SSSSS?SEEE=EE 9:SSSSSESEEE=EE
    sklearn.multiclass.OneVsRestClassifier 3-9:SSSSSSS====SS
    sklearn.multiclass.OutputCodeClassifier 3:SSSSSSSEEE=SS 4:SSSSSSS====SS 5-9:SSSSSSSEEE=SS
    sklearn.multioutput.ClassifierChain 3:EEEESESEEE=EE 4-8:EEEES?SEEE=EE 9:EEEESESEEE=EE
    sklearn.multioutput.MultiOutputClassifier 3-9:SSSSSSS====SS
    sklearn.multioutput.MultiOutputRegressor 3-9:SSSSSSS====SS
    sklearn.multioutput.RegressorChain 3:EEEESESEEE=EE 4-8:EEEES?SEEE=EE 9:EEEESESEEE=EE
    sklearn.naive_bayes.BernoulliNB 3-9:EEEESESEEE=EE
    sklearn.naive_bayes.CategoricalNB 3-9:EEEEEESEEE=EE
    sklearn.naive_bayes.ComplementNB 3-9:EEEESESEEE=EE
    sklearn.naive_bayes.GaussianNB 3-9:EEEESESEEE=EE
    sklearn.naive_bayes.MultinomialNB 3-9:EEEESESEEE=EE
    sklearn.neighbors._classification.KNeighborsClassifier 3-9:EEEESESEEE=EE
    sklearn.neighbors._classification.RadiusNeighborsClassifier 3-9:EEEEEEEEEE=EE
    sklearn.neighbors._graph.KNeighborsTransformer 3-9:EEEESESEEE=EE
    sklearn.neighbors._graph.RadiusNeighborsTransformer 3-9:EEEESESEEE=EE
    sklearn.neighbors._lof.LocalOutlierFactor 3-9:EEEESESEE==EE
    sklearn.neighbors._nca.NeighborhoodComponentsAnalysis 3-9:EEEESESEEE=EE
    sklearn.neighbors._nearest_centroid.NearestCentroid 3-9:EEEESESEEE=EE
    sklearn.neighbors._regression.KNeighborsRegressor 3-9:EEEESESEEE=EE
    sklearn.neighbors._regression.RadiusNeighborsRegressor 3-9:EEEESESEEE=EE
    sklearn.neural_network._multilayer_perceptron.MLPClassifier 3-9:EEEESESEEE=EE
    sklearn.neural_network._multilayer_perceptron.MLPRegressor 3-6:EEEESESEEE=EE
    sklearn.neural_network._rbm.BernoulliRBM 3-9:EEEESESEEE=EE
    sklearn.preprocessing._data.Binarizer 3-9:EEEESESEEE=EE
    sklearn.preprocessing._data.MaxAbsScaler 3-9:NNEESESEEE=EE
    sklearn.preprocessing._data.MinMaxScaler 3-9:NNEESESEEE=EE
    sklearn.preprocessing._data.Normalizer 3-9:EEEESESEEE=EE
    sklearn.preprocessing._data.PowerTransformer 3-9:NNEESESEEE=EE
    sklearn.preprocessing._data.QuantileTransformer 3-9:NNEESESEEE=EE
    sklearn.preprocessing._data.RobustScaler 3-9:NNEESESEEE=EE
    sklearn.preprocessing._data.StandardScaler 3-9:NNEESESEEE=EE
    sklearn.preprocessing._discretization.KBinsDiscretizer 3-9:EEEESESEEE=EE
    sklearn.preprocessing._encoders.OneHotEncoder 3-9:EEEEEEEEEE=EE
    sklearn.preprocessing._encoders.OrdinalEncoder 3-9:EEEEEEEEEE=EE
    sklearn.preprocessing._function_transformer.FunctionTransformer 3-9:NSIISSSSSS=SS
    sklearn.preprocessing._polynomial.PolynomialFeatures 3-9:EEEESESEEE=EE
    sklearn.preprocessing._polynomial.SplineTransformer 3-9:EEEESESEEE=EE
    sklearn.preprocessing._target_encoder.TargetEncoder 3-5:SSEESSSEEE=EE 6-9:SSEESS?EEE=EE
    sklearn.random_projection.GaussianRandomProjection 3-9:EEEESESEEE=EE
    sklearn.random_projection.SparseRandomProjection 3-9:EEEESESEEE=EE
    sklearn.semi_supervised._label_propagation.LabelPropagation 3-9:EEEESESEEE=EE
    sklearn.semi_supervised._label_propagation.LabelSpreading 3-9:EEEESESEEE=EE
    sklearn.semi_supervised._self_training.SelfTrainingClassifier 3:SSSSSESEEE=EE 4-8:SSSSS?SEEE=EE 9:SSSSSESEEE=EE
    sklearn.svm._classes.LinearSVC 3-9:EEEESESEEE=EE
    sklearn.svm._classes.LinearSVR 3-9:EEEESESEEE=EE
    sklearn.svm._classes.NuSVC 3-9:EEEESESEEE=EE
    sklearn.svm._classes.NuSVR 3-9:EEEESESEEE=EE
    sklearn.svm._classes.OneClassSVM 3-9:EEEESESEEE=EE
    sklearn.svm._classes.SVC 3-9:EEEESESEEE=EE
    sklearn.svm._classes.SVR 3-9:EEEESESEEE=EE
    sklearn.tree._classes.DecisionTreeClassifier 3-9:SSEEEESEEE=EE
    sklearn.tree._classes.DecisionTreeRegressor 3-9:SSEEEESEEE=EE
    sklearn.tree._classes.ExtraTreeClassifier 3-5:EEEEEESEEE=EE 6-9:SSEEEESEEE=EE
    sklearn.tree._classes.ExtraTreeRegressor 3-5:EEEEEESEEE=EE 6-9:SSEEEESEEE=EE
    """
}
