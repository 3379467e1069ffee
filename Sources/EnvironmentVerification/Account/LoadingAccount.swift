import ContainerImages
import EnvironmentInventory
import ProgramStart
import PythonPackaging
import SourceDocuments

/// The account of the files that the started process could load, and what it means for the verdict.
struct LoadingAccount {
    static let rule = Rule(
        name: "unvouched-file",
        summary: "Nobody vouches for a file that the program which the image starts could load.",
        why:
            "Every package can match, and other code still runs: a module that a package tries to import, a changed file of the standard library, an interpreter that is a script.",
        help:
            "Build the image from the lock on a base image that --base names; declare the application's own directories with --app PATH.",
        bad: [
            Rule.Example(
                file: "image",
                """
                usr/local/lib/python3.11/site-packages/numpy/__init__.py = numpy
                «usr/local/lib/python3.11/site-packages/numpy/_distributor_init_local.py»

                """),
            Rule.Example(
                file: "image",
                """
                usr/local/lib/python3.11/random.py
                «usr/local/lib/python3.11/psutil.py»

                """),
        ],
        good: [
            Rule.Example(
                file: "image",
                """
                usr/local/lib/python3.11/site-packages/numpy/__init__.py = numpy
                srv/data/lz4.py

                """)
        ])

    /// The counts, and the files of the application and those without a voucher.
    let account: Verification.Account
    /// An error for each file that a package's directory or the standard library should not have, a warning for each other
    /// directory.
    private(set) var findings: [Finding] = []
    private let loadable: LoadableFiles.Files
    /// The positions of the loadable files that Python packages claim, by the packages' names.
    private let claimed: [String: [Int]]
    /// Who vouches for each shared library, by its path.
    private(set) var libraryVouchers: [String: Verification.Account.Voucher] = [:]
    private static let maximumErrors = 20

    private enum Judgement {
        case error(String)
        /// A file that no one needs to act on alone: one warning for its directory.
        case remark
    }

    /// Closes the account of a serving side.
    init(_ scene: ImportScene, _ vouchers: Vouchers, _ loadable: LoadableFiles) {
        var claimed: [String: [Int]] = [:]
        var counts: [Verification.Account.Voucher: Int] = [:]
        var listed = Verification.Account.FileList()
        var errors = FewFindings()
        var remarks: [String: Int] = [:]
        var firstRemark: [String: String] = [:]
        for (position, file) in loadable.files.enumerated() {
            if file.kind == .bytecode, scene.surveys.isIdle(file.entry) { continue }
            var answer = vouchers.answer(file)
            if answer.voucher == .none, KnownFiles.isKnown(file.entry) {
                answer = Vouchers.Answer(voucher: .record, owners: answer.owners)
            }
            counts[answer.voucher, default: 0] += 1
            if file.kind == .library || file.isShared { libraryVouchers[file.entry.path] = answer.voucher }
            let names = answer.owners.filter { $0.ecosystem == .pypi }.map(\.name)
            for owner in names.count < 2 ? names : Array(Set(names))
            where !scene.isTrained(owner) && file.kind != .program {
                claimed[owner, default: []].append(position)
            }
            guard answer.voucher == .app || answer.voucher == .none else { continue }
            listed.append(
                .init(
                    path: file.entry.path, sha256: file.entry.sha256, layer: scene.layerName(file.entry),
                    voucher: answer.voucher,
                    reason: answer.reason.isEmpty ? "no package owns it" : answer.reason))
            // Compiled files are one warning, `unproved-bytecode`, unless their own package's record contradicts.
            guard answer.voucher == .none, file.kind != .bytecode || answer.isChanged else { continue }
            switch Self.judge(file, answer, scene) {
            case .error(let why):
                errors.append(
                    Self.finding(
                        .error, file.entry.path, "\(file.entry.path)\(scene.layer(file.entry)): \(why)",
                        subject: PosixPath.lastComponent(file.entry.path)))
            case .remark:
                remarks[file.directory, default: 0] += 1
                if firstRemark[file.directory] == nil { firstRemark[file.directory] = file.entry.path }
            }
        }
        for link in loadable.decidingLinks {
            let answer = vouchers.answer(link)
            guard [.record, .system, .none].contains(answer.voucher) else { continue }
            counts[answer.voucher, default: 0] += 1
            guard answer.voucher == .none else { continue }
            let entry = link.file.entry
            listed.append(
                .init(
                    path: entry.path, sha256: nil, layer: scene.layerName(entry), voucher: .none,
                    reason: "it is a link to \(link.target), and \(answer.reason)"))
            switch Self.judge(link, answer, scene) {
            case .error(let why):
                errors.append(
                    Self.finding(
                        .error, entry.path,
                        "\(entry.path)\(scene.layer(entry)) is a link to \(link.target): \(why)",
                        subject: PosixPath.lastComponent(entry.path)))
            case .remark:
                remarks[link.file.directory, default: 0] += 1
                if firstRemark[link.file.directory] == nil {
                    firstRemark[link.file.directory] = "\(entry.path), a link to \(link.target)"
                }
            }
        }
        for file in RemovedFiles.removals(scene) {
            let removal = file.removal
            counts[.none, default: 0] += 1
            let remover = scene.layerName(removal.remover) ?? "a later one"
            listed.append(
                .init(
                    path: removal.path, sha256: nil, layer: scene.layerName(removal.remover), voucher: .none,
                    reason: "it is gone: layer \(remover) removed it"))
            guard !file.isQuiet else { continue }
            remarks[PosixPath.directory(removal.path), default: 0] += 1
            if firstRemark[PosixPath.directory(removal.path)] == nil {
                firstRemark[PosixPath.directory(removal.path)] = "\(removal.path), which a later layer removed"
            }
        }
        self.loadable = loadable.files
        self.claimed = claimed
        account = Verification.Account(counts: counts, files: listed)
        findings = errors.findings
        if errors.omitted > 0 {
            findings.append(Self.finding(.error, scene.name, "\(errors.omitted) more files are without a voucher"))
        }
        for (directory, count) in remarks.sorted(by: { $0.key < $1.key }) {
            let example = firstRemark[directory] ?? directory
            findings.append(
                Self.finding(
                    .warning, scene.name,
                    "nobody vouches for \(count) file\(count == 1 ? "" : "s") that can be loaded from /\(directory)"
                        + (count == 1 ? ": \(example)" : ", \(example) for one"), subject: "/" + directory))
        }
    }

    /// The loadable files that a Python package which training does not name claims.
    func claimed(by package: String) -> some Sequence<LoadableFiles.File> {
        (claimed[package] ?? []).lazy.map { loadable[$0] }
    }

    /// The first findings, and how many others there are.
    private struct FewFindings {
        private(set) var findings: [Finding] = []
        private(set) var omitted = 0

        mutating func append(_ finding: @autoclosure () -> Finding) {
            if findings.count < maximumErrors { findings.append(finding()) } else { omitted += 1 }
        }
    }

    private static func finding(_ severity: Severity, _ file: String, _ message: String, subject: String? = nil)
        -> Finding
    {
        Finding(
            rule: rule.name, severity: severity, file: file, range: nil, message: message, help: rule.help,
            subject: subject)
    }

    private static func judge(_ link: LoadableFiles.Link, _ answer: Vouchers.Answer, _ scene: ImportScene) -> Judgement
    {
        if link.file.kind == .interpreter {
            return .error("the image starts it as its interpreter, and \(answer.reason)")
        }
        if link.isPlace, !answer.isChanged {
            switch link.file.origin {
            case .site, .userSite, .pathConfiguration, .standardLibrary:
                return .error("the import path leads through it, and \(answer.reason)")
            case .script, .workingDirectory, .server, .pythonPath: return .remark
            }
        }
        // `site-customization` judges these two by their own names.
        let isCustomization = ["sitecustomize.py", "usercustomize.py"].contains(
            PosixPath.lastComponent(link.file.entry.path))
        return isCustomization && !answer.isChanged ? .remark : judge(link.file, answer, scene)
    }

    private static func judge(_ file: LoadableFiles.File, _ answer: Vouchers.Answer, _ scene: ImportScene) -> Judgement
    {
        if answer.isChanged { return .error(answer.reason) }
        if file.isShared { return .remark }
        switch file.kind {
        case .interpreter:
            if file.entry.head.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")]) {
                return .error("the interpreter that the image starts is a script, and \(answer.reason)")
            }
            return .remark
        case .configuration: return .error("it replaces the interpreter's import path, and \(answer.reason)")
        case .archive: return .error("modules can be imported from this archive, and \(answer.reason)")
        case .bytecode, .program: return .remark
        case .module, .library: break
        }
        switch file.origin {
        case .site, .userSite, .pathConfiguration:
            return .error("it can be loaded from the directories of packages, and \(answer.reason)")
        case .standardLibrary:
            let top = topName(file)
            if StandardLibrary.installs(top) {
                return isOwned(file.directory, scene)
                    ? .error("it is in a standard library that a package owns, and \(answer.reason)") : .remark
            }
            return .error("\(top) is not a module of the standard library, and \(answer.reason)")
        case .script, .workingDirectory, .server, .pythonPath:
            return .remark
        }
    }

    /// Whether a package owns the standard library in a directory: then each of its files should have an owner.
    private static func isOwned(_ directory: String, _ scene: ImportScene) -> Bool {
        let library = directory.hasSuffix("/lib-dynload") ? PosixPath.directory(directory) : directory
        return scene.file(ImportPath.join(library, "os.py"))?.owner != nil
    }

    /// The top-level name of a module, by its path below its directory of the import path.
    private static func topName(_ file: LoadableFiles.File) -> String {
        let rest = file.entry.path.dropFirst(file.directory.isEmpty ? 0 : file.directory.count + 1)
        let first = rest.split(separator: "/").first ?? rest
        return String(first.prefix { $0 != "." })
    }
}

extension BytecodeSurvey.Fate {
    /// Whether Python runs a compiled file of this kind.
    var isRun: Bool {
        switch self {
        case .fitting, .unchecked, .sourceless: true
        case .orphaned, .olderSource, .otherSource, .otherInterpreter, .unused: false
        }
    }
}
