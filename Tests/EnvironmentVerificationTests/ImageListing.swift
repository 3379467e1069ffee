import ContentHashing
import EnvironmentInventory
import PythonPackaging
import Testing

@testable import ContainerImages
@testable import EnvironmentVerification

/// An image written as a list of its files, a line each, as the examples of the rules write it:
///
///     ENV NAME=VALUE            CMD python serve.py            WORKDIR /srv
///     USER name                 the image's user
///     MODE 600 path             the mode of the file of a later line, or of a directory
///     ACL 02000000... path      the access control list of the file of a later line
///     DEFAULT_ACL 02... path    a directory with a default access control list
///     path                      a file that no package owns
///     path = numpy              a file of a package's RECORD
///     path : text words         a file with this text, `\n` for a line feed
///     path : pyc KIND           bytecode: timestamp SECONDS, checked, unchecked, each with `other` for another source;
///                               python 3.12; cut; size
///     path -> target            a symbolic link
///     path other FIFO           a FIFO, a socket or a device (`other block device 8:1`)
///     folder/NAME-1.0.dist-info/METADATA : text words           a package that the image has there
///
/// `«` and `»` stand around what a rule marks; an ENV line stands for the image itself. The image has Python 3.11.
struct ImageListing {
    static let name = "image"
    static let modified = 1_700_000_000
    static let source = Array("value = 1\n".utf8)
    static let site = "usr/local/lib/python3.11/site-packages/"
    private(set) var configuration = ImageConfiguration()
    private(set) var layer = LayerContents()
    private(set) var marked: [String] = []
    private var records: [String: String] = [:]
    private var packages: [Package] = []
    private var lists: [String: [UInt8]] = [:]
    private var modes: [String: UInt16] = ["usr/local/bin/python3.11": 0o755]

    init(_ text: String, modified: [String: Int] = [:]) throws {
        try add("usr/local/bin/python3.11", Array("ELF".utf8))
        try add("usr/local/lib/python3.11/os.py", Self.source)
        add("usr/local/bin/python3", link: "python3.11")
        add("usr/local/bin/python", link: "python3.11")
        for line in text.split(separator: "\n") {
            let isMarked = line.contains("«")
            let plain = String(line.filter { $0 != "«" && $0 != "»" })
            var words = plain.split(separator: " ").map(String.init)
            let path = words.removeFirst()
            if isMarked { marked.append(["ENV", Self.name].contains(path) ? Self.name : path) }
            switch (path, words.first) {
            case ("ENV", let setting?): configuration.environment.append(setting)
            case ("CMD", _): configuration.command = words
            case ("WORKDIR", let folder?): configuration.workingDirectory = folder
            case ("USER", let user?): configuration.user = user
            case ("MODE", let mode?):
                modes[words[1]] = UInt16(mode, radix: 8)
                if words[1].hasSuffix("/") { addDirectory(String(words[1].dropLast()), mode: modes[words[1]] ?? 0) }
            case ("ACL", let hex?): lists[words[1]] = Self.bytes(hex)
            case ("DEFAULT_ACL", let hex?): addDirectory(words[1], mode: 0o755, defaultList: Self.bytes(hex))
            case (Self.name, nil): continue
            case (_, "->"?): add(path, link: words[1])
            case (_, "other"?): add(path, device: words[1...].joined(separator: " "))
            case (_, "="?):
                try add(path, Self.source, modified: modified[path] ?? Self.modified)
                records[words[1], default: ""] += try Self.row(path)
            case (_, ":"?):
                let content =
                    words[1] == "text"
                    ? Array(words[2...].joined(separator: " ").replacing("\\n", with: "\n").utf8)
                    : try Self.bytecode(words)
                try add(path, content)
                if path.hasSuffix("-1.0.dist-info/METADATA") { packages.append(Self.package(path)) }
            default: try add(path, Self.source, modified: modified[path] ?? Self.modified)
            }
        }
        for (owner, record) in records.sorted(by: { $0.key < $1.key }) {
            try add("\(Self.site)\(owner)-1.0.dist-info/RECORD", Array(record.utf8))
        }
    }

    private static func package(_ path: String) -> Package {
        let folders = path.split(separator: "/").dropLast()
        var package = Package(
            ecosystem: .pypi, name: String((folders.last ?? "").dropLast("-1.0.dist-info".count)), version: "1.0")
        package.location = folders.dropLast().joined(separator: "/")
        return package
    }

    private static func row(_ path: String) throws -> String {
        let digest = try ContentHash.sha256(of: source)
        let written = path.hasPrefix(site) ? String(path.dropFirst(site.count)) : "/" + path
        return "\(written),sha256=\(base64(try #require(SHA256Value(digest)).bytes)),\(source.count)\n"
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let bits: [UInt8] = bytes.flatMap { byte -> [UInt8] in (0..<8).reversed().map { byte >> $0 & 1 } } + [0, 0]
        return String(
            stride(from: 0, to: bytes.count * 8, by: 6).map { start in
                letters[bits[start..<start + 6].reduce(0) { $0 << 1 | Int($1) }]
            })
    }

    private static func bytecode(_ words: [String]) throws -> [UInt8] {
        func little(_ value: UInt64, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
        }
        let other = words.contains("other")
        let magic = try #require(BytecodeHeader.magic(ofPython: words[2] == "python" ? words[3] : "3.11"))
        let start = little(UInt64(magic), 2) + [0x0D, 0x0A]
        let hash = SourceHash.of(other ? [0x30] : source, magic: magic).value
        let code = [UInt8](repeating: 0xE3, count: 40)
        switch words[2] {
        case "checked": return start + little(3, 4) + little(hash, 8) + code
        case "unchecked": return start + little(1, 4) + little(hash, 8) + code
        case "cut": return start
        case "flags": return start + little(8, 4) + little(hash, 8) + code
        case "timestamp":
            let time = modified + (Int(words[3]) ?? 0)
            return start + little(0, 4) + little(UInt64(truncatingIfNeeded: time), 4) + little(UInt64(source.count), 4)
                + code
        case "size": return start + little(0, 4) + little(UInt64(modified), 4) + little(9999, 4) + code
        default: return start + little(0, 4) + little(UInt64(modified), 4) + little(UInt64(source.count), 4) + code
        }
    }

    private mutating func add(_ path: String, _ bytes: [UInt8], modified: Int = modified) throws {
        let name = Array(path.utf8)
        let content = LayerFileContent(
            size: bytes.count, sha256: try #require(SHA256Value(try ContentHash.sha256(of: bytes))),
            head: path.hasSuffix(".pyc") ? Array(bytes.prefix(16)) : bytes.starts(with: [0x23, 0x21]) ? bytes : [],
            data: KeptFiles.all.keeping(name) == .whole
                || (KeptFiles.all.keeping(name) == .script && bytes.starts(with: [0x23, 0x21]))
                ? bytes : nil,
            sourceHashes: path.hasSuffix(".py")
                ? SourceHasher.hashers(forSource: name).map { SourceHash.of(bytes, magic: $0.finish().magic) } : [])
        layer.append(
            LayerEntry(
                path: name, kind: .file, mode: modes[path] ?? 0o644, uid: 0, gid: 0, modified: modified,
                content: Int32(layer.contents.count),
                attributes: lists[path].map { ["system.posix_acl_access": $0] } ?? [:]))
        layer.contents.append(content)
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    private mutating func addDirectory(_ path: String, mode: UInt16, defaultList: [UInt8]? = nil) {
        layer.append(
            LayerEntry(
                path: Array(path.utf8), kind: .directory, mode: mode, uid: 0, gid: 0, modified: Self.modified,
                content: -1, attributes: defaultList.map { ["system.posix_acl_default": $0] } ?? [:]))
    }

    private mutating func add(_ path: String, device what: String) {
        layer.append(
            LayerEntry(
                path: Array(path.utf8), kind: .other, mode: 0o644, uid: 0, gid: 0, modified: Self.modified, content: -1,
                rawTarget: Array(what.utf8)))
    }

    private mutating func add(_ path: String, link target: String) {
        layer.append(
            LayerEntry(
                path: Array(path.utf8), kind: .symbolicLink(target: target), mode: 0o777, uid: 0, gid: 0,
                modified: Self.modified, content: -1))
    }

    /// The image as the rules see it, with these packages known to training.
    func scene(trained: Set<String> = ["numpy", "joblib"], baseLayerCount: Int = 0) throws -> ImportScene {
        var stack = LayerStack(image: Self.name)
        try stack.apply(layer, name: "sha256:0")
        return ImportScene(
            FileSystemIndex(stack.finish()), configuration, layers: ["sha256:0"], name: Self.name,
            environment: Environment(python: Interpreter(version: "3.11.7"), packages: packages), trained: trained,
            baseLayerCount: baseLayerCount)
    }

    /// The image as the serving side of a verification, with a training side that names its packages.
    ///
    /// - Parameter isCaptured: whether training is a capture of this very image.
    func sides(
        base: Int = 0, isCaptured: Bool = false, applications: [String] = [], trained: [Package]? = nil
    ) throws -> (training: TrainingSide, serving: ServingSide) {
        var stack = LayerStack(image: Self.name)
        try stack.apply(layer, name: "sha256:0")
        let files = FileSystemIndex(stack.finish())
        let environment = Environment(python: Interpreter(version: "3.11.7"), packages: packages)
        var serving = ServingSide(
            name: Self.name, identity: ImageIdentity(manifest: nil, config: nil, diffIDs: []), environment: environment)
        serving.fileSystem = files
        serving.configuration = configuration
        serving.layers = ["sha256:0"]
        serving.baseLayerCount = base
        serving.applications = applications
        var known = Environment(
            packages: trained ?? packages.map { Package(ecosystem: .pypi, name: $0.name, version: "1.0") })
        if known.packages.isEmpty { known.packages = [Package(ecosystem: .pypi, name: "absent", version: "1.0")] }
        if isCaptured {
            known.python = environment.python
            known.directories = CapturedFiles.directories(files, configuration, environment)
        }
        return (TrainingSide(name: "model", identity: nil, environment: known), serving)
    }
}
