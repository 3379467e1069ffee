import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// Compose files (https://docs.docker.com/reference/compose-file/): images, builds and their arguments.
///
/// Variables are those of `.env` beside the file and the defaults in the file. The files that `include`
/// and `extends` name are compose files too, whatever their names. Left out: profiles.
enum ComposeFile: Manifest {
    static let kind = "compose"

    static func matches(path: String) -> Bool { ManifestPath.isYAML(ManifestPath.name(of: path)) }

    static func recognizes(_ source: ManifestSource) -> Bool {
        let name = ManifestPath.name(of: source.text.name)
        if ["compose", "docker-compose", "podman-compose"].contains(where: { name.hasPrefix($0) }) {
            return source.hasDocument(with: "services") || source.hasDocument(with: "include")
                || YAMLRootKeys.isBroken(source.text)
        }
        // A file of another name is one when all of its services are, `compose/database.yml`.
        guard source.names(key: "image") || source.names(key: "build"), source.hasDocument(with: "services"),
            let services = try? YAMLReader.read(source.text)[keys: "services"]?.members
        else { return false }
        return !services.isEmpty
            && services.allSatisfy { $0.value[keys: "image"]?.string != nil || $0.value[keys: "build"] != nil }
    }

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        let root = try YAMLReader.read(reader.text)
        let environment = Self.environment(reader.source)
        for item in root[keys: "include"]?.items ?? [] {
            for node in (item[keys: "path"] ?? item).items {
                use(node, key: "include", reader: &reader, environment: environment)
            }
        }
        for service in root[keys: "services"]?.members ?? [] {
            if let file = service.value[keys: "extends", "file"] {
                use(file, key: "extends", reader: &reader, environment: environment)
            }
            let build = service.value[keys: "build"]
            if let image = service.value[keys: "image"], build == nil, let written = image.text {
                let (text, isKnown) = Interpolation.expand(written, environment)
                reader.addImage(text, isKnown: isKnown, at: image.range, requestedBy: "image")
            }
            if let build { read(build, &reader, environment) }
            readStart(service.value, &reader)
            for volume in service.value[keys: "volumes"]?.array ?? [] where volume[keys: "type"]?.text == "image" {
                guard let source = volume[keys: "source"], let written = source.text else { continue }
                let (text, isKnown) = Interpolation.expand(written, environment)
                reader.addImage(text, isKnown: isKnown, at: source.range, requestedBy: "volumes")
            }
        }
        for model in root[keys: "models"]?.members ?? [] { read(model: model.value, &reader, environment) }
    }

    /// Records a compose file that this one adds (https://docs.docker.com/reference/compose-file/include/).
    private static func use(
        _ node: DocumentNode, key: String, reader: inout ManifestReader, environment: [String: String]
    ) {
        guard let written = node.text else { return }
        let (path, isKnown) = Interpolation.expand(written, environment)
        guard isKnown else {
            return reader.addUnread(
                written, requestedBy: key, "its path is known only during the build", at: node.range)
        }
        if path.containsText("://") || path.hasPrefix("git@") || path.hasPrefix("github.com/") {
            return reader.addUnread(written, requestedBy: key, "it is fetched from another place", at: node.range)
        }
        reader.addUse(path, as: .compose, named: written, requestedBy: key, at: node.range)
    }

    /// A model that Docker pulls as an artifact of a registry (https://docs.docker.com/reference/compose-file/models/).
    private static func read(model: DocumentNode, _ reader: inout ManifestReader, _ environment: [String: String]) {
        guard let node = model[keys: "model"], let written = node.text else { return }
        let (text, isKnown) = Interpolation.expand(written, environment)
        let (strength, reason) = ManifestReader.strength(of: text, isKnown: isKnown)
        reader.add(
            Pin(
                kind: .modelDownload, subject: text, strength: strength, file: reader.text.name, range: node.range,
                requestedBy: "model", reason: reason))
    }

    /// What a service runs: `entrypoint` and `command`, hooks, its health check, and what follows a changed file.
    private static func readStart(_ service: DocumentNode, _ reader: inout ManifestReader) {
        var place = ManifestReader.Place()
        place.directory = service[keys: "working_dir"]?.text
        place.isCheckout = false
        for member in service[keys: "environment"]?.members ?? [] { place.variables[member.key] = .some(nil) }
        reader.addStart(["entrypoint", "command"].compactMap { service[keys: $0] }, place)
        let hooks = ["post_start", "pre_stop"].flatMap { service[keys: $0]?.array ?? [] }
        let watched = (service[keys: "develop", "watch"]?.array ?? []).compactMap { $0[keys: "exec"] }
        for hook in hooks + watched {
            if let command = hook[keys: "command"] { reader.addStart([command], place) }
        }
        guard let test = service[keys: "healthcheck", "test"] else { return }
        guard let words = test.array else { return reader.addProbe([test], place) }
        // `["CMD", program, ...]` runs a program, `["CMD-SHELL", line]` a shell.
        if words.first?.text == "CMD-SHELL" { return reader.addProbe(Array(words.dropFirst().prefix(1)), place) }
        if words.first?.text == "CMD" {
            reader.addProbe([DocumentNode(.array(Array(words.dropFirst())), range: test.range)], place)
        }
    }

    private static func read(
        _ build: DocumentNode, _ reader: inout ManifestReader, _ environment: [String: String]
    ) {
        func known(_ node: DocumentNode?) -> String? {
            guard let text = node?.text else { return nil }
            let (expanded, isKnown) = Interpolation.expand(text, environment)
            return isKnown ? expanded : nil
        }
        if build.string != nil {
            return reader.addBuild(context: known(build), dockerfile: nil, at: build.place)
        }
        let context = build[keys: "context"] == nil ? "." : known(build[keys: "context"])
        var arguments: [String: String] = [:]
        for member in build[keys: "args"]?.members ?? [] {
            if let value = known(member.value) { arguments[member.key] = value }
        }
        for item in build[keys: "args"]?.array ?? [] {
            guard let text = known(item), let equals = text.firstIndex(of: "=") else { continue }
            arguments[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        var contexts: [String: String] = [:]
        for member in build[keys: "additional_contexts"]?.members ?? [] {
            if let value = known(member.value) { contexts[member.key] = value }
        }
        if let inline = build[keys: "dockerfile_inline"] {
            return reader.addInlineDockerfile(
                inline, context: context ?? ".", arguments: arguments, contexts: contexts, variables: environment,
                isBraced: false)
        }
        let dockerfile = build[keys: "dockerfile"]
        reader.addBuild(
            context: context, dockerfile: known(dockerfile).map { ManifestReader.joined(context ?? ".", $0) },
            isKnown: dockerfile == nil || known(dockerfile) != nil, arguments: arguments, contexts: contexts,
            at: build.place)
    }

    /// The variables of `.env` beside the file (https://docs.docker.com/compose/how-tos/environment-variables/).
    private static func environment(_ source: ManifestSource) -> [String: String] {
        guard case .text(let text) = source.neighbours.file(".env") else { return [:] }
        var values: [String: String] = [:]
        for line in text.string(0..<text.bytes.count).split(whereSeparator: \.isNewline) {
            var line = line.drop { $0 == " " }
            if line.hasPrefix("export ") { line = line.dropFirst("export ".count) }
            guard line.first != "#", let equals = line.firstIndex(of: "=") else { continue }
            var value = line[line.index(after: equals)...]
            while let last = value.last, last == "\r" || last == " " { value = value.dropLast() }
            for quote in ["\"", "'"] where value.hasPrefix(quote) && value.hasSuffix(quote) && value.count > 1 {
                value = value.dropFirst().dropLast()
            }
            values[String(line[..<equals])] = String(value)
        }
        return values
    }
}
