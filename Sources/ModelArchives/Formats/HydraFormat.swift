import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// Configurations that name what loading calls: `_target_` of Hydra (https://hydra.cc/docs/advanced/instantiate_objects/overview/),
/// which NeMo's archives have in `model_config.yaml` and MONAI's bundles in `configs/`; `target` with `params` of latent
/// diffusion; `class_path` of Lightning (https://lightning.ai/docs/pytorch/stable/cli/lightning_cli_advanced_3.html); the
/// `io.json` of NeMo 2; the tags of SpeechBrain's `hyperparams.yaml`; the classes of GluonTS, AllenNLP and Coqui TTS
/// (``NamedClasses``).
///
/// Any function may stand there: with `os.system` in the place of a layer a model runs what it likes (CVE-2025-23304 of NeMo,
/// https://nvd.nist.gov/vuln/detail/CVE-2025-23304).
///
/// What loaders read by its name is kept; all other YAML and JSON is looked at as it goes by, and so that a pickle
/// of such a name is still found.
enum HydraFormat: ModelFormat {
    static let name = "hydra"

    /// The most bytes of a document that is looked at.
    private static let maximumSize = 4 << 20
    /// The most values of a document of JSON: small numbers take many times their text in memory.
    private static let maximumValues = 1_000_000
    /// The most bytes of JSON without a name or a word that tells something.
    private static let maximumOtherSize = 1 << 20

    static func keeps(_ path: String) -> Bool { HydraFile.mayBe(path) && HydraFile(path).isKept }

    static func detects(_ head: FileHead) -> Bool {
        guard HydraFile.mayBe(head.path) else { return false }
        let file = HydraFile(head.path)
        return file.isConfiguration && !file.isKept
    }

    static func readFile(
        _ source: any ByteSource, head: FileHead, file: String
    ) throws(ArchiveReadingError) -> ModelFileContent? {
        let kind = HydraFile(head.path)
        let source = try PeekingByteSource(source, count: min(head.size ?? maximumSize, maximumSize) + 1)
        let told = judge(SourceText(name: file, bytes: source.head), kind)
        guard TentativePickle.mayBegin(head.bytes) else {
            guard told == nil, source.head.count > maximumSize, try hasCall(source) else { return told }
            return tooLong(file)
        }
        let pickle = try TentativePickle.read(source, size: head.size, file: file)
        guard var content = told else { return pickle }
        if let pickle { add(pickle, to: &content, file: file) }
        return content
    }

    /// Whether a long document has a word for a call anywhere.
    private static func hasCall(_ source: PeekingByteSource) throws(ArchiveReadingError) -> Bool {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 1)
        defer { buffer.deallocate() }
        var window: [UInt8] = []
        while true {
            let count = try source.read(into: buffer)
            if count == 0 { return false }
            // A word may lie across two pieces.
            window.removeFirst(max(0, window.count - HydraFile.longestWord))
            window += buffer[..<count]
            if HydraFile.namesCall(window) { return true }
        }
    }

    private static func tooLong(_ file: String) -> ModelFileContent {
        var content = ModelFileContent("")
        content.leaveOut("", "it has more than \(maximumSize >> 20) MiB and is not read", in: file)
        return content
    }

    static func read(_ tree: ModelTree) throws(DocumentError) -> ModelFileContent? {
        // A project has such files too: they make a model only where there is something to load.
        let isModel = tree.files.contains { file in
            if file.tree != nil { return true }
            guard let read = file.content else { return false }
            return !read.format.isEmpty || !HydraFile(file.path).isConfiguration
        }
        var content = ModelFileContent(isModel ? name : "")
        var isFound = false
        for file in tree.files {
            guard let bytes = file.bytes else {
                if let told = file.content, told.format.isEmpty, HydraFile(file.path).isConfiguration {
                    isFound = true
                }
                continue
            }
            let kind = HydraFile(file.path)
            guard kind.isConfiguration || kind.isLogging else { continue }
            let shown = tree.shown(file.path)
            if let told = judge(SourceText(name: shown, bytes: bytes), kind) {
                isFound = true
                content.findings += told.findings
                content.gaps += told.gaps
                content.modules.formUnion(told.modules)
            }
            // Another format knows what else it keeps.
            guard kind.isKept, TentativePickle.mayBegin(bytes) else { continue }
            let source = MemoryByteSource(bytes, name: shown)
            if let pickle = try? TentativePickle.read(source, size: bytes.count, file: shown) {
                isFound = true
                add(pickle, to: &content, file: shown)
            }
        }
        return isFound ? content : nil
    }

    private static func add(_ pickle: ModelFileContent, to content: inout ModelFileContent, file: String) {
        content.findings += pickle.findings
        content.gaps += pickle.gaps
        content.leaveOut("", "it has the name of a configuration and is also a pickle", in: file)
    }

    // MARK: One configuration

    /// Returns what a configuration names, or why that is not known; nil where it calls nothing.
    private static func judge(_ text: SourceText, _ file: HydraFile) -> ModelFileContent? {
        var content = ModelFileContent("")
        var calls = HydraCalls(file)
        if file.isTypeName {
            guard let name = NamedClasses.firstLine(text.bytes) else { return nil }
            calls.call(name, line: 1)
            return calls.content(in: text.name).flatMap { $0.findings.isEmpty ? nil : $0 }
        }
        let hasTypes = file.mayHaveTypes(text.bytes)
        if text.bytes.count > maximumSize {
            guard file.isNamed || file.isLogging || file.isYAML || hasTypes || file.holdsCall(text.bytes) else {
                return nil
            }
            return tooLong(text.name)
        }
        if file.isLogging {
            guard let line = HydraTexts.evaluatedLine(of: text) else { return nil }
            calls.add("logging", "loading evaluates an expression of Python", line: line)
            return calls.content(in: text.name)
        }
        let isLong = file.isJSON && !file.isKept && text.bytes.count > maximumOtherSize
        guard file.isNamed || hasTypes || (isLong ? file.holdsCall(text.bytes) : file.mayCall(text.bytes)) else {
            return nil
        }
        let problem = collect(text, file, into: &calls)
        var told = calls.content(in: text.name)
        if let read = told, read.findings.isEmpty, read.gaps.isEmpty, !file.isHydra { told = nil }
        // Of a text that names nothing, and of one that another format reads, nothing is missed.
        guard let problem, file.isNamed || hasTypes || file.holdsCall(text.bytes) else { return told }
        content = told ?? content
        content.leaveOut("", "it is not read: \(problem.reason)", in: text.name)
        return content
    }

    /// Collects the calls of all documents of a text, up to an error.
    private static func collect(
        _ text: SourceText, _ file: HydraFile, into calls: inout HydraCalls
    ) -> DocumentError? {
        do throws(DocumentError) {
            if file.isJSON {
                calls.collect(try JSONReader.read(text, acceptsPythonNumbers: true, maximumValues: maximumValues))
                return nil
            }
            let (documents, error) = YAMLReader.readAll(text)
            for document in documents { calls.collect(document) }
            if let error { return error }
            if text.bytes.contains(UInt8(ascii: "!")) {
                for tag in try YAMLReader.tags(text) { calls.collect(tag) }
            }
            return nil
        } catch { return error }
    }
}
