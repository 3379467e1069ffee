/// Expansions of all arguments with a modifier.
extension ShellExpander {
    /// `${@:2}`, `${@:-word}`, `${@+"$@"}`: the arguments that are left, or what stands in their place.
    func add(
        arguments parameter: ShellParameter, isQuoted: Bool, to current: inout Field, _ fields: inout [Field],
        in word: Range<Int>
    ) {
        guard case .array(let elements) = variables.values[parameter.name] else {
            return unknown(&current, parameter.range)
        }
        let isOneEach = isQuoted && parameter.name == "@"
        let isEmpty = elements.isEmpty
        switch parameter.modifier {
        case "+" where isEmpty, ":+" where isEmpty: return
        case "+",
            "-" where isEmpty, ":-" where isEmpty:
            for part in parameter.operand { add(isQuoted ? part.quoted : part, to: &current, &fields, in: word) }
        case "-" where isOneEach, ":-" where isOneEach && elements.contains { !$0.isEmpty }:
            put(elements[...], of: parameter, to: &current, &fields)
        case ":" where isOneEach && parameter.operand.count == 1:
            // `${@:N}` and `${@:N:M}`, from the first argument on.
            let operand = single(parameter.operand, parameter.range)
            let numbers = operand.text.string.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
            guard operand.isKnown, let start = numbers.first ?? nil, start > 0, start < 10_000, numbers.count <= 2
            else { return unknown(&current, parameter.range) }
            var chosen = elements.dropFirst(start - 1)
            if numbers.count == 2 {
                guard let count = numbers[1], count >= 0 else { return unknown(&current, parameter.range) }
                chosen = chosen.prefix(count)
            }
            put(chosen, of: parameter, to: &current, &fields)
        default: unknown(&current, parameter.range)
        }
    }

    private func put(
        _ elements: ArraySlice<String>, of parameter: ShellParameter, to current: inout Field,
        _ fields: inout [Field]
    ) {
        // Nothing at all gives no word, which is not told from an empty one here.
        if elements.isEmpty { return unknown(&current, parameter.range) }
        for (number, element) in elements.enumerated() {
            if number > 0 {
                fields.append(current)
                current = current.next
            }
            put(element, isQuoted: true, of: parameter, to: &current, &fields)
        }
    }
}
