import PythonPackaging
import SourceDocuments

/// An environment that conda-pack packed into a model: `conda-meta/*.json` and the dist-info directories list what is
/// installed.
enum PackedEnvironmentFormat: ModelFormat {
    static let name = "packed-environment"

    static func keeps(_ path: String) -> Bool {
        (path.hasSuffix(".json") && path.split(separator: "/").dropLast().last == "conda-meta")
            || path.hasSuffix(".dist-info/METADATA")
    }

    static func read(_ tree: ModelTree) throws(DocumentError) -> ModelFileContent? {
        let kept = tree.files.filter { keeps($0.path) && $0.bytes != nil }
        guard !kept.isEmpty else { return nil }
        var content = ModelFileContent(name)
        var condaPackages: [String] = []
        for file in kept {
            guard let text = tree.text(file.path) else { continue }
            if file.path.hasSuffix("/METADATA") {
                if let (name, version, line) = metadata(text) {
                    content.record(
                        .package, name: NormalizedName.of(name), value: version, strength: .recorded, file: text.name,
                        place: .line(line))
                } else {
                    content.leaveUnnamed("", "the metadata has no name or no version", in: text.name, at: nil)
                }
                continue
            }
            guard let table = try JSONReader.read(text).table, let name = table["name"]?.text,
                let version = table["version"]
            else {
                content.leaveUnnamed("", "the record of conda has no name or no version", in: text.name, at: nil)
                continue
            }
            if name == "python", let value = version.text {
                content.record(
                    .interpreter, name: "python", value: value, strength: .recorded, file: text.name,
                    place: .line(version.place.line))
            } else {
                condaPackages.append(name)
            }
        }
        let distributions = Set(content.facts.map(\.name))
        let others = condaPackages.filter { !distributions.contains(NormalizedName.of($0)) }
        if let first = others.first {
            let rest = others.count > 1 ? " and \(others.count - 1) more" : ""
            content.leaveUnnamed(
                first + rest, "packages of conda that are not Python distributions are not compared",
                in: tree.shown("conda-meta"), at: nil)
        }
        return content
    }

    /// Name, version and the version's line of core metadata (https://packaging.python.org/en/latest/specifications/core-metadata/).
    private static func metadata(_ text: SourceText) -> (String, String, Int)? {
        var name: String?
        for line in 1...max(1, min(text.lineCount, 64)) {
            guard let offsets = text.offsets(ofLine: line) else { break }
            let written = text.string(offsets)
            if written.isEmpty { break }
            func value(_ key: String) -> String? {
                guard written.hasPrefix(key) else { return nil }
                return String(
                    decoding: written.utf8.dropFirst(key.utf8.count).filter { $0 > UInt8(ascii: " ") }, as: UTF8.self)
            }
            if let found = value("Name:") { name = found }
            if let name, let version = value("Version:") { return (name, version, line) }
        }
        return nil
    }
}
