import DockerfileSyntax
import SourceDocuments

/// Configurations of CircleCI (https://circleci.com/docs/reference/configuration-reference/): images of executors and jobs,
/// commands of steps, and the versions of orbs. Left out: the images of machines, which are not container images.
enum CircleCIConfiguration: Manifest {
    static let kind = "circleci"

    static func matches(path: String) -> Bool {
        ManifestPath.isYAML(ManifestPath.name(of: path))
            && ManifestPath.directories(of: path).last == ".circleci"
    }

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        for document in try YAMLStream.read(reader.text) {
            read(document, &reader, parameters(of: document), depth: 0)
        }
    }

    /// The defaults of the pipeline's parameters, by the variables that stand for them
    /// (https://circleci.com/docs/guides/orchestrate/pipeline-variables/#pipeline-parameters-in-configuration).
    private static func parameters(of root: DocumentNode) -> [String: String] {
        var values: [String: String?] = [:]
        for parameter in root[keys: "parameters"]?.members ?? [] {
            let variable = Expressions.variable(for: "pipeline.parameters." + parameter.key)
            // One without a text is there for a trigger to set, and `a-b` and `ab` have one variable.
            let value = parameter.value[keys: "default"]?.text.flatMap { $0.isEmpty ? nil : $0 }
            values[variable] = .some(values[variable] == nil ? value : nil)
        }
        return values.compactMapValues { $0 }
    }

    /// A place whose expressions have the values of parameters.
    private static func place(_ parameters: [String: String]) -> ManifestReader.Place {
        var place = ManifestReader.Place()
        for (variable, value) in parameters { place.variables[variable] = value }
        return place
    }

    /// A text with the values of parameters, and whether all of it is known.
    private static func expanded(_ text: String, _ parameters: [String: String]) -> (text: String, isKnown: Bool) {
        guard text.contains("<<") else { return (text, true) }
        let (result, isKnown) = Interpolation.expand(
            rewritten(MappedText(text, standingFor: 0..<0)).string, parameters)
        return isKnown ? (result, true) : (text, false)
    }

    private static func read(
        _ root: DocumentNode, _ reader: inout ManifestReader, _ parameters: [String: String], depth: Int
    ) {
        guard depth < 8 else {
            return reader.addUnread("orbs", requestedBy: "", "they are nested too deeply", at: root.range)
        }
        for orb in root[keys: "orbs"]?.members ?? [] {
            if orb.value.table != nil {
                read(orb.value, &reader, parameters, depth: depth + 1)
            } else {
                readOrb(orb.value, &reader)
            }
        }
        for executor in root[keys: "executors"]?.members ?? [] { readImages(executor.value, &reader, parameters) }
        let outer = place(parameters)
        for command in root[keys: "commands"]?.members ?? [] {
            reader.startJob()
            readParameters(command.value, outer, &reader)
            readSteps(command.value[keys: "steps"], outer, &reader, depth: 0)
        }
        for job in root[keys: "jobs"]?.members ?? [] {
            reader.startJob()
            readImages(job.value, &reader, parameters)
            if let executor = job.value[keys: "executor"] { readImages(executor, &reader, parameters) }
            var place = outer
            // The checkout lies in the working directory of the job.
            place.variables.merge(GitHubSteps.variables(job.value[keys: "environment"]))
            place.variables["CI"] = "true"
            if let directory = job.value[keys: "working_directory"]?.text, directory.contains("<<") {
                place.directory = nil
            }
            readParameters(job.value, place, &reader)
            readSteps(job.value[keys: "steps"], place, &reader, depth: 0)
        }
        readWorkflows(root[keys: "workflows"], &reader, outer)
    }

    /// The steps that a job or a command takes where its caller gives none.
    private static func readParameters(
        _ node: DocumentNode, _ place: ManifestReader.Place, _ reader: inout ManifestReader
    ) {
        for parameter in node[keys: "parameters"]?.members ?? [] where parameter.value[keys: "type"]?.text == "steps" {
            readSteps(parameter.value[keys: "default"], place, &reader, depth: 0)
        }
    }

    /// The steps that workflows give to the jobs that they call: `pre-steps`, `post-steps`, and parameters that hold steps.
    private static func readWorkflows(
        _ workflows: DocumentNode?, _ reader: inout ManifestReader, _ place: ManifestReader.Place
    ) {
        for workflow in workflows?.members ?? [] {
            for job in workflow.value[keys: "jobs"]?.array ?? [] {
                for call in job.members {
                    reader.startJob()
                    for argument in call.value.members where !["requires", "context"].contains(argument.key) {
                        readSteps(argument.value, place, &reader, depth: 0)
                    }
                }
            }
        }
    }

    /// A working directory; `~/project` is where the checkout lies
    /// (https://circleci.com/docs/reference/configuration-reference/#jobs).
    private static func directory(_ written: String) -> String? {
        var path = written[...]
        for home in ["~/project", "/home/circleci/project", "/root/project"]
        where path == home || path.hasPrefix(home + "/") {
            path = path.dropFirst(home.count).drop { $0 == "/" }
            return ContainerPath.join("/", String(path))
        }
        return path.hasPrefix("~") || path.contains("<<") ? nil : ContainerPath.join("/", written)
    }

    private static func readImages(
        _ node: DocumentNode, _ reader: inout ManifestReader, _ parameters: [String: String]
    ) {
        for item in node[keys: "docker"]?.array ?? [] {
            guard let image = item[keys: "image"], let text = image.string else { continue }
            let (name, isKnown) = expanded(text, parameters)
            reader.addImage(name, isKnown: isKnown, at: image.range, requestedBy: "image")
        }
    }

    private static func readSteps(
        _ steps: DocumentNode?, _ outer: ManifestReader.Place, _ reader: inout ManifestReader, depth: Int
    ) {
        guard let steps else { return }
        guard depth < 16 else {
            return reader.addUnread("steps", requestedBy: "", "they are nested too deeply", at: steps.range)
        }
        for step in steps.array ?? [] {
            for key in ["when", "unless"] { readSteps(step[keys: key, "steps"], outer, &reader, depth: depth + 1) }
            guard let run = step[keys: "run"] else {
                // What a step gives to a command may be steps.
                for call in step.members where !["when", "unless"].contains(call.key) {
                    for argument in call.value.members where argument.value.array != nil {
                        readSteps(argument.value, outer, &reader, depth: depth + 1)
                    }
                }
                continue
            }
            var place = outer
            if let directory = run[keys: "working_directory"]?.text {
                place.directory = Self.directory(directory)
            }
            place.variables.merge(GitHubSteps.variables(run[keys: "environment"]))
            if let shell = run[keys: "shell"]?.text { place.interpreter = RunStep.interpreter(named: shell) }
            reader.addCommands(run[keys: "command"] ?? run, place, rewriting: rewritten)
        }
    }

    /// The script with a variable in the place of each `<< parameters.name >>`. A `<<` of the shell is none, with or without
    /// the backslash that the configuration asks for in front of it
    /// (https://circleci.com/docs/reference/configuration-reference/#using-bash-here-documents).
    private static func rewritten(_ script: MappedText) -> MappedText {
        Expressions.rewritten(script, from: "<<", to: ">>", escape: UInt8(ascii: "\\")) { expression in
            expression.contains(UInt8(ascii: "."))
                && expression.allSatisfy { $0.isASCIIAlphanumeric || $0.isASCIIBlank || ".-_".utf8.contains($0) }
        }
    }

    /// `circleci/python@2.1.1`; `volatile` is whatever was published last
    /// (https://circleci.com/docs/guides/orbs/use/orb-intro/).
    private static func readOrb(_ node: DocumentNode, _ reader: inout ManifestReader) {
        guard let text = node.string else { return }
        let version = text.firstIndex(of: "@").map { text[text.index(after: $0)...] } ?? ""
        let isNumbered = !version.isEmpty && version.utf8.allSatisfy { $0.isASCIIDigit || $0 == UInt8(ascii: ".") }
        let isUnknown = text.contains("<<")
        reader.add(
            Pin(
                kind: .action, subject: text, strength: isUnknown ? .unknown : isNumbered ? .exact : .floating,
                file: reader.text.name, range: node.range, requestedBy: "orb",
                reason: isNumbered || isUnknown
                    ? nil : version.isEmpty ? "it has no version" : "\(version) can be published again"))
    }
}
