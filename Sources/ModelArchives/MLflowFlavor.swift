/// What MLflow's flavours load (https://mlflow.org/docs/latest/ml/model/#models_built-in-model-flavors): the modules of each
/// flavour's own library, and the keys by which `MLmodel` records that library's version.
///
/// Read out of the `save_model` and `load_model` functions of MLflow 1.30 to 3.18.
struct MLflowFlavor {
    /// The modules that the flavour's loader imports.
    let modules: [String]
    /// The distribution whose version a key of the flavour gives.
    let versions: [String: String]
    /// Whether what the flavour's loader reads of the model is read here too: pickles, and files that hold no code. The others
    /// name classes, modules and arguments of a Java machine in files of their own, or fetch what they load.
    var isFollowed = true

    /// Returns the flavour of a name; nil for one that MLflow does not bring along.
    static func named(_ name: String) -> MLflowFlavor? { all[name] }

    private static let all: [String: MLflowFlavor] = [
        "catboost": .init(modules: ["catboost"], versions: ["catboost_version": "catboost"]),
        "diffusers": .init(
            modules: ["diffusers", "torch"], versions: ["diffusers_version": "diffusers"], isFollowed: false),
        "diviner": .init(modules: ["diviner"], versions: ["diviner_version": "diviner"], isFollowed: false),
        "dspy": .init(modules: ["dspy"], versions: ["dspy_version": "dspy"]),
        "fastai": .init(modules: ["fastai"], versions: ["fastai_version": "fastai"]),
        "gluon": .init(modules: ["mxnet"], versions: ["mxnet_version": "mxnet"], isFollowed: false),
        "h2o": .init(modules: ["h2o"], versions: ["h2o_version": "h2o"], isFollowed: false),
        "johnsnowlabs": .init(
            modules: ["johnsnowlabs", "pyspark"], versions: ["pyspark_version": "pyspark"], isFollowed: false),
        "keras": .init(modules: ["keras"], versions: ["keras_version": "keras"]),
        "langchain": .init(modules: ["langchain"], versions: ["langchain_version": "langchain"], isFollowed: false),
        "lightgbm": .init(modules: ["lightgbm"], versions: ["lgb_version": "lightgbm"]),
        "llama_index": .init(
            modules: ["llama_index"], versions: ["llama_index_version": "llama-index"], isFollowed: false),
        "onnx": .init(modules: ["onnx", "onnxruntime"], versions: ["onnx_version": "onnx"]),
        "openai": .init(modules: ["openai"], versions: ["openai_version": "openai"]),
        "paddle": .init(modules: ["paddle"], versions: ["paddle_version": "paddlepaddle"], isFollowed: false),
        "pmdarima": .init(modules: ["pmdarima"], versions: ["pmdarima_version": "pmdarima"]),
        "promptflow": .init(modules: ["promptflow"], versions: ["promptflow_version": "promptflow"], isFollowed: false),
        "prophet": .init(modules: ["prophet"], versions: ["prophet_version": "prophet"]),
        // The common interface: what it loads is its `loader_module`.
        "python_function": .init(modules: [], versions: [:]),
        "pytorch": .init(modules: ["torch"], versions: ["pytorch_version": "torch"]),
        "sentence_transformers": .init(
            modules: ["sentence_transformers"],
            versions: ["sentence_transformers_version": "sentence-transformers"]),
        "shap": .init(modules: ["shap"], versions: ["shap_version": "shap"]),
        "sklearn": .init(modules: ["sklearn"], versions: ["sklearn_version": "scikit-learn"]),
        "spacy": .init(modules: ["spacy"], versions: ["spacy_version": "spacy"], isFollowed: false),
        "spark": .init(modules: ["pyspark"], versions: ["pyspark_version": "pyspark"], isFollowed: false),
        "statsmodels": .init(modules: ["statsmodels"], versions: ["statsmodels_version": "statsmodels"]),
        // save_model of mlflow.tensorflow writes tf.__version__ under the key keras_version.
        "tensorflow": .init(
            modules: ["tensorflow"],
            versions: ["tensorflow_version": "tensorflow", "keras_version": "tensorflow"]),
        "transformers": .init(
            modules: ["transformers"],
            versions: [
                "transformers_version": "transformers", "torch_version": "torch", "pytorch_version": "torch",
            ]),
        "xgboost": .init(modules: ["xgboost"], versions: ["xgb_version": "xgboost"]),
    ]

    /// The modules of all flavours.
    static let modules: Set<String> = Set(all.values.flatMap(\.modules))
}
