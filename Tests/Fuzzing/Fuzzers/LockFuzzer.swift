import EnvironmentInventory
import FuzzingSupport
import LockFormats
import SourceDocuments

/// One input: a byte that chooses the file's name, the lock, and behind the separator what every other file says.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLock(_ data: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let input = FuzzInput(data, count)
    guard let first = input.bytes.first else { return 0 }
    let parts = input.parts(after: 1)
    let text = SourceText(name: names[Int(first) % names.count], bytes: parts[0])
    let other = parts.dropFirst().first
    let context = LockReadingContext { path in
        other.map { .success(SourceText(name: path, bytes: $0)) } ?? .failure(.init(reason: "it is not there"))
    }
    guard let document = try? LockReader.read(text, context: context) else { return 0 }
    let everything = try? document.environment(target: nil)
    for package in everything?.packages ?? [] { require(!package.name.isEmpty, "a package without a name") }
    for target in targets { _ = try? document.environment(target: target) }
    return 0
}

/// The names by which formats are known.
private let names = [
    "requirements.txt", "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "Pipfile", "pylock.toml",
    "pyproject.toml",
    "environment.yml", "conda-linux-64.lock", "conda-lock.yml", "pixi.lock", "renv.lock",
]

private let targets = [
    Target(python: "3.11", platform: Platform("linux/amd64")),
    Target(python: "3.12", platform: Platform("darwin/arm64")),
]
