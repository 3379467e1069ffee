import EnvironmentInventory
import SourceDocuments

/// Calls in Python code that fetch a model, a data set or a file, and the commands that it hands to a shell.
///
/// Sources: https://huggingface.co/docs/huggingface_hub/package_reference/file_download,
/// https://huggingface.co/docs/transformers/main_classes/pipelines, https://www.nltk.org/api/nltk.downloader.html,
/// https://pytorch.org/docs/stable/hub.html, https://docs.python.org/3/library/urllib.request.html.
///
/// A value is known when it is a string, a name to which one string is assigned, or a variable of the environment; of a
/// formatted string the written parts are. Left out: what functions return, modules that the code imports from files beside it.
struct PythonCode {
    /// One thing that is fetched.
    struct Fetch {
        let kind: Pin.Kind
        let function: String
        /// The thing's name; the written argument when the name is not known.
        let subject: String
        let strength: PinStrength
        let reason: String?
        /// The byte offsets of the argument in the code.
        let range: Range<Int>
    }

    /// A command line that the code runs, `os.system("pip install x")`, in the words of a shell.
    struct Command {
        let text: String
        /// The variables in it that stand for what is not known.
        let unknown: [String]
        let range: Range<Int>
    }

    private(set) var fetches: [Fetch] = []
    private(set) var commands: [Command] = []
    /// Texts that look like command lines which install something, and that no call runs where they stand.
    private(set) var mentions: [Command] = []
    /// Whether the code is longer, or its calls stand deeper in each other, than what is read.
    var isCut: Bool { isLonger || budget.isSpent }

    private struct Argument {
        let name: String?
        let value: Value
        let range: Range<Int>
    }

    let bytes: [UInt8]
    let tokens: [PythonToken]
    private let isLonger: Bool
    let budget = Budget()
    let environment: (String) -> String?
    var names: [String: Value] = [:]
    private(set) var imported: [String: String] = [:]

    /// Reads code.
    ///
    /// - Parameter environment: the value of an environment variable; nil when it is not known.
    init(_ code: [UInt8], environment: @escaping (String) -> String?) {
        bytes = code
        (tokens, isLonger) = PythonToken.tokens(of: code)
        self.environment = environment
        imported = imports()
        readAssignments()
        for index in tokens.indices where tokens[index].kind == .name && isSymbol(index + 1, "(") { readCall(index) }
        mentions += unreadTexts()
    }

    /// The tokens that may be looked at besides once each: calls that stand in calls are gone through for each of them.
    final class Budget {
        private var left = 2_000_000

        var isSpent: Bool { left == 0 }

        /// Whether one more token may be looked at.
        func take() -> Bool {
            left = max(0, left - 1)
            return left > 0
        }
    }

    func isSymbol(_ index: Int, _ text: String) -> Bool {
        tokens.indices.contains(index) && tokens[index].kind == .symbol && tokens[index].text == text
    }

    private func arguments(of index: Int) -> [Argument] {
        let close = closing(of: index + 1)
        var arguments: [Argument] = []
        var start = index + 2
        while start < close, budget.take() {
            var end = start
            var depth = 0
            while end < close, depth > 0 || !isSymbol(end, ","), budget.take() {
                if tokens[end].kind == .symbol {
                    if "([{".contains(tokens[end].text) { depth += 1 }
                    if ")]}".contains(tokens[end].text) { depth -= 1 }
                }
                end += 1
            }
            guard end > start else {
                start = end + 1
                continue
            }
            let isNamed = tokens[start].kind == .name && isSymbol(start + 1, "=") && !isSymbol(start + 2, "=")
            let first = isNamed ? start + 2 : start
            let (value, next) = value(at: first)
            let last = max(first, end - 1)
            let range =
                tokens[min(first, tokens.count - 1)].range
                .lowerBound..<tokens[min(last, tokens.count - 1)].range.upperBound
            arguments.append(
                Argument(
                    name: isNamed ? tokens[start].text : nil, value: next >= end ? value : .unknown, range: range))
            start = end + 1
        }
        return arguments
    }

    // MARK: Calls

    /// Functions that take the name of a repository of models or data first, and `revision=`.
    private static let hub: Set<String> = [
        "snapshot_download", "hf_hub_download", "from_pretrained", "SentenceTransformer", "CrossEncoder",
        "load_dataset", "WhisperModel", "pipeline", "HuggingFaceEmbedding", "HuggingFaceEmbeddings",
    ]
    /// Functions that take a name of which a server holds the newest.
    private static let newest: Set<String> = [
        "nltk.download", "spacy.cli.download", "stanza.download", "whisper.load_model", "dataset_download",
        "model_download",
    ]
    private static let urls: Set<String> = [
        "urlretrieve", "wget.download", "gdown.download", "load_state_dict_from_url", "download_url_to_file",
    ]

    private mutating func readCall(_ index: Int) {
        // The definition of a function is not a call of it.
        if index > 0, tokens[index - 1].kind == .name, ["def", "class"].contains(tokens[index - 1].text) { return }
        let name = tokens[index].text
        let last = name.split(separator: ".").last.map(String.init) ?? name
        if Self.hub.contains(last) {
            // Other libraries have a function of that name.
            if last == "pipeline", !bytes[...].containsBytes(Array("transformers".utf8)) { return }
            readHubCall(index, last)
        } else if Self.newest.contains(where: { name == $0 || name.hasSuffix("." + $0) }) {
            guard let (subject, range) = subject(arguments(of: index).first) else { return }
            add(
                .modelDownload, function: name, subject: subject, strength: (.floating, "it takes what is newest"),
                at: range)
        } else if name == "torch.hub.load" || name == "hub.load" {
            readTorchHub(index, name)
        } else if Self.urls.contains(last) || Self.urls.contains(name) {
            let arguments = arguments(of: index)
            let url = arguments.first { $0.name == "url" } ?? arguments.first
            guard let url else { return }
            switch url.value {
            case .known(let text):
                if text.containsText("://") || last == "download" {
                    add(.download, function: name, subject: text, strength: (.floating, nil), at: url.range)
                }
            default:
                add(.download, function: name, subject: written(url.range), strength: (.unknown, nil), at: url.range)
            }
        } else if Self.isPip(fullName(name)) {
            readPip(index)
        } else if fullName(name) == "runpy.run_module", case .known("pip")? = arguments(of: index).first?.value {
            mentions.append(Command(text: "\(name)(\"pip\")", unknown: [], range: tokens[index].range))
        } else if Self.runsCommand(name) || Self.runsCommand(fullName(name)) {
            guard let argument = arguments(of: index).first(where: { $0.name == nil || $0.name == "args" }) else {
                return
            }
            switch argument.value {
            case .known(let text): commands.append(Command(text: text, unknown: [], range: argument.range))
            case .partial(let text, let unknown):
                commands.append(Command(text: text, unknown: unknown, range: argument.range))
            case .list(let words, let unknown):
                let line = words.map { unknown.isEmpty ? Self.quoted($0) : Self.doublyQuoted($0) }
                commands.append(Command(text: line.joined(separator: " "), unknown: unknown, range: argument.range))
            case .unknown: break
            }
        }
    }

    /// `pip.main(["install", "x"])`.
    private mutating func readPip(_ index: Int) {
        guard let argument = arguments(of: index).first else { return }
        guard case .list(let words, let unknown) = argument.value else {
            return mentions.append(Command(text: written(argument.range), unknown: [], range: argument.range))
        }
        let line = ["pip"] + words.map { unknown.isEmpty ? Self.quoted($0) : Self.doublyQuoted($0) }
        commands.append(Command(text: line.joined(separator: " "), unknown: unknown, range: argument.range))
    }

    private mutating func readHubCall(_ index: Int, _ function: String) {
        let arguments = arguments(of: index)
        let keywords = [
            "repo_id", "pretrained_model_name_or_path", "model", "model_name_or_path", "model_name", "path",
        ]
        let named = arguments.first { $0.name.map(keywords.contains) ?? false }
        let positional = arguments.filter { $0.name == nil }
        // The first argument of a pipeline is its task; without a model the task's default is fetched.
        let argument =
            function == "pipeline"
            ? named ?? positional.dropFirst().first ?? positional.first : named ?? positional.first
        guard let argument else { return }
        let revision = arguments.first { $0.name == "revision" }
        guard case .known(let subject) = argument.value else {
            let isModel = ["snapshot_download", "hf_hub_download", "SentenceTransformer", "WhisperModel"].contains(
                function)
            if isModel || function == "from_pretrained" {
                add(
                    .modelDownload, function: function, subject: written(argument.range), strength: (.unknown, nil),
                    at: argument.range)
            }
            return
        }
        // A directory is not a repository.
        if subject.hasPrefix("/") || subject.hasPrefix(".") || subject.hasPrefix("~") { return }
        let strength: (PinStrength, String?)
        switch revision?.value {
        case nil: strength = (.floating, "it has no revision")
        case .known(let text): strength = GitReference.strength(text)
        case .list, .partial, .unknown: strength = (.unknown, nil)
        }
        add(.modelDownload, function: function, subject: subject, strength: strength, at: argument.range)
    }

    private mutating func readTorchHub(_ index: Int, _ name: String) {
        let arguments = arguments(of: index)
        guard let argument = arguments.first, !arguments.contains(where: { $0.value == .known("local") }) else {
            return
        }
        guard case .known(let text) = argument.value else {
            return add(
                .modelDownload, function: name, subject: written(argument.range), strength: (.unknown, nil),
                at: argument.range)
        }
        let reference = text.split(separator: ":", maxSplits: 1).dropFirst().first
        add(
            .modelDownload, function: name, subject: text, strength: GitReference.strength(reference),
            at: argument.range)
    }

    private func subject(_ argument: Argument?) -> (String, Range<Int>)? {
        guard let argument else { return nil }
        if case .known(let text) = argument.value { return (text, argument.range) }
        return (written(argument.range), argument.range)
    }

    private func written(_ range: Range<Int>) -> String {
        String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
    }

    private mutating func add(
        _ kind: Pin.Kind, function: String, subject: String, strength: (PinStrength, String?), at range: Range<Int>
    ) {
        fetches.append(
            Fetch(
                kind: kind, function: function, subject: subject, strength: strength.0, reason: strength.1, range: range
            ))
    }

    /// A word with variables of a shell, as the shell reads it.
    private static func doublyQuoted(_ word: String) -> String {
        if !word.contains("$") { return quoted(word) }
        return "\"" + word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// A word as a shell reads it.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy {
            $0.isASCIIAlphanumeric || "-_./:=@+,".utf8.contains($0)
        }
        return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
