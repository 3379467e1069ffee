import EnvironmentInventory

/// Variables that change the bits of a result, held against those of training.
enum NumericVariableFindings {
    static let rule = Rule(
        name: "numeric-variable",
        summary: "A variable that changes numeric results differs from that of training.",
        why:
            "The same packages choose other kernels, other rounding or another order of additions: OPENBLAS_CORETYPE changes float32 products, NPY_DISABLE_CPU_FEATURES changes exp, GLIBC_TUNABLES changes sin. (https://numpy.org/doc/stable/reference/simd/build-options.html)",
        help:
            "Set the variable as training had it. A capture of the training image, or one that is made where the model is trained, records these variables.",
        bad: [Rule.Example(file: "image", "ENV OPENBLAS_CORETYPE=Prescott\n«image»\n")],
        good: [Rule.Example(file: "image", "ENV MODEL_NAME=iris\n")])

    /// Returns a warning for each variable that differs from what a capture knows, or one note where nothing knows.
    static func findings(_ training: TrainingSide, _ scene: ImportScene) -> [Finding] {
        let served = scene.start.variables.filter { NumericVariables.contains($0.key) }
        guard let trained = training.environment.numericVariables else {
            let names = served.filter { $0.value != .some("") }.keys.sorted()
            guard !names.isEmpty else { return [] }
            return [
                finding(
                    .note, scene.name,
                    "the serving side sets \(EnvironmentVerifier.listed(names)); what training had is not known",
                    subject: names.first)
            ]
        }
        guard scene.isImage else { return [] }
        return Set(served.keys).union(trained.keys).sorted().compactMap { name in
            let had = trained[name]
            guard let known = served[name] else {
                return had.map {
                    finding(
                        .warning, scene.name, "training ran with \(name)=\($0), the serving side does not set it",
                        subject: name)
                }
            }
            guard let has = known else {
                return finding(.warning, scene.name, "the value of \(name) is not known", subject: name)
            }
            if has == (had ?? "") { return nil }
            return finding(
                .warning, scene.name,
                "the serving side has \(name)=\(has), training had \(had.map { "\(name)=\($0)" } ?? "none")",
                subject: name)
        }
    }

    private static func finding(_ severity: Severity, _ file: String, _ message: String, subject: String?) -> Finding {
        Finding(
            rule: rule.name, severity: severity, file: file, range: nil, message: message, help: rule.help,
            subject: subject)
    }
}
