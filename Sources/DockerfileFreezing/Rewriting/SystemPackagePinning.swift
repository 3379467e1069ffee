import ContainerImages
import DockerfileSyntax
import EnvironmentInventory

/// Packages of apt, apk and rpm get the version that the base image knows, behind their name; with a moment of the archive
/// the whole stage is set to it instead, by one instruction in front of the first that uses apt.
extension RewritingPlan {
    mutating func pinSystemPackage(_ finding: Finding) -> PinFailure? {
        guard let range = finding.range, let subject = finding.subject, let (run, index, word) = command(with: range)
        else { return PinFailure("it is in no command that can be edited") }
        guard let stage = run.stageIndex, !run.isTrigger else {
            return PinFailure("it is run by another build, whose base is not known here")
        }
        guard let base = base(of: stage) else {
            return PinFailure(
                "its stage is built on \(baseText(of: stage)), of which no packages can be known",
                remedy: "Name the base by a reference that the file's own values give, or pass --build-arg")
        }
        let command = run.commands[index]
        if finding.ecosystem == .apt, let moment = facts.snapshot {
            return setArchive(to: moment, for: run, stage, base)
        }
        let snapshotHelp =
            "Set the package sources of the stage to a snapshot of the distribution's archive: --snapshot 20240601T000000Z, on Debian and Ubuntu"
        if subject.contains(" ") {
            return PinFailure(
                "it updates every package to its newest version",
                remedy: finding.ecosystem == .apt
                    ? snapshotHelp + ". Or leave it out, and take a newer base image"
                    : "Leave it out, and take a newer base image")
        }
        let lists: PackageLists
        switch facts.system(base.image, base.platform) {
        case .success(let found): lists = found
        case .failure(let failure):
            return finding.ecosystem == .apt
                ? PinFailure(
                    failure.reason,
                    remedy: (failure.remedy ?? "Name its base with --base")
                        + "; with --snapshot 20240601T000000Z all of the stage's packages come from that moment")
                : failure
        }
        let found = command.words[word]
        // Behind a variable that gives one word a version can stand; another value then fails to build.
        let isOneWord = command.words.count { $0.range == found.range } == 1
        guard found.text == subject, found.standsInFile, isOneWord, found.alternatives.isEmpty, !found.isPattern else {
            return PinFailure("its name comes out of a list or a pattern", remedy: "Write the names themselves")
        }
        guard subject.utf8.allSatisfy({ Self.isNameByte($0) }) else {
            return PinFailure("'\(subject)' is more than the name of one package")
        }
        if let upgrade = upgrade(before: run, index) {
            return PinFailure(
                "\(upgrade) before it moves the packages away from what the base has",
                remedy: "Leave the upgrade out, and take a newer base image")
        }
        let name = subject.split(separator: ":").first.map(String.init) ?? subject
        guard let version = lists.version(of: name, in: finding.ecosystem ?? .apt), FreezeText.isWord(version),
            version.utf8.first.map({ $0.isASCIIDigit || $0.isASCIILowercase }) ?? false
        else {
            let note = lists.unread.first.map { " (\($0))" } ?? ""
            return PinFailure(
                "\(base.image.nameWithTag) neither has \(name) installed nor names it in a package list\(note)",
                remedy: finding.ecosystem == .apt
                    ? snapshotHelp + ". Or write the version after it" : "Write the version after it")
        }
        let separator = finding.ecosystem == .rpm && command.name != "zypper" ? "-" : "="
        insert(separator + version, at: endInsideQuotes(found.range))
        record.system[name] = version
        noteChange(command.line, subject, subject + separator + version)
        return nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "+"), UInt8(ascii: ":"):
            true
        default: false
        }
    }

    /// The image at the bottom of a stage, and the platform that it is taken for.
    private func base(of stage: Int) -> (image: ImageReference, platform: Platform?)? {
        guard let bottom = chain(of: stage).first, case .image(let index) = model.stages[bottom].base,
            model.images.indices.contains(index), let image = model.images[index].reference
        else { return nil }
        let platform = model.stages[bottom].platform
        return (image, platform.flatMap { Platform($0) })
    }

    private func baseText(of stage: Int) -> String {
        chain(of: stage).first.flatMap { model.stages.indices.contains($0) ? model.stages[$0].baseText : nil }
            ?? "nothing"
    }

    /// The stages that a stage is built on, the lowest first, and itself.
    private func chain(of stage: Int) -> [Int] {
        var chain = [stage]
        // A stage builds on earlier ones only, so this ends.
        while let lowest = chain.first, model.stages.indices.contains(lowest),
            case .stage(let base) = model.stages[lowest].base, base < lowest
        {
            chain.insert(base, at: 0)
        }
        return chain
    }

    /// The first command before another one, in the stage or one below it, that upgrades everything; nil when there is none.
    private func upgrade(before run: RunStep, _ index: Int) -> String? {
        let stages = chain(of: run.stageIndex ?? 0)
        for other in model.runs {
            guard let stage = other.stageIndex, stages.contains(stage), other.instructionIndex <= run.instructionIndex
            else { continue }
            for (number, command) in other.commands.enumerated() {
                if other.instructionIndex == run.instructionIndex, number >= index { break }
                guard let name = command.name, Self.programs.contains(name) else { continue }
                let isRPM = name != "apk" && !Self.aptPrograms.contains(name)
                let verb = command.words.firstIndex {
                    Self.upgrades.contains($0.text ?? "") || isRPM && $0.text == "update"
                }
                guard let verb, Self.isWhole(command.words[(verb + 1)...]) else { continue }
                return "\(name) \(command.words[verb].text ?? "")"
            }
        }
        return nil
    }

    /// Whether the words behind `upgrade` name no package.
    private static func isWhole(_ words: ArraySlice<ShellWord>) -> Bool {
        let takesValue = [
            "--releasever", "--setopt", "--enablerepo", "--disablerepo", "-x", "--exclude", "-o", "-t", "-c",
        ]
        var isValue = false
        for word in words {
            let text = word.text ?? ""
            if !isValue, !text.hasPrefix("-") { return false }
            isValue = takesValue.contains(text)
        }
        return true
    }

    private static let aptPrograms: Set<String> = ["apt-get", "apt", "aptitude"]
    private static let programs: Set<String> = aptPrograms.union([
        "apk", "yum", "dnf", "dnf5", "microdnf", "tdnf", "zypper",
    ])
    private static let upgrades: Set<String> = [
        "upgrade", "dist-upgrade", "full-upgrade", "safe-upgrade", "distro-sync", "dup",
    ]

    /// Puts an instruction in front of the first one that uses apt, which sets the sources of the distribution to a moment.
    private mutating func setArchive(
        to moment: String, for run: RunStep, _ stage: Int, _ base: (image: ImageReference, platform: Platform?)
    ) -> PinFailure? {
        var users: [RunStep] = []
        for stage in chain(of: stage) {
            users += model.runs.filter { run in
                run.stageIndex == stage && !run.isTrigger
                    && run.commands.contains { Self.aptPrograms.contains($0.name ?? "") }
            }
        }
        guard let first = users.first
        else { return PinFailure("no instruction of its stage uses apt") }
        if let done = snapshots[first.instructionIndex] { return done }
        let failure = insertArchive(moment, before: first, base)
        snapshots[first.instructionIndex] = .some(failure)
        return failure
    }

    private mutating func insertArchive(
        _ moment: String, before run: RunStep, _ base: (image: ImageReference, platform: Platform?)
    ) -> PinFailure? {
        guard let instruction = instruction(run), run.interpreter == .shell || run.interpreter == .none else {
            return PinFailure("its stage runs no POSIX shell")
        }
        let user = run.user.map { $0.split(separator: ":").first.map(String.init) ?? "" }
        guard user == "" || user == "root" || user == "0",
            !run.commands.contains(where: { $0.name == "sudo" })
        else {
            return PinFailure(
                "the first instruction that uses apt does not run as root, which alone may set the package sources",
                remedy: "Say USER 0 before it")
        }
        let system: SystemPackages
        switch facts.system(base.image, base.platform) {
        case .failure(let failure): return failure
        case .success(let lists):
            do throws(FreezeError) {
                system = try SystemPackages(
                    words: [], snapshot: moment, operatingSystem: lists.operatingSystem, installed: [])
            } catch { return PinFailure(error.reasons.joined(separator: "; ")) }
        }
        // Comments right above the instruction stay with it: one of them may be about a rule.
        var line = instruction.startLine
        for comment in instruction.precedingComments.reversed() where comment.line == line - 1 { line -= 1 }
        guard let start = source.offsets(ofLine: line)?.lowerBound else { return PinFailure("it cannot be edited") }
        let end = source.bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
        let newline = end.map { $0 > start && source.bytes[$0 - 1] == UInt8(ascii: "\r") } ?? false ? "\r\n" : "\n"
        let escape = String(UnicodeScalar(model.dockerfile.escape))
        let files = "/etc/apt/sources.list /etc/apt/sources.list.d/\(system.distribution.rawValue).sources"
        let lines =
            ["RUN rm -f \(files) \(escape)", "    && printf '%s\\n' \(escape)"]
            + system.sources.filter { !$0.isEmpty }.map { "        '\($0)' \(escape)" }
            + ["        > /etc/apt/sources.list"]
        insert(lines.map { $0 + newline }.joined(), at: start)
        record.snapshot = moment
        noteChange(instruction.startLine, "the archive of \(system.codename)", "as it was at \(moment)")
        return nil
    }

    /// The end of a stretch, before a quote that closes it.
    func endInsideQuotes(_ range: Range<Int>) -> Int {
        guard range.count > 1, let first = source.bytes[range].first, let last = source.bytes[range].last,
            first == last, first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
        else { return range.upperBound }
        return range.upperBound - 1
    }
}
