import DockerfileSyntax
import EnvironmentInventory

/// Images get `:tag@sha256:INDEX-DIGEST`: behind the reference, or, where one ARG holds the whole reference and nothing else
/// uses it, in the default of that ARG.
extension RewritingPlan {
    mutating func pinImage(_ finding: Finding) -> PinFailure? {
        guard let range = finding.range,
            let index = model.images.firstIndex(where: { source.range($0.range) == range })
        else { return PinFailure("its position in the file is not known") }
        let image = model.images[index]
        guard image.isKnown else {
            let names = image.variables.joined(separator: ", ")
            return PinFailure(
                names.isEmpty ? "its text cannot be known" : "the file gives no value of \(names)",
                remedy: "Give the ARG a default, or pass --build-arg")
        }
        guard let reference = image.reference else { return PinFailure("it is not an image reference") }
        if image.isFromBuildContext {
            return PinFailure("--build-context puts another image in its place", remedy: "Name that one by digest")
        }
        if reference.digest != nil {
            return PinFailure(
                "its digest is in a variable that holds a part of it",
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

    /// The ARG whose default is the whole reference, where all that reads it takes the whole of it: FROM, and other ARGs that
    /// hand it on.
    private func wholeArgument(of image: ImageUse) -> ArgumentDefinition? {
        guard image.role == .from, var name = wholeName(image.written) else { return nil }
        var definition = self.definition(of: name)
        // `ARG INTEL=${BASE}`: the default of BASE is what both are.
        for _ in 0..<8 {
            guard let written = definition?.writtenValue, let other = wholeName(written), other != name else { break }
            name = other
            definition = self.definition(of: name)
        }
        guard let definition, let value = definition.writtenValue, !value.utf8.contains(UInt8(ascii: "$")),
            definition.valueRange.map({ !source.bytes[$0].contains(UInt8(ascii: "\n")) }) ?? false
        else { return nil }
        // Every name that hands the reference on, and nothing that holds it with something around it.
        var names: Set<String> = [name]
        var isGrowing = true
        while isGrowing {
            isGrowing = false
            for argument in model.arguments {
                guard let written = argument.writtenValue else { continue }
                if let whole = wholeName(written), names.contains(whole) {
                    isGrowing = names.insert(argument.name).inserted || isGrowing
                } else if names.contains(where: { mentions(written, $0) }) {
                    return nil
                }
            }
        }
        guard names.allSatisfy({ self.definition(of: $0) != nil }) else { return nil }
        let others = model.images.filter { use in
            use.variables.contains { names.contains($0) } || names.contains { mentions(use.written, $0) }
        }
        guard others.allSatisfy({ $0.role == .from && wholeName($0.written) != nil }) else { return nil }
        return definition
    }

    /// The only definition of an ARG before the first FROM, which no build argument replaces.
    private func definition(of name: String) -> ArgumentDefinition? {
        let definitions = model.arguments.filter { $0.name == name }
        guard definitions.count == 1, model.options.buildArguments[name] == nil,
            let definition = definitions.first, definition.stageIndex == nil
        else { return nil }
        return definition
    }

    /// The name of the variable that a text is, `$NAME` or `${NAME}`; nil for every other text.
    private func wholeName(_ written: String) -> String? {
        let plain = written.filter { $0 != "\"" }
        let name = plain.hasPrefix("${") && plain.hasSuffix("}") ? plain.dropFirst(2).dropLast() : plain.dropFirst()
        guard plain.hasPrefix("$"), !name.isEmpty,
            name.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "_") })
        else { return nil }
        return String(name)
    }

    private func mentions(_ text: String, _ name: String) -> Bool {
        text.containsText("$\(name)") || text.containsText("{\(name)")
    }
}
