import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import PinRules

/// Pipelines of Jenkins: every form of a command, an image and a build is read or named.
struct JenkinsPipelineTests {
    @Test(
        "forms of commands",
        arguments: [
            "sh([script: 'pip install «a»', returnStdout: true])",
            "sh script: 'pip install «a»', label: 'x'",
            "sh label: 'x', script: 'pip install «a»'",
            "sh(label: 'x',\n  script: 'pip install «a»')",
            "sh (\n 'pip install «a»' )",
            "sh(('pip install «a»'))",
            "sh $/pip install «a»/$",
            "sh $/echo $$HOME $/ ; pip install «a»/$",
            "sh /pip install «a»/",
            "sh(/pip install «a»/)",
            "x = y / 2; sh 'pip install «a»'; z = 1 / 3",
            "script.sh 'pip install «a»'",
            "steps.sh(\"pip install «a»\")",
            "this.sh 'pip install «a»'",
            "echo \"${sh(script: 'pip install «a»', returnStdout: true)}\"",
            "echo \"a ${x.each { sh \"pip install «a»\" }} b\"",
            "echo \"${\"${sh 'pip install «a»'}\"}\"",
            "def v = sh(script: '''\n  pip install «a»\n''', returnStdout: true).trim()",
            "sh 'pip install «a»'.trim()",
            "sh \"\"\"\n pip install «a»\n\"\"\".stripIndent()",
            "sh x ? 'pip install «a»' : 'pip install «b»'",
            "sh x ?: 'pip install «a»'".replacing("sh x", with: "‹sh x›"),
            "sh 'pip install ' + '«a»'",
            "sh 'pip install «a» ' +\n  'six==1.17.0'",
            "sh 'pip install ' + ‹name›",
            "sh \"pip install ‹${name}›\"",
            "sh \"pip install ‹torch==$v.w›\"",
            "‹sh cmd›\nsh script: 'pip install «a»'",
            "‹sh \"${cmd}\"›",
            "‹sh(script: cmd›, returnStdout: true)",
            "‹sh readFile('x')›",
            "sh ''",
            "sh 'echo hi'",
            "bat '‹pip install a›'",
            "powershell(script: '‹pip install a›')",
            "pwsh \"\"\"‹pip install a›\"\"\"",
            "pysh 'pip install «a»'",
            "sshCommand remote: r, command: 'pip install «a»'",
            "parallel a: { sh 'pip install «a»' }, b: { sh 'pip install «b»' }",
            "'pip install «a»'.execute()",
            "‹evaluate(x)›", "['pip', 'install', 'a'].‹execute›()", "run(‹'pip install a'›)",
            "\"sh\"(‹'pip install a'›)",
            "this.&sh; c(‹'sudo apt-get install -y a'›)", "sh.call(‹\"pip install ${a}\"›)",
            "echo 'pip install a'; def x = 'pip install a'; error('cannot install')",
            "sh '\\u0070ip install a'".replacing("'\\u0070ip install a'", with: "'\\u0070ip install «a»'"),
            "def sh(cmd) { }\n[sh: 1]; x.sh; sh = 1",
            "// sh 'pip install a'\n/* sh 'pip install b' */",
        ])
    func commands(text: String) throws { try ManifestMarks.check("Jenkinsfile", text + "\n") }

    @Test(
        "values that the file gives once are known, others are not",
        arguments: [
            "def cmd = 'pip install a'\nnode { sh cmd }".replacing("sh cmd", with: "sh «cmd»"),
            "def v = '1.17.0'\nnode { sh \"pip install six==${v}\" }",
            "v = '1.17.0'\nnode { sh \"pip install six==$v\" }",
            "def v = '1.17.0'\nv = x\nnode { sh \"pip install ‹six==${v}›\" }",
            "def v = '1.17.0'\ndef f(v) { sh \"pip install ‹six==${v}›\" }",
            "def v = '1.17.0'\nx.each { v -> sh \"pip install ‹six==${v}›\" }",
            "def v = '1.17.0'\nfor (v in x) { sh \"pip install ‹six==${v}›\" }",
            "def v = '1'\nv += '2'\nnode { sh \"pip install ‹six==${v}›\" }",
            "node { v = '1.17.0'; sh \"pip install ‹six==${v}›\" }",
            "def v\nnode { sh \"pip install ‹six==${v}›\" }",
            "pipeline { environment { V = '1.17.0' }\n stages { steps { sh \"pip install six==${env.V} a==$V b==\\$V\" } } }",
            "pipeline { environment { V = '1.17.0' }\n stages { steps { sh 'pip install six==$V' } } }",
            "pipeline { stages { stage('a') { environment { V = '1' }\n steps { sh 'pip install six==$V' } }\n"
                + "stage('b') { steps { sh 'pip install ‹six==$V›' } } } }",
            "pipeline { environment { V = credentials('x') }\n steps { sh 'pip install ‹six==$V›' } }",
            "withEnv(['V=1.17.0']) { sh 'pip install six==$V' }\nsh 'pip install ‹six==$V›'",
            "withEnv([\"V=${x}\"]) { sh 'pip install ‹six==$V›' }",
            "def v = '1'\nsh \"pip install ‹six==${params.v}›\"",
        ])
    func values(text: String) throws { try ManifestMarks.check("Jenkinsfile", text + "\n") }

    @Test(
        "images",
        arguments: [
            "agent { docker { image «'python:latest'» } }", "agent { docker «'python'» }",
            "agent { docker(image: «'python'») }", "def IMG = 'python:latest'\nagent { docker { image «IMG» } }",
            "node { image ‹env.IMG› }", "docker.image(‹env.I›).inside { }", "docker.image(«'a/b'»).pull()",
            "docker.image(‹'python:' + v›).inside { }", "docker.image(‹\"reg/${v}\"›).pull()",
            "withDockerContainer(«'redis'») { }", "withDockerContainer(image: «'redis'») { }",
            "containerTemplate(name: 'x', image: «'python'», command: 'sleep')",
            "image x ? «'a/b:latest'» : 'c:1.0'",
            "def image = docker.image('a:1.2')\nimage.inside { }\nimage.push()\nx.image",
            "docker.build('my/app')\ndocker.image('my/app').push()".replacing(
                "docker.build", with: "docker.‹build›"),
            "agent { kubernetes { yaml '''\nkind: Pod\nspec:\n  containers:\n  - image: «python:latest»\n  - image: a:1.2\n''' } }",
            "podTemplate(yaml: \"\"\"\nspec:\n  containers:\n  - image: ‹a:${v}›\n\"\"\") { }",
            "yaml '''\nspec:\n- image: a:1.2\n  args: ‹[pip install x]›\n'''",
            "yaml ‹libraryResource('pod.yaml')›", "yaml ‹'''a: ['''›", "yamlFile ‹'pod.yaml'›",
        ])
    func images(text: String) throws { try ManifestMarks.check("Jenkinsfile", text + "\n") }

    @Test("the subject of an image that code puts together holds names, not quotes")
    func subjects() throws {
        let text = "node { docker.image('python:' + v).inside { }\n image env.IMG }\n"
        let found = try #require(ManifestMarks.reading("Jenkinsfile", text)).reading.judged(require: .exact).findings
        #expect(found.map(\.subject) == ["python:${v}", "${env.IMG}"])
        #expect(found.allSatisfy { $0.message.contains("the file does not give all of its parts") })
    }

    @Test(
        "what is not read is named",
        arguments: [
            "@Library([‹'a'›, ‹'b@main'›]) _", "@Library(‹'a'›) _",
            "@Library(value = ‹'a'›) _".replacing(
                "value = ‹'a'›", with: "‹value = 'a'›"),
            "library identifier: ‹'a@main'›, retriever: modernSCM([$class: 'X'])", "library(‹\"a@${b}\"›)",
            "libraries { lib(‹'a@b'›) }", "load(‹env.F›)", "load ‹'gone.groovy'›",
            "‹git url: 'https://index.example/x.git'›", "‹git 'https://index.example/x.git'›", "checkout scm",
            "checkout(scm)",
            "checkout([$class: 'GitSCM', branches: scm.branches, userRemoteConfigs: scm.userRemoteConfigs])\n",
            "‹checkout([$class: 'GitSCM', userRemoteConfigs: [[url: 'https://index.example/x.git']]])›",
            "‹httpRequest url: 'https://index.example/x', outputFile: 'x'›", "httpRequest 'https://index.example/x'",
            "@Grab('a:b:1') import c".replacing("Grab('a:b:1')", with: "‹Grab('a:b:1')›"),
            "sh ‹'pip install «x»›\n", "x = ‹\"${a›", "sh 'a' ‹/* b›", "yaml.load('x'); props.load(y)",
        ])
    func unread(text: String) throws { try ManifestMarks.check("Jenkinsfile", text) }

    @Test("a loaded file is a pipeline, a file of a pod is what its content says")
    func used() throws {
        let text = "node { load 'ci/b.groovy'\n dir('x') { load('c.groovy') }\n yamlFile 'p.yaml' }\n"
        let reading = try #require(
            ManifestMarks.reading("Jenkinsfile", text, beside: ["ci/b.groovy": "", "x/c.groovy": "", "p.yaml": ""]))
        #expect(reading.used.map(\.path) == ["ci/b.groovy", "x/c.groovy", "p.yaml"])
        #expect(reading.used.map(\.role) == [.jenkins, .jenkins, .action])
        #expect(reading.reading.judged(require: .exact).findings.isEmpty)
        let source = SourceText(name: "ci/b.groovy", text: "sh 'pip install flask'\n")
        let context = BuildContext { _ in .missing }
        let loaded = Manifests.read(
            ManifestSource(text: source, neighbours: context, checkout: context), as: .jenkins)
        #expect(loaded?.reading.judged(require: .exact).findings.map(\.subject) == ["flask"])
    }

    @Test(
        "builds",
        arguments: [
            ("agent { dockerfile true }", "Dockerfile", ".", [:]),
            (
                "agent { dockerfile { filename 'build.img'\n dir 'ci'\n label 'x'\n additionalBuildArgs '--build-arg A=1 --build-arg B=$C' } }",
                "ci/build.img", "ci", ["A": "1"]
            ),
            ("agent { dockerfile { filename 'ci/build.img' } }", "ci/build.img", ".", [:]),
            ("docker.build('x')", "Dockerfile", ".", [:]),
            ("docker.build(\"x:${v}\", './ci')", "ci/Dockerfile", "ci", [:]),
            ("docker.build('x', '--pull -f ci/build.img --build-arg A=1 .')", "ci/build.img", ".", ["A": "1"]),
            ("dir('ci') { docker.build('x', '--target t -f build.img ..') }", "ci/build.img", ".", [:]),
        ] as [(String, String, String, [String: String])])
    func builds(text: String, dockerfile: String, context: String, arguments: [String: String]) throws {
        let files = ["Dockerfile": "", "ci/build.img": "", "ci/Dockerfile": ""]
        let reading = try #require(ManifestMarks.reading("Jenkinsfile", text, beside: files))
        let build = try #require(reading.builds.first)
        #expect(reading.builds.count == 1)
        #expect((build.dockerfile, build.context) == (dockerfile, context))
        #expect(build.arguments == arguments)
        #expect(build.base == .checkout)
        #expect(reading.reading.pins.isEmpty)
    }

    @Test(
        "builds that cannot be followed are named",
        arguments: [
            "agent { ‹dockerfile› true }", "agent { ‹dockerfile› { filename env.F } }",
            "agent { ‹dockerfile› { filename '../x' } }", "docker.‹build›('x', args)",
            "docker.‹build›('x', \"-f ${f} .\")", "dir(x) { docker.‹build›('y') }",
        ])
    func unreadBuilds(text: String) throws { try ManifestMarks.check("Jenkinsfile", text) }

    @Test("commands run at the root of the checkout, and in `dir`")
    func directories() throws {
        try ManifestMarks.check(
            "ci/Jenkinsfile",
            "node { sh './ci/a.sh'\n dir('x') { sh 'pip install -r r.txt'\n dir('y') { sh './b.sh' } }\n"
                + "dir(\"${WORKSPACE}/x\") { sh './c.sh' }\n sh \"${env.WORKSPACE}/x/d.sh $WORKSPACE\"\n"
                + "dir(v) { sh ‹'./ci/a.sh'›.trim() } }".replacing("‹'./ci/a.sh'›.trim()", with: "'make'") + "\n",
            beside: [
                "ci/a.sh": "pip install «a»\n", "x/r.txt": "six==1.17.0\n", "x/y/b.sh": "pip install «b»\n",
                "x/c.sh": "pip install «c»\n", "x/d.sh": "pip install «d»\n",
            ])
    }

    @Test("a script's first line says who reads it and whether a failure ends it")
    func interpreters() throws {
        try ManifestMarks.check(
            "Jenkinsfile",
            "sh '''#!/usr/bin/env python3\nimport os\nos.system(«'pip install a'»)\n'''\n"
                + "sh '''#!/usr/bin/perl\ninstall\n'''\n".replacing(
                    "#!/usr/bin/perl\ninstall\n", with: "‹#!/usr/bin/perl\ninstall\n›"))
        let hash = String(repeating: "a", count: 64)
        func check(_ line: String) -> String {
            "sh '''\(line)\ncurl -o x https://index.example/x\necho \(hash)  x | sha256sum -c\nsh x\n'''\n"
        }
        func rules(_ text: String) throws -> [String] {
            try #require(ManifestMarks.reading("Jenkinsfile", text)).reading.judged(require: .exact).findings.map(
                \.rule)
        }
        #expect(try rules(check("")).isEmpty)
        #expect(try rules(check("#!/bin/bash -ex")).isEmpty)
        #expect(try rules(check("#!/bin/bash")) == ["unverified-download"])
    }

    @Test(
        "thousands of anything end at once",
        arguments: [
            "${", "\"${", "$/", "/", "\\/", "'", "(", "[", "{", "}", "sh ", "sh(", "sh a, ", "x = ", "dir('a') {",
            "+ 'a' ",
            "? a : ", "?: ", "@Library(", "docker.build(", "dockerfile {", "environment {", "library {", "$a", "a.",
            "{ a, ", "def f(", "git(", "yaml(", "image ", "/*",
        ])
    func linear(piece: String) throws {
        let text = "sh 'a'" + String(repeating: piece, count: fuzzRounds(5_000))
        // In the square the test would not end; Tests/Oracle/growth.py counts instructions.
        let (code, problems) = GroovyTokenizer.read(SourceText(name: "Jenkinsfile", text: text))
        #expect(problems.count <= 8)
        _ = GroovyBindings(code)
    }

    @Test("strings nested too deep are named")
    func depth() throws {
        let text = String(repeating: "\"${", count: 20)
        let found = try #require(ManifestMarks.reading("Jenkinsfile", "sh " + text)).reading.judged(require: .exact)
        #expect(found.findings.contains { $0.message.contains("nested too deep") })
        let inner = String(repeating: "\"${", count: 8) + "sh('pip install flask')" + String(repeating: "}\"", count: 8)
        let read = try #require(ManifestMarks.reading("Jenkinsfile", "echo " + inner)).reading.judged(require: .exact)
        #expect(read.findings.map(\.subject) == ["flask"])
    }
}
