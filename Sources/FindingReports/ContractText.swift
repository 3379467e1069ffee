import EnvironmentInventory

extension InputContract {
    /// The contract for a person: a line for each input, then the outputs and what checks requests.
    package func text(name: String, style: TerminalStyle) -> String {
        var output = "\(shown(name))  \(plural(inputs.count, "input"))\n"
        let rows = inputs.prefix(Self.maximumRows).map { input in
            (
                shown(String((input.name ?? String(input.position)).prefix(200))), input.typeText,
                input.required == false ? "optional" : "required", input.facts.map { shown($0) }.joined(separator: ", ")
            )
        }
        let names = rows.map(\.0.count).max() ?? 0
        let types = rows.map(\.1.count).max() ?? 0
        for (name, type, required, facts) in rows {
            output += trimmed("  \(padded(name, names))  \(padded(type, types))  \(required)  \(facts)") + "\n"
        }
        if inputs.count > rows.count { output += "  and \(inputs.count - rows.count) more\n" }
        if let binding { output += "found by \(binding.rawValue); extra columns: \(extraColumns.rawValue)\n" }
        for value in outputs.prefix(Self.maximumRows) {
            let classes = value.classes.map { "  classes " + Self.list($0) } ?? ""
            output +=
                "output  \(shown(value.name ?? "(no name)"))  \(value.type.rawValue)\(shapeText(value.shape))\(shown(classes))\n"
        }
        for parameter in parameters.prefix(Self.maximumRows) {
            output += "parameter  \(shown(parameter.name))  \(parameter.type.rawValue)\(shapeText(parameter.shape))\n"
        }
        output += "checked by  \(enforcedBy.map(\.rawValue).joined(separator: ", "))\n"
        if let library {
            output += "library  \(library.name)" + (library.training.map { " \(shown($0))" } ?? "") + "\n"
        }
        return output
    }

    /// How many columns are listed.
    private static let maximumRows = 50

    /// Up to 20 values.
    fileprivate static func list(_ values: [ContractScalar]) -> String {
        let shown = values.prefix(20).map(\.text)
        return shown.joined(separator: ", ") + (values.count > 20 ? " and \(values.count - 20) more" : "")
    }
}

extension ContractInput {
    fileprivate var typeText: String { shown(structure?.description ?? type.rawValue) + shapeText(shape) }

    fileprivate var facts: [String] {
        var facts: [String] = []
        if let categories { facts.append("one of " + InputContract.list(categories.values)) }
        if let range {
            let ends = "\(range.minimum.map(plain) ?? "") to \(range.maximum.map(plain) ?? "")"
            facts.append(range.kind == .training ? "\(ends) in training" : ends)
        }
        if onNull != .unknown { facts.append("null: \(onNull.rawValue)") }
        if let onUnseen, onUnseen != .unknown { facts.append("unseen: \(onUnseen.rawValue)") }
        if let onOutside, onOutside != .unknown { facts.append("outside: \(onOutside.rawValue)") }
        if isRead == false { facts.append("nothing reads it") }
        return facts
    }

    private func plain(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? String(number) }
}

extension ContractScalar {
    /// The value as a person reads it.
    package var text: String {
        switch self {
        case .null: "null"
        case .boolean(let value): String(value)
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .text(let text): String(text.prefix(200))
        }
    }
}

private func shapeText(_ shape: [Int?]?) -> String {
    shape.map { "[" + $0.map { $0.map(String.init) ?? "-" }.joined(separator: ", ") + "]" } ?? ""
}
