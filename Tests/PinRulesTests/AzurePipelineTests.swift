import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import PinRules

/// Pipelines of Azure DevOps: every form of a script, an image and a template is read or named.
struct AzurePipelineTests {
    private static let path = "azure-pipelines.yml"

    @Test(
        "tasks",
        arguments: [
            "- task: Bash@3\n  inputs: {targetType: inline, script: pip install «a»}",
            "- task: bash@3\n  inputs: {TargetType: filePath, FilePath: x.sh}",
            "- task: Bash@3\n  inputs: {filePath: x.sh, script: ''}",
            "- task: Bash@3\n  inputs: {filePath: $(Build.SourcesDirectory)/x.sh}",
            "- task: Bash@3\n  inputs: {filePath: $(Pipeline.Workspace)/s/x.sh}",
            "- task: Bash@3\n  inputs: {filePath: ‹gone.sh›}", "- task: Bash@3\n  inputs: {filePath: ‹$(x)/y.sh›}",
            "- task: ShellScript@2\n  inputs: {scriptPath: x.sh, args: b}",
            "- task: AzureCLI@2\n  inputs: {scriptType: bash, scriptLocation: inlineScript, inlineScript: pip install «a»}",
            "- task: AzureCLI@2\n  inputs: {scriptType: bash, scriptPath: x.sh}",
            "- task: AzureCLI@2\n  inputs: {scriptType: pscore, inlineScript: ‹pip install a›}",
            "- task: AzureCLI@2\n  inputs: {scriptType: ps, scriptPath: ‹x.ps1›}",
            "- task: PowerShell@2\n  inputs: {targetType: inline, script: ‹pip install a›}",
            "- task: PowerShell@2\n  inputs: {filePath: ‹x.ps1›}",
            "- task: AzurePowerShell@5\n  inputs: {ScriptType: InlineScript, Inline: ‹pip install a›}",
            "- task: BatchScript@1\n  inputs: {filename: ‹x.cmd›}",
            "- task: CmdLine@2\n  inputs: {script: pip install «a»}",
            "- task: CmdLine@1\n  inputs: {filename: pip, arguments: install «a»}",
            "- task: PythonScript@0\n  inputs: {scriptSource: inline, script: 'import os; os.system(«\"pip install a\"»)'}",
            "- task: PythonScript@0\n  inputs: {scriptPath: y.py}",
            "- task: PythonScript@0\n  inputs: {scriptPath: ‹gone.py›}",
            "- task: Npm@1\n  inputs: {command: custom, customCommand: install -g «a»}",
            "- task: CondaEnvironment@1\n  inputs: {packageSpecs: «a» b=1.2.3}",
            "- task: ‹Maven@3›\n  inputs: {goals: package}", "- task: ‹DotNetCoreCLI@2›\n  inputs: {command: restore}",
            "- task: ‹NuGetCommand@2›", "- task: NuGetCommand@2\n  inputs: {command: pack}",
            "- task: DownloadBuildArtifacts@0", "- task: ‹DownloadBuildArtifacts@0›\n  inputs: {buildType: specific}",
            "- task: ‹DownloadGitHubRelease@0›",
            "- task: ‹SSH@0›\n  inputs: {runOptions: inline, inline: pip install a}",
            "- task: UsePythonVersion@0\n  inputs: {versionSpec: '3.x'}",
            "- task: Docker@1\n  inputs: {command: Run an image, imageName: «a/b»}",
            "- checkout: self", "- checkout: none", "- checkout: ‹tools›", "- download: current", "- download: ‹other›",
            "- bash: pip install «a»\n  target: host", "- pwsh: ‹pip install a›", "- powershell: ‹pip install a›",
        ])
    func tasks(steps: String) throws {
        let isRun = steps.contains("x.sh") && !steps.contains("‹x.sh")
        try ManifestMarks.check(
            Self.path, "steps:\n" + steps + "\n",
            beside: [
                "x.sh": isRun ? "pip install «s»\n" : "pip install s\n",
                "y.py": steps.contains(" y.py") ? "import os\nos.system(«'pip install p'»)\n" : "",
            ])
    }

    @Test(
        "macros are replaced before a shell reads the script",
        arguments: [
            "variables: {cmd: pip install a}\nsteps:\n- bash: «$(cmd)»\n- bash: «$(Cmd)»",
            "variables: {v: 1.17.0}\nsteps:\n- bash: pip install six==$(v) a==${{ variables.v }} b==${{ variables['V'] }}",
            "variables: [{name: a.v, value: 1.17.0}, {name: w, value: $(a.v)}]\nsteps:\n- bash: pip install six==$(A.V) b==$(w) c==$A_V",
            "variables: [{name: v, value: $(x)}]\nsteps:\n- bash: pip install ‹six==$(v)›",
            "variables:\n- ${{ if eq(1, 1) }}:\n  - name: v\n    value: 1\nsteps:\n- bash: pip install ‹six==$(v)›",
            "variables: {v: 1.17.0}\nsteps:\n- bash: 'echo \"##vso[task.setvariable variable=v]2\"; pip install ‹six==$(v)›'",
            "variables: {v: 1.17.0}\njobs:\n- job: a\n  variables: {v: $(x)}\n  steps: [{bash: pip install ‹six==$(v)›}]",
            "steps:\n- bash: pip install ‹six==$(Build.V)› ‹six==$(V)› ‹$(pkgs)›",
            "steps:\n- bash: pip install ‹${{ parameters.x }}›",
            "steps:\n- bash: |\n    ‹$(cmd)›\n    pip install «a»", "steps:\n- bash: ‹$(cmd)›",
            "steps:\n- bash: ‹'${{ parameters.x }}'›".replacing(
                "‹'${{ parameters.x }}'›", with: "'‹${{ parameters.x }}›'"),
            "steps:\n- bash: |\n    my_func() { echo six==1.17.0; }\n    pip install ‹$(my_func)›",
            "steps:\n- bash: |\n    X=$(pip install «a»)\n    cd $(dirname \"$0\") && pip install «b»",
            "steps:\n- bash: pip install six==$V\n  env: {V: 1.17.0}",
            "variables: {V: 1.17.0}\njobs:\n- job: a\n  strategy: {matrix: {x: {V: 1}, y: {V: 2}}}\n  steps: [{bash: pip install ‹six==$(V)› ‹six==$V›}]",
            "jobs:\n- job: a\n  pool: {vmImage: windows-latest}\n  steps: [{script: ‹cmd /c 'conda create x'›}, {bash: pip install «a»}]",
            "variables: {w: 1.17.0}\nsteps:\n- bash: pip install six==$V\n  env: {V: $(w)}",
            "steps:\n- bash: pip install ‹six==$V›\n  env: {V: $(W)}",
        ])
    func macros(text: String) throws { try ManifestMarks.check(Self.path, text + "\n") }

    @Test("names that are variables of the pipeline, and commands of the shell")
    func macroNames() {
        var macros = AzureMacros()
        macros.add("my_var", nil)
        func isReplaced(_ script: String) -> Bool {
            macros.rewritten(MappedText(script, standingFor: 0..<0)).string.contains(Expressions.prefix)
        }
        for name in ["my_var", "MY_VAR", "Build.BuildId", "buildConfiguration", "PKG"] {
            #expect(isReplaced("echo $(\(name))"), "\(name)")
        }
        for name in ["pwd", "my_func", "nproc", "date +%s", "./x.sh", "x.sh", "cat \"$F\"", "ls -A", ""] {
            #expect(!isReplaced("echo $(\(name))"), "\(name)")
        }
        #expect(!isReplaced("function getIt { ls; }\necho $(getIt)"))
        #expect(!isReplaced("getIt () { ls; }\necho $(getIt)"))
    }

    @Test(
        "images",
        arguments: [
            "resources:\n  containers:\n  - container: a\n    image: «python:latest»\njobs:\n- {job: x, container: a}",
            "resources:\n  containers:\n  - ${{ if eq(1, 1) }}:\n    - container: a\n      image: «python»\njobs: []",
            "resources:\n  containers:\n  - {container: a, type: ACR, registry: r, repository: foo/bar, tag: «latest»}\njobs: []",
            "resources:\n  containers:\n  - {container: a, type: ACR, registry: r, repository: «foo/bar»}\njobs: []",
            "resources:\n  containers:\n  - {container: a, type: ACR, registry: r, repository: foo, tag: 1.2.3}\njobs: []",
            "jobs:\n- {job: x, container: «redis:latest»}", "jobs:\n- {job: x, container: {image: ‹a:$(Tag)›}}",
            "jobs:\n- {job: x, container: ‹redis›}", "variables: {i: python}\njobs:\n- {job: x, container: «$(i)»}",
            "jobs:\n- job: x\n  container: ‹$[ variables['i'] ]›",
            "jobs:\n- {job: x, container: ‹'${{ parameters.i }}'›}",
            "resources:\n  containers: [{container: r, image: 'a:1'}]\njobs:\n- job: x\n  services: {a: r, b: «c/d», e: ‹f›}",
        ])
    func images(text: String) throws { try ManifestMarks.check(Self.path, text + "\n") }

    @Test("an image of Azure's registry has its name")
    func registry() throws {
        let text =
            "resources:\n  containers:\n  - {container: a, registry: r, repository: foo, tag: latest}\nsteps: []\n"
        let found = try #require(ManifestMarks.reading(Self.path, text)).reading.judged(require: .exact).findings
        #expect(found.map(\.subject) == ["r.azurecr.io/foo:latest"])
    }

    @Test("steps and jobs in parameters are read")
    func parameters() throws {
        try ManifestMarks.check(
            "templates/a.yml".replacing("templates", with: ".azure-pipelines"),
            """
            parameters:
            - name: s
              type: step
              default: {bash: pip install «a»}
            - name: l
              type: stepList
              default:
              - bash: pip install «b»
            - name: j
              type: jobList
              default:
              - job: x
                container: «python:latest»
                steps: [{script: pip install «c»}]
            steps:
            - ${{ each s in parameters.l }}:
              - ${{ s }}
            - ${{ if eq(1, 1) }}:
              - bash: pip install «d»
            - template: x.yml
              parameters:
                pre: [{bash: pip install «e»}]

            """, beside: [".azure-pipelines/x.yml": "steps: []\n"])
        try ManifestMarks.check(
            Self.path, "parameters:\n  pre: [{bash: pip install «a»}]\n  template: x\nsteps: []\n")
    }

    @Test("templates are followed or named")
    func templates() throws {
        let text = """
            extends: {template: ../tpl/a.yml}
            variables:
            - template: vars.yml
            - template: ‹gone-vars.yml›
            - group: g
            stages:
            - template: /root.yml@self
            - template: ‹x.yml@other›
            - template: ‹${{ parameters.t }}.yml›
            - template: ‹gone.yml›
            - template: ‹/gone.yml›
            - template: ‹../../outside.yml›
            - template: ‹x.yml@self@self›

            """
        let files = ["tpl/a.yml": "", "root.yml": "", "ci/vars.yml": ""]
        try ManifestMarks.check("ci/azure-pipelines.yml", text, beside: files)
        let plain = text.filter { !"‹›".contains($0) }
        let reading = try #require(ManifestMarks.reading("ci/azure-pipelines.yml", plain, beside: files))
        #expect(reading.used.map(\.path).sorted() == ["../tpl/a.yml", "/root.yml", "vars.yml"])
        #expect(reading.used.allSatisfy { $0.role == .azure })
    }

    @Test(
        "builds",
        arguments: [
            ("{command: buildAndPush}", "Dockerfile", "."),
            ("{command: build, Dockerfile: docker/a.img}", "docker/a.img", "docker"),
            ("{command: build, dockerfile: docker/a.img, buildContext: .}", "docker/a.img", "."),
            (
                "{Dockerfile: $(Build.SourcesDirectory)/docker/a.img, buildContext: $(Build.SourcesDirectory)}",
                "docker/a.img", "."
            ),
        ])
    func builds(inputs: String, dockerfile: String, context: String) throws {
        let text = "steps:\n- task: Docker@2\n  inputs: \(inputs)\n"
        let reading = try #require(
            ManifestMarks.reading(Self.path, text, beside: ["Dockerfile": "", "docker/a.img": ""]))
        #expect(reading.reading.pins.isEmpty)
        #expect(reading.builds.map(\.dockerfile) == [dockerfile])
        #expect(reading.builds.map(\.context) == [context])
        #expect(reading.builds.allSatisfy { $0.base == .checkout })
    }

    @Test("arguments of a build that are known are its own")
    func buildArguments() throws {
        let text =
            "variables: {v: 3.9.1}\nsteps:\n- task: Docker@2\n"
            + "  inputs: {command: build, Dockerfile: Dockerfile, arguments: --build-arg A=$(v) --build-arg=B=2 --build-arg C=$(X)}\n"
        let reading = try #require(ManifestMarks.reading(Self.path, text, beside: ["Dockerfile": ""]))
        #expect(reading.builds.map(\.arguments) == [["A": "3.9.1", "B": "2"]])
    }

    @Test(
        "builds that cannot be followed are named",
        arguments: [
            "{command: buildAndPush}", "{command: build, Dockerfile: gone}", "{command: build, Dockerfile: '**/x.img'}",
            "{command: build, Dockerfile: $(f)}", "{command: build, Dockerfile: a.img, buildContext: $(X)}",
        ])
    func unreadBuilds(inputs: String) throws {
        try ManifestMarks.check(
            Self.path, "steps:\n- task: ‹Docker@2›\n  inputs: \(inputs)\n", beside: ["a.img": ""])
        try ManifestMarks.check(Self.path, "steps:\n- task: Docker@2\n  inputs: {command: push}\n")
    }

    @Test("commands run at the root of the checkout, and in their own directories")
    func directories() throws {
        try ManifestMarks.check(
            "ci/azure-pipelines.yml",
            """
            steps:
            - bash: ./ci/a.sh
            - bash: ./b.sh
              workingDirectory: x
            - task: Bash@3
              inputs: {filePath: ci/a.sh, workingDirectory: x}
            - bash: ./c.sh
              workingDirectory: $(System.DefaultWorkingDirectory)/x
            - bash: $(Build.SourcesDirectory)/x/d.sh && $BUILD_SOURCESDIRECTORY/x/e.sh && $(Agent.BuildDirectory)/s/x/f.sh

            """,
            beside: Dictionary(
                uniqueKeysWithValues: ["ci/a", "x/b", "x/c", "x/d", "x/e", "x/f"].map {
                    ($0 + ".sh", "pip install «\($0.dropFirst($0.count - 1))»\n")
                }))
        // With several checkouts each lies in a directory of its own.
        try ManifestMarks.check(
            "azure-pipelines.yml",
            "steps:\n- checkout: self\n- checkout: ‹o›\n- task: Bash@3\n  inputs: {filePath: ‹a.sh›}\n",
            beside: ["a.sh": "pip install a\n"])
    }

    @Test("a failed command ends a script only where the script says so")
    func failures() throws {
        let hash = String(repeating: "a", count: 64)
        func rules(_ first: String) throws -> [String] {
            let text =
                "steps:\n- bash: |\n    \(first)\n    curl -o x https://index.example/x\n"
                + "    echo \(hash)  x | sha256sum -c\n    sh x\n"
            return try #require(ManifestMarks.reading(Self.path, text)).reading.judged(require: .exact).findings.map(
                \.rule)
        }
        #expect(try rules("set -e").isEmpty)
        #expect(try rules("true") == ["unverified-download"])
    }

    @Test("what is nested too deep is named")
    func depth() throws {
        for (open, close) in [("[", "]"), ("{a: ", "}")] {
            let inner =
                String(repeating: open, count: 52) + "{bash: pip install flask}" + String(repeating: close, count: 52)
            let found = try #require(ManifestMarks.reading(Self.path, "steps: \(inner)\n")).reading
            #expect(found.judged(require: .exact).findings.contains { $0.message.contains("nested too deep") })
        }
        let variables = String(repeating: "[", count: 52) + "{name: a, value: b}" + String(repeating: "]", count: 52)
        let found = try #require(ManifestMarks.reading(Self.path, "variables: \(variables)\nsteps: []\n")).reading
        #expect(found.judged(require: .exact).findings.contains { $0.message.contains("nested too deep") })
    }

    @Test(
        "thousands of anything end at once",
        arguments: [
            "@self", "$(", "$(A", "$(A)", "$(a ", "${{", "${{ variables.a }}", "f()", "setvariable variable=A ", "../",
        ])
    func linear(piece: String) throws {
        let long = String(repeating: piece, count: fuzzRounds(5_000))
        let text =
            "steps:\n- template: 'x\(long)'\n- bash: |\n    \(long)\n- {task: Docker@2, inputs: {Dockerfile: '\(long)'}}\n"
        // In the square the test would not end; Tests/Oracle/growth.py counts instructions.
        #expect(ManifestMarks.reading(Self.path, text) != nil)
    }
}
