import EnvironmentInventory

/// One self-contained page: what changed in words and bars, and a table that can be filtered and sorted.
package enum HTMLDifferenceReport: DifferenceReportFormat {
    /// `html`.
    package static let name = "html"

    /// How many files are listed: a browser has to stay quick.
    private static let maximumRows = 5000

    /// The whole page.
    package static func render(_ report: DifferenceReport, style: TerminalStyle) -> String {
        HTMLPage(
            title: "Pinproof diff", headline: headline(report),
            subjects: [
                ("Left", report.left, report.leftAbout?.identities ?? []),
                ("Right", report.right, report.rightAbout?.identities ?? []),
            ],
            overview: facts(report.difference) + summary(report) + bars(report),
            columns: ["What", "Kind", "Name", "Left", "Right", "Evidence"], kinds: kinds(report), rows: rows(report),
            closing: closing(report)
        ).render()
    }

    private static func headline(_ report: DifferenceReport) -> (kind: String, html: String) {
        let same = report.difference.same
        guard !report.isEmpty else {
            return report.isDecided
                ? ("same", "No difference: \(plural(same, "package")) the same")
                : ("not-provable", "Undecided: \(plural(report.gaps.count, "entry", "entries")) could not be compared")
        }
        let changed = report.difference.changes.count
        var parts: [String] = []
        if changed > 0 { parts.append("\(HTMLPage.grouped(changed)) of \(plural(changed + same, "package"))") }
        if let image = report.image {
            if !image.files.isEmpty { parts.append(plural(image.files.count, "file")) }
            if !image.configuration.isEmpty { parts.append(plural(image.configuration.count, "setting")) }
        }
        if let libraries = report.libraries, !libraries.isEmpty {
            parts.append(plural(libraries.count, "library", "libraries"))
        }
        if parts.isEmpty { parts = report.difference.facts.map { HTMLPage.text($0.name) } }
        let last = parts.popLast() ?? ""
        let isOne = parts.isEmpty && (last.hasPrefix("1 ") || last.first?.isNumber != true)
        return (
            "changed",
            (parts.isEmpty ? "" : parts.joined(separator: ", ") + " and ") + last + (isOne ? " differs" : " differ")
        )
    }

    private static func facts(_ difference: EnvironmentDifference) -> String {
        guard !difference.facts.isEmpty else { return "" }
        let cells = difference.facts.map {
            "<div><dt>\(HTMLPage.text($0.name)) differs</dt><dd>\(HTMLPage.text($0.left)) → "
                + "<b>\(HTMLPage.text($0.right))</b></dd></div>"
        }
        return "<dl class=\"facts\">" + cells.joined() + "</dl>\n"
    }

    /// What changed, a line each.
    private static func summary(_ report: DifferenceReport) -> String {
        let difference = report.difference
        var lines: [String] = []
        func line(_ count: Int, _ one: String, _ many: String) {
            if count > 0 { lines.append("<li><b>\(HTMLPage.grouped(count))</b> \(count == 1 ? one : many)</li>") }
        }
        line(difference.count(.model), "model has other files", "models have other files")
        line(difference.count(.changed), "package has another version", "packages have other versions")
        line(
            difference.count(.rebuilt), "package has the same version and other content",
            "packages have the same version and other content")
        line(difference.count(.added), "package is only on the right", "packages are only on the right")
        line(difference.count(.removed), "package is only on the left", "packages are only on the left")
        if let image = report.image {
            line(
                image.files.count, "file differs that no difference of a package explains",
                "files differ that no difference of a package explains")
            line(image.configuration.count, "setting differs", "settings differ")
            line(image.bytecode, "compiled file was recompiled", "compiled files were recompiled")
        }
        line(
            report.libraries?.count ?? 0, "shared library is taken from another place or version",
            "shared libraries are taken from another place or version")
        line(
            difference.count(EnvironmentDifference.Basis.version),
            "package counts as the same by its version alone: its bytes were not compared",
            "packages count as the same by their versions alone: their bytes were not compared")
        line(
            report.gaps.count, "entry of a subject could not be read and was not compared",
            "entries of the subjects could not be read and were not compared")
        for (ecosystem, count) in report.notCompared.sorted(by: { $0.key < $1.key }) {
            let name = ecosystem.rawValue
            line(
                count, "\(name) package was not compared: only one side can list it",
                "\(name) packages were not compared: only one side can list them")
        }
        return lines.isEmpty ? "" : "<ul class=\"summary\">" + lines.joined() + "</ul>\n"
    }

    private static func bars(_ report: DifferenceReport) -> String {
        let difference = report.difference
        let what = HTMLPage.bar(
            "Packages",
            kindsOfChange.map { .init(kind: $0.rawValue, label: label($0), count: difference.count($0)) } + [
                .init(kind: "same", label: "same", count: difference.same)
            ])
        let why = HTMLPage.bar(
            "What “same” is based on",
            EnvironmentDifference.Basis.allCases.reversed().map {
                .init(kind: $0.rawValue, label: label($0), count: difference.count($0))
            })
        return what.isEmpty && why.isEmpty ? "" : "<div class=\"bars\">\(what)\(why)</div>\n"
    }

    private static let kindsOfChange: [EnvironmentDifference.Kind] = [.model, .changed, .rebuilt, .added, .removed]

    private static func label(_ kind: EnvironmentDifference.Kind) -> String {
        switch kind {
        case .model: "other model"
        case .changed: "other version"
        case .rebuilt: "other content"
        case .added: "added"
        case .removed: "removed"
        }
    }

    private static func label(_ basis: EnvironmentDifference.Basis) -> String {
        switch basis {
        case .content: "content digest"
        case .files: "file by file"
        case .artifact: "artifact hash"
        case .version: "version only"
        }
    }

    private static func kinds(_ report: DifferenceReport) -> [HTMLPage.Kind] {
        kindsOfChange.map { kind in
            let files = report.image?.files.count(kind) ?? 0
            let settings = report.image?.configuration.count { $0.kind == kind } ?? 0
            let libraries = kind == .changed ? min(report.libraries?.count ?? 0, maximumRows) : 0
            return .init(name: kind.rawValue, count: report.difference.count(kind) + files + settings + libraries)
        } + [
            .init(name: "gap", count: report.gaps.count),
            .init(name: "same", count: report.difference.same, isShown: report.isEmpty),
        ]
    }

    private static func rows(_ report: DifferenceReport) -> [HTMLPage.Row] {
        func row(
            _ kind: String, of subject: String, name: String, left: String, right: String, evidence: String = "",
            section: String = "Packages", step: VersionStep? = nil
        ) -> HTMLPage.Row {
            let mark = step.map { step in
                " <span class=\"mark\" title=\"\(step.words)\">\(step.arrow)\(step.isMajor ? " major" : "")</span>"
            }
            let tag = "<span class=\"tag\">\(kind)</span>" + (mark ?? "")
            return .init(kind: kind, cells: [tag, subject, name, left, right, evidence], section: section)
        }
        func code(_ text: String) -> String { text.isEmpty ? "" : "<code>\(HTMLPage.text(text))</code>" }
        func bar(_ basis: EnvironmentDifference.Basis) -> String {
            let steps = EnvironmentDifference.Basis.allCases
            return HTMLPage.steps((steps.firstIndex(of: basis) ?? 0) + 1, of: steps.count, label(basis))
        }
        var rows = report.difference.changes.map { change in
            row(
                change.kind.rawValue, of: change.ecosystem.rawValue, name: code(change.label),
                left: side(change, change.left), right: side(change, change.right),
                evidence: change.basis.map(bar) ?? "", step: change.step)
        }
        for same in report.difference.sames {
            let version = code(same.package.version ?? same.package.versionRequirement ?? "any version")
            rows.append(
                row(
                    "same", of: same.package.ecosystem.rawValue, name: code(same.package.label), left: version,
                    right: version, evidence: bar(same.basis)))
        }
        for file in report.image.map({ Array($0.files.prefix(maximumRows)) }) ?? [] {
            rows.append(
                row(
                    file.kind.rawValue, of: "file", name: code(file.path) + small(file.owner.map { "of \($0)" }),
                    left: code(file.cell(file.left)), right: code(file.cell(file.right)), section: "Files"))
        }
        for setting in report.image?.configuration ?? [] {
            rows.append(
                row(
                    setting.kind.rawValue, of: "setting", name: code(setting.title), left: code(setting.left ?? ""),
                    right: code(setting.right ?? ""), section: "Settings"))
        }
        for library in (report.libraries ?? []).prefix(maximumRows) {
            rows.append(
                row(
                    "changed", of: "library", name: code(library.name), left: code(library.cell(library.left)),
                    right: code(library.cell(library.right)), section: "Libraries"))
        }
        for change in (report.contractChanges ?? []).prefix(maximumRows) {
            rows.append(
                row(
                    change.breaksCallers ? "breaking" : "changed", of: change.isOutput ? "output" : "input",
                    name: code(change.title), left: code(change.previous ?? ""), right: code(change.now ?? ""),
                    section: "Inputs and outputs"))
        }
        for (side, gap) in report.gaps.named("left", "right") {
            let entry = code(gap.subject) + small(gap.position.isEmpty ? nil : gap.position)
            let reason = HTMLPage.text(gap.reason)
            rows.append(
                row(
                    "gap", of: "gap", name: entry, left: side == "left" ? reason : "",
                    right: side == "right" ? reason : "", section: "Gaps"))
        }
        return rows
    }

    /// The version, and for a rebuilt package the digest that differs, with the full digest as a tooltip.
    private static func side(_ change: EnvironmentDifference.Change, _ package: Package?) -> String {
        guard let package else { return "" }
        if change.kind == .model { return "<code>\(HTMLPage.text(change.cell(package)))</code>" }
        let digest = change.kind == .rebuilt && !change.isOfInstalledFiles ? change.digest(package) : nil
        let version = package.version ?? package.versionRequirement ?? "any version"
        let below = digest.map {
            "<small title=\"\(HTMLPage.text($0.description))\">\($0.algorithm.rawValue):\($0.hex.prefix(12))…</small>"
        }
        let problem = change.isOfInstalledFiles ? package.installationProblem : nil
        return "<code>\(HTMLPage.text(version))</code>" + (below ?? "") + small(problem)
    }

    private static func small(_ text: String?) -> String {
        text.map { "<small>\(HTMLPage.text($0))</small>" } ?? ""
    }

    private static func closing(_ report: DifferenceReport) -> String {
        let left = (report.image?.files.count ?? 0) - maximumRows
        return left > 0 ? "<p>And \(plural(left, "file")) more: <code>--format json</code> lists all.</p>\n" : ""
    }
}
