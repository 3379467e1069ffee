import ArgumentParser
import EnvironmentInventory
import Pinproof
import SourceDocuments

/// The limits on what is read, for inputs that are larger than any that Pinproof was tried on, or that are not trusted at all.
struct LimitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Maximum number of entries in one archive or directory (default: 2000000).", valueName: "count"))
    var maxEntries: Int?

    @Option(help: ArgumentHelp("Maximum length of a path in bytes (default: 4096).", valueName: "count"))
    var maxPathLength: Int?

    @Option(help: ArgumentHelp("Maximum depth of nested directories (default: 64).", valueName: "count"))
    var maxDepth: Int?

    @Option(help: ArgumentHelp("Maximum size of all files in one archive (default: 1T).", valueName: "size"))
    var maxTotalSize: ByteCount?

    @Option(help: ArgumentHelp("Maximum size of one file (default: 256G).", valueName: "size"))
    var maxFileSize: ByteCount?

    @Option(
        help: ArgumentHelp(
            "Maximum ratio of a stream's size to its compressed size (default: 400).", valueName: "count")
    )
    var maxCompressionRatio: Int?

    @Option(
        help: ArgumentHelp("Maximum size of one record or package database (default: 64M).", valueName: "size"))
    var maxMetadataSize: ByteCount?

    @Option(
        help: ArgumentHelp(
            "Maximum size of an image's manifest, index or configuration (default: 4M; configuration 16M).",
            valueName: "size"))
    var maxHeaderSize: ByteCount?

    @Option(
        help: ArgumentHelp(
            "Maximum nesting depth of an image's JSON documents, up to \(JSONReader.maximumConfigurableDepth) (default: 128).",
            valueName: "count"))
    var maxJsonDepth: Int?

    @Option(help: ArgumentHelp("Maximum size of all holes of sparse files (default: 256M).", valueName: "size"))
    var maxHoleSize: ByteCount?

    @Option(
        help: ArgumentHelp(
            "The time in which a registry or server must send at least 1,024 bytes, such as 30s or 2m (default: 60s). A request and its retries may take five times as long.",
            valueName: "duration"))
    var timeout: TimeLimit?

    func validate() throws {
        for (name, value) in [
            ("entries", maxEntries), ("path-length", maxPathLength), ("depth", maxDepth),
            ("compression-ratio", maxCompressionRatio), ("json-depth", maxJsonDepth),
        ] {
            if let value, value < 1 { throw ValidationError("--max-\(name) takes a number from 1 on, not \(value)") }
        }
        if let maxJsonDepth, maxJsonDepth > JSONReader.maximumConfigurableDepth {
            throw ValidationError(
                "--max-json-depth takes \(JSONReader.maximumConfigurableDepth) at most, not \(maxJsonDepth)")
        }
    }

    /// How a job reads.
    func reading(_ progress: ProgressLine?) -> ReadingOptions {
        var options = ReadingOptions()
        options.limits = limits
        if let timeout { options.timeout = timeout.value }
        if let progress { options.progress = { progress.update($0) } }
        return options
    }

    /// The limits, the defaults where none is given.
    var limits: ReadingLimits {
        var limits = ReadingLimits()
        limits.entries = maxEntries ?? limits.entries
        limits.pathBytes = maxPathLength ?? limits.pathBytes
        limits.depth = maxDepth ?? limits.depth
        limits.totalBytes = maxTotalSize?.value ?? limits.totalBytes
        limits.fileBytes = maxFileSize?.value ?? limits.fileBytes
        limits.compressionRatio = maxCompressionRatio ?? limits.compressionRatio
        limits.manifestBytes = maxHeaderSize?.value ?? limits.manifestBytes
        limits.configurationBytes = maxHeaderSize?.value ?? limits.configurationBytes
        limits.jsonDepth = maxJsonDepth ?? limits.jsonDepth
        limits.holeBytes = maxHoleSize?.value ?? limits.holeBytes
        if let maxMetadataSize {
            limits.metadataBytes = maxMetadataSize.value
            limits.totalMetadataBytes = max(limits.totalMetadataBytes, maxMetadataSize.value)
        }
        return limits
    }
}

/// A number of bytes, `500`, `64K`, `16M`, `2G` or `1T`; the letters stand for powers of 1024.
struct ByteCount: ExpressibleByArgument {
    let value: Int

    init?(argument: String) {
        let shifts: [Character: Int] = ["K": 10, "M": 20, "G": 30, "T": 40]
        let shift = argument.uppercased().last.flatMap { shifts[$0] }
        let digits = shift == nil ? argument : String(argument.dropLast())
        guard let number = Int(digits), number > 0, digits.first != "+" else { return nil }
        let (value, overflow) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
        guard !overflow else { return nil }
        self.value = value
    }
}
