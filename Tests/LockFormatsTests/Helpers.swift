import EnvironmentInventory
import LockFormats
import SourceDocuments
import Testing

/// Reads a text as a lock; `files` lie beside it.
func lock(
    _ name: String, _ text: String, files: [String: String] = [:]
) throws(LockReadingError) -> LockDocument {
    let context = LockReadingContext { path in
        files[path].map { .success(SourceText(name: path, text: $0)) } ?? .failure(.init(reason: "no such file"))
    }
    return try LockReader.read(SourceText(name: name, text: text), context: context)
}

/// What goes wrong when a text is read and narrowed; "" when nothing does.
func failure(_ name: String, _ text: String, target: Target? = nil) -> String {
    do {
        _ = try lock(name, text).environment(target: target)
        return ""
    } catch { return error.description }
}

/// `name==version` of each package.
func pins(_ environment: Environment) -> [String] {
    environment.packages.map { "\($0.name)==\($0.version ?? "-")" }
}

let linux = Target(python: "3.11", platform: Platform(os: "linux", architecture: "amd64"))

func target(
    _ python: String = "3.11", _ platform: String = "linux/amd64", extras: Set<String> = [], groups: Set<String> = []
) -> Target {
    var target = Target(python: python, platform: Platform(platform))
    target.extras = extras
    target.groups = groups
    return target
}

let sha = String(repeating: "ab", count: 32)

/// The format with a name.
func format(_ name: String) throws -> any LockFormat.Type {
    try #require(LockReader.formats.first { $0.name == name }, "no format is called \(name)")
}
