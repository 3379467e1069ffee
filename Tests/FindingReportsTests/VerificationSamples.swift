import EnvironmentInventory

/// Values for the reports of `verify`: the deployment of contract and README, and a hostile one.
enum VerificationSamples {
    static func digest(_ character: Character) -> Digest? {
        Digest("sha256:" + String(repeating: character, count: 64))
    }

    static let layer = "sha256:" + String(repeating: "b", count: 64)

    static func package(_ name: String, _ version: String?, hash: Bool = true, layer: String? = nil) -> Package {
        var package = Package(ecosystem: .pypi, name: name, version: version)
        if hash, let digest = digest("a") { package.artifacts = [Artifact(name: nil, url: nil, hashes: [digest])] }
        package.layer = layer
        return package
    }

    static func row(
        _ name: String, _ training: String?, _ serving: String?, _ verdict: Verdict, evidence: Evidence? = nil,
        reasons: [String] = [], counts: Bool = true, help: String? = nil, hash: Bool = true
    ) -> Verification.PackageVerdict {
        .init(
            training: package(name, training, hash: hash),
            serving: serving.map { package(name, $0, hash: false, layer: layer) }, evidence: evidence, verdict: verdict,
            reasons: reasons, isNeeded: counts, counts: counts, help: help)
    }

    static func described(
        _ verification: Verification,
        instruction: String? = "COPY --from=environment /opt/environment /opt/environment",
        name: String = "model", image: String = "registry.example/churn:bad"
    ) -> Verification {
        var verification = verification
        verification.context.training = .init(
            about: SubjectDescription(kind: .model, format: "mlflow", name: name),
            python: Interpreter(version: "3.11.7"), platform: Platform(os: "linux", architecture: "amd64"))
        verification.context.serving = .init(
            about: SubjectDescription(kind: .image, format: "oci", name: image), python: Interpreter(version: "3.11.2"),
            platform: Platform(os: "linux", architecture: "amd64"))
        verification.context.layers = [
            ImageLayer(number: 1, diffID: "sha256:" + String(repeating: "a", count: 64), instruction: "ADD base.tar /"),
            ImageLayer(number: 2, diffID: layer, instruction: instruction),
        ]
        verification.context.baseLayerCount = 1
        verification.context.command = ["pinproof", "verify", name, image, "--evidence", "trained"]
        return verification
    }

    static func verification(
        _ packages: [Verification.PackageVerdict], facts: [Verification.FactVerdict] = [], findings: [Finding] = [],
        required: Evidence = .trained, floor: Verdict = .match, scope: Verification.Scope = .closed, unnamed: Int = 0,
        baked: Verification.BakedModel? = nil, account: Verification.Account? = nil, gaps: [Gap] = []
    ) -> Verification {
        Verification(
            required: required,
            identity: .init(
                compared: "the content of each package", model: "sha256:0f49",
                image: ImageIdentity(manifest: digest("c"), config: digest("d"), diffIDs: [])), packages: packages,
            facts: facts, bakedModel: baked, scope: scope, unnamedCount: unnamed, account: account, findings: findings,
            trainingGaps: gaps, floor: floor)
    }

    static func note(_ message: String, layer: String?) -> Finding {
        var finding = Finding(
            rule: "site-customization", severity: .note, file: "usr/lib/sitecustomize.py", range: nil, message: message)
        finding.layer = layer
        return finding
    }

    /// The refused deployment of the contract.
    static let refused: Verification = {
        let base = "sha256:" + String(repeating: "a", count: 64)
        return described(
            verification(
                [
                    row(
                        "numpy", "2.4.6", "2.3.5", .mismatch,
                        reasons: ["training has 2.4.6, the serving side has 2.3.5"],
                        help:
                            "extensions that were built for a newer numpy need not load under an older one (https://numpy.org/x)"
                    ),
                    row(
                        "scikit-learn", "1.9.1", "1.7.2", .mismatch,
                        reasons: ["training has 1.9.1, the serving side has 1.7.2"],
                        help:
                            "scikit-learn does not support loading what another version of it pickled: it warns. Serve it (https://x)"
                    ),
                    row("mlflow", "3.17.0", nil, .mismatch, counts: false),
                    row("narwhals", "2.0", nil, .mismatch, counts: false),
                ] + (1...47).map { row("p\($0)", "1", "1", .match, evidence: .trained) },
                facts: [
                    .init(
                        name: "python", training: "cpython 3.11.7", serving: "cpython 3.11.2", verdict: .mismatch,
                        counts: false, reasons: ["training ran on cpython 3.11.7"])
                ], findings: (1...3).map { note("note \($0)", layer: base) }))
    }()
}
