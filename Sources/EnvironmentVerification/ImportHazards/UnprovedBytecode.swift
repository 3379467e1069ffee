import ContainerImages
import EnvironmentInventory

/// `unproved-bytecode`: compiled files whose header fits, which is all that can be said.
enum UnprovedBytecode: ImportHazard {
    static let rule = Rule(
        name: "unproved-bytecode",
        summary: "The serving side has compiled files (`.pyc`) that Python runs in place of their sources.",
        why:
            "Their headers record the time and size, or the hash, of their sources, which anyone can write. No record holds a digest of what an installer compiled, and content digests leave it out: nothing proves that the code is that of the source.",
        help:
            "Build without compiled files: `PYTHONDONTWRITEBYTECODE=1`, `pip install --no-compile`; Python then compiles the proven sources itself.",
        bad: [
            Rule.Example(
                file: "image",
                """
                «image»
                usr/local/lib/python3.11/site-packages/joblib/parallel.py = joblib
                usr/local/lib/python3.11/site-packages/joblib/__pycache__/parallel.cpython-311.pyc : pyc timestamp 0

                """)
        ],
        good: [
            Rule.Example(
                file: "image",
                """
                usr/local/lib/python3.11/site-packages/joblib/parallel.py = joblib

                """)
        ])

    static func findings(_ scene: ImportScene) -> [Finding] {
        var first: FileSystemIndex.Entry?
        var count = 0
        for survey in scene.surveys where survey.fate == .fitting && !scene.isVouched(survey.entry) {
            guard scene.directories.contains(where: { survey.entry.path.hasPrefix($0.path + "/") }) else { continue }
            if first == nil { first = survey.entry }
            count += 1
        }
        guard let first else { return [] }
        return [
            finding(
                .warning, scene.name,
                "\(count) compiled file\(count == 1 ? "" : "s") in reach (\(first.path)"
                    + "\(count == 1 ? "" : " for one")) \(count == 1 ? "has" : "have") the header of "
                    + "\(count == 1 ? "its source" : "their sources"); that the code is of that source is not proved")
        ]
    }
}
