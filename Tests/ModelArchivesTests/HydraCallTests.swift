import SourceDocuments
import TestSupport
import Testing

@testable import ModelArchives

/// What configurations have called, in the languages of NeMo, SpeechBrain, OmegaConf and MONAI, wherever they lie.
@Suite("Calls of configurations")
struct HydraCallTests {
    private static func reference(_ module: String, _ name: String) -> String {
        #"{"objects": {"a": {"metadata": {"type": "pyref", "module": "\#(module)", "name": "\#(name)"}}}}"#
    }

    private static let built: [(String, String, String)] = [
        ("context/io.json", reference("subprocess", "call"), "subprocess.call"),
        ("context/io.json", reference("torch.hub", "load"), "torch.hub.load"),
        ("weights.json", reference("os", "system"), "os.system"),
        ("context/model.yaml", "_target_: os.system\n", "os.system"),
        ("hyperparams.yaml", "x: !apply:os.system [id]\n", "os.system"),
        ("hyperparams.yaml", "x: !applyref:os.system [id]\n", "os.system"),
        ("hyperparams.yaml", "x: !new:own.Net\n", "own.Net"),
        ("hyperparams.yaml", "x: [!name:own.f {a: 1}]\n", "own.f"),
        ("hyperparams.yaml", "x: !module:own.code\n", "own.code"),
        ("hyperparams.yaml", "x: !<!apply:os.system> [id]\n", "os.system"),
        ("hyperparams.yaml", "x: !%61pply:os.system [id]\n", "os.system"),
        (
            "train.yaml", "x: !apply:speechbrain.utils.superpowers.run_shell [id]\n",
            "speechbrain.utils.superpowers.run_shell"
        ),
    ]

    @Test(
        "what NeMo 2 and SpeechBrain build is told",
        arguments: built)
    func builders(name: String, text: String, subject: String) throws {
        #expect(dangerous(try readTensorModel([(name, text)])) == [subject])
    }

    @Test(
        "a module of the standard library or a runner inside of a library's name is told",
        arguments: [
            "torch.utils.cpp_extension.subprocess.Popen", "monai.utils.misc.subprocess.Popen", "torch.x._os.Popen",
            "torch.distributed.elastic.multiprocessing.subprocess_handler.SubprocessHandler", "nemo.core.shutil.X",
            "transformers.tools.PythonInterpreterTool", "torch.sys.X", "torch.x.importlib.X", "torch.x.threading.Timer",
            "torch.nn.functional.warnings", "torch.nn.functional.boolean_dispatch", "torch.nn.functional.F.relu",
        ])
    func runners(name: String) throws {
        #expect(dangerous(try readTensorModel([("config.yaml", "a: {_target_: \(name)}\n")])) == [name])
    }

    @Test(
        "an interpolation of OmegaConf that makes a configuration of a text is told",
        arguments: [
            "${oc.create:{_target_:os.system,_args_:[id]}}", "a ${oc.create:${b}}", "${ oc.create : x}",
        ])
    func created(text: String) throws {
        #expect(dangerous(try readTensorModel([("config.yaml", "a: \"\(text)\"\n")])) == ["oc.create"])
        #expect(dangerous(try readTensorModel([("any.yaml", "a: ['${oc.decode:${b}}']\n")])) == ["oc.decode"])
    }

    private static let left: [(String, String)] = [
        ("config.yaml", "a: ${eval:1+1}\n"), ("conf/a.yaml", "a: x${own.f:1}\n"), ("config.yaml", "a: ${${b}:c}\n"),
        ("other.yaml", "a: ${eval:1}\nb: {_target_: torch.nn.Linear}\n"),
        ("configs/a.json", #"{"a": "%docs/x.json::k"}"#), ("configs/a.json", #"{"a": "%/configs/x.JSON"}"#),
        ("configs/a.yaml", "a: '%../configs/x.yml'\n"), ("hyperparams.yaml", "a: !include:../x.yaml\n"),
        ("hyperparams.yaml", "a: !include:x.txt\n"),
    ]

    @Test(
        "a resolver of the loader's own is a gap",
        arguments: left)
    func unfollowed(name: String, text: String) throws {
        let model = try readTensorModel([(name, text)])
        #expect(model.environment.gaps.map(\.source?.file) == [name])
        #expect(dangerous(model).isEmpty)
    }

    private static let evaluated: [(String, String, String)] = [
        ("configs/inference.json", #"{"initialize": ["$__import__('os').system('id')"]}"#, "$"),
        ("configs/a/inference.yaml", "a: $import own\n", "$"),
        ("configs/inference.JSON", #"{"a": {"_target_": "os.system"}}"#, "os.system"),
        ("configs/a.yaml", "a: {_target_: UNet}\nb: $@net.x\n", "$"),
        ("configs/a.json", #"{"a": {"_target_": "ConfigExpression"}}"#, "ConfigExpression"),
        (
            "configs/logging.conf", "[handler_h]\nclass=StreamHandler\nargs=(__import__('os').system('id'),)\n",
            "logging"
        ),
        ("configs/logging.conf", "[handler_h]\n ARGS :\n\n  (f(),)\n", "logging"),
        ("configs/logging.conf", "[handler_h]\r\nclass = own.Handler\r\n", "logging"),
        ("configs/logging.conf", "[DEFAULT]\nx=f()\n[handler_h]\nargs=%(x)s\n", "logging"),
        ("yolo.yaml", "activation: __import__('os').system('id')\nbackbone: []\n", "activation"),
    ]

    @Test(
        "what MONAI evaluates is told",
        arguments: evaluated)
    func expressions(name: String, text: String, subject: String) throws {
        #expect(dangerous(try readTensorModel([(name, text)])) == [subject])
    }

    private static let placed: [(String, String)] = [
        ("model.yaml", "model: {target: os.system, params: {a: 1}}\n"),
        ("conf/model.yaml", "_target_: os.system\n"),
        ("configs/model/net.yaml", "_target_: os.system\n"), ("experiment.YML", "a: [{class_path: os.system}]\n"),
        ("x/any.json", #"{"\u005ftarget_": "os.system"}"#), ("any.yaml", #"{"\x5ftarget_": os.system}"#),
        ("any.yaml", "a: 1\n---\n_target_: os.system\n"), ("config.yaml", "a: 1\n---\n_target_: os.system\n"),
        ("model_config.yaml", "encoder: {target: os.system}\n"),
        ("config.json", #"{"a": NaN, "_target_": "os.system"}"#),
    ]

    @Test(
        "a configuration is found wherever it lies, and however a word of it is written",
        arguments: placed)
    func places(name: String, text: String) throws {
        #expect(dangerous(try readTensorModel([(name, text)])) == ["os.system"])
    }

    @Test(
        "tags of Python are told in every spelling",
        arguments: [
            "x: !!%70ython/object/apply:os.system [id]\n", "x: !<tag:yaml.org,2002:python/name:os.system> ''\n",
            "%TAG !p! tag:yaml.org,2002:py\n---\nx: !p!thon/object/apply:os.system [id]\n",
        ])
    func tags(text: String) throws {
        #expect(dangerous(try readTensorModel([("config.yaml", text)])) == ["python"])
        #expect(dangerous(try readTensorModel([("sub/any.yml", text)])) == ["python"])
        #expect(try YAMLReader.tags(SourceText(name: "a", text: text)).count == 1)
    }

    @Test("an archive of NeMo with nothing but its configuration counts beside weights")
    func nemo() throws {
        let directory = TemporaryDirectory()
        directory.write("m/model.safetensors", tensorWeights)
        directory.write("model_config.yaml", Array("_target_: os.system\n".utf8))
        try #require(shell("cd '\(directory.path)' && tar -cf m/e.nemo model_config.yaml") == 0)
        #expect(dangerous(try ModelReader.read(path: directory.path + "/m")) == ["os.system"])
    }

    private static let unreadable: [(String, String)] = [
        ("hyperparams.yaml", "a: ["), ("io.json", "{"), ("a.yaml", "_target_: [os.system"),
        ("a.yaml", "a: 1\na: !!python/name:x ''\n"), ("configs/a.json", #"{"a": "$f()", "a": 1}"#),
        ("conf/a.yaml", "cos\nsystem\n(S'id'\ntR."), ("config.yaml", "N."),
        ("a.yaml", "a: 1 #" + String(repeating: "x", count: 4 << 20)),
    ]

    @Test(
        "a text that cannot be read is a gap where a loader reads it, and where it holds a call",
        arguments: unreadable)
    func damaged(name: String, text: String) throws {
        #expect(!(try readTensorModel([(name, text)]).isComplete))
    }

    @Test("a pickle with the name of a configuration is told where a loader reads it")
    func pickles() throws {
        let model = try readTensorModel([("conf/a.yaml", "cos\nsystem\n(S'id'\ntR.")])
        #expect(!model.isComplete)
        #expect(model.findings.contains { $0.rule == "dangerous-global" })
    }

    @Test("a link to a file of another name is a gap, and one to a configuration is none")
    func links() throws {
        let directory = TemporaryDirectory()
        directory.write("m/model.safetensors", tensorWeights)
        directory.write("m/c.txt", Array("_target_: os.system\n".utf8))
        directory.write("m/b.yaml", Array("a: 1\n".utf8))
        try #require(shell("cd '\(directory.path)/m' && ln -s b.yaml c.yaml") == 0)
        #expect(try ModelReader.read(path: directory.path + "/m").isComplete)
        try #require(shell("cd '\(directory.path)/m' && ln -s c.txt a.yaml") == 0)
        let gaps = try ModelReader.read(path: directory.path + "/m").environment.gaps
        #expect(gaps.map(\.source?.file) == ["a.yaml"])
    }

    private static let ordinary: [(String, String)] = [
        ("config.yaml", "target: churn\nparams: {max_depth: 3}\n"),
        ("configs/a.yaml", "target: '0.5'\nparams: {a: 1}\n"),
        (
            "config.yaml",
            "act: {_target_: torch.nn.functional.gelu}\nrun: '${now:%Y}'\nb: ${a.b}\nc: ${oc.env:X,1}\n"
        ),
        ("configs/train.json", #"{"_target_": "UNet", "note": "$5"}"#), ("configs/a.yaml", "home: $HOME/data\n"),
        ("configs/a.yaml", "o: {_target_: torch.optim.Adam, lr: '${lr}'}\n"),
        ("configs/a.yaml", "a: '%b#c'\nd: '%configs/b.yaml::e'\n"), ("configs/a.json", ""),
        ("configs/a.json", "{\"a\": 1 // no comment in JSON\n}"),
        ("configs/a.yaml", "{% if a %}\na: 1\n{% endif %}\n"),
        ("configs/a.yaml", "a: 1\na: 2\n"), ("configs/a.yaml", "a: 1\n---\nb: 2\n"), ("any.yaml", "a: [\n"),
        ("docker-compose.yml", "a: ${TAG:-latest}\nb: ${x:y}\nc: ${{ d }}\n"),
        ("config.yaml", "a: ${HOME:-/root}\n"),
        ("mkdocs.yml", "a: !!python/name:material.twemoji ''\n"), ("stack.yml", "a: !Sub '${b}'\n"),
        ("lib/site-packages/x/conf/a.yaml", "_target_: own.Net\n"), ("other.yaml", "target: own.f\n"),
        (".hydra/hydra.yaml", "a: {_target_: hydra._internal.core_plugins.basic_launcher.BasicLauncher}\n"),
        ("context/io.json", reference("nemo.lightning.io.mixin", "IOMixin")),
        ("context/io.json", reference("torch", "bfloat16")),
        ("context/io.json", reference("builtins", "list")),
        ("context/io.json", reference("fiddle._src.config", "Config")),
        ("context/io.json", reference("nemo.collections.llm.gpt.model.base", "gpt_data_step")),
        (
            "hyperparams.yaml",
            "a: !new:speechbrain.lobes.features.Fbank\nb: !ref <a>\nc: !apply:torch.manual_seed [1]\n"
        ),
        (
            "hyperparams.yaml",
            "a: !name:speechbrain.nnet.losses.nll_loss\nb: !new:sentencepiece.SentencePieceProcessor\n"
        ),
        (
            "config.yaml",
            "a: {_target_: monai.transforms.io.array.LoadImage}\n"
        ),
        (
            "configs/logging.conf",
            "[handler_h]\nclass=StreamHandler\nargs=(sys.stdout,)\n[formatter_f]\nformat=%(asctime)s (x)\n"
        ),
        ("yolo.yaml", "activation: nn.LeakyReLU(0.1)\nbackbone: []\nhead: []\n"),
    ]

    @Test(
        "ordinary configurations are no finding and no gap",
        arguments: ordinary)
    func honest(name: String, text: String) throws {
        let model = try readTensorModel([(name, text)])
        #expect(dangerous(model).isEmpty)
        #expect(model.isComplete)
    }

    @Test("a long document of JSON is a gap where it has a word for a call, wherever that stands")
    func longDocuments() throws {
        let numbers = String(repeating: "1,", count: 3 << 20)
        #expect(
            try !readTensorModel([("x/any.json", "{\"a\":[\(numbers)1],\"n\":{\"_target_\":\"os.system\"}}")])
                .isComplete)
        #expect(try readTensorModel([("x/any.json", "{\"a\":[\(numbers)1]}")]).isComplete)
    }
}
