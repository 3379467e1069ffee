import DockerfileSyntax
import EnvironmentInventory
import LockFormats
import PythonPackaging
import SourceDocuments

/// A file that a command names, as far as it can be found.
struct ResolvedContextFile {
    let file: ContextFile
    /// The path in the context; nil for a text that an instruction itself holds.
    let path: String?
    /// The text of the Dockerfile that becomes the file, with its positions.
    var content: MappedText?
}

/// Files that commands install from: requirements, constraints, environments.
extension CommandReader {
    /// What the constraints of a command pin.
    struct Constraints {
        /// What they pin exactly.
        var exact = ExactConstraints()
        /// The first file that could not be read, and may pin anything.
        var unknownFile: String?
        /// What is to be said of the files that could not be read, and what the others install.
        var pins: [Pin] = []
    }

    func constraints(of request: InstallRequest, _ command: ShellCommand, _ step: RunStep) -> Constraints {
        var result = Constraints()
        for file in request.files where file.form == .constraints {
            let written = file.path ?? file.word.raw
            var reason = "the file gives no value of its path"
            if let path = file.path {
                if path.containsText("://") {
                    reason = "a file at a URL is not read, and can change"
                } else if let found = find(path, command, step) {
                    switch found.file {
                    case .text(let text):
                        let read = LockCheck.constraints(text, context: files(beside: found))
                        result.exact.formUnion(read.exact)
                        result.pins += read.installed
                        continue
                    case .missing: reason = "it is not in the build context"
                    case .unreadable(let why): reason = why
                    }
                } else {
                    reason = "no instruction shows where it comes from"
                }
            }
            result.unknownFile = result.unknownFile ?? written
            result.pins.append(
                Pin(
                    kind: .requirement, subject: written, strength: .unknown, file: site.text.name,
                    range: file.word.range, requestedBy: "the constraints file", reason: reason))
        }
        return result
    }

    /// A package of the command line under the command's constraints.
    func constrained(_ pin: Pin, _ constraints: Constraints) -> Pin {
        guard pin.kind == .pythonPackage, let requirement = try? Requirement(pin.subject) else { return pin }
        if let moved = constraints.exact.moved(pin, name: requirement.normalizedName) { return moved }
        guard pin.strength == .floating else { return pin }
        let marker = requirement.marker?.description
        if let settled = constraints.exact.settled(pin, name: requirement.normalizedName, marker: marker) {
            return settled
        }
        guard let file = constraints.unknownFile else { return pin }
        return pin.with(strength: .unknown, reason: "\(file) may pin it and could not be read")
    }

    /// The file that a path of a command names; nil when it cannot be told where it comes from.
    func find(_ path: String, _ command: ShellCommand, _ step: RunStep) -> ResolvedContextFile? {
        var absolute: String
        if path.hasPrefix("/") {
            absolute = path
        } else {
            guard let directory = command.workingDirectory else { return nil }
            absolute = directory + "/" + path
        }
        if absolute.containsText("..") { absolute = PosixPath.clamped(absolute) }
        var result: ResolvedContextFile?
        site.sources(absolute, step) { source in
            switch source {
            case .context(let path):
                let file = site.context.file(path)
                // A directory and a file look alike in COPY: the next source may hold it.
                if case .missing = file {
                    result = result ?? ResolvedContextFile(file: .missing, path: path)
                    return false
                }
                result = ResolvedContextFile(file: file, path: path)
            case .content(let content, _):
                result = ResolvedContextFile(
                    file: .text(SourceText(name: site.text.name, text: content.string)), path: nil, content: content)
            case .buildContext, .image, .download, .generated: result = nil
            }
            return true
        }
        return result
    }

    /// The files beside a requirements file, for the files that it names.
    private func files(beside found: ResolvedContextFile) -> LockReadingContext {
        guard let path = found.path else { return .empty }
        let directory = path.split(separator: "/").dropLast().joined(separator: "/")
        return LockReadingContext { [context = site.context] name in
            switch context.file(directory.isEmpty || name.hasPrefix("/") ? name : directory + "/" + name) {
            case .text(let text): .success(text)
            case .missing: .failure(.init(reason: "it is not in the build context"))
            case .unreadable(let reason): .failure(.init(reason: reason, isMissing: false))
            }
        }
    }

    /// What changes a file before a command runs, a sentence; nil when nothing does.
    private mutating func edit(of path: String, before index: Int, of step: RunStep) -> String? {
        guard let wanted = ContainerPath.join(step.commands[index].workingDirectory, path) else { return nil }
        return facts(of: step).edits.edit(of: wanted, before: index)
            ?? site.facts.stage(of: step)?.edit(of: wanted, before: step)
    }

    /// Records the use of a file that a command installs from.
    mutating func follow(
        _ file: InstallRequest.InstalledFrom, constraints: Constraints, index: Int, step: RunStep,
        source: CommandSource
    ) {
        let command = step.commands[index]
        let name = source.text.name
        let ecosystem: Ecosystem = file.form == .requirements ? .pypi : .conda
        guard let path = file.path else {
            return addUnfollowed(
                file.word, "its path depends on a value that the file does not give", ecosystem, in: source)
        }
        if path.containsText("://") {
            reading.pins.append(
                Pin(
                    kind: .download, subject: path, strength: .floating, file: name, range: file.word.range,
                    requestedBy: "-r", reason: "nothing checks its bytes"
                ).used(by: source.usedBy))
            return
        }
        if let edit = edit(of: path, before: index, of: step) {
            return addUnread(path, requestedBy: "the file", edit, in: source, at: file.word.range)
        }
        guard let found = find(path, command, step) else {
            return addUnfollowed(file.word, "no instruction shows where it comes from", ecosystem, in: source)
        }
        switch found.file {
        case .missing:
            reading.missing.insert(path)
            addUnfollowed(file.word, "it is not in the build context", ecosystem, in: source)
        case .unreadable(let reason): addUnfollowed(file.word, reason, ecosystem, in: source)
        case .text(let text):
            if file.form == .condaEnvironment, let pin = CondaEnvironmentPin.pin(text, file, in: name) {
                reading.pins.append(pin.used(by: source.usedBy))
            }
            let use = FileUse(
                FileLocation(file: name, line: file.word.range.start.line), constraints: constraints.exact,
                unknownConstraints: constraints.unknownFile, environments: site.environments(of: step))
            reading.followed.append(
                FollowedFile(
                    text, form: file.form, context: files(beside: found), uses: [use],
                    embedding: found.content.map { .init(host: site.text, content: $0) }))
        }
    }
}
