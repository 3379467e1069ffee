import EnvironmentInventory

/// The difference for a person: a table with one line a package that differs.
package enum TextDifferenceReport: DifferenceReportFormat {
    /// `text`.
    package static let name = "text"

    /// The table, then one line that sums up.
    package static func render(_ report: DifferenceReport, style: TerminalStyle) -> String {
        let difference = report.difference
        var output =
            style.bold("left ") + " " + subject(report.left, report.leftAbout) + style.bold("right") + " "
            + subject(report.right, report.rightAbout) + "\n"
        for fact in difference.facts {
            output += "\(style.yellow("differs")) \(shown(fact.name)): \(shown(fact.left)) → \(shown(fact.right))\n"
        }
        output += table(
            difference.changes.map { change in
                (
                    change.kind, "\(change.ecosystem.rawValue) \(shown(change.label))", shown(change.cell(change.left)),
                    shown(change.cell(change.right))
                )
            }, style)
        if !difference.isEmpty { output += "\n" }
        if let image = report.image {
            let files = image.files.prefix(maximumRows)
            output += table(
                files.map { ($0.kind, "file \(shown($0.title))", shown($0.cell($0.left)), shown($0.cell($0.right))) },
                style)
            if image.files.count > files.count {
                output += "and \(plural(image.files.count - files.count, "file")) more (--format json lists all)\n"
            }
            if !image.files.isEmpty { output += "\n" }
            for setting in image.configuration { output += block(setting, style) }
            if !image.configuration.isEmpty { output += "\n" }
        }
        let libraries = report.libraries ?? []
        output += table(
            libraries.prefix(maximumRows).map {
                (.changed, "library \(shown($0.name))", shown($0.cell($0.left)), shown($0.cell($0.right)))
            }, style)
        if libraries.count > maximumRows {
            output +=
                "and \(plural(libraries.count - maximumRows, "library", "libraries")) more (--format json lists all)\n"
        }
        if !libraries.isEmpty { output += "\n" }
        let contract = report.contractChanges ?? []
        for change in contract.prefix(maximumRows) {
            let mark = change.breaksCallers ? style.red("breaks ") : style.green("passes ")
            output += "\(mark) \(shown(change.title)): \(shown(change.values))\n"
        }
        if contract.count > maximumRows {
            output += "and \(plural(contract.count - maximumRows, "change")) more (--format json lists all)\n"
        }
        if !contract.isEmpty { output += "\n" }
        for (side, gap) in report.gaps.named("left ", "right") {
            output += "\(style.yellow("gap    ")) \(side) \(shown(gap.description))\n"
        }
        if !report.gaps.isEmpty { output += "\n" }
        let opening = report.isDecided ? style.green(report.opening) : style.yellow(report.opening)
        return output + (report.isEmpty ? opening : "") + report.summary + "\n"
    }

    /// The name, and the digest that names the bytes.
    private static func subject(_ name: String, _ about: SubjectDescription?) -> String {
        let identity = about?.identities.first.map { "  \($0.name) \(shown($0.digest))" } ?? ""
        return shown(name) + identity + "\n"
    }

    /// A setting as a block: values may be long, and what differs in them is seen best one below the other.
    private static func block(_ setting: ImageDifference.Setting, _ style: TerminalStyle) -> String {
        var output = "\(painted(setting.kind, style)) \(shown(setting.title))\n"
        if let left = setting.left { output += "  \(style.red("-")) \(shown(left))\n" }
        if let right = setting.right { output += "  \(style.green("+")) \(shown(right))\n" }
        return output
    }

    private static func painted(_ kind: EnvironmentDifference.Kind, _ style: TerminalStyle) -> String {
        let word = padded(kind.rawValue, 7)
        return switch kind {
        case .added: style.green(word)
        case .removed: style.red(word)
        case .changed, .rebuilt, .model: style.yellow(word)
        }
    }

    /// How many files are listed.
    private static let maximumRows = 200

    private static func table(
        _ rows: [(EnvironmentDifference.Kind, String, String, String)], _ style: TerminalStyle
    ) -> String {
        var output = ""
        let names = rows.map(\.1.count).max() ?? 0
        let lefts = rows.map(\.2.count).max() ?? 0
        for (kind, name, left, right) in rows {
            let arrow = left.isEmpty || right.isEmpty ? " " : "→"
            output +=
                trimmed("\(painted(kind, style)) \(padded(name, names))  \(padded(left, lefts)) \(arrow) \(right)")
                + "\n"
        }
        return output
    }
}
