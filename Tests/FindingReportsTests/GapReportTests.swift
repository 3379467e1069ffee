import EnvironmentInventory
import SourceDocuments
import Testing

@testable import FindingReports

/// A gap is shown by every format of every command, and is never called the same.
struct GapReportTests {
    private static let gap = Gap(
        "-e .", reason: "a local project has no name", source: FileLocation(file: "requirements.txt", line: 3))
    private static let whole = Gap("db\u{1B}[2J", reason: "the database is not read")

    private static func environmentReport(_ gaps: [Gap], packages: [Package] = []) -> EnvironmentReport {
        EnvironmentReport(
            subject: SubjectDescription(kind: .lock, format: "requirements", name: "requirements.txt"),
            environment: Environment(packages: packages, gaps: gaps))
    }

    private static func differenceReport(
        left: [Gap] = [], right: [Gap] = [], image: ImageDifference? = nil, changes: Bool = false
    ) -> DifferenceReport {
        let six = Package(ecosystem: .pypi, name: "six", version: "1")
        return DifferenceReport(
            left: "a", right: "b",
            difference: EnvironmentDifference(
                changes: changes ? [.init(kind: .added, left: nil, right: six)] : [],
                sames: changes ? [] : [.init(package: six, basis: .version)]),
            image: image, gaps: GapPair(left: left, right: right))
    }

    private static func verification(training: [Gap], serving: [Gap] = []) -> Verification {
        Verification(
            required: .intact, identity: .init(compared: "content", model: nil, image: nil), packages: [],
            findings: [], trainingGaps: training, servingGaps: serving,
            floor: training.isEmpty ? .match : .notProvable)
    }

    @Test("every format of inspect names a gap", arguments: EnvironmentReportFormats.all.map { $0.name })
    func inspectNames(format: String) throws {
        let format = try #require(EnvironmentReportFormats.named(format))
        let text = format.render(Self.environmentReport([Self.gap, Self.whole]), style: .plain)
        for piece in ["requirements.txt", "-e .", "a local project has no name", "the database is not read"] {
            #expect(text.contains(piece), "\(piece)")
        }
        #expect(!text.contains("\u{1B}"))
        let without = format.render(Self.environmentReport([]), style: .plain)
        #expect(!without.contains("has no name") && !without.contains("incomplete"))
    }

    @Test("every format of diff names a gap of either side", arguments: DifferenceReportFormats.all.map { $0.name })
    func diffNames(format: String) throws {
        let format = try #require(DifferenceReportFormats.named(format))
        for report in [Self.differenceReport(left: [Self.gap]), Self.differenceReport(right: [Self.gap])] {
            let text = format.render(report, style: .plain)
            for piece in ["requirements.txt", "-e .", "a local project has no name"] {
                #expect(text.contains(piece), "\(piece)")
            }
            #expect(!text.lowercased().contains("no difference"))
        }
        let same = format.render(Self.differenceReport(), style: .plain)
        #expect(!same.contains("has no name") && !same.lowercased().contains("undecided"))
    }

    @Test(
        "every format of verify names the gaps of both sides", arguments: VerificationReportFormats.all.map { $0.name })
    func verifyNames(format: String) throws {
        let format = try #require(VerificationReportFormats.named(format))
        let text = format.render(
            Self.verification(training: [Self.gap], serving: [Self.whole]), style: .plain)
        for piece in ["requirements.txt", "-e .", "a local project has no name", "the database is not read"] {
            #expect(text.contains(piece), "\(piece)")
        }
        #expect(!text.contains("\u{1B}"))
    }

    @Test func inspectJSON() throws {
        let text = JSONEnvironmentReport.render(
            Self.environmentReport([Self.gap, Gap("x", reason: "r")]), style: .plain)
        #expect(
            text.contains(
                """
                    "gaps": [
                      {
                        "subject": "-e .",
                        "reason": "a local project has no name",
                        "file": "requirements.txt",
                        "line": 3
                      },
                      {
                        "subject": "x",
                        "reason": "r",
                        "file": null,
                        "line": null
                      }
                    ]
                """))
        #expect(JSONEnvironmentReport.render(Self.environmentReport([]), style: .plain).contains("\"gaps\": []"))
    }

    @Test("CycloneDX: the composition is incomplete, its assembly is the subject, no reference is used twice")
    func cycloneDX() {
        // A package whose reference is the one that the subject would get.
        let package = Package(ecosystem: .apt, name: "x", version: "1")
        let text = CycloneDXEnvironmentReport.render(
            Self.environmentReport([Self.gap], packages: [package]), style: .plain)
        for piece in [
            "\"aggregate\": \"incomplete\"", "\"pinproof:subject\"", "\"name\": \"pinproof:gap\"",
            "\"value\": \"requirements.txt:3: -e .: a local project has no name\"",
        ] { #expect(text.contains(piece), "\(piece)") }
        #expect(text.components(of: "\"bom-ref\": \"pinproof:subject\"") == 1)
        // Its assembly, and the root of the graph.
        #expect(text.components(of: "pinproof:subject") == 3)
        let whole = CycloneDXEnvironmentReport.render(Self.environmentReport([], packages: [package]), style: .plain)
        #expect(!whole.contains("incomplete") && !whole.contains("pinproof:gap"))
    }

    @Test("a difference with a gap is decided only where all files were compared and both gaps are one")
    func decided() {
        let files = ImageDifference(files: [], bytecode: 0, configuration: [])
        #expect(Self.differenceReport().isDecided)
        #expect(!Self.differenceReport(left: [Self.gap]).isDecided)
        #expect(!Self.differenceReport(right: [Self.gap]).isDecided)
        #expect(!Self.differenceReport(left: [Self.gap], right: [Self.gap]).isDecided)
        #expect(!Self.differenceReport(left: [Self.gap], right: [Self.whole], image: files).isDecided)
        #expect(Self.differenceReport(left: [Self.gap], right: [Self.gap], image: files).isDecided)
    }

    @Test func diffText() {
        #expect(
            TextDifferenceReport.render(Self.differenceReport(right: [Self.gap]), style: .plain) == """
                left  a
                right b

                gap     right requirements.txt:3: -e .: a local project has no name

                undecided: 1 same (by version only); 1 gap

                """)
        let changed = TextDifferenceReport.render(
            Self.differenceReport(left: [Self.gap], changes: true), style: .plain)
        #expect(changed.hasSuffix("\n1 added, 0 same; 1 gap\n"))
    }

    @Test func diffPage() {
        let page = HTMLDifferenceReport.render(
            Self.differenceReport(right: [Self.gap, Gap("<b>", reason: "<i>")]), style: .plain)
        #expect(page.contains("Undecided: 2 entries could not be compared"))
        #expect(page.contains("<li><b>2</b> entries of the subjects could not be read and were not compared"))
        #expect(page.contains("&lt;b&gt;") && page.contains("&lt;i&gt;") && !page.contains("<i>&"))
        #expect(page.contains("name=\"kind\" value=\"gap\" checked"))
    }

    @Test func verifyHeadline() {
        let text = TextVerificationReport.render(Self.verification(training: [Self.gap]), style: .plain)
        #expect(
            text.hasPrefix(
                "not-provable: whether the serving side serves what training had cannot be determined: 1 entry of training could not be read\n"
            ))
        #expect(text.contains("gap  training  requirements.txt:3: -e .: a local project has no name\n"))
        let json = JSONVerificationReport.render(
            Self.verification(training: [], serving: [Self.whole]), style: .plain)
        #expect(json.contains("\"training\": []"))
        #expect(json.contains("\"reason\": \"the database is not read\""))
    }
}

extension String {
    fileprivate func components(of piece: String) -> Int {
        var count = 0
        var rest = self[...]
        while let range = rest.firstRange(of: piece) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
