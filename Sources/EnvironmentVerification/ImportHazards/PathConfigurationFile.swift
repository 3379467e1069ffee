import ContainerImages
import EnvironmentInventory
import ProgramStart

/// `path-configuration-file`: `.pth` files, which extend the path and run code at every start.
enum PathConfigurationFile: ImportHazard {
    static let rule = Rule(
        name: "path-configuration-file",
        summary: "A `.pth` file in a directory of packages runs code or extends the path at every start of Python.",
        why:
            "Python executes each line of it that begins with `import`, and adds the directory that any other line names, before the program starts. (https://docs.python.org/3/library/site.html) An error is one that no package owns and that runs code; a note one whose package vouches for it.",
        help:
            "Delete it, unless it belongs to a package that you have locked; install packages instead of adding directories.",
        bad: [
            Rule.Example(
                file: "image",
                """
                «usr/local/lib/python3.11/site-packages/hook.pth» : text import os; os.environ['MODEL'] = 'other'

                """),
            Rule.Example(
                file: "image",
                """
                «usr/local/lib/python3.11/site-packages/extra.pth» : text /opt/extra
                opt/extra/numpy.py

                """),
            Rule.Example(
                file: "image",
                """
                «usr/local/lib/python3.11/site-packages/link.pth» -> /opt/link.txt
                opt/link.txt : text import os

                """),
        ],
        good: [
            Rule.Example(
                file: "image",
                """
                usr/local/lib/python3.11/site-packages/notes.pth : text # nothing but a remark
                opt/extra/hook.pth : text import os

                """)
        ])

    private typealias Line = PathConfiguration.Line

    static func findings(_ scene: ImportScene) -> [Finding] {
        scene.pathConfigurations.compactMap { entry in
            guard let file = scene.module(entry.path) else { return device(entry, scene) }
            guard let bytes = scene.files.contents(of: file.entry) else {
                // A link to a file of another name, of which nothing but the digest is known.
                return finding(
                    .error, entry.path,
                    "\(entry.path) leads to \(file.entry.path), whose lines are not known here: Python runs them at every start"
                        + scene.layer(entry), subject: nil)
            }
            let minor = scene.path?.python.split(separator: ".").last.flatMap { Int($0) }
            let lines = PathConfiguration(bytes, minor: minor).lines
            guard let first = lines.first(where: \.isCode) ?? lines.first else { return nil }
            let effect = first.isCode ? "runs `\(shortened(first.text))`" : "adds \(shortened(first.text)) to the path"
            let more = lines.count > 1 ? " and \(lines.count - 1) more" : ""
            let severity: Severity
            let state: String
            if let (owner, agreement) = file.owner {
                let isSound = agreement != .disagrees
                let isUsual = scene.isKnown(owner) || isWellKnown(entry.path, lines)
                severity = !isSound ? .error : isUsual ? .note : first.isCode ? .error : .warning
                state =
                    isSound
                    ? "\(scene.possessive(owner)) file" : "not the file that \(scene.possessive(owner)) record names"
            } else if isVirtualenv(entry, scene) {
                severity = .note
                state = "the file that virtualenv and uv write"
            } else if isWellKnown(entry.path, lines), entry.path.hasSuffix("/distutils-precedence.pth") {
                // In an image without dpkg's database; the module that it imports is in the account.
                severity = .warning
                state = "setuptools writes this file, and no package owns it"
            } else {
                severity = first.isCode ? .error : .warning
                state = "no package owns it"
            }
            return finding(
                severity, entry.path,
                "\(entry.path) \(effect)\(more) at every start of Python; \(state)" + scene.layer(entry),
                line: first.number, subject: file.owner?.owner.name)
        }
    }

    /// A FIFO or a device, which Python opens as it does a file; nil for a directory or a socket, which it passes over.
    private static func device(_ entry: FileSystemIndex.Entry, _ scene: ImportScene) -> Finding? {
        guard case .other(let what)? = scene.files.lookup(entry.path)?.kind, what != "socket" else { return nil }
        let name = what.isEmpty ? "device" : what
        return finding(
            .error, entry.path,
            "\(entry.path) is no file but a \(name): Python opens it at every start, and runs lines that are not known"
                + scene.layer(entry), subject: nil)
    }

    /// What setuptools and editable installations write, in the file that belongs to it.
    private static func isWellKnown(_ path: String, _ lines: [Line]) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        guard lines.count == 1, let line = lines.first else { return false }
        if name == "distutils-precedence.pth" { return distutilsLines.contains(line.text) }
        guard name.hasPrefix("__editable__.") else { return false }
        return !line.isCode || line.text.hasPrefix("import __editable___")
    }

    /// What the releases of setuptools write.
    private static let distutilsLines: Set<String> = Set(
        ["stdlib", "local"].flatMap { choice in
            ["", ".add_shim()"].flatMap { call in
                ["", "; ", ";"].map { end in
                    "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, '\(choice)') == 'local'; "
                        + "enabled and __import__('_distutils_hack')\(call)\(end)"
                }
            }
        })

    private static func isVirtualenv(_ entry: FileSystemIndex.Entry, _ scene: ImportScene) -> Bool {
        // It is imported by the path as it is then: the file next to it has to be the one that is found.
        guard KnownFiles.isKnown(entry),
            let module = scene.module(ImportPath.parent(entry.path) + "/_virtualenv.py")
        else { return false }
        return KnownFiles.isKnown(module.entry)
    }

    private static func shortened(_ text: String) -> String { text.count > 120 ? text.prefix(120) + "…" : text }
}
