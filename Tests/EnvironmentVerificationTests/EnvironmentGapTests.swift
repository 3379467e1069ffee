import EnvironmentInventory
import Testing

@testable import EnvironmentVerification

/// A gap is never a match, and it is named with its place.
struct EnvironmentGapTests {
    private static func package(_ ecosystem: Ecosystem = .pypi, _ name: String = "x", version: String = "1.0")
        -> Package
    {
        var package = Package(ecosystem: ecosystem, name: name, version: version)
        package.recordCheck = .intact
        return package
    }

    private static func verify(
        training: Environment, own: [Gap] = [], serving: Environment, required: Evidence = .named
    ) -> Verification {
        EnvironmentVerifier.verify(
            TrainingSide(name: "m", identity: nil, environment: training, gaps: own),
            against: ServingSide(name: "i", identity: nil, environment: serving), required: required,
            wheels: WheelMap([]))
    }

    private static let gap = Gap(
        "-e .", reason: "a local project has no name", source: FileLocation(file: "requirements.txt", line: 3))

    @Test("a gap of training is not provable at every level, with its file and line", arguments: Evidence.allCases)
    func training(required: Evidence) {
        let result = Self.verify(
            training: Environment(packages: [Self.package()], gaps: [Self.gap]),
            serving: Environment(packages: [Self.package()]), required: required)
        #expect(result.verdict == .notProvable)
        #expect(result.trainingGaps == [Self.gap])
        let finding = result.findings.first { $0.rule == "incomplete-training-environment" }
        #expect(finding?.severity == .error)
        #expect(finding?.file == "requirements.txt")
        #expect(finding?.range?.start.line == 3)
        #expect(finding?.message == "-e .: a local project has no name")
    }

    @Test("a mismatch stays a mismatch")
    func mismatch() {
        let result = Self.verify(
            training: Environment(packages: [Self.package(version: "2.0")], gaps: [Self.gap]),
            serving: Environment(packages: [Self.package()]))
        #expect(result.verdict == .mismatch)
        #expect(result.trainingGaps.count == 1)
    }

    @Test("what the readers of the model could not settle counts beside the environment's gaps, each gap once")
    func ownGaps() {
        let result = Self.verify(
            training: Environment(packages: [Self.package()], gaps: [Self.gap]),
            own: [Self.gap, Gap("", reason: "the model was cut off")],
            serving: Environment(packages: [Self.package()]))
        #expect(result.trainingGaps.map(\.reason) == ["a local project has no name", "the model was cut off"])
        #expect(result.findings.contains { $0.message == "the model was cut off" && $0.file == "m" })
    }

    @Test(
        "a gap of the serving side counts where such packages are compared",
        arguments: [
            (.anything, [Ecosystem.pypi], true), (.packages(.pypi), [.pypi], true), (.packages(.conda), [.pypi], false),
            (.packages(.apt), [.pypi], false), (.packages(.apt), [.pypi, .apt], true),
            (.systemPackages, [.pypi], false),
            (.systemPackages, [.pypi, .rpm], true),
        ] as [(Gap.Scope, [Ecosystem], Bool)])
    func serving(scope: Gap.Scope, compared: [Ecosystem], counts: Bool) {
        let packages = compared.map { Self.package($0) }
        let gap = Gap("y", reason: "it states no version", scope: scope)
        let result = Self.verify(
            training: Environment(packages: packages), serving: Environment(packages: packages, gaps: [gap]))
        #expect(result.verdict == (counts ? .notProvable : .match))
        #expect(result.servingGaps == [gap])
        #expect(result.findings.contains { $0.rule == "incomplete-serving-environment" } == counts)
    }
}
