/// What stops a build at an instruction that BuildKit's parser has read: wrong arguments and flags.
enum InstructionCheck {
    /// The reasons, none for a good instruction.
    static func problems(of instruction: Instruction) -> [String] {
        guard let keyword = InstructionKeyword(rawValue: instruction.keyword) else {
            return [
                instruction.keyword.isEmpty
                    ? "an instruction without a keyword" : "unknown instruction: \(instruction.keyword.uppercased())"
            ]
        }
        var reasons: [String] = []
        if let reason = argumentProblem(instruction, keyword) { reasons.append(reason) }
        reasons += flagProblems(instruction, keyword)
        if let trigger = instruction.trigger {
            switch trigger.keyword {
            case "onbuild": reasons.append("ONBUILD ONBUILD is not allowed")
            case "maintainer", "from":
                reasons.append("\(trigger.keyword.uppercased()) is not allowed as an ONBUILD trigger")
            default: reasons += problems(of: trigger)
            }
        }
        return reasons
    }

    private static func argumentProblem(_ instruction: Instruction, _ keyword: InstructionKeyword) -> String? {
        let count = instruction.words.count
        let name = instruction.keyword.uppercased()
        switch keyword {
        case .from:
            let words = instruction.words
            if count == 3, words[1].text.lowercased() == "as" {
                let stage = words[2].text.lowercased()
                return isStageName(stage) ? nil : "invalid name for a build stage: '\(words[2].text)'"
            }
            return count == 1 ? nil : "FROM requires either one or three arguments"
        case .maintainer, .user, .workdir, .stopsignal:
            return count == 1 ? nil : "\(name) requires exactly one argument"
        case .env, .label:
            if count == 0 { return "\(name) requires at least one argument" }
            let hasBlank = stride(from: 0, to: count, by: 2).contains { instruction.words[$0].mapped.count == 0 }
            return hasBlank ? "\(name) names can not be blank" : nil
        case .arg:
            if count == 0 { return "ARG requires at least one argument" }
            return instruction.words.contains { $0.mapped.bytes.first == UInt8(ascii: "=") }
                ? "ARG names can not be blank" : nil
        case .add, .copy:
            if count < 2 { return "\(name) requires at least two arguments" }
            let last = instruction.words[count - 1].mapped.bytes
            let isHeredoc = (try? HeredocMarker(word: last)).flatMap { $0 } != nil
            return isHeredoc ? "\(name) cannot accept a heredoc as a destination" : nil
        case .expose, .volume, .healthcheck:
            if count == 0 { return "\(name) requires at least one argument" }
            return keyword == .healthcheck ? healthcheckProblem(instruction) : nil
        case .onbuild:
            return instruction.trigger == nil ? "ONBUILD requires at least one argument" : nil
        case .shell:
            if !instruction.isJSON { return "SHELL requires the arguments to be in JSON form" }
            return count == 0 ? "SHELL requires at least one argument" : nil
        case .run, .cmd, .entrypoint:
            return nil
        }
    }

    private static func healthcheckProblem(_ instruction: Instruction) -> String? {
        let count = instruction.words.count
        switch instruction.words[0].text.uppercased() {
        case "NONE": return count == 1 ? nil : "HEALTHCHECK NONE takes no arguments"
        case "CMD": return count > 1 ? nil : "a command is missing after HEALTHCHECK CMD"
        default: return "unknown type '\(instruction.words[0].text)' in HEALTHCHECK, try CMD"
        }
    }

    /// A lower-case letter, then letters, digits, `-`, `_`, `.`.
    static func isStageName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first.isASCIILowercase else { return false }
        return name.utf8.allSatisfy {
            $0.isASCIILowercase || $0.isASCIIDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                || $0 == UInt8(ascii: ".")
        }
    }

    private enum FlagKind { case text, boolean, list }

    private static func knownFlags(_ keyword: InstructionKeyword) -> [String: FlagKind] {
        switch keyword {
        case .from: ["platform": .text]
        case .add:
            [
                "chown": .text, "chmod": .text, "link": .boolean, "keep-git-dir": .boolean, "checksum": .text,
                "unpack": .boolean, "exclude": .list,
            ]
        case .copy:
            [
                "chown": .text, "from": .text, "chmod": .text, "link": .boolean, "exclude": .list,
                "parents": .boolean,
            ]
        case .run: ["mount": .list, "network": .text, "security": .text, "device": .list]
        case .healthcheck:
            [
                "interval": .text, "timeout": .text, "start-period": .text, "start-interval": .text,
                "retries": .text,
            ]
        default: [:]
        }
    }

    private static func flagProblems(_ instruction: Instruction, _ keyword: InstructionKeyword) -> [String] {
        // BuildKit never looks at the flags of these two.
        if keyword == .arg || keyword == .stopsignal || instruction.flags.isEmpty { return [] }
        let known = knownFlags(keyword)
        var seen: Set<String> = []
        for flag in instruction.flags {
            let name = flag.name
            guard let kind = known[name] else { return ["unknown flag: --\(name)"] }
            if kind != .list, !seen.insert(name).inserted { return ["duplicate flag specified: --\(name)"] }
            let value = flag.value
            switch kind {
            case .text, .list: if value == nil { return ["missing a value on flag: --\(name)"] }
            case .boolean:
                if let value, !["true", "false"].contains(value.lowercased()) {
                    return ["expecting boolean value for flag --\(name), not: \(value)"]
                }
            }
        }
        return []
    }
}
