import LockFormats
import PythonPackaging
import SourceDocuments

/// Requirement lines as MLflow and others write them: one a line, or one an entry of a list in YAML.
enum RequirementLines {
    /// Reads a requirements.txt. Hashes and options are the business of the lock reader; here each line is a claim.
    static func read(_ text: SourceText, into content: inout ModelFileContent) {
        do throws(LockReadingError) {
            for line in try RequirementStatements.lines(text) {
                recordLine(line.text, in: text.name, at: .line(line.line), into: &content)
            }
        } catch {
            content.leaveUnnamed("", "it cannot be read: \(error.reason)", in: text.name, at: nil)
        }
    }

    /// Records what an entry of a list claims: pip gets it in a file, where it can be several lines.
    static func record(_ written: String, in file: String, at place: FactPlace, into content: inout ModelFileContent) {
        for line in RequirementStatements.lines(in: written) { recordLine(line, in: file, at: place, into: &content) }
    }

    /// Records what one line claims. pip's options claim nothing; what names no distribution is a gap.
    private static func recordLine(
        _ written: String, in file: String, at place: FactPlace, into content: inout ModelFileContent
    ) {
        guard let requirement = RequirementClaim(written) else {
            if let reason = reasonForNoName(written) {
                content.leaveUnnamed(String(written.prefix(200)), reason, in: file, at: place)
            }
            return
        }
        if let version = requirement.exactVersion {
            content.record(
                .package, name: requirement.name, value: version, strength: .claimed, file: file, place: place)
            // `===` compares the whole text, a version alone would not say so.
            guard requirement.isArbitrary else { return }
            content.record(
                .requirement, name: requirement.name, value: "===" + version, strength: .claimed, file: file,
                place: place)
        } else {
            content.record(
                .requirement, name: requirement.name, value: requirement.specifier, strength: .claimed, file: file,
                place: place)
        }
    }
}

extension RequirementLines {
    /// pip's options that choose among artifacts and sources, and name no distribution
    /// (https://pip.pypa.io/en/stable/reference/requirements-file-format/#supported-options); constraints only narrow
    /// what others name.
    private static let options: Set<String> = [
        "-i", "--index-url", "--extra-index-url", "--no-index", "-f", "--find-links", "--no-binary", "--only-binary",
        "--prefer-binary", "--require-hashes", "--pre", "--trusted-host", "--use-feature", "-c", "--constraint",
        "--hash", "--config-settings", "--global-option",
    ]

    /// Returns why a line that is not a requirement names no distribution; nil for one that need not.
    private static func reasonForNoName(_ written: String) -> String? {
        let words = written.split(omittingEmptySubsequences: true) {
            $0 == " " || $0 == "\t" || $0 == "=" || $0 == "\r"
        }
        guard let first = words.first, !first.hasPrefix("#"), first != "\\" else { return nil }
        if options.contains(String(first)) || ["-i", "-f", "-c"].contains(String(first.prefix(2))) { return nil }
        if first == "-e" || first == "--editable" { return "an editable requirement names no release" }
        if first == "-r" || first == "--requirement" { return "the file that it includes is not read" }
        if first.hasPrefix("-") { return "the option is not known" }
        return "it is not a requirement with a name"
    }
}

/// The name and the versions of one requirement line (PEP 508) without its comment and pip's options; the extras and the
/// marker are ignored.
struct RequirementClaim {
    /// The name, normalised (PEP 503).
    let name: String
    /// The text after the name: `==1.2`, `>=2,<3`, empty, or `@ URL`.
    let specifier: String
    /// The version, where the specifier allows just one.
    let exactVersion: String?
    /// Whether the specifier is `===`.
    let isArbitrary: Bool

    /// Nil for a line that is not a requirement.
    init?(_ line: String) {
        var bytes = Array(line.utf8)[...]
        for index in bytes.indices
        where bytes[index] == UInt8(ascii: "#") && (index == 0 || bytes[index - 1] <= UInt8(ascii: " ")) {
            bytes = bytes[..<index]
            break
        }
        for index in bytes.indices.dropLast(2)
        where bytes[index] <= UInt8(ascii: " ") && bytes[index + 1] == UInt8(ascii: "-")
            && bytes[index + 2] == UInt8(ascii: "-")
        {
            bytes = bytes[..<index]
            break
        }
        while let last = bytes.last, last <= UInt8(ascii: " ") || last == UInt8(ascii: "\\") {
            bytes = bytes.dropLast()
        }
        guard let requirement = try? Requirement(String(decoding: bytes, as: UTF8.self)) else { return nil }
        name = requirement.normalizedName
        exactVersion = requirement.specifiers.exactVersion
        isArbitrary = requirement.specifiers.description.split(separator: ",").contains { $0.hasPrefix("===") }
        specifier = requirement.url.map { "@ " + $0 } ?? requirement.specifiers.description
    }
}

/// MLflow's python_env.yaml: `python`, `build_dependencies`, `dependencies`.
enum PythonEnvironmentFile {
    static func read(_ text: SourceText, into content: inout ModelFileContent) throws(DocumentError) {
        guard let table = try YAMLReader.read(text).table else {
            return content.leaveOut("", "it is not a table", in: text.name)
        }
        if let node = table["python"], let version = node.text {
            content.record(
                .interpreter, name: "python", value: version, strength: .claimed, file: text.name,
                place: .line(node.place.line))
        }
        for node in table["build_dependencies"]?.array ?? [] {
            guard let claim = node.string.flatMap({ RequirementClaim($0) }) else { continue }
            content.record(
                .tool, name: claim.name, value: claim.exactVersion ?? claim.specifier, strength: .claimed,
                file: text.name, place: .line(node.place.line))
        }
        for node in entries(of: table["dependencies"], in: text.name, into: &content) {
            guard let line = node.string else {
                content.leaveUnnamed("", "a dependency is not text", in: text.name, at: .line(node.place.line))
                continue
            }
            // MLflow writes `-r requirements.txt`, a file at the top of the model that is read as well.
            if line == "-r requirements.txt" { continue }
            RequirementLines.record(line, in: text.name, at: .line(node.place.line), into: &content)
        }
    }
}

/// The entries of a list of dependencies; anything but a list is a gap.
private func entries(
    of node: DocumentNode?, in file: String, into content: inout ModelFileContent
) -> [DocumentNode] {
    guard let node, !node.isNull else { return [] }
    if let entries = node.array { return entries }
    content.leaveUnnamed("", "the dependencies are not a list", in: file, at: .line(node.place.line))
    return []
}

/// conda's environment.yml as MLflow writes it: `python=3.11.7`, and pip's requirements in a list of their own.
///
/// A package of conda is not a Python distribution: it is a gap, but for pip and its build tools, which load nothing.
enum CondaYAML {
    private static let tools: Set<String> = ["pip", "setuptools", "wheel"]

    static func read(_ text: SourceText, into content: inout ModelFileContent) throws(DocumentError) {
        guard let table = try YAMLReader.read(text).table else {
            return content.leaveOut("", "it is not a table", in: text.name)
        }
        for node in entries(of: table["dependencies"], in: text.name, into: &content) {
            let place = FactPlace.line(node.place.line)
            if let written = node.string {
                read(written, in: text.name, at: place, into: &content)
                continue
            }
            guard let pip = node.table?["pip"] else {
                content.leaveUnnamed("", "a dependency is neither text nor pip's list", in: text.name, at: place)
                continue
            }
            for requirement in entries(of: pip, in: text.name, into: &content) {
                let place = FactPlace.line(requirement.place.line)
                guard let line = requirement.string else {
                    content.leaveUnnamed("", "a requirement is not text", in: text.name, at: place)
                    continue
                }
                RequirementLines.record(line, in: text.name, at: place, into: &content)
            }
        }
    }

    private static func read(
        _ written: String, in file: String, at place: FactPlace, into content: inout ModelFileContent
    ) {
        let parts = written.split(separator: "=", omittingEmptySubsequences: true).map {
            String($0.filter { $0 != " " })
        }
        if parts.first == "python" {
            if parts.count >= 2 {
                content.record(
                    .interpreter, name: "python", value: parts[1], strength: .claimed, file: file, place: place)
            }
            return
        }
        let name = String((parts.first ?? written).prefix { !"<>! [".contains($0) })
        if tools.contains(name) { return }
        content.leaveUnnamed(
            written, "a package of conda is not compared with Python distributions", in: file, at: place)
    }
}
