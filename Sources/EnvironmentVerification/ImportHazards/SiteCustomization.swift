import EnvironmentInventory

/// `site-customization`: modules that Python imports at every start, before the program.
enum SiteCustomization: ImportHazard {
    static let rule = Rule(
        name: "site-customization",
        summary: "A `sitecustomize` or `usercustomize` module can be imported.",
        why:
            "Python imports both at every start, before the program, wherever they lie on its path: they can replace any function of any package, whose own files still match. (https://docs.python.org/3/library/site.html)",
        help: "Delete it; what the program needs at its start belongs in the program.",
        bad: [
            Rule.Example(file: "image", "«usr/local/lib/python3.11/site-packages/sitecustomize.py»\n"),
            Rule.Example(
                file: "image",
                """
                ENV PYTHONPATH=/opt/patches
                «opt/patches/usercustomize/__init__.py»

                """),
        ],
        good: [
            Rule.Example(
                file: "image",
                """
                CMD python /srv/app/serve.py
                srv/app/serve.py
                srv/app/sitecustomize.py

                """)
        ])

    static func findings(_ scene: ImportScene) -> [Finding] {
        var findings: [Finding] = []
        let early = Set((scene.path?.variableDirectories ?? []).compactMap { scene.files.lookup($0)?.path })
        let names = ["sitecustomize"] + (scene.path?.seesUserSite ?? false ? ["usercustomize"] : [])
        for name in names {
            var isFirst = true
            // The script's directory joins the path only after both were imported, where PYTHONPATH does not have it too.
            for folder in scene.directories
            where ![.script, .workingDirectory, .server].contains(folder.origin) || early.contains(folder.path) {
                guard let module = scene.provider(name, in: folder.path) else { continue }
                findings.append(judged(name, module: module, isFirst: isFirst, in: scene))
                isFirst = false
            }
        }
        return findings
    }

    private static func judged(
        _ name: String, module: ImportScene.Module, isFirst: Bool, in scene: ImportScene
    ) -> Finding {
        let path = module.named.path
        let effect =
            isFirst
            ? "is run at every start of Python" : "would be run at every start if no other \(name) went before it"
        guard let (owner, agreement) = module.owner else {
            return finding(
                isFirst ? .error : .warning, path,
                "\(path) \(effect), and no package owns it" + scene.layer(module.named),
                subject: name)
        }
        let severity: Severity = agreement == .disagrees || !scene.isKnown(owner) ? .error : .note
        let state = agreement == .disagrees ? "; it is not the file of \(scene.possessive(owner)) record" : ""
        return finding(
            severity, path, "\(path), \(scene.possessive(owner)) file, \(effect)\(state)" + scene.layer(module.entry),
            subject: name)
    }
}
