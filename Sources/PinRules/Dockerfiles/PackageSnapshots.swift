import DockerfileSyntax

/// Which RUN instructions see the archive of Debian or Ubuntu at one date.
///
/// A date is set by naming the snapshot service (snapshot.debian.org, snapshot.ubuntu.com with a date in the path), by
/// `Snapshot: DATE` in a deb822 file or `APT::Snapshot` in a configuration; earlier in the stage, or in one it builds on.
struct PackageSnapshots {
    private var firstByStage: [Int: Int] = [:]
    /// The first instruction of each stage that adds an archive which the snapshot is not of.
    private var firstOtherByStage: [Int: Int] = [:]
    /// Whether what a stage builds on is set to a date.
    private var isInherited: [Int: Bool] = [:]

    init(_ model: DockerfileModel, _ context: BuildContext) {
        let text = model.dockerfile.text
        let isNamed = Self.words.contains { text.bytes[...].containsBytes($0) }
        let usesScript = text.bytes[...].containsBytes(Array(Self.script.utf8))
        let copies = Dictionary(model.copies.map { ($0.instructionIndex, $0) }, uniquingKeysWith: { first, _ in first })
        for stage in model.stages {
            for index in stage.instructions {
                let instruction = model.dockerfile.instructions[index]
                var isSnapshot = isNamed && Self.namesSnapshot(text.string(instruction.byteRange))
                if !isSnapshot, instruction.keyword == "copy" || instruction.keyword == "add" {
                    isSnapshot = Self.copied(copies[index], context, are: Self.namesSnapshot)
                }
                if !isSnapshot, usesScript, Self.runsScript(model, index) { isSnapshot = true }
                if isSnapshot, firstByStage[stage.index] == nil { firstByStage[stage.index] = index }
            }
        }
        // Without a snapshot, other archives change nothing.
        for stage in firstByStage.isEmpty ? [] : model.stages {
            firstOtherByStage[stage.index] = stage.instructions.first { index in
                Self.addsOtherArchive(text.string(model.dockerfile.instructions[index].byteRange))
                    || Self.copied(copies[index], context) { Self.namesOtherArchive($0) }
            }
        }
        // A stage builds on earlier ones only.
        for stage in firstByStage.isEmpty ? [] : model.stages {
            guard case .stage(let base) = stage.base, base < stage.index else { continue }
            isInherited[stage.index] =
                firstOtherByStage[base] == nil && (firstByStage[base] != nil || isInherited[base] ?? false)
        }
    }

    /// The script of reproducible-containers that sets the archive to the date of SOURCE_DATE_EPOCH, or of the image
    /// (https://github.com/reproducible-containers/repro-sources-list.sh).
    private static let script = "repro-sources-list.sh"

    private static func runsScript(_ model: DockerfileModel, _ index: Int) -> Bool {
        model.commands(ofInstruction: index).contains { command in
            command.words.prefix(3).contains { $0.partialText.split(separator: "/").last ?? "" == script }
                && !["chmod", "curl", "wget", "cp", "mv", "rm", "ls", "cat"].contains(command.name ?? "")
        }
    }

    /// What every way to name a snapshot holds, so that most files are done with one look.
    private static let words = [Array("snapshot".utf8), Array("Snapshot".utf8)]

    /// Whether a RUN instruction stands behind such a setting, or is one.
    func isSet(for run: RunStep) -> Bool {
        guard let stage = run.stageIndex else { return false }
        // Packages of another archive float, and which ones come from it cannot be determined.
        if let other = firstOtherByStage[stage], other <= run.instructionIndex { return false }
        if let first = firstByStage[stage], first <= run.instructionIndex { return true }
        return isInherited[stage] ?? false
    }

    /// Whether an instruction copies a list of sources into apt's configuration of which something is true.
    private static func copied(_ copy: CopyStep?, _ context: BuildContext, are isTrue: (String) -> Bool) -> Bool {
        guard let copy, copy.origin == .context, copy.destination?.hasPrefix("/etc/apt") ?? false
        else { return false }
        return copy.sources.contains { source in
            guard let path = source.text, case .text(let text) = context.file(path) else { return false }
            return isTrue(text.string(0..<text.bytes.count))
        }
    }

    /// Whether an instruction adds a source of packages that is not a snapshot: a list of a vendor, a PPA.
    private static func addsOtherArchive(_ text: String) -> Bool {
        if ["add-apt-repository", "apt-add-repository", "ppa:"].contains(where: { text.containsText($0) }) {
            return true
        }
        guard text.containsText("sources.list") else { return false }
        return namesOtherArchive(text)
    }

    /// Whether a text holds an address of no host of the distribution's.
    private static func namesOtherArchive(_ text: String) -> Bool {
        for line in text.split(whereSeparator: \.isNewline) {
            var rest = line[...]
            while let scheme = String(rest).range(ofText: "://") {
                let tail = String(rest)[scheme.upperBound...]
                let authority = tail.prefix { $0 != "/" && !$0.isWhitespace }
                let host = authority.prefix { $0 != ":" }
                // By its domain and with nothing before it: `debian.org.example` and `debian.org@example` are others.
                let isOwn = [".debian.org", ".ubuntu.com"].contains { host.hasSuffix($0) } && !authority.contains("@")
                if !isOwn, !host.isEmpty { return true }
                rest = tail[tail.startIndex...]
            }
        }
        return false
    }

    /// Whether a text sets the archive to a date.
    static func namesSnapshot(_ text: String) -> Bool {
        // Most texts hold no such word, and one look tells.
        guard text.containsText("napshot") else { return false }
        let lines = text.utf8.split(separator: UInt8(ascii: "\n")).filter { line in
            line.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") } != UInt8(ascii: "#")
        }
        let code = String(decoding: Array(lines.joined(separator: [UInt8(ascii: "\n")])), as: UTF8.self)
        for host in [
            "snapshot.debian.org/archive/", "snapshot.ubuntu.com/", "snapshot-cloudflare.debian.org/archive/",
            "APT::Snapshot", "Snapshot:",
        ] {
            guard let range = code.range(ofText: host) else { continue }
            // A date of eight digits, or a variable that holds one, has to follow.
            let tail = code[range.upperBound...].prefix(60)
            if tail.contains("$") || hasDate(tail.utf8) { return true }
        }
        return false
    }

    private static func hasDate(_ bytes: some Sequence<UInt8>) -> Bool {
        var digits = 0
        for byte in bytes {
            digits = byte.isASCIIDigit ? digits + 1 : 0
            if digits == 8 { return true }
        }
        return false
    }
}
