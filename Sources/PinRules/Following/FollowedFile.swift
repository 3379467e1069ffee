import DockerfileSyntax
import EnvironmentInventory
import LockFormats
import SourceDocuments

/// A file that commands install from, with all of its users: it is checked once, whoever installs it.
package struct FollowedFile: Sendable {
    /// The text; its name is how findings name the file.
    package let text: SourceText
    /// How the commands read it; nil for a file that was found by itself, which its name and content describe.
    package let form: InstalledFileForm?
    /// The files beside it.
    let context: LockReadingContext
    /// The commands that install it; empty for a file that was found by itself.
    package var uses: [FileUse]
    /// The Dockerfile or script whose text becomes the file, when a here-document holds it.
    let embedding: Embedding?

    /// A here-document that becomes a file of the image.
    struct Embedding: Sendable {
        let host: SourceText
        let content: MappedText
    }

    /// Creates a file that was found by itself: `check requirements.txt`.
    ///
    /// - Parameter form: how it is read, where its content says it; nil for what name and content say together.
    package init(_ text: SourceText, form: InstalledFileForm? = nil, context: LockReadingContext) {
        self.init(text, form: form, context: context, uses: [], embedding: nil)
    }

    init(
        _ text: SourceText, form: InstalledFileForm?, context: LockReadingContext, uses: [FileUse],
        embedding: Embedding? = nil
    ) {
        self.text = text
        self.form = form
        self.context = context
        self.uses = uses
        self.embedding = embedding
    }

    /// The file as one of several builds of a Dockerfile installs it: what other builds install is not beside it.
    package func ofBuild(_ number: Int) -> FollowedFile {
        var file = self
        for index in file.uses.indices {
            file.uses[index].environments = Set(
                file.uses[index].environments.map {
                    InstallEnvironments(owner: "\($0.owner) \(number)", stages: $0.stages)
                })
        }
        return file
    }

    /// Returns every file once, with the uses of all its entries; the order is that of the first entries.
    ///
    /// A file that was found by itself and is also installed from is read as its users read it.
    package static func grouped(_ files: [FollowedFile]) -> [FollowedFile] {
        var result: [FollowedFile] = []
        var indices: [String: Int] = [:]
        // The uses of each file by their places: nearly every command has one of its own.
        var known: [[FileLocation: [Int]]] = []
        for file in files {
            let key = file.embedding.map { "\(file.text.name)\u{0}\($0.content.offset(of: 0))" } ?? file.text.name
            guard let index = indices[key] else {
                indices[key] = result.count
                result.append(file)
                known.append(
                    Dictionary(grouping: file.uses.indices) { file.uses[$0].location })
                continue
            }
            if result[index].form == nil, file.form != nil {
                let uses = result[index].uses
                result[index] = file
                result[index].uses = uses
            }
            for use in file.uses {
                let same = known[index][use.location]?.first { result[index].uses[$0].isSameCommand(as: use) }
                if let same {
                    result[index].uses[same].environments.formUnion(use.environments)
                } else {
                    known[index][use.location, default: []].append(result[index].uses.count)
                    result[index].uses.append(use)
                }
            }
        }
        return result
    }

    /// Checks the file for all of its users.
    package func check(require: PinStrength) -> FileFindings {
        guard let embedding else {
            return LockCheck.check(text, form: form, context: context, require: require, uses: uses)
        }
        return relocated(embedding, require)
    }

    /// The findings of a here-document; their positions are those of the file that holds it.
    private func relocated(_ embedding: Embedding, _ require: PinStrength) -> FileFindings {
        let name = form == .condaEnvironment ? "environment.yml" : "requirements.txt"
        let inner = SourceText(name: name, bytes: text.bytes)
        let result = LockCheck.check(inner, form: form, context: .empty, require: require, uses: [])
        var findings = FileFindings()
        findings.findings = result.findings.filter { $0.file == name }.map { finding in
            let range = finding.range.map { embedding.host.range(embedding.content.fileRange(inner.offsets(of: $0))) }
            return Finding(
                rule: finding.rule, severity: finding.severity, file: embedding.host.name, range: range,
                message: finding.message, help: finding.help, ecosystem: finding.ecosystem,
                subject: finding.subject, strength: finding.strength)
        }
        return findings
    }
}
