import DockerfileSyntax
import EnvironmentInventory

/// Images get `:tag@sha256:INDEX-DIGEST`: behind the reference, or, where one ARG holds the whole reference and nothing else
/// uses it, in the default of that ARG.
extension RewritingPlan {
    mutating func pinImage(_ finding: Finding) -> PinFailure? {
        guard let range = finding.range,
            let index = model.images.firstIndex(where: { source.range($0.range) == range })
        else { return PinFailure("its place in the file cannot be told") }
        let image = model.images[index]
        guard image.isKnown else {
            let names = image.variables.joined(separator: ", ")
            return PinFailure(
                names.isEmpty ? "its text cannot be known" : "the file gives no value of \(names)",
                remedy: "Give the ARG a default, or pass --build-arg")
        }
        guard let reference = image.reference else { return PinFailure("it is no image reference") }
        if image.isFromBuildContext {
            return PinFailure("--build-context puts another image in its place", remedy: "Name that one by digest")
        }
        if reference.digest != nil {
            return PinFailure(
                "its digest stands in a variable that holds a part of it",
                remedy: "Put the whole reference, name, tag and digest, into one ARG")
        }
        let digest: Digest
        switch facts.image(reference) {
        case .success(let found): digest = found
        case .failure(let failure): return failure
        }
        let suffix = (reference.tag == nil ? ":latest" : "") + "@\(digest)"
        let edit = TextEdit(range: place(of: image), replacement: suffix)
        add(edit)
        let change = DockerfileRewriting.Change(line: image.line, subject: image.text, pinned: image.text + suffix)
        noteChange(change.line, change.subject, change.pinned)
        expected.append((index, digest, edit, change))
        let tag = reference.tag ?? "latest"
        record.images[ImageReference(repository: reference.repository, tag: tag, digest: nil).description] = digest
        return nil
    }

    /// Where the digest goes.
    private func place(of image: ImageUse) -> Range<Int> {
        if let argument = wholeArgument(of: image), let value = argument.valueRange {
            let end = withoutQuote(value)
            return end..<end
        }
        var end = withoutQuote(image.range)
        // ${BASE:-python:3.11} as a whole: the default is the reference.
        let written = Array(source.bytes[image.range.lowerBound..<end])
        if written.starts(with: "${".utf8) || written.starts(with: "\"${".utf8), written.last == UInt8(ascii: "}"),
            let colon = written.firstIndex(of: UInt8(ascii: ":")), colon + 1 < written.count,
            written[colon + 1] == UInt8(ascii: "-"), written.count(where: { $0 == UInt8(ascii: "}") }) == 1,
            usesDefault(image)
        {
            end -= 1
        }
        return end..<end
    }

    /// Whether the text of `${NAME:-default}` is the default: the file gives the variable no value.
    private func usesDefault(_ image: ImageUse) -> Bool {
        image.variables.allSatisfy { name in
            model.options.buildArguments[name] == nil
                && !model.arguments.contains { $0.name == name && $0.stageIndex == nil && $0.valueRange != nil }
        }
    }

    /// The end of a stretch, before a closing quote.
    private func withoutQuote(_ range: Range<Int>) -> Int {
        guard let first = source.bytes[range].first, let last = source.bytes[range].last, range.count > 1 else {
            return range.upperBound
        }
        let isQuoted = first == last && (first == UInt8(ascii: "\"") || first == UInt8(ascii: "'"))
        return isQuoted ? range.upperBound - 1 : range.upperBound
    }

    /// The ARG whose default is the whole reference, where nothing else reads that ARG.
    private func wholeArgument(of image: ImageUse) -> ArgumentDefinition? {
        guard image.role == .from, image.variables.count == 1, let name = image.variables.first,
            model.options.buildArguments[name] == nil, isWhole(image.written, name)
        else { return nil }
        let definitions = model.arguments.filter { $0.name == name }
        guard definitions.count == 1, let definition = definitions.first, definition.stageIndex == nil,
            let value = definition.writtenValue, !value.utf8.contains(UInt8(ascii: "$")),
            definition.valueRange.map({ !source.bytes[$0].contains(UInt8(ascii: "\n")) }) ?? false
        else { return nil }
        let others = model.images.filter { $0.variables.contains(name) }
        guard others.allSatisfy({ $0.role == .from && isWhole($0.written, name) }) else { return nil }
        // Another ARG that is made of it would get the digest too.
        let isUsedByOther = model.arguments.contains { $0.writtenValue.map { mentions($0, name) } ?? false }
        return isUsedByOther ? nil : definition
    }

    private func isWhole(_ written: String, _ name: String) -> Bool {
        let plain = written.filter { $0 != "\"" }
        return plain == "$\(name)" || plain == "${\(name)}"
    }

    private func mentions(_ text: String, _ name: String) -> Bool {
        text.containsText("$\(name)") || text.containsText("{\(name)")
    }
}
