/// Requirement lines as MLflow and others write them: one a line, or one an entry of a list in YAML.
enum RequirementsText {
    /// Reads a requirements.txt. Hashes and options are the business of the lock reader; here each line is a claim.
    static func read(_ text: SourceText, into content: inout FileContent) {
        var line = 1
        var isContinued = false
        while let offsets = text.offsets(ofLine: line), line <= text.lineCount {
            let written = text.string(offsets)
            if !isContinued { say(written, in: text.name, at: .line(line), into: &content) }
            isContinued = written.utf8.drop(while: { $0 == 0x20 }).last == 0x5C
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

/// The name and the versions of one requirement line (PEP 508); extras, URL and marker are read over.
struct RequirementClaim {
    /// The name, normalised (PEP 503).
    let name: String
    /// What stands behind the name: `==1.2`, `>=2,<3`, empty, or `@ URL`.
    let specifier: String

    /// Nil for a line that is no requirement.
    init?(_ line: String) {
        var bytes = Array(line.utf8)[...]
        if let hash = bytes.indices.first(where: { index in
            bytes[index] == 0x23 && (index == 0 || bytes[index - 1] == 0x20 || bytes[index - 1] == 0x09)
        }) {
            bytes = bytes[..<hash]
        }
        if let option = Self.range(of: " --", in: bytes) { bytes = bytes[..<option] }
        if let marker = bytes.firstIndex(of: 0x3B) { bytes = bytes[..<marker] }
        bytes = bytes.drop { $0 <= 0x20 }
        while let last = bytes.last, last <= 0x20 || last == 0x5C { bytes = bytes.dropLast() }
        let name = bytes.prefix { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || [0x2D, 0x2E, 0x5F].contains(byte)
        }
        guard let first = name.first, first != 0x2D, first != 0x2E else { return nil }
        var rest = bytes.dropFirst(name.count).drop { $0 <= 0x20 }
        if rest.first == 0x5B, let close = rest.firstIndex(of: 0x5D) {
            rest = rest[(close + 1)...].drop { $0 <= 0x20 }
        }
        guard rest.isEmpty || "=<>!~@(".utf8.contains(rest[rest.startIndex]) else { return nil }
        self.name = Self.normalized(String(decoding: name, as: UTF8.self))
        specifier = String(decoding: rest.filter { $0 > 0x20 && $0 != 0x28 && $0 != 0x29 }, as: UTF8.self)
    }

    /// The version, where the specifier allows just one.
    var exactVersion: String? {
        let bytes = Array(specifier.utf8)
        let skipped = specifier.hasPrefix("===") ? 3 : specifier.hasPrefix("==") ? 2 : 0
        guard skipped > 0 else { return nil }
        let version = bytes.dropFirst(skipped)
        guard !version.isEmpty, !version.contains(0x2A), !version.contains(0x2C) else { return nil }
        return String(decoding: version, as: UTF8.self)
    }

    static func normalized(_ name: String) -> String {
        var output: [UInt8] = []
        for byte in name.utf8 {
            if [0x2D, 0x2E, 0x5F].contains(byte) {
                if output.last != 0x2D { output.append(0x2D) }
            } else {
                output.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func range(of text: String, in bytes: ArraySlice<UInt8>) -> Int? {
        let wanted = Array(text.utf8)
        guard bytes.count >= wanted.count else { return nil }
        return bytes.indices.dropLast(wanted.count - 1).first { bytes[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }
}

/// MLflow's python_env.yaml: `python`, `build_dependencies`, `dependencies`.
enum PythonEnvironmentFile {
    static func read(_ text: SourceText, into content: inout FileContent) throws(DocumentError) {
        guard let table = try YAMLReader.read(text).table else { return }
        if let node = table["python"], let version = node.text {
            content.say(.interpreter, "python", version, .claimed, text.name, .line(node.place.line))
        }
        for key in ["build_dependencies", "dependencies"] {
            for node in table[key]?.array ?? [] {
                guard let line = node.string else { continue }
                RequirementsText.say(line, in: text.name, at: .line(node.place.line), into: &content)
            }
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
                RequirementsText.say(
                    line, in: text.name, at: .line(requirement.place.line), into: &content)
            }
        }
    }
}
