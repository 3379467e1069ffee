import ContainerImages
import ContentHashing
import EnvironmentInventory
import FuzzingSupport

/// One input: an archive; behind a first byte 0xF0 the blobs of an OCI layout, behind 0xF1 the package databases of a file
/// system, behind 0xF2 (eStargz) or 0xF3 (zstd:chunked) a layer's table of contents and its files. A Swift trap ends the
/// process, which is what libFuzzer looks for.
///
/// A fuzzer cannot find a digest: in blobs `@1` stands for the digest of the input's first part behind the index, `#1` for its
/// size, so that what is behind the check of digests is reached too.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzImage(_ data: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let input = FuzzInput(data, count)
    let name: ImageName
    switch input.bytes.first {
    case 0xF0:
        let folder = ScratchFolder.fill(layout(input.parts(after: 1)))
        name = ImageName(transport: .oci, location: folder, reference: nil)
    case 0xF1:
        let files = zip(databases, input.parts(after: 1)).map { (path: $0, bytes: $1) }
        let folder = ScratchFolder.fill([(path: "root.tar", bytes: TarText.of(files))])
        name = ImageName(transport: .exported, location: folder + "/root.tar", reference: nil)
    case 0xF2, 0xF3:
        let parts = input.parts(after: 1)
        let folder = ScratchFolder.fill(layout(tabled(parts, isLast: input.bytes.first == 0xF2)))
        name = ImageName(transport: .oci, location: folder, reference: nil)
    default:
        let path = ScratchFolder.fill([(path: "image", bytes: input.bytes)]) + "/image"
        name = ImageName(
            transport: ImageReader.detect(path: path)?.transport ?? .exported, location: path, reference: nil)
    }
    guard let image = try? ImageReader.read(name, systemRecords: .checksums) else { return 0 }
    require(image.environment.packages.allSatisfy { !$0.name.isEmpty }, "a package without a name")
    _ = image.systemInventory()
    return 0
}

/// The last part is the layer; each part may name the ones behind it.
private func layout(_ parts: [[UInt8]]) -> [(path: String, bytes: [UInt8])] {
    var digests: [String] = []
    var sizes: [String] = []
    var files: [(path: String, bytes: [UInt8])] = [
        (path: "oci-layout", bytes: Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
    ]
    // From the end: what is named has its digest before what names it.
    for (index, part) in parts.enumerated().reversed() {
        let filled = filled(part, from: index, digests, sizes, parts.count)
        guard index > 0 else {
            files.append((path: "index.json", bytes: filled))
            break
        }
        guard let digest = try? ContentHash.sha256(of: filled) else { break }
        files.append((path: "blobs/sha256/\(digest.hex)", bytes: filled))
        digests.insert(digest.description, at: 0)
        sizes.insert(String(filled.count), at: 0)
    }
    return files
}

/// The parts of a layout whose only layer has files and a table of contents, where `@1` and `#1` stand for the first file's
/// digest and size. The table is the last entry of the tar, or bytes of the layer that an annotation of zstd:chunked names.
private func tabled(_ parts: [[UInt8]], isLast: Bool) -> [[UInt8]] {
    let contents = parts.dropFirst().prefix(8)
    let digests = contents.map { (try? ContentHash.sha256(of: $0))?.description ?? "" }
    let table = filled(parts.first ?? [], from: 0, digests, contents.map { String($0.count) }, parts.count)
    let files = contents.enumerated().map { (path: "f\($0.offset + 1)", bytes: $0.element) }
    let layer = TarText.of(files + (isLast ? [(path: "stargz.index.json", bytes: table)] : []))
    let digest = (try? ContentHash.sha256(of: table))?.description ?? ""
    let chunked = "io.github.containers.zstd-chunked.manifest"
    let annotations =
        isLast
        ? #"{"containerd.io/snapshot/stargz/toc.digest":"\#(digest)"}"#
        : #"{"\#(chunked)-checksum":"\#(digest)","\#(chunked)-position":"\#(layer.count):\#(table.count):1:1"}"#
    let kind = "application/vnd.oci.image."
    let manifest = #"""
        {"schemaVersion":2,"mediaType":"\#(kind)manifest.v1+json",
        "config":{"mediaType":"\#(kind)config.v1+json","digest":"@2","size":#2},
        "layers":[{"mediaType":"\#(kind)layer.v1.tar","digest":"@3","size":#3,"annotations":\#(annotations)}]}
        """#
    let index = #"{"schemaVersion":2,"manifests":[{"mediaType":"\#(kind)manifest.v1+json","digest":"@1","size":#1}]}"#
    let configuration =
        #"{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["@3"]}}"#
    // What lies behind the end of a tar belongs to the layer's digest, as the frame of zstd:chunked does.
    return [index, manifest, configuration].map { Array($0.utf8) } + [layer + (isLast ? [] : table)]
}

/// A part with `@N` and `#N` replaced, where part N is one behind it.
private func filled(_ part: [UInt8], from index: Int, _ digests: [String], _ sizes: [String], _ count: Int) -> [UInt8] {
    var filled: [UInt8] = []
    var position = 0
    while position < part.count {
        let byte = part[position]
        let next = position + 1 < part.count ? Int(part[position + 1]) - 0x30 : -1
        // The table starts with the part behind this one.
        let row = next - index - 1
        if byte == 0x40 || byte == 0x23, (1...9).contains(next), digests.indices.contains(row) {
            filled += Array((byte == 0x40 ? digests[row] : sizes[row]).utf8)
            position += 2
        } else {
            filled.append(byte)
            position += 1
        }
    }
    return filled
}

private let site = "usr/lib/python3.11/site-packages"

/// The databases of a file system, in the order of the input's parts.
private let databases = [
    "var/lib/dpkg/status", "var/lib/dpkg/info/tool.md5sums", "var/lib/dpkg/info/tool.list",
    "var/lib/dpkg/status.d/base", "lib/apk/db/installed", "\(site)/tool-1.0.dist-info/RECORD",
    "\(site)/tool-1.0.dist-info/METADATA", "\(site)/tool-1.0.dist-info/direct_url.json",
    "\(site)/tool-1.0.dist-info/entry_points.txt", "\(site)/tool/__init__.py",
    "\(site)/tool/__pycache__/__init__.cpython-311.pyc",
    "opt/conda/conda-meta/tool-1.0-0.json", "etc/os-release", "opt/venv/pyvenv.cfg", "var/lib/rpm/rpmdb.sqlite",
    "var/lib/rpm/rpmdb.sqlite-wal", "usr/bin/tool", "\(site)/tool.egg-info/PKG-INFO", "\(site)/tool.pth",
    "etc/dpkg/dpkg.cfg.d/docker", "usr/local/cuda/version.json", "lib/x86_64-linux-gnu/libc.so.6",
]
