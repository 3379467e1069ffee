import LockFormats

/// Projects with the hashes that their tools wrote.
extension ProjectHashTests {
    static let otherProjects: [(format: String, project: String, hash: String)] = [
        (
            "pdm.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10"
            dependencies = ["ring-a", "linuxy"]
            [[tool.pdm.source]]
            name = "pypi"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false

            """#,
            "f85612edfa8cf9580bfa45b5ebe3e80d6ffdd542197874aadafe51bffda22881"
        ),
        (
            "pdm.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10"
            dependencies = ["stem"]
            [tool.pdm.dev-dependencies]
            test = ["twig"]
            lint = ["leaf[big]"]
            [[tool.pdm.source]]
            name = "pypi"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false

            """#,
            "24a4781af2ec8fa2b278db27ee1fbd5c4f7349fb1edcb97ef72ca9c311dce1cc"
        ),
        (
            "pdm.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10"
            dependencies = ["leaf[big]"]
            [project.optional-dependencies]
            x = ["net"]
            y = ["back", "linuxy"]
            [[tool.pdm.source]]
            name = "pypi"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false

            """#,
            "4aa20348d814ddadbc2c6b4e31ff660db6d88326d1efd43a28c124bbe7c863ab"
        ),
        (
            "pdm.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10"
            dependencies = ["leaf ; python_version > '3.10' and platform_machine != 'arm64'", "gpu ; sys_platform == 'linux'"]
            [[tool.pdm.source]]
            name = "pypi"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false

            """#,
            "1b559ee779a5d7bebad3e87a5439e807c1df81a94160a1ef810231999ffbe105"
        ),
        (
            "pdm.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10"
            dependencies = ["twig"]
            [tool.pdm.resolution.overrides]
            stem = "1.0"
            [[tool.pdm.source]]
            name = "pypi"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false

            """#,
            "56927625892019e1fcd39fa65516933c704d5360e0d0d268fec2267c90e6b6d3"
        ),
        (
            "pdm.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10"
            dependencies = ["stem"]
            [dependency-groups]
            dev = ["twig", {include-group = "more"}]
            more = ["leaf"]
            [[tool.pdm.source]]
            name = "pypi"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false

            """#,
            "a27d3df6b11d3e1ee361099ec956ffbd3453644cb3e4f3b1da15d977e3d71b22"
        ),
        (
            "pdm.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10"
            dependencies = ["leaf", "native", "stable"]
            [[tool.pdm.source]]
            name = "pypi"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false

            """#,
            "00210af3cddaa7a3fceab8412fa9010a8e63f373d1f6bc386c8aaa8d03460ba0"
        ),
        (
            "pdm.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10"
            dependencies = ["pre>=2.0rc1", "epoch"]
            [[tool.pdm.source]]
            name = "pypi"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false

            """#,
            "c33632beaf24df9cd3de239ea16434df4556c119301f4155620a255d8ba0268a"
        ),
        (
            "pdm.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10"
            dependencies = ["inner"]
            [[tool.pdm.source]]
            name = "side"
            url = "http://127.0.0.1:18955/side/simple"
            [[tool.pdm.source]]
            name = "pypi"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false

            """#,
            "46c6e45a2cc208706f15af2f50ffa4818655501404969c6f093713e951abdf56"
        ),
        (
            "pdm.lock",
            #"""
            [project]
            name = "site"
            version = "1"
            requires-python = ">=3.10"
            dependencies = ["leaf", "linuxy"]
            [[tool.pdm.source]]
            name = "pypi"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false

            """#,
            "2380b4db2808e17c66c3d3d0e7ef66b3af344d47d0d5a374d2f8be5cbfbd7470"
        ),
        (
            "Pipfile.lock",
            #"""
            [[source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false
            [[source]]
            name = "side"
            url = "http://127.0.0.1:18955/side/simple"
            verify_ssl = false
            [packages]
            stem = "*"
            [docs]
            twig = "*"

            """#,
            "b5e20f9ff195ea96a44b05135f4b3623495415f3d75769a94c41a4a71ac66287"
        ),
        (
            "Pipfile.lock",
            #"""
            [[source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false
            [[source]]
            name = "side"
            url = "http://127.0.0.1:18955/side/simple"
            verify_ssl = false
            [packages]
            ring-a = "*"
            linuxy = "*"

            """#,
            "141fc2c1bf0f3067e1d34e206aa91db2061e35440bf7f40cfdd4cb6a9d13c28d"
        ),
        (
            "Pipfile.lock",
            #"""
            [[source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false
            [[source]]
            name = "side"
            url = "http://127.0.0.1:18955/side/simple"
            verify_ssl = false
            [packages]
            stem = "*"
            [dev-packages]
            twig = "*"
            leaf = "*"

            """#,
            "184ef3ff3465f652cbceaae6ea22bb0b6c3006dcca3071f9cfcf224f230b3859"
        ),
        (
            "Pipfile.lock",
            #"""
            [[source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false
            [[source]]
            name = "side"
            url = "http://127.0.0.1:18955/side/simple"
            verify_ssl = false
            [packages]
            epoch = "*"

            """#,
            "236843702fe3f10a90325c5aa83cb3f655b9bd24d1b9f76980cab0636ed9b78b"
        ),
        (
            "Pipfile.lock",
            #"""
            [[source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false
            [[source]]
            name = "side"
            url = "http://127.0.0.1:18955/side/simple"
            verify_ssl = false
            [packages]
            leaf = {extras = ["big"], version = "*"}

            """#,
            "dfa1640afbe210a96997e9cd908dbfa3520f9832a549120fc69f79b87c3e616d"
        ),
        (
            "Pipfile.lock",
            #"""
            [[source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false
            [[source]]
            name = "side"
            url = "http://127.0.0.1:18955/side/simple"
            verify_ssl = false
            [packages]
            back = "*"
            small = {version = "*", markers = "sys_platform == 'win32'"}

            """#,
            "ce427b4ecfdee7483cef99cc9d377e638d15b04d0989b9e06da0dcf863decb1d"
        ),
        (
            "Pipfile.lock",
            #"""
            [[source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false
            [[source]]
            name = "side"
            url = "http://127.0.0.1:18955/side/simple"
            verify_ssl = false
            [packages]
            stem = "==1.0"
            twig = ">=1,<2"

            """#,
            "f6c0a7b6e4e4253b313c9be92a9e51997b74257b906b63a295c2cde77890cf5c"
        ),
        (
            "Pipfile.lock",
            #"""
            [[source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false
            [[source]]
            name = "side"
            url = "http://127.0.0.1:18955/side/simple"
            verify_ssl = false
            [packages]
            leaf = "*"
            native = "*"

            """#,
            "937848d36426d0b06714d4efe6f3790db1c9aca033f5a3f11b5e9e6945741496"
        ),
        (
            "Pipfile.lock",
            #"""
            [[source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false
            [[source]]
            name = "side"
            url = "http://127.0.0.1:18955/side/simple"
            verify_ssl = false
            [packages]
            gpu = {version = "*", platform_machine = "== 'x86_64'"}
            stem = "*"

            """#,
            "d3b20e6e4dfff2abd2f04da467357aec2165e0629b328c3bf75158911780df3e"
        ),
        (
            "Pipfile.lock",
            #"""
            [[source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false
            [[source]]
            name = "side"
            url = "http://127.0.0.1:18955/side/simple"
            verify_ssl = false
            [packages]
            stem = "*"
            [requires]
            python_version = "3.11"

            """#,
            "70c904de75f77e8a6f2ffc2322452daf6b99d8313dc8fb54d214ca4fa7e84876"
        ),
        (
            "Pipfile.lock",
            #"""
            [[source]]
            name = "main"
            url = "http://127.0.0.1:18955/main/simple"
            verify_ssl = false
            [[source]]
            name = "side"
            url = "http://127.0.0.1:18955/side/simple"
            verify_ssl = false
            [packages]
            inner = {version = "*", index = "side"}

            """#,
            "aa1269bea0c88f967ab6c59a0760689fa1e83aa7107325cf1c02a3afb8d24cd1"
        ),
    ]
}
