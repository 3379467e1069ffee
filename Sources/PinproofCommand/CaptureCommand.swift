import ArgumentParser
import EnvironmentInventory
import Glibc
import ModelArchives
import Pinproof

struct CaptureCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture", _superCommandName: pinproofName,
        abstract: "Records an installed environment as a pylock.toml with content digests.",
        discussion: """
            ENV is a venv, a conda prefix or an image. The file is a PEP 751 lock that pip and uv install from, as far as \
            the artifacts are known: from --lock, from --report, and from what the installer recorded. With --into it is put \
            where the model's format keeps extra files; -o writes it besides.
            """, version: pinproofVersion)

    static let examples = [
        CommandExample(
            "Put the environment of training into the model",
            "pinproof capture .venv --lock uv.lock --into model/"),
        CommandExample(
            "Record an image",
            "pinproof capture oci:layout:app -o pylock.toml"),
    ]

    @Argument(help: ArgumentHelp("The installed environment or image.", valueName: "env"), completion: .file())
    var environment: String

    @Option(
        help: ArgumentHelp("The lock that the environment was installed from.", valueName: "lock"), completion: .file())
    var lock: String?

    @Option(
        name: .customLong("report"),
        help: ArgumentHelp("What `pip install --report` wrote; repeatable.", valueName: "file"),
        completion: .file())
    var reports: [String] = []

    @Option(help: ArgumentHelp("The model to put the capture into.", valueName: "model"), completion: .file())
    var into: String?

    @Option(help: ArgumentHelp("The platform of an image.", valueName: "os/architecture"))
    var platform: TargetPlatform?

    @OptionGroup(title: "Limits") var limit: LimitOptions

    @OptionGroup var output: OutputOptions

    func result(progress: ProgressLine?) async throws -> CommandResult {
        var options = Capturer.Options()
        options.lock = lock
        options.reports = reports
        for name in NumericVariables.known {
            if let value = getenv(name) { options.variables[name] = String(cString: value) }
        }
        if let platform {
            var target = TargetSelection()
            target.platform = platform
            options.target = target
        }
        options.reading = limit.reading(progress)
        return try await SpooledSubjects([environment], limit: limit.limits.totalBytes).run { names in
            try await result(names[0], options)
        }
    }

    private func result(_ environment: String, _ options: Capturer.Options) async throws -> CommandResult {
        let capture = try await Capturer(options: options).capture(environment)
        var result = CommandResult(text: capture.text, diagnostics: diagnostics(capture).map { "pinproof: " + $0 })
        guard let into else { return result }
        let path: String
        do throws(ModelWritingError) {
            path = try ModelCaptureWriter.write(Array(capture.text.utf8), into: SubjectReader.withoutPrefix(into))
        } catch { throw OutputError(error.description) }
        result.diagnostics.append("pinproof: wrote \(path)")
        if output.output == nil { result.text = "" }
        return result
    }

    private func diagnostics(_ capture: CapturedEnvironment) -> [String] {
        var lines: [String] = []
        if !capture.shadowed.isEmpty {
            lines.append("the interpreter never imports a second copy of \(list(capture.shadowed)): it is left out")
        }
        lines += capture.problems
        let lock = lock ?? "the lock"
        if !capture.withoutArtifact.isEmpty {
            lines.append(
                "no artifact is known of \(list(capture.withoutArtifact)): their content digests are recorded, but an "
                    + "installer will not install them from this file; --lock or --report FILE (pip install --report) "
                    + "names artifacts")
        }
        if !capture.withoutURL.isEmpty {
            lines.append(
                "\(lock) says no URL of \(list(capture.withoutURL)): hashes and content digests are recorded, but an "
                    + "installer will not install them from this file; a lock with URLs (uv.lock, pylock.toml) or "
                    + "--report FILE (pip install --report) names them")
        }
        return lines
    }

    private func list(_ names: [String]) -> String {
        let shown = names.prefix(12).joined(separator: ", ")
        return names.count > 12 ? "\(shown) and \(names.count - 12) more" : shown
    }
}

extension CaptureError: CommandFailure {
    var usage: String? { nil }
}
