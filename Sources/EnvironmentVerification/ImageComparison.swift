import ContainerImages
import EnvironmentInventory
import PythonPackaging
import SourceDocuments

/// Compares the files and configurations of two images that no package accounts for.
package enum ImageComparison {
    /// What is compared of an image or of the root of a system.
    package struct Side: Sendable {
        let files: FileSystemIndex
        let configuration: ImageConfiguration
        let environment: Environment

        /// Creates a side.
        package init(files: FileSystemIndex, configuration: ImageConfiguration, environment: Environment) {
            self.environment = environment
            self.files = files
            self.configuration = configuration
        }
    }

    /// What differs.
    ///
    /// Files of a Python package are left to its content digest, files of any other package that differs to that difference;
    /// what is left is named: files that no package owns, and files that changed under a package that did not. Compiled files
    /// that belong to their sources on both sides are counted only.
    package static func compare(_ left: Side, _ right: Side, packages: EnvironmentDifference) -> ImageDifference {
        let changes = ChangedFiles(left, right, packages)
        return ImageDifference(
            files: changes.list, bytecode: changes.bytecode,
            configuration: settings(left.configuration, right.configuration))
    }

    /// A file as reports show it.
    package static func file(_ entry: FileSystemIndex.Entry) -> ImageDifference.File { file(entry, isRun: nil) }

    /// A compiled file with whether Python runs it.
    static func file(_ entry: FileSystemIndex.Entry, isRun: Bool?) -> ImageDifference.File {
        var type = "other"
        var target: String?
        switch entry.kind {
        case .file: type = "file"
        case .directory: type = "directory"
        case .symbolicLink(let text):
            type = "link"
            target = text
        case .other(let what): target = what
        }
        return .init(
            type: type, size: entry.size, mode: entry.mode, uid: entry.uid, gid: entry.gid,
            sha256: entry.sha256?.digest, target: target, attributes: entry.attributes, isRun: isRun)
    }

    private static func settings(
        _ left: ImageConfiguration, _ right: ImageConfiguration
    ) -> [ImageDifference.Setting] {
        var settings: [ImageDifference.Setting] = []
        func add(_ field: String, name: String?, old: String?, new: String?) {
            // By bytes: two texts that Unicode calls equivalent are two paths, two users.
            if old.map(ByteText.init) != new.map(ByteText.init) {
                settings.append(.init(field: field, name: name, left: old, right: new))
            }
        }
        func addAll(_ field: String?, _ old: [ByteText: String], _ new: [ByteText: String]) {
            for name in Set(old.keys).union(new.keys).sorted() {
                add(field ?? name.text, name: field.map { _ in name.text }, old: old[name], new: new[name])
            }
        }
        addAll("Env", variables(left), variables(right))
        for entry in Set(valueless(left)).symmetricDifference(valueless(right)).sorted() {
            let isLeft = valueless(left).contains(entry)
            add("Env", name: nil, old: isLeft ? entry.text : nil, new: isLeft ? nil : entry.text)
        }
        func words(_ list: [String]) -> String? {
            list.isEmpty ? nil : "[" + list.map { JSONValue.string($0).text() }.joined(separator: ", ") + "]"
        }
        func text(_ text: String) -> String? { text.isEmpty ? nil : text }
        add("Entrypoint", name: nil, old: words(left.entrypoint), new: words(right.entrypoint))
        add("Cmd", name: nil, old: words(left.command), new: words(right.command))
        add("User", name: nil, old: text(left.user), new: text(right.user))
        add("WorkingDir", name: nil, old: text(left.workingDirectory), new: text(right.workingDirectory))
        func named(_ table: [String: String]) -> [ByteText: String] {
            Dictionary(table.map { (ByteText($0.key), $0.value) }) { first, _ in first }
        }
        addAll("Labels", named(left.labels), named(right.labels))
        addAll(nil, named(left.otherSettings), named(right.otherSettings))
        return settings
    }

    /// Of a variable that is set twice the last one counts.
    private static func variables(_ configuration: ImageConfiguration) -> [ByteText: String] {
        var variables: [ByteText: String] = [:]
        for setting in configuration.environment {
            let parts = setting.utf8.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false
            ).map { Substring($0) }
            if parts.count == 2 { variables[ByteText(String(parts[0]))] = String(parts[1]) }
        }
        return variables
    }

    /// The entries without an equals sign, which set no variable: containerd and Docker take one out, runc refuses to start.
    private static func valueless(_ configuration: ImageConfiguration) -> [ByteText] {
        configuration.environment.filter { !$0.utf8.contains(UInt8(ascii: "=")) }.map { ByteText($0) }
    }
}
