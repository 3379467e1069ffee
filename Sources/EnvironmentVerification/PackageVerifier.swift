import EnvironmentInventory
import PythonPackaging

/// Verifies one package of training against what the serving side has under its name (design section 5).
struct PackageVerifier {
    /// The evidence that is required.
    let required: Evidence
    /// The wheels that were given.
    let wheels: WheelMap
    /// Whether both sides are of one platform and interpreter, so that content digests have to agree.
    let isSamePlatform: Bool
    /// Whether a wheel of this name could be installed on the serving side; nil when that is not known.
    let fits: @Sendable (String) -> Bool?
    /// Whether the versions are those that a model recorded itself, not those of a lock.
    var isModelsOwn = false
    /// Names the files of an installed package that are not those of a wheel, a sentence each; empty when that is not known.
    var explain: @Sendable (Package, WheelMap.Entry) -> [String] = { _, _ in [] }
    /// Compares the files that the installer rewrote (scripts, conda prefixes) with those of the artifact.
    var checkRewritten: @Sendable (Package, WheelMap.Entry) -> RewrittenFiles = { _, _ in .differ([]) }

    /// The result of comparing the files that an installer rewrites (scripts, conda prefixes) with an artifact.
    enum RewrittenFiles {
        /// Those that differ, a sentence each; empty when none does.
        case differ([String])
        /// They cannot be compared, and why.
        case unknown(String)
    }

    /// What is said of one package.
    struct Judgement {
        let verdict: Verdict
        let evidence: Evidence?
        let reasons: [String]
        /// Whether the bytes of the right version are not the right ones: that is not drift, whoever needs the package.
        var isChanged = false
        /// What the difference means.
        var help: String?
    }

    /// The verdict on a package and the copy that the serving interpreter would import.
    func verify(_ training: Package, against serving: Package) -> Judgement {
        func verdict(_ verdict: Verdict, _ evidence: Evidence?, _ reasons: [String]) -> Judgement {
            Judgement(verdict: verdict, evidence: evidence, reasons: reasons)
        }
        func changed(_ reasons: [String]) -> Judgement {
            Judgement(verdict: .mismatch, evidence: nil, reasons: reasons, isChanged: true)
        }
        switch versionAgreement(training, serving) {
        case .other(let reason):
            var judgement = verdict(.mismatch, nil, [reason])
            if let trained = training.version, let served = serving.version {
                judgement.help = KnownBreakages.help(
                    training.name, ecosystem: training.ecosystem, training: trained, serving: served)
            }
            return judgement
        case .open(let reason): return verdict(.notProvable, .named, [reason])
        case .same: break
        }
        if case .altered(let disagreements)? = serving.recordCheck {
            guard wasAltered(training, serving) else { return changed(disagreements.map(\.message)) }
            let reasons = disagreements.map { "as at training: \($0.message)" }
            if Evidence.trained >= required { return verdict(.match, .trained, reasons) }
        }
        if !serving.foreignLaunchers.isEmpty { return changed(serving.foreignLaunchers) }

        var evidence = Evidence.named
        var reasons: [String] = []
        switch serving.recordCheck {
        case .intact?: evidence = .intact
        case .uncheckable(let reason)?: reasons.append("the files cannot be checked against a record: \(reason)")
        case .altered?, nil: reasons.append("the files have no record that they could be checked against")
        }
        reasons += serving.recordNotes
        let isClaimed =
            !Set(serving.claimedHashes).isDisjoint(with: training.hashes)
            || training.originCommit != nil && training.originCommit == serving.originCommit
        if evidence == .intact, isClaimed { evidence = .claimed }
        let locked = lockedEvidence(training, serving)
        if case .proved = locked { return judged(.locked, serving.recordNotes) }
        if let captured = training.contentDigest, let installed = serving.contentDigest {
            if captured == installed {
                // Training ran with these very bytes, whatever its lock says.
                if case .refuted(let found) = locked { return judged(.trained, found) }
                return judged(.trained, serving.recordNotes)
            }
            if isSamePlatform {
                return changed(["the installed files have content digest \(installed), training had \(captured)"])
            }
            reasons.append("training ran on another platform, so that its content digest cannot be compared")
        }
        if case .refuted(let found) = locked { return changed(found) }
        if isSamePlatform, !isClaimed, let reason = otherArtifact(training, serving) { return changed([reason]) }
        if case .notAtHand(let reason) = locked, required == .locked { reasons.append(reason) }
        if required == .trained, training.contentDigest == nil {
            reasons.append("training recorded no content digest (pinproof capture does), and \(notLocked(locked))")
        }
        if required == .claimed, !isClaimed {
            reasons.append("its installer recorded no artifact of the lock, and \(notLocked(locked))")
        }
        return judged(evidence, reasons)

        func judged(_ evidence: Evidence, _ reasons: [String]) -> Judgement {
            let reasons = [localRemark(training, serving)].compactMap { $0 } + reasons
            if evidence >= required { return verdict(.match, evidence, reasons) }
            return verdict(
                .notProvable, evidence,
                ["the evidence is \(evidence.rawValue), \(required.rawValue) is required"] + reasons)
        }
    }

    /// Whether training had the very files that do not agree with their record: the same content, and the same disagreements
    /// or, where the record is a hint only, any.
    private func wasAltered(_ training: Package, _ serving: Package) -> Bool {
        guard let trained = training.contentDigest, trained == serving.contentDigest,
            case .altered(let now)? = serving.recordCheck
        else { return false }
        if training.ecosystem == .apt || training.ecosystem == .apk { return true }
        guard case .altered(let then)? = training.recordCheck else {
            // A capture keeps no disagreements; its digest covers what lies in the package's directory.
            guard training.recordCheck == nil, training.ecosystem == .pypi, let location = serving.location else {
                return false
            }
            return now.allSatisfy { $0.path.hasPrefix(location + "/") && $0.kind != .missing }
        }
        func key(_ item: RecordDisagreement) -> String {
            RecordDisagreement(path: item.path, kind: item.kind).message
        }
        return Set(then.map(key)) == Set(now.map(key))
    }

    private enum LockedEvidence {
        case proved
        case refuted([String])
        case notAtHand(String)
    }

    private func lockedEvidence(_ training: Package, _ serving: Package) -> LockedEvidence {
        if training.isBuilt {
            return .notAtHand(
                "the lock has it built from its source archive (--no-binary): no hash says what that gives")
        }
        let hashes = training.hashes.filter { $0.algorithm == .sha256 }
        guard !hashes.isEmpty else {
            return .notAtHand("neither the model nor a lock (--lock) names a sha256 of its artifact")
        }
        let atHand = hashes.compactMap { wheels[$0] }
        guard !atHand.isEmpty else {
            return .notAtHand("no artifact of the lock was given (--wheels) to compare the bytes with")
        }
        guard let installed = serving.contentDigest else {
            return .notAtHand("the installed files have no content digest")
        }
        if let wheel = atHand.first(where: { $0.contentDigest == installed }) {
            switch checkRewritten(serving, wheel) {
            case .differ(let sentences): return sentences.isEmpty ? .proved : .refuted(sentences)
            case .unknown(let reason): return .notAtHand(reason)
            }
        }
        // A wheel for another platform has other bytes by right, and is none that could be installed.
        let foreign = Set(
            training.artifacts.filter { $0.name.map(fits) == .some(false) }.flatMap(\.hashes))
        let possible = hashes.filter { !foreign.contains($0) }
        // Where no interpreter tells which fit, a wheel for every platform does, and so does the only artifact of a release.
        let isOnly = possible.count == 1 || training.artifacts.count == 1
        let fitting = atHand.filter { wheel in
            wheel.ecosystem == .conda || (fits(wheel.fileName) ?? (isOnly || wheel.fileName.hasSuffix("-none-any.whl")))
        }
        // Where each artifact of the lock is at hand and one of them may fit, what equals none of them is from elsewhere.
        let isComplete = possible.allSatisfy { wheels[$0] != nil }
        if let wheel = fitting.first ?? (isComplete ? atHand.first { fits($0.fileName) == nil } : nil),
            isComplete || fitting.count == atHand.count || training.artifacts.count == 1
        {
            return .refuted(
                explain(serving, wheel) + [
                    "the installed files have content digest \(installed), "
                        + "the locked \(wheel.fileName) has \(wheel.contentDigest)"
                ])
        }
        return .notAtHand("the given wheels are not the one that is installed")
    }

    private func notLocked(_ evidence: LockedEvidence) -> String {
        if case .notAtHand(let reason) = evidence { return reason }
        return "no artifact proves it"
    }

    /// The installer noted another artifact than those of the lock: another build of the version.
    private func otherArtifact(_ training: Package, _ serving: Package) -> String? {
        for algorithm in [HashAlgorithm.sha256, .md5] {
            let locked = training.hashes.filter { $0.algorithm == algorithm }
            guard !locked.isEmpty, let noted = serving.claimedHashes.first(where: { $0.algorithm == algorithm }) else {
                continue
            }
            let place = training.source.map { " (\($0.file)\($0.line.map { ":\($0)" } ?? ""))" } ?? ""
            return "the installer recorded the artifact \(noted), which the lock does not name\(place)"
        }
        return nil
    }

    /// Whether two versions differ only by a local part that one of the sides leaves out.
    ///
    /// Without a hash the pin is `==`, which lets a local version pass (PEP 440): MLflow strips it, for one. A
    /// model that read `torch.__version__` has the local part that PyPI's metadata leaves out.
    private func isSameBuild(_ training: Package, _ wanted: String, _ installed: String) -> Bool {
        guard training.ecosystem == .pypi, training.hashes.isEmpty, training.contentDigest == nil,
            let wantedVersion = PythonVersion(wanted), let installedVersion = PythonVersion(installed),
            wantedVersion.withoutLocal == installedVersion.withoutLocal
        else { return false }
        return wantedVersion.local == nil || (installedVersion.local == nil && isModelsOwn)
    }

    /// What a match of two versions that are not the same text leaves open, a sentence; nil for equal texts.
    private func localRemark(_ training: Package, _ serving: Package) -> String? {
        guard training.ecosystem == .pypi, training.hashes.isEmpty, training.contentDigest == nil,
            let wanted = training.version.flatMap({ PythonVersion($0) }),
            let installed = serving.version.flatMap({ PythonVersion($0) }), wanted.local != installed.local
        else { return nil }
        guard let local = installed.local else {
            return "the library itself reported \(wanted) at training, the installed metadata leaves the local part out"
        }
        return "training does not record the build, the serving side has the local version +\(local)"
    }

    private enum VersionAgreement {
        case same
        case other(String)
        case open(String)
    }

    private func versionAgreement(_ training: Package, _ serving: Package) -> VersionAgreement {
        let place = training.source.map { " (\($0.file)\($0.line.map { ":\($0)" } ?? ""))" } ?? ""
        if let commit = training.originCommit, let installed = serving.originCommit {
            let (wanted, found) = (training.origin?.subdirectory, serving.origin?.subdirectory)
            guard commit.lowercased() == installed.lowercased(), wanted == found else {
                return .other(
                    "training has \(training.directReference ?? commit)\(place), the serving side has "
                        + (serving.directReference ?? installed))
            }
            if training.version == nil { return .same }
        }
        guard let installed = serving.version else { return .open("the installed package records no version") }
        if training.version == nil, case .archive? = training.origin?.kind,
            !Set(serving.claimedHashes).isDisjoint(with: training.hashes)
        {
            return .same
        }
        if let wanted = training.version {
            if let text = training.versionRequirement, text.hasPrefix("===") {
                let isSame = text.dropFirst(3).filter { $0 != " " }.lowercased() == installed.lowercased()
                return isSame ? .same : .other("training requires \(text)\(place), the serving side has \(installed)")
            }
            if EnvironmentComparison.sameVersion(training, serving) { return .same }
            if isSameBuild(training, wanted, installed) { return .same }
            return .other("training has \(wanted)\(place), the serving side has \(installed)")
        }
        guard let requirement = training.versionRequirement, !requirement.isEmpty else {
            return .open(
                "training records no version\(place), so that \(installed) can be neither confirmed nor refuted")
        }
        guard let specifiers = VersionSpecifierSet(requirement), let version = PythonVersion(installed) else {
            return .open("training says \(requirement)\(place), which cannot be compared with \(installed)")
        }
        if !specifiers.contains(version, allowsPrereleases: true) {
            return .other("training requires \(requirement)\(place), the serving side has \(installed)")
        }
        return .open(
            "training says only \(requirement)\(place), so that \(installed) can be neither confirmed nor refuted")
    }
}
