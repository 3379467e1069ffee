import EnvironmentInventory

/// `foreign-bytecode`: compiled files that do not belong to their source.
enum ForeignBytecode: ImportHazard {
    static let rule = Rule(
        name: "foreign-bytecode",
        summary: "A compiled file (`.pyc`) does not belong to its source, or has none.",
        why:
            "Python runs the compiled file and not the source next to it that every record covers. An error is a file that Python runs without checking the source; a warning is one that Python ignores and recompiles.",
        help:
            "Delete the compiled files and build without them: `PYTHONDONTWRITEBYTECODE=1`, `pip install --no-compile`.",
        bad: [
            Rule.Example(
                file: "image",
                """
                usr/local/lib/python3.11/site-packages/joblib/parallel.py = joblib
                «usr/local/lib/python3.11/site-packages/joblib/__pycache__/parallel.cpython-311.pyc» : pyc unchecked other

                """),
            Rule.Example(
                file: "image",
                """
                usr/local/lib/python3.11/site-packages/joblib/__init__.py = joblib
                «usr/local/lib/python3.11/site-packages/joblib/extra.pyc» : pyc timestamp 0

                """),
            Rule.Example(
                file: "image",
                """
                usr/local/lib/python3.11/site-packages/joblib/parallel.py = joblib
                «usr/local/lib/python3.11/site-packages/joblib/__pycache__/parallel.cpython-311.pyc» : pyc python 3.12

                """),
        ],
        good: [
            Rule.Example(
                file: "image",
                """
                usr/local/lib/python3.11/site-packages/joblib/parallel.py = joblib
                usr/local/lib/python3.11/site-packages/joblib/__pycache__/parallel.cpython-311.pyc : pyc timestamp 0
                usr/local/lib/python3.11/site-packages/joblib/pool.py = joblib
                usr/local/lib/python3.11/site-packages/joblib/__pycache__/pool.cpython-311.opt-1.pyc : pyc checked

                """)
        ])

    /// From so many on, compiled files that all have an older source are one note: a build rewrote the times.
    private static let manyRewritten = 10

    static func findings(_ scene: ImportScene) -> [Finding] {
        var findings: [Finding] = []
        var older = Many()
        var orphaned = Many()
        for survey in scene.surveys {
            let path = survey.entry.path
            let place = scene.layer(survey.entry)
            func add(_ severity: Severity, _ what: String) {
                let subject = scene.owners.owner(of: survey.entry) ?? scene.module(survey.source)?.owner
                findings.append(finding(severity, path, what + place, subject: subject?.owner.name))
            }
            // Some wheels bring compiled files of their own, which their RECORD lists by hash.
            let isRecorded = scene.owners.owner(of: survey.entry)?.agreement == .agrees
            switch survey.fate {
            case .fitting, .unused: continue
            case .orphaned, .olderSource, .otherSource, .otherInterpreter:
                if isRecorded { continue }
            case .unchecked, .sourceless: break
            }
            switch survey.fate {
            case .fitting, .unused: continue
            case .unchecked(fits: true):
                add(
                    .warning,
                    "\(path) is run without checking \(survey.source) (unchecked hash); it says the hash of that source"
                )
            case .unchecked(let fits):
                let hash = fits == nil ? "" : ", and says the hash of another source"
                add(.error, "\(path) is run whatever \(survey.source) contains (unchecked hash)" + hash)
            case .sourceless:
                let isLibrary = scene.directories.contains {
                    [.standardLibrary, .site, .userSite, .pythonPath].contains($0.origin)
                        && survey.entry.path.hasPrefix($0.path + "/")
                }
                add(
                    isLibrary && !isRecorded ? .error : .warning,
                    "\(path) is compiled code without a source, which Python imports")
            case .orphaned: orphaned.add(survey)
            case .olderSource: older.add(survey)
            case .otherSource(let why), .otherInterpreter(let why):
                add(.warning, "\(path) does not belong to \(survey.source): \(why); Python recompiles it")
            }
        }
        findings += orphaned.findings(
            scene,
            each: { "\($0.entry.path) has no source \($0.source); Python does not run it" },
            all: { "\($0) compiled files have no source, \($1) for one; Python does not run them" })
        findings += older.findings(
            scene,
            each: { survey in
                guard case .olderSource(let distance) = survey.fate else { return "" }
                return "\(survey.entry.path) says that \(survey.source) is \(abs(distance)) s "
                    + "\(distance > 0 ? "newer" : "older") than it is; Python recompiles it"
            },
            all: {
                "\($0) compiled files record other times than those of their sources, \($1) for one: "
                    + "the build rewrote the times; Python recompiles them at each start"
            })
        return findings
    }

    /// Compiled files that are one note when it is the work of a whole build. Only so many are kept as have a warning each.
    private struct Many {
        private var surveys: [BytecodeSurvey] = []
        private var count = 0

        mutating func add(_ survey: BytecodeSurvey) {
            count += 1
            if surveys.count < manyRewritten { surveys.append(survey) }
        }

        /// A warning each, or one note.
        func findings(
            _ scene: ImportScene, each: (BytecodeSurvey) -> String, all: (Int, String) -> String
        ) -> [Finding] {
            guard count >= manyRewritten, let first = surveys.first else {
                return surveys.map {
                    finding(
                        .warning, $0.entry.path, each($0) + scene.layer($0.entry),
                        subject: scene.owners.owner(of: $0.entry)?.owner.name)
                }
            }
            return [finding(.note, scene.name, all(count, first.entry.path))]
        }
    }
}
