import EnvironmentInventory
import Pinproof

/// A program of somebody else: it names the library's types, and uses only what is public.
@main
struct Client {
    static func main() async throws {
        let demo = CommandLine.arguments.dropFirst().first ?? "docs/demo"
        let model = "\(demo)/churn-model.tar.gz"
        let base = "registry.example/python:3.11@sha256:\(String(repeating: "0", count: 64))"
        let image = "\(demo)/churn-image.oci.tar"
        let changed = "\(demo)/churn-image-changed.oci.tar"

        let environment: Environment = try await Inspector().inspect(image).environment
        let packages: [Package] = environment.packages
        let verification: Verification = try await Verifier().verify(model, against: image)
        let verdict: Verdict = verification.verdict
        let difference: SubjectDifference = try await Differ().compare(image, changed)
        let findings: [Finding] = try await Checker().check(["\(demo)/careless"]).findings
        var freezing = Freezer.Options()
        freezing.target = TargetSelection()
        freezing.target?.python = PythonRelease("3.11")
        let plan: FreezePlan = try await Freezer(options: freezing).plan(
            "\(demo)/requirements.lock", base: base)
        let rewritten: RewritePlan = try await Rewriter().rewrite("\(demo)/careless/Dockerfile")
        let capture: CapturedEnvironment = try await Capturer().capture(image)
        let wheels: WheelMapping = try await WheelMapper().map("\(demo)/wheels")
        let rules: [Rule] = Rules.all

        let isAsExpected =
            packages.count == 8 && verdict == .match && !difference.isEmpty && findings.count == 5
            && plan.files.last?.path == "Dockerfile" && rewritten.changes.isEmpty
            && capture.text.contains("lock-version")
            && wheels.problems.isEmpty && !rules.isEmpty
        guard isAsExpected, try await mayDeploy(model, on: image, wheels: "\(demo)/wheels") else { throw Unexpected() }
        print("client: the library did what it should")
    }

    /// The library gave something else than the demo's files should give.
    struct Unexpected: Error {}
}
