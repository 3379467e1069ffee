import EnvironmentInventory

/// Distributions that provide the same modules under another name.
///
/// Most are other builds of a release, whose results may differ. A reduced one is the same code with fewer dependencies.
package enum AlternativeDistributions {
    private static let builds: [[String]] = [
        ["xgboost", "xgboost-cpu"],
        [
            "tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tensorflow-intel", "tensorflow-macos", "tensorflow-rocm",
            "tensorflow-cpu-aws", "intel-tensorflow",
        ],
        ["onnxruntime", "onnxruntime-gpu", "onnxruntime-openvino", "onnxruntime-directml"],
        [
            "opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless",
        ],
        ["faiss-cpu", "faiss-gpu", "faiss"], ["paddlepaddle", "paddlepaddle-gpu"], ["pillow", "pillow-simd"],
        ["psycopg2", "psycopg2-binary"],
    ]

    /// The reduced distribution by the whole one (https://github.com/mlflow/mlflow/blob/master/libs/skinny/README.md).
    private static let reductions: [String: [String]] = ["mlflow": ["mlflow-skinny"]]

    /// Returns other builds of a distribution, without itself.
    static func builds(of name: String) -> [String] {
        builds.first { $0.contains(name) }?.filter { $0 != name } ?? []
    }

    /// Returns the distributions that have the code of another one and fewer dependencies.
    package static func reduced(of name: String) -> [String] { reductions[name] ?? [] }

    /// Returns every distribution that can stand in for another one.
    static func all(of name: String) -> [String] { reduced(of: name) + builds(of: name) }

    /// Returns the distributions for which one can stand in.
    static func originals(of name: String) -> [String] {
        builds(of: name) + reductions.filter { $0.value.contains(name) }.map(\.key)
    }

    /// Judges a package of training in whose place the serving side has another distribution; nil where it has none.
    ///
    /// - Parameter others: the serving side's packages by name.
    static func judge(
        _ training: Package, _ others: (String) -> [Package], _ verifier: PackageVerifier
    ) -> (judgement: PackageVerifier.Judgement, serving: Package)? {
        guard training.ecosystem == .pypi else { return nil }
        for name in reduced(of: training.name) {
            guard let serving = others(name).first else { continue }
            // The artifacts and digests of training are those of the whole distribution.
            var wanted = training
            wanted.artifacts = []
            wanted.contentDigest = nil
            let judgement = verifier.verify(wanted, against: serving)
            return (
                .init(
                    verdict: judgement.verdict, evidence: judgement.evidence,
                    reasons: ["\(name) provides its modules on the serving side"] + judgement.reasons,
                    isChanged: judgement.isChanged, help: judgement.help), serving
            )
        }
        for name in builds(of: training.name) {
            guard let serving = others(name).first else { continue }
            let served = serving.version ?? "no version"
            guard let version = training.version else {
                return (
                    .init(
                        verdict: .notProvable, evidence: nil,
                        reasons: ["\(name) \(served) is in its place, and training records no version"]), serving
                )
            }
            let isSame = EnvironmentComparison.sameVersion(training, serving)
            return (
                .init(
                    verdict: isSame ? .notProvable : .mismatch, evidence: nil,
                    reasons: [
                        "training has \(version), the serving side has \(name) \(served) in its place, which is another build"
                    ]), serving
            )
        }
        return nil
    }
}
