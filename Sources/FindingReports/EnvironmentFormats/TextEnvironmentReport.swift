import EnvironmentInventory
import ParallelWork

/// The environment for a person: what the subject is, then one line a package.
package enum TextEnvironmentReport: EnvironmentReportFormat {
    /// `text`.
    package static let name = "text"

    /// A heading, the facts, a table for each ecosystem.
    package static func render(_ report: EnvironmentReport, style: TerminalStyle) -> String {
        let subject = report.subject
        var output = style.bold(shown(subject.name)) + "  \(subject.kind.rawValue), \(shown(subject.format))\n"
        for (name, value) in facts(report) { output += "  \(padded(name, 9)) \(shown(value))\n" }
        let groups = Dictionary(grouping: report.environment.packages, by: \.ecosystem)
        for (ecosystem, packages) in groups.sorted(by: { $0.key < $1.key }) {
            output += "\n" + style.bold("\(ecosystem.rawValue)  \(plural(packages.count, "package"))") + "\n"
            let names = min(40, packages.map { columns(shown($0.name)) }.max() ?? 0)
            let versions = min(28, packages.map { columns(shownVersion($0)) }.max() ?? 0)
            output += mapInParallel(pieces(of: packages, minimum: 512)) { piece in
                var lines = ""
                for package in piece { addLine(package, widths: (names, versions), style: style, to: &lines) }
                return lines
            }.joined()
        }
        let gaps = report.environment.gaps
        if !gaps.isEmpty {
            output += "\n" + style.bold("gaps  \(plural(gaps.count, "entry", "entries")) not read") + "\n"
            for gap in gaps { output += "  \(style.yellow("gap")) \(shown(gap.description))\n" }
        }
        if let system = report.system { output += TextSystemInventory.render(system, style: style) }
        if !report.remarks.isEmpty { output += "\n" }
        for remark in report.remarks { output += "\(shown(remark))\n" }
        return output
    }

    private static func addLine(
        _ package: Package, widths: (name: Int, version: Int), style: TerminalStyle, to output: inout String
    ) {
        let line =
            "  \(padded(shown(package.name), widths.name))  \(padded(shownVersion(package), widths.version))  "
            + style.faint(detail(package))
        output += trimmed(line) + "\n"
        guard case .altered(let disagreements)? = package.recordCheck else { return }
        for disagreement in disagreements.prefix(5) {
            output += "    \(style.red("altered")) \(shown(disagreement.message))\n"
        }
        if disagreements.count > 5 { output += "    and \(disagreements.count - 5) more\n" }
    }

    private static func facts(_ report: EnvironmentReport) -> [(String, String)] {
        var facts: [(String, String)] = []
        if let identity = report.subject.imageIdentity {
            facts.append(("manifest", identity.manifest?.description ?? "none"))
            facts.append(("config", identity.config?.description ?? "none"))
            for (index, diffID) in identity.diffIDs.enumerated() {
                facts.append((index == 0 ? "layers" : "", diffID.description))
            }
        } else if let identity = report.subject.identity {
            facts.append(("identity", identity))
        }
        if let distribution = report.system?.distribution {
            let plain = ([distribution.id, distribution.version].compactMap { $0 }).joined(separator: " ")
            facts.append(("system", distribution.name ?? plain))
        }
        if let python = report.environment.python {
            facts.append(("python", "\(python.implementation) \(python.version)"))
        }
        if let platform = report.environment.platform {
            facts.append(("platform", platform.description + (platform.cLibrary.map { ", \($0)" } ?? "")))
        }
        return facts
    }

    private static func shownVersion(_ package: Package) -> String {
        shown(package.version ?? package.versionRequirement ?? "any version")
    }

    private static func detail(_ package: Package) -> String {
        var parts: [String] = []
        if let digest = package.contentDigest {
            parts.append("content \(digest.algorithm.rawValue):\(digest.hex.prefix(16))…")
        }
        let hashes = package.contentDigest == nil ? package.hashes.count : 0
        if hashes > 0 { parts.append("\(hashes) \(hashes == 1 ? "hash" : "hashes")") }
        if let location = package.location { parts.append(shown(location)) }
        if let installer = package.installer { parts.append("by \(shown(installer))") }
        if case .uncheckable(let reason)? = package.recordCheck { parts.append(shown(reason)) }
        if let marker = package.marker { parts.append("; \(shown(marker))") }
        return parts.joined(separator: "  ")
    }
}

/// Returns the text padded with trailing spaces to a width.
func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - columns(text)))
}

/// Returns the number of characters; most texts are ASCII, whose characters need not be told apart.
func columns(_ text: String) -> Int { text.utf8.allSatisfy { $0 < 128 } ? text.utf8.count : text.count }

/// Returns the text without trailing spaces.
func trimmed(_ text: String) -> String {
    let end = text.utf8.lastIndex { $0 != UInt8(ascii: " ") }.map { text.utf8.index(after: $0) } ?? text.startIndex
    return String(text[..<end])
}
