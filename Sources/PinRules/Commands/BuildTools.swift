/// Tools that build a project and fetch what its own files name: Maven, Gradle, sbt, Bazel, .NET and their kin. Those files
/// are not read.
enum BuildTools {
    /// The words with which a tool fetches; empty for any.
    private static let tools: [String: Set<String>] = [
        "mvn": [
            "compile", "test", "package", "verify", "install", "deploy", "dependency:resolve", "dependency:go-offline",
            "dependency:copy-dependencies", "site",
        ],
        "gradle": [], "gradlew": [], "sbt": [], "mill": [], "lein": ["deps", "uberjar", "jar", "compile", "install"],
        "bazel": ["build", "run", "test", "fetch", "sync", "coverage"],
        "bazelisk": ["build", "run", "test", "fetch", "sync", "coverage"],
        "dotnet": ["restore", "build", "publish", "pack", "test", "run"], "nuget": ["restore"],
        "stack": ["build", "install", "setup"],
        "cabal": ["build", "update", "v2-build", "new-build"], "mix": ["deps.get"], "rebar3": ["get-deps", "compile"],
        "cpanm": [], "cpan": [], "pod": ["update"], "helm": ["dependency", "dep"], "vendir": [],
    ]

    private static let aliases = ["mvnw": "mvn", "mvnd": "mvn", "bazel-5": "bazel", "bazel-6": "bazel"]

    /// Options with which nothing is fetched.
    private static let offline: Set<String> = [
        "--offline", "--no-restore", "--version", "-version", "--help", "--nofetch",
    ]

    /// Whether a tool fetches with these words.
    static func fetches(_ name: String, _ operands: [String], _ words: [String]) -> Bool {
        let tool = aliases[name] ?? name
        guard let verbs = tools[tool], !words.contains(where: { offline.contains($0) }) else { return false }
        if tool == "mvn" { return !words.contains("-o") && operands.contains { verbs.contains($0) } }
        guard let first = operands.first else { return false }
        if tool == "helm" { return verbs.contains(first) && operands.dropFirst().first == "update" }
        if ["clean", "tasks", "wrapper", "--stop"].contains(first), operands.count == 1 { return false }
        return verbs.isEmpty || verbs.contains(first)
    }
}
