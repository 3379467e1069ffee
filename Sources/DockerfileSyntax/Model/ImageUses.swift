import EnvironmentInventory

/// Places that name images.
extension ModelBuilder {
    mutating func addSyntaxImage() {
        let directive = dockerfile.directives.first { $0.name == "syntax" }
        guard let range = directive?.valueRange ?? syntaxBehindInterpreter else { return }
        // Everything after the first space is the frontend's own command line.
        let bytes = dockerfile.text.bytes
        let length = bytes[range].prefix { $0 != UInt8(ascii: " ") }.count
        guard length > 0 else { return }
        let word = DockerfileWord(MappedText(bytes, range.lowerBound..<(range.lowerBound + length)))
        var expansion = Expansion()
        expansion.mapped = word.mapped
        addImage(.syntax, expansion, word, at: nil, in: nil)
    }

    /// The value of a syntax directive that stands behind a line with `#!`: the parser takes that line for a comment, which
    /// ends the directives, but what chooses the frontend leaves it out
    /// (https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/directives.go, `DetectSyntax`).
    private var syntaxBehindInterpreter: Range<Int>? {
        let text = dockerfile.text
        let start = text.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard text.bytes[start...].starts(with: "#!".utf8) else { return nil }
        var line = 2
        while let offsets = text.offsets(ofLine: line),
            let directive = DirectiveLine(text.bytes, Rune.trimmedStart(text.bytes, offsets)..<offsets.upperBound),
            ["syntax", "escape", "check"].contains(directive.name)
        {
            if directive.name == "syntax" { return directive.value }
            line += 1
        }
        return nil
    }

    mutating func addImage(
        _ role: ImageUse.Role, _ expansion: Expansion, _ word: DockerfileWord, at index: Int?, in stage: Int?,
        isGiven: Bool = false
    ) {
        let text = expansion.text
        let reference = expansion.isKnown ? ImageReference(text) : nil
        if expansion.isKnown, reference == nil { report("'\(text)' is not an image reference", word.range) }
        let digest = Self.digestRange(expansion.mapped.bytes)
        var strength = reference?.strength ?? .unknown
        if reference == nil, let digest, !expansion.uses.contains(where: { !$0.isKnown && $0.range.overlaps(digest) }),
            Digest(expansion.mapped.string(digest).dropFirst()) != nil
        {
            // The digest decides the content, whatever the unknown part is.
            strength = .hashed
        }
        let whole = 0..<expansion.mapped.count
        let isOverridable = digest.map { digest in
            expansion.uses.contains { $0.range.overlaps(digest) && $0.range != whole }
        }
        var names: [String] = []
        for use in expansion.uses where !names.contains(use.name) { names.append(use.name) }
        images.append(
            ImageUse(
                role: role, text: text, written: dockerfile.text.string(word.range), range: word.range,
                line: dockerfile.text.place(at: word.range.lowerBound).line, reference: reference,
                isKnown: expansion.isKnown, strength: strength,
                hasOverridableDigest: strength == .hashed && isOverridable == true, variables: names,
                isFromBuildContext: isGiven, stageIndex: stage, instructionIndex: index))
    }

    /// `@sha256:..` at the end of a reference.
    private static func digestRange(_ bytes: [UInt8]) -> Range<Int>? {
        bytes.lastIndex(of: UInt8(ascii: "@")).map { $0..<bytes.count }
    }
}
