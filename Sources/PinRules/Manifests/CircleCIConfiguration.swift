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
        for document in try YAMLStream.read(reader.text) { read(document, &reader, depth: 0) }
    }

    private static func read(_ root: DocumentNode, _ reader: inout ManifestReader, depth: Int) {
        guard depth < 8 else { return }
        for orb in root[keys: "orbs"]?.members ?? [] {
            if orb.value.table != nil {
                read(orb.value, &reader, depth: depth + 1)
            } else {
                readOrb(orb.value, &reader)
            }
        }
        for executor in root[keys: "executors"]?.members ?? [] { readImages(executor.value, &reader) }
        for command in root[keys: "commands"]?.members ?? [] {
            reader.startJob()
            readSteps(command.value[keys: "steps"], ManifestReader.Place(), &reader, depth: 0)
        }
        for job in root[keys: "jobs"]?.members ?? [] {
            reader.startJob()
            readImages(job.value, &reader)
            if let executor = job.value[keys: "executor"] { readImages(executor, &reader) }
            var place = ManifestReader.Place()
            // The checkout lies in the working directory of the job.
            place.variables = GitHubSteps.variables(job.value[keys: "environment"])
            place.variables["CI"] = "true"
            readSteps(job.value[keys: "steps"], place, &reader, depth: 0)
        }
    }

    private static func readImages(_ node: DocumentNode, _ reader: inout ManifestReader) {
        for item in node[keys: "docker"]?.array ?? [] {
            guard let image = item[keys: "image"], let text = image.string else { continue }
            reader.addImage(text, isKnown: !text.contains("<<"), at: image.range, requestedBy: "image")
        }
    }

    private static func readSteps(
        _ steps: DocumentNode?, _ outer: ManifestReader.Place, _ reader: inout ManifestReader, depth: Int
    ) {
        guard depth < 16 else { return }
        for step in steps?.array ?? [] {
            for key in ["when", "unless"] { readSteps(step[keys: key, "steps"], outer, &reader, depth: depth + 1) }
            guard let run = step[keys: "run"] else { continue }
            var place = outer
            if let directory = run[keys: "working_directory"]?.text {
                let isKnown = !directory.hasPrefix("~") && !directory.contains("<<")
                place.directory = isKnown ? ContainerPath.join("/", directory) : nil
            }
            place.variables.merge(GitHubSteps.variables(run[keys: "environment"])) { $1 }
            if let shell = run[keys: "shell"]?.text { place.interpreter = RunStep.interpreter(named: shell) }
            reader.addCommands(run[keys: "command"] ?? run, place) { Expressions.rewritten($0, from: "<<", to: ">>") }
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
                    ? nil : version.isEmpty ? "it has no version" : "\(version) can be published anew"))
    }
}
