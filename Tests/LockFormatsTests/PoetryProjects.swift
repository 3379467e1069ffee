import LockFormats

/// Projects with the hashes that their tools wrote.
extension ProjectHashTests {
    static let poetryProjects: [(format: String, project: String, hash: String)] = [
        (
            "poetry.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10,<4"
            dependencies = ["ring-a", "linuxy"]
            [[tool.poetry.source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple/"
            priority = "primary"

            """#,
            "3635fa0b4da15baed93c636e083034072432b658706748a60874f9b98a01b518"
        ),
        (
            "poetry.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10,<4"
            dependencies = ["leaf[big]"]
            [project.optional-dependencies]
            x = ["net"]
            y = ["back", "linuxy"]
            [[tool.poetry.source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple/"
            priority = "primary"

            """#,
            "61e4c2290542029ba083e192ae23675bbc7bcd9b86009fbc44079c72f5326814"
        ),
        (
            "poetry.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10,<4"
            dependencies = ["net>=2 ; sys_platform == 'linux'", "net<2 ; sys_platform != 'linux'"]
            [[tool.poetry.source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple/"
            priority = "primary"

            """#,
            "e67c74a83088ac69e32ffe1543d9146364622e11997203b52ec9432e2958079f"
        ),
        (
            "poetry.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10,<4"
            dependencies = ["stem"]
            [tool.poetry.group.dev.dependencies]
            twig = "*"
            [tool.poetry.group.late]
            optional = true
            [tool.poetry.group.late.dependencies]
            leaf = "*"
            [[tool.poetry.source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple/"
            priority = "primary"

            """#,
            "b7e1d9bf124bb386bb0b1b2dac7d9235d4875f0d3522a6519e8953025c96459b"
        ),
        (
            "poetry.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10,<4"
            dependencies = ["leaf ; python_version > '3.10' and platform_machine != 'arm64'", "gpu ; sys_platform == 'linux'"]
            [[tool.poetry.source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple/"
            priority = "primary"

            """#,
            "b590df9ca438ab9e2207b98fbffca3ff8775451b9aeef773e9b65db3811f364a"
        ),
        (
            "poetry.lock",
            #"""
            [tool.poetry]
            name = "site"
            version = "1"
            description = ""
            authors = []
            [tool.poetry.dependencies]
            python = "^3.10"
            leaf = {version = "^1.0", extras = ["big"]}
            net = [{version = "^2.0", platform = "linux"}, {version = "<2", platform = "!=linux"}]
            twig = {version = "*", optional = true}
            [tool.poetry.extras]
            more = ["twig"]
            [[tool.poetry.source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple/"
            priority = "primary"

            """#,
            "ee23ed5cca5781c197a996459131926be3a3df53d46dff7f187f484cedf43369"
        ),
        (
            "poetry.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10,<4"
            dependencies = ["stem"]
            [dependency-groups]
            dev = ["twig", {include-group = "more"}]
            more = ["leaf"]
            [[tool.poetry.source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple/"
            priority = "primary"

            """#,
            "d5aa91ce4290f61fdd62ee2b98130f1d36819516f25dce5e67a6b2f468e946f4"
        ),
        (
            "poetry.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10,<4"
            dependencies = ["leaf", "native", "stable"]
            [[tool.poetry.source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple/"
            priority = "primary"

            """#,
            "2786043f9cde39e0a8e7de60c98762795830d2828c54bbd5c63dbafa5d31f74e"
        ),
        (
            "poetry.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10,<4"
            dependencies = ["linuxy"]
            [tool.poetry.dependencies]
            small = {version = "*", platform = "win32"}
            [[tool.poetry.source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple/"
            priority = "primary"

            """#,
            "1598dfbd847cda07d29fc5958ceb07b0cee05f73eb55be7dacdedb7e0b4173e1"
        ),
        (
            "poetry.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10,<4"
            dependencies = ["pre>=2.0rc1", "epoch"]
            [[tool.poetry.source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple/"
            priority = "primary"

            """#,
            "a9a12cce292195ccdab8c6743a7bfb439de6f638ee5cdc11d7e8dd416870e18b"
        ),
        (
            "poetry.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10,<4"
            dependencies = ["stem>=2.1 ; python_version >= '3.12'", "stem<2.1 ; python_version < '3.12'", "back"]
            [[tool.poetry.source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple/"
            priority = "primary"

            """#,
            "de6f5b1993c495fd1f74573a454e176d7347bcd812cb7a75d1f821e32a81f7e9"
        ),
        (
            "poetry.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10,<4"
            dependencies = ["inner", "stem"]
            [tool.poetry.dependencies]
            inner = {source = "side"}
            [[tool.poetry.source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple/"
            priority = "primary"
            [[tool.poetry.source]]
            name = "side"
            url = "http://127.0.0.1:18955/side/simple/"
            priority = "explicit"

            """#,
            "581178faf1ee7357d4d5f1e0534f3662cc603f0ca6b3b4806a67222172d83b87"
        ),
    ]
}
