import ArgumentParser
import Lockstep

/// The limits on what is read, for inputs that are larger than any that Lockstep was tried on, or that are not trusted at all.
struct LimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Entries of one archive or folder (default: 2000000).", valueName: "count"))
    var maxEntries: Int?

    @Option(help: ArgumentHelp("Bytes of one path (default: 4096).", valueName: "count"))
    var maxPathLength: Int?

    @Option(help: ArgumentHelp("Folders on top of each other (default: 64).", valueName: "count"))
    var maxDepth: Int?

    @Option(help: ArgumentHelp("Bytes of all files of one archive (default: 1T).", valueName: "size"))
    var maxTotalSize: ByteCount?

    @Option(help: ArgumentHelp("Bytes of one file (default: 256G).", valueName: "size"))
    var maxFileSize: ByteCount?

    @Option(
        help: ArgumentHelp("How many times larger than compressed a stream may get (default: 400).", valueName: "count")
    )
    var maxCompressionRatio: Int?

    @Option(
        help: ArgumentHelp("Bytes of one record or package database (default: 64M).", valueName: "size"))
    var maxMetadataSize: ByteCount?

    func validate() throws {
        for (name, value) in [
            ("entries", maxEntries), ("path-length", maxPathLength), ("depth", maxDepth),
            ("compression-ratio", maxCompressionRatio),
        ] {
            if let value, value < 1 { throw ValidationError("--max-\(name) takes a number from 1 on, not \(value)") }
        }
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
        guard let number = Int(shift == nil ? argument : String(argument.dropLast())), number > 0 else { return nil }
        let (value, overflow) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
        guard !overflow else { return nil }
        self.value = value
    }
}
