import EnvironmentInventory
import ProgramStart

/// What is said of the start of an image.
enum StartFindings {
    static let rule = Rule(
        name: "unread-start",
        summary: "What the image starts could not be followed to its Python.",
        why:
            "A script, a wrapper or a condition that is not understood can start another interpreter or change where it looks for modules.",
        help:
            "State the interpreter by its path in ENTRYPOINT or CMD, `[\"/opt/venv/bin/python\", \"serve.py\"]`, or keep the entry script to export, cd and exec.",
        bad: [
            Rule.Example(file: "image", "CMD /srv/start\n«image»\nsrv/start : text ELF\n"),
            Rule.Example(file: "image", "«image»\nusr/local/bin/gunicorn : text #!/usr/local/bin/python3\n"),
        ],
        good: [Rule.Example(file: "image", "CMD python /srv/app/serve.py\nsrv/app/serve.py\n")])

    /// How many gaps are written out.
    private static let shown = 5

    /// Returns a warning for each gap of the start, and a note for what runs beside it.
    static func findings(_ start: ProgramStart, name: String) -> [Finding] {
        var findings = start.gaps.prefix(shown).map { gap in
            Finding(
                rule: rule.name, severity: .warning, file: name, range: nil,
                message: gap.description, help: rule.help, subject: gap.subject.isEmpty ? nil : gap.subject)
        }
        if start.gaps.count > shown {
            findings.append(
                Finding(
                    rule: rule.name, severity: .warning, file: name, range: nil,
                    message: "\(start.gaps.count - shown) more steps of the start are not understood",
                    help: rule.help))
        }
        if let check = start.healthCheck {
            findings.append(
                Finding(
                    rule: rule.name, severity: .note, file: name, range: nil,
                    message: "the health check runs in the container as well and is not followed: \(check.prefix(200))",
                    help: "Start a program of the account in HEALTHCHECK, or let the runtime ask over the network.",
                    subject: "HEALTHCHECK"))
        }
        return findings
    }

    /// The variables that decide what is loaded or how numbers come out.
    private static let prefixes = [
        "PYTHON", "LD_", "GUNICORN_", "OPENSSL_", "MKL_", "OPENBLAS_", "OMP_", "NPY_", "CUBLAS_", "TF_",
    ]
    private static let names: Set<String> = [
        "PATH", "HOME", "GLIBC_TUNABLES", "BASH_ENV", "VIRTUAL_ENV", "CONDA_PREFIX",
    ]

    /// Returns the start as the verification carries it.
    static func start(_ start: ProgramStart) -> Verification.Start {
        Verification.Start(
            argv: start.argv, interpreter: start.interpreter.map { "/" + $0 },
            importPath: (start.importPath?.directories ?? []).map { "/" + $0.path },
            workingDirectory: start.workingDirectory,
            variables: start.variables.filter { item in
                names.contains(item.key) || prefixes.contains { item.key.hasPrefix($0) }
            }, gaps: start.gaps)
    }
}
