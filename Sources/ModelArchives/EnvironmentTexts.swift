import PythonPackaging
import SourceDocuments

/// Requirement lines as MLflow and others write them: one a line, or one an entry of a list in YAML.
enum RequirementLines {
    /// Reads a requirements.txt. Hashes and options are the business of the lock reader; here each line is a claim.
    static func read(_ text: SourceText, into content: inout FileContent) {
        var line = 1
        var isContinued = false
        while let offsets = text.offsets(ofLine: line), line <= text.lineCount {
            let written = text.string(offsets)
            if !isContinued { say(written, in: text.name, at: .line(line), into: &content) }
            isContinued = written.utf8.drop(while: { $0 == UInt8(ascii: " ") }).last == UInt8(ascii: "\\")
            line += 1
        }
    }

    /// Says what one requirement claims; comments, options and files say nothing here.
    static func say(_ written: String, in file: String, at place: FactPlace, into content: inout FileContent) {
        guard let requirement = RequirementClaim(written) else { return }
        if let version = requirement.exactVersion {
            content.say(.package, requirement.name, version, .claimed, file, place)
        } else {
            content.say(.requirement, requirement.name, requirement.specifier, .claimed, file, place)
        }
    }
}

/// The name and the versions of one requirement line (PEP 508) without its comment and pip's options; the extras and the
/// marker are read over.
struct RequirementClaim {
    /// The name, normalised (PEP 503).
    let name: String
    /// What stands behind the name: `==1.2`, `>=2,<3`, empty, or `@ URL`.
    let specifier: String
    /// The version, where the specifier allows just one.
    let exactVersion: String?

    /// Nil for a line that is no requirement.
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
        specifier = requirement.url.map { "@ " + $0 } ?? requirement.specifiers.description
    }
}

/// MLflow's python_env.yaml: `python`, `build_dependencies`, `dependencies`.
enum PythonEnvironmentFile {
    static func read(_ text: SourceText, into content: inout FileContent) throws(DocumentError) {
        guard let table = try YAMLReader.read(text).table else { return }
        if let node = table["python"], let version = node.text {
            content.say(.interpreter, "python", version, .claimed, text.name, .line(node.place.line))
        }
        for node in table["build_dependencies"]?.array ?? [] {
            guard let claim = node.string.flatMap({ RequirementClaim($0) }) else { continue }
            content.say(
                .tool, claim.name, claim.exactVersion ?? claim.specifier, .claimed, text.name, .line(node.place.line))
        }
        for node in table["dependencies"]?.array ?? [] {
            guard let line = node.string else { continue }
            RequirementLines.say(line, in: text.name, at: .line(node.place.line), into: &content)
        }
    }
}

/// conda's environment.yml as MLflow writes it: `python=3.11.7`, and pip's requirements in a list of their own.
enum CondaEnvironmentFile {
    static func read(_ text: SourceText, into content: inout FileContent) throws(DocumentError) {
        guard let table = try YAMLReader.read(text).table else { return }
        for node in table["dependencies"]?.array ?? [] {
            let place = FactPlace.line(node.place.line)
            if let written = node.string {
                let parts = written.split(separator: "=", omittingEmptySubsequences: true).map(String.init)
                guard parts.count >= 2, parts[0] == "python" else { continue }
                content.say(.interpreter, "python", parts[1], .claimed, text.name, place)
            }
            for requirement in node.table?["pip"]?.array ?? [] {
                guard let line = requirement.string else { continue }
                RequirementLines.say(
                    line, in: text.name, at: .line(requirement.place.line), into: &content)
            }
        }
    }
}
