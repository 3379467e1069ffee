/// Which attributes of an estimator are kept: those that decide what it takes and what a value does in it.
package enum EstimatorAttributes {
    /// The objects that are kept of one model.
    package static let maximumObjects = 20_000
    /// The values that are kept of one model.
    package static let maximumValues = 1 << 20
    /// How deep objects and lists may be nested.
    package static let maximumDepth = 64

    /// Returns whether an attribute of a class is kept.
    package static func keeps(_ name: String, of path: String) -> Bool {
        // The trees of a forest say nothing that the forest does not say itself, and there may be thousands.
        if name == "estimators_", forests.contains(where: { path.hasPrefix($0) }) { return false }
        return names.contains(name)
    }

    private static let forests = [
        "sklearn.ensemble._forest.", "sklearn.ensemble._gb.", "sklearn.ensemble._iforest.",
        "sklearn.ensemble._hist_gradient_boosting.",
    ]

    private static let names: Set<String> = [
        // What holds other estimators.
        "steps", "transformer_list", "transformer_weights", "transformers_", "_transformer_to_input_indices",
        "remainder", "sparse_output_", "_remainder", "_output_indices", "best_estimator_", "estimator_", "estimator",
        "estimators_", "estimators_features_", "final_estimator_", "stack_method_", "passthrough", "voting", "order_",
        "calibrated_classifiers_", "base_estimator", "base_estimator_", "regressor_", "transformer_", "regressor",
        "chain_method", "response_method", "l1_ratio",
        "refit", "verbose_feature_names_out", "_sklearn_output_config", "cv", "estimators", "calibrators", "base_",
        "n_classes_", "classifiers_", "label_binarizer_", "multilabel_", "transform_input", "memory", "method",
        // What every estimator says of its input.
        "feature_names_in_", "n_features_in_", "classes_", "_sklearn_version", "n_features_", "n_outputs_",
        // Encoders.
        "categories_", "categories", "handle_unknown", "unknown_value", "encoded_missing_value", "_missing_indices",
        "drop", "drop_idx_", "_drop_idx_after_grouping", "min_frequency", "max_categories", "_infrequent_enabled",
        "_default_to_infrequent_mappings", "_infrequent_indices", "sparse_output", "sparse", "dtype", "target_type_",
        "encodings_", "target_mean_",
        // Imputers.
        "strategy", "missing_values", "statistics_", "fill_value", "add_indicator", "indicator_", "features_",
        "features", "error_on_new", "_n_features", "keep_empty_features", "initial_imputer_", "_fit_dtype",
        "_fill_dtype", "_mask_fit_X", "_valid_mask", "imputation_order", "skip_complete", "imputation_sequence_",
        // Scalers, and what knows a range.
        "mean_", "scale_", "with_mean", "with_std", "center_", "min_", "data_min_", "data_max_", "feature_range",
        "clip",
        "max_abs_", "quantiles_", "bin_edges_", "n_bins_", "encode", "func", "inverse_func", "validate", "kw_args",
        "accept_sparse", "with_centering", "with_scaling", "lambdas_", "output_distribution", "n_quantiles_",
        "extrapolation", "threshold", "degree", "handle_missing", "standardize", "references_",
        // Selectors.
        "support_", "scores_", "pvalues_", "k", "percentile", "variances_", "mask_", "n_features_to_select_",
        "prefit", "max_features", "importance_getter", "k_features", "score_func",
        "lowercase", "preprocessor", "tokenizer", "analyzer", "input", "mode", "param", "alpha",
        "threshold_",
        "selected_features_",
        // Predictors.
        "criterion", "splitter", "monotonic_cst", "kernel", "metric", "weights", "algorithm", "categorical_features",
        "is_categorical_", "_preprocessor", "_is_categorical_remapped", "loss", "affinity", "novelty", "positive",
        "n_components", "activation", "bootstrap_features", "max_samples", "init_", "init", "vocabulary_",
        "missing_features_indices_", "_features_in", "novelty", "shrinking", "probability", "gamma", "cat_smooth",
        // LightGBM and XGBoost.
        "_n_features", "_n_features_in", "_Booster", "_classes", "_le", "handle", "pandas_categorical",
        "_feature_name", "feature_types", "enable_categorical", "missing", "n_features_in", "feature_names",
        "validate_features", "booster", "_other_params", "objective", "_objective", "best_iteration",
        "use_label_encoder",
    ]
}
