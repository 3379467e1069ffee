import EnvironmentInventory
import ProgramStart

/// `foreign-interpreter`: the first line of a script names an interpreter that is not one of the image's Pythons.
enum ForeignInterpreter: ImportHazard {
    static let rule = Rule(
        name: "foreign-interpreter",
        summary: "A script in a `bin` directory is run by an interpreter that is not one of the image's Pythons.",
        why:
            "Installers write the first line of launchers and scripts themselves, so that no digest covers it, and whoever changes it changes the row of RECORD too. What it names decides which program reads the script.",
        help: "Install the package again, with the Python that the image starts.",
        bad: [
            Rule.Example(
                file: "image",
                """
                «usr/local/bin/gunicorn» : text #!/opt/patches/python3
                opt/patches/python3 : text #!/bin/sh

                """)
        ],
        good: [
            Rule.Example(
                file: "image",
                """
                usr/local/bin/gunicorn : text #!/usr/local/bin/python3
                usr/local/bin/flask : text #!/build/venv/bin/python

                """)
        ])

    static func findings(_ scene: ImportScene) -> [Finding] {
        let own = scene.path.flatMap { scene.files.lookup($0.interpreter) }?.sha256
        var findings: [Finding] = []
        for script in scene.scripts {
            guard let name = interpreter(script.head), let program = scene.file(name) else { continue }
            if let digest = program.entry.sha256, digest == own { continue }
            if let owner = program.owner, owner.owner.ecosystem != .pypi, owner.agreement != .disagrees { continue }
            let isPython = hasLibrary(program.entry.path, scene)
            let what = isPython ? "another Python than the one that the image starts" : "which no package owns"
            findings.append(
                finding(
                    isPython ? .warning : .error, script.path,
                    "\(script.path)\(scene.layer(script)) is run by \(name)\(scene.layer(program.entry)), \(what)",
                    line: 1))
        }
        return findings
    }

    /// The path that the first line names, or the shell trampoline for long paths; nil for other programs than Pythons.
    private static func interpreter(_ head: [UInt8]) -> String? {
        guard head.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")]) else { return nil }
        let lines = head.dropFirst(2).split(
            separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
        // A carriage return belongs to the name, as Linux reads it.
        var words = lines.prefix(1).flatMap { $0.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }.map {
            String(decoding: $0, as: UTF8.self)
        }
        if words.first == "/bin/sh", lines.count > 1 {
            let second = String(decoding: lines[1], as: UTF8.self)
            guard second.hasPrefix("'''exec' ") else { return nil }
            let quoted = second.dropFirst("'''exec' ".count)
            let quote: Character = quoted.first == "\"" ? "\"" : quoted.first == "'" ? "'" : " "
            words = [String((quote == " " ? quoted : quoted.dropFirst()).prefix { $0 != quote })]
        }
        guard let path = words.first, path.hasPrefix("/"), let name = path.split(separator: "/").last,
            name.hasPrefix("python") || name.hasPrefix("pypy")
        else { return nil }
        return path
    }

    /// Whether a Python's standard library lies where one of this path looks for it.
    private static func hasLibrary(_ path: String, _ scene: ImportScene) -> Bool {
        let library = ImportPath.join(ImportPath.parent(ImportPath.parent(path)), "lib")
        return (scene.files.names(in: library) ?? []).contains { name in
            (name.hasPrefix("python") || name.hasPrefix("pypy"))
                && scene.files.lookup(ImportPath.join(library, "\(name)/os.py")) != nil
        }
    }
}
