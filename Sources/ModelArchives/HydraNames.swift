import PythonPackaging
import SourceDocuments

/// The functions and classes that configurations may name: which of them do no more than make a part of a model.
enum HydraNames {
    /// Libraries whose classes are layers, optimisers, sets of data and the like; their functions load and fetch.
    private static let libraries: Set<Substring> = [
        "torch", "torchvision", "torchaudio", "torchmetrics", "lightning", "pytorch_lightning", "nemo", "megatron",
        "transformers", "diffusers", "monai", "ldm", "sgm", "timm", "sklearn", "omegaconf", "speechbrain", "fiddle",
        "hydra_plugins", "gluonts", "allennlp", "allennlp_models", "TTS",
    ]

    /// Classes whose objects run code, or start a program, that they are given; also of other modules that one of these
    /// libraries imports.
    private static let runners: Set<Substring> = [
        "PackageImporter", "CompilationUnit", "LightningCLI", "LightningArgumentParser", "ArgumentParser", "Popen",
        "SubprocessHandler", "SubprocessContext", "MultiprocessContext", "PContext", "LocalElasticAgent", "Process",
        "Pool",
        "ThreadPool", "Thread", "ProcessPoolExecutor", "ThreadPoolExecutor", "PythonInterpreterTool", "CodeAgent",
        "InteractiveConsole", "InteractiveInterpreter", "ConfigParser", "ConfigExpression", "ConfigWorkflow",
        "BundleWorkflow", "PythonicWorkflow", "BundleAlgo", "FunctionType", "LambdaType", "CodeType", "FileIO",
        "Unpickler", "CDLL", "PyDLL", "LazyModule", "DeprecatedModuleRedirect", "EntryPoint",
    ]

    /// Modules of the standard library that have the names of parts of these libraries, `nemo.collections` and
    /// `monai.transforms.io.array`, and hold nothing that runs.
    private static let ordinary: Set<String> = [
        "collections", "io", "array", "types", "random", "signal", "string", "time", "token", "tokenize", "copy",
        "operator", "enum", "statistics", "numbers", "math", "typing", "test", "abc", "calendar", "json", "html",
        "queue", "parser", "select", "symbol", "warnings", "dataclasses", "datetime", "decimal", "fractions", "struct",
        "uuid", "hashlib", "locale", "stat", "text", "chunk", "cmath", "textwrap",
    ]

    /// Functions and classes elsewhere that only make a value, by their whole names.
    private static let values: Set<String> = [
        "builtins.list", "builtins.tuple", "builtins.dict", "builtins.set", "builtins.frozenset", "builtins.int",
        "builtins.float", "builtins.str", "builtins.bool", "builtins.bytes", "builtins.complex", "builtins.slice",
        "builtins.range", "builtins.NoneType", "collections.OrderedDict", "pathlib.Path", "pathlib.PosixPath",
        "pathlib.PurePath", "pathlib.PurePosixPath", "datetime.timedelta", "nemo_run.config.Config",
        "nemo_run.config.Partial", "sentencepiece.SentencePieceProcessor", "torch.manual_seed", "random.seed",
        "numpy.random.seed", "hydra._internal.core_plugins.basic_launcher.BasicLauncher",
        "hydra._internal.core_plugins.basic_sweeper.BasicSweeper",
    ]

    /// The types of torch's numbers (https://docs.pytorch.org/docs/stable/tensor_attributes.html).
    private static let types: Set<Substring> = [
        "float16", "bfloat16", "float32", "float64", "half", "float", "double", "int8", "uint8", "int16", "int32",
        "int64", "short", "int", "long", "bool", "complex64", "complex128", "float8_e4m3fn", "float8_e5m2",
    ]

    /// Functions of NeMo and Megatron that stand in the settings of NeMo's models: activations, steps, descriptions of
    /// layers (https://github.com/NVIDIA/NeMo/blob/v2.0.0/nemo/collections/llm/gpt/model/base.py).
    private static let steps: Set<Substring> = [
        "gpt_data_step", "gpt_forward_step", "default_layer_spec", "transformer_engine_layer_spec",
        "transformer_engine_full_layer_spec", "local_layer_spec", "torch_dtype_from_mcore_config", "squared_relu",
        "quick_gelu", "openai_gelu", "fast_gelu", "mamba_forward_step", "init_method_normal",
        "scaled_init_method_normal", "get_gpt_layer_with_transformer_engine_spec", "get_gpt_layer_local_spec",
    ]

    /// Functions of `torch.nn.functional` that call what they are given.
    private static let callers: Set<Substring> = ["handle_torch_function", "boolean_dispatch"]

    /// Whether a part of a dotted name is an identifier of Python.
    static func isIdentifier(_ part: Substring) -> Bool {
        guard let first = part.utf8.first, !first.isASCIIDigit else { return false }
        return part.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") || $0 >= 0x80 }
    }

    /// Whether a class runs what it is given.
    static func isRunner(_ name: Substring) -> Bool { runners.contains(name) }

    /// Whether calling a name only makes a part of a model.
    static func isHarmless(_ parts: [Substring]) -> Bool {
        guard parts.count > 1, let first = parts.first, let last = parts.last, parts.allSatisfy({ isIdentifier($0) })
        else { return false }
        if values.contains(parts.joined(separator: ".")) { return true }
        guard libraries.contains(first), !parts.dropFirst().contains(where: { isRunning($0, in: parts) }) else {
            return false
        }
        if last.first?.isUppercase ?? false { return true }
        return isFunction(parts, last)
    }

    /// Whether importing a name, as `!module:` does, only imports a module of a known library.
    static func isModule(_ parts: [Substring]) -> Bool {
        guard let first = parts.first, parts.allSatisfy({ isIdentifier($0) }) else { return false }
        return libraries.contains(first) && !parts.dropFirst().contains { isRunning($0, in: parts) }
    }

    /// Whether a part of a name behind the library's is a module of the standard library, as modules import them, or a class that
    /// runs code: `torch.utils.cpp_extension.subprocess.Popen`.
    private static func isRunning(_ part: Substring, in parts: [Substring]) -> Bool {
        if runners.contains(part) { return true }
        // A callback of Lightning has the name of a class of threading.
        if part == "Timer" { return !parts.contains("callbacks") }
        let module = String(part.drop { $0 == "_" })
        return StandardLibrary.contains(module) && !ordinary.contains(module)
    }

    private static func isFunction(_ parts: [Substring], _ last: Substring) -> Bool {
        if parts.count == 2, parts[0] == "torch", types.contains(last) { return true }
        guard !last.hasPrefix("_"), !StandardLibrary.contains(String(last)) else { return false }
        switch parts[0] {
        case "torch":
            return parts.count == 4 && parts[1] == "nn" && parts[2] == "functional" && !callers.contains(last)
                && !last.hasPrefix("has_torch")
        case "nemo", "megatron": return steps.contains(last)
        case "gluonts": return NamedClasses.isStep(parts)
        case "speechbrain": return parts.count > 2 && ["nnet", "processing", "decoders"].contains(parts[1])
        default: return false
        }
    }
}
