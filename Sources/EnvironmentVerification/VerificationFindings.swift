import EnvironmentInventory

/// The findings of a verification that are not reasons of single packages.
extension EnvironmentVerifier {
    static func finding(
        _ rule: Rule, _ severity: Severity, in file: String, _ message: String, help: String? = nil
    ) -> Finding {
        Finding(rule: rule.name, severity: severity, file: file, range: nil, message: message, help: help)
    }

    /// Returns the first names of a list, and how many more there are.
    static func listed(_ names: [String], limit: Int = 8) -> String {
        names.prefix(limit).joined(separator: ", ")
            + (names.count > limit ? " and \(names.count - limit) more" : "")
    }

    /// Returns the differences that do not affect the verdict.
    static func around(_ packages: [Verification.PackageVerdict], _ serving: ServingSide) -> [Finding] {
        let names = packages.filter { !$0.counts && $0.verdict != .match }.map(\.training.name)
        guard !names.isEmpty else { return [] }
        let what =
            names.count == 1
            ? "1 package differs or cannot be proved" : "\(names.count) packages differ or cannot be proved"
        return [
            finding(
                unneededPackageDiffers, .warning, in: serving.name,
                "\(what) that training had and that loading the model does not need: \(listed(names))",
                help: unneededPackageDiffers.help)
        ]
    }

    static func modelFindings(
        _ baked: Verification.BakedModel, _ training: TrainingSide, _ serving: ServingSide
    ) -> [Finding] {
        if baked.state == .absent { return [] }
        if baked.state == .other, baked.verdict == .notProvable, let file = baked.files.first {
            return [
                finding(
                    foreignModel, .error, in: serving.name,
                    "\(baked.path)/\(file.path) is a model that is not \(training.name), which the image does not have",
                    help: foreignModel.help)
            ]
        }
        if baked.state == .several {
            return [
                finding(
                    foreignModel, .error, in: serving.name,
                    "\(baked.path)/\(baked.files.first?.path ?? "") is not the model \(training.name), which the image has as well",
                    help: foreignModel.help)
            ]
        }
        if baked.files.isEmpty {
            guard baked.verdict != .match else { return [] }
            return [
                finding(
                    otherModelFile, .error, in: serving.name, "there is nothing at \(baked.path)",
                    help: "name the directory that holds the model in the image: --model-path PATH")
            ]
        }
        let words: [Verification.BakedModel.File.Kind: String] = [
            .changed: "differs from", .missing: "is missing and belongs to", .added: "is not in",
        ]
        return baked.files.prefix(20).map { file in
            let layer = file.layer.map { " (layer \($0))" } ?? ""
            // Differences that do not prevent a match are not errors: a missing description, an additional file.
            let severity: Severity = baked.verdict != .match ? .error : file.kind == .added ? .warning : .note
            return finding(
                otherModelFile, severity, in: serving.name,
                "\(baked.path)/\(file.path)\(layer) \(words[file.kind] ?? "differs from") the model \(training.name)",
                help: otherModelFile.help)
        }
    }
}

/// Finds packages of which the serving side has another build of the same release, when the lock contains both builds.
struct OtherBuilds {
    private let recorded: [String: Package]
    private let releases: [String: Package]

    init(_ training: TrainingSide) {
        recorded = Dictionary(training.recorded.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        releases = Dictionary(training.releases.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The sentence for a package of the narrowed lock, or nil when training had the same build or nothing is known.
    func reason(_ package: Package) -> String? {
        guard let trained = recorded[package.name], let release = releases[package.name],
            EnvironmentComparison.sameVersion(package, release)
        else { return nil }
        let had = Set(trained.hashes)
        guard !had.isEmpty, had.isSubset(of: Set(release.hashes)), had.isDisjoint(with: package.hashes) else {
            return nil
        }
        let name = release.artifacts.first { !had.isDisjoint(with: $0.hashes) }?.name ?? trained.artifacts.first?.name
        let other = package.artifacts.first?.name ?? "another artifact"
        let place = release.source.map { " (\($0.file)\($0.line.map { ":\($0)" } ?? ""))" } ?? ""
        return
            "training had \(name ?? "another artifact"), serving has \(other): two builds of one locked release\(place)"
    }
}
