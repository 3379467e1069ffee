import EnvironmentInventory

/// Places that name images.
extension ModelBuilder {
    mutating func addSyntaxImage() {
        guard let directive = dockerfile.directives.first(where: { $0.name == "syntax" }) else { return }
        // Everything after the first space is the frontend's own command line.
        let bytes = dockerfile.text.bytes
        let length = bytes[directive.valueRange].prefix { $0 != UInt8(ascii: " ") }.count
        guard length > 0 else { return }
        let word = DockerfileWord(
            MappedText(bytes, directive.valueRange.lowerBound..<(directive.valueRange.lowerBound + length)))
        var expansion = Expansion()
        expansion.mapped = word.mapped
        addImage(.syntax, expansion, word, at: nil, in: nil)
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
