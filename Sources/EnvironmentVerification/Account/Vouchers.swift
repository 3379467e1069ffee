import ContainerImages
import EnvironmentInventory
import ProgramStart
import SourceDocuments

/// Tells who vouches for a file of the serving side.
struct Vouchers {
    /// Who a file belongs to, for the account.
    struct Answer {
        let voucher: Verification.Account.Voucher
        /// Why nobody vouches, or which record disagrees; empty for a voucher.
        var reason = ""
        /// Whether a record names the file with another content.
        var isChanged = false
        /// The packages that claim the file.
        var owners: [FileOwners.Owner] = []
    }

    private struct Key: Hashable {
        let ecosystem: Ecosystem
        let name: String
        let record: String
    }

    private let scene: ImportScene
    private let applications: [String]
    /// What each owner's verdict is worth; an owner without one is worth its record.
    private let strengths: [FileOwners.Owner: Verification.Account.Voucher]
    private let captured: CaptureAgreement

    init(
        _ scene: ImportScene, packages: [Verification.PackageVerdict], applications: [String],
        captured: CaptureAgreement = CaptureAgreement()
    ) {
        self.captured = captured
        self.scene = scene
        self.applications = applications
        var strengths: [Key: Verification.Account.Voucher] = [:]
        for item in packages where item.verdict == .match {
            guard let serving = item.serving, let evidence = item.evidence else { continue }
            strengths[Self.key(serving)] = Self.strength(serving.ecosystem, evidence)
        }
        // Many thousands of files have some hundred owners.
        self.strengths = Dictionary(
            scene.owners.owners.compactMap { owner in strengths[Self.key(owner)].map { (owner, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    private static func strength(_ ecosystem: Ecosystem, _ evidence: Evidence) -> Verification.Account.Voucher {
        switch ecosystem {
        // The digest of a system's package leaves links and configuration out: a capture names files itself.
        case .apt, .apk, .rpm: .system
        default: evidence >= .trained ? .package : evidence >= .intact ? .record : .none
        }
    }

    /// The directory of a package's metadata tells two installations of one package apart; those of a system are one each.
    private static func key(_ package: Package) -> Key {
        switch package.ecosystem {
        case .pypi, .conda:
            Key(
                ecosystem: package.ecosystem, name: package.name,
                record: directory(package.source?.file ?? "", package.ecosystem))
        default: Key(ecosystem: package.ecosystem, name: package.name, record: "")
        }
    }

    private static func key(_ owner: FileOwners.Owner) -> Key {
        switch owner.ecosystem {
        case .pypi, .conda:
            Key(ecosystem: owner.ecosystem, name: owner.name, record: directory(owner.record, owner.ecosystem))
        default: Key(ecosystem: owner.ecosystem, name: owner.name, record: "")
        }
    }

    private static func directory(_ file: String, _ ecosystem: Ecosystem) -> String {
        ecosystem == .conda ? file : PosixPath.directory(file)
    }

    /// Whether a path is declared to be the application's own.
    func isApplication(_ path: String) -> Bool {
        applications.contains { path == $0 || $0.isEmpty || path.hasPrefix($0 + "/") }
    }

    /// Answers for a link, apart from the file that it leads to: who owns that file says nothing of its other names.
    func answer(_ link: LoadableFiles.Link) -> Answer {
        let own: Set<ImportPath.Origin> = [.script, .workingDirectory, .server, .pythonPath]
        if own.contains(link.file.origin), link.ends.allSatisfy({ isApplication($0) }) {
            return Answer(voucher: .app, reason: "declared with --app")
        }
        return answer(link.file)
    }

    /// Answers for one file; the content digests of packages leave bytecode out.
    func answer(_ file: LoadableFiles.File) -> Answer {
        let entry = file.entry
        let isBytecode = file.kind == .bytecode
        let claims = scene.owners.allOwners(of: entry)
        let owners = claims.map(\.owner)
        if !isBytecode, claims.contains(where: { strengths[$0.owner] == .package }) {
            return Answer(voucher: .package, owners: owners)
        }
        if scene.isBase(entry) { return Answer(voucher: .base, owners: owners) }
        let isCovered = CapturedFiles.covers(file, scene.owners)
        if isCovered, captured.same.contains(CapturedFiles.key(file)) {
            return Answer(voucher: .capture, owners: owners)
        }
        // A system's own sums tell of an update; where they are silent the capture knows better.
        if isCovered, scene.isTrainedPython, captured.other.contains(CapturedFiles.key(file)), !isBytecode,
            !isApplication(entry.path), !claims.contains(where: { $0.agreement == .agrees })
        {
            let place =
                [.library, .interpreter, .program].contains(file.kind) ? "it" : "/" + PosixPath.directory(entry.path)
            return Answer(
                voucher: .none, reason: "the capture of training has \(place) with other content", isChanged: true,
                owners: owners)
        }
        // An interpreter that a link from elsewhere leads to is not the application's own.
        let isOwn = file.kind != .interpreter || isApplication(ImportPath.normal(scene.path?.interpreter ?? ""))
        if isOwn, isApplication(entry.path) {
            return Answer(voucher: .app, reason: "declared with --app", owners: owners)
        }
        if let changed = claims.first(where: { $0.agreement == .disagrees }) {
            return Answer(
                voucher: .none, reason: "it is not the file that \(scene.possessive(changed.owner)) record names",
                isChanged: true, owners: owners)
        }
        var best: Verification.Account.Voucher = .none
        for claim in claims {
            let isSystem = [.apt, .apk, .rpm].contains(claim.owner.ecosystem)
            // A record without a digest of the file says nothing of its content; those of a system list files first.
            let isHeld =
                claim.agreement == .agrees || (isSystem && claim.agreement != .later)
                || claim.owner.ecosystem == .conda
            // Who compiles other code writes the row of the record too.
            guard isHeld, !isBytecode else { continue }
            best = isSystem ? (best == .none ? .system : best) : .record
        }
        if best != .none { return Answer(voucher: best, owners: owners) }
        if isBytecode {
            return Answer(
                voucher: .none, reason: "nothing proves that its code is that of the source", owners: owners)
        }
        if let later = claims.first(where: { $0.agreement == .later }) {
            return Answer(
                voucher: .none, reason: "it was written by a later layer than \(scene.possessive(later.owner)) record",
                owners: owners)
        }
        let reason =
            owners.first.map { "\(scene.possessive($0)) record has no digest of it" } ?? "no package owns it"
        return Answer(voucher: .none, reason: reason, owners: owners)
    }
}
