import EnvironmentInventory

/// `unreached-package`: a package of training lies where the interpreter that the image starts does not look.
enum UnreachedPackage: ImportHazard {
    static let rule = Rule(
        name: "unreached-package",
        summary: "A package is in the image, but not where the Python that the image starts looks for packages.",
        why:
            "The files can be those of the lock to the last byte, and the import still fails or finds another copy: a virtual environment that is not on PATH, a folder that is not on PYTHONPATH, an image without Python.",
        help:
            "Put the environment's `bin` folder first in PATH (`ENV PATH=/opt/venv/bin:$PATH`), or start its Python by its path.",
        bad: [
            Rule.Example(
                file: "image",
                """
                CMD /usr/local/bin/python3.11 -m server
                «image»
                opt/venv/lib/python3.11/site-packages/joblib-1.0.dist-info/METADATA : text Name: joblib

                """),
            Rule.Example(
                file: "image",
                """
                «image»
                opt/venv/lib/python3.11/site-packages/joblib-1.0.dist-info/METADATA : text Name: joblib

                """),
        ],
        good: [
            Rule.Example(
                file: "image",
                """
                ENV PYTHONPATH=/opt/libraries
                opt/libraries/joblib-1.0.dist-info/METADATA : text Name: joblib
                usr/local/lib/python3.11/site-packages/numpy-1.0.dist-info/METADATA : text Name: numpy

                """)
        ])

    static func findings(_ scene: ImportScene) -> [Finding] {
        // A folder on disk is no image: nothing is known of what starts there.
        guard scene.isImage else { return [] }
        let added = scene.search == nil ? [] : scene.pathConfigurations.compactMap { scene.files.contents(of: $0) }
        var lost: [String: Set<String>] = [:]
        let groups = Dictionary(grouping: scene.packages, by: \.name)
        for (name, copies) in groups {
            let places = copies.compactMap(\.location)
            guard places.count == copies.count, !places.isEmpty else { continue }
            if places.contains(where: { isReached($0, scene, added) }) { continue }
            lost[Set(places).sorted().joined(separator: " and "), default: []].insert(name)
        }
        return lost.sorted { $0.key < $1.key }.map { place, names in
            let names = names.sorted()
            let what = "\(EnvironmentVerifier.listed(names)) \(names.count == 1 ? "lies" : "lie") in \(place), "
            guard let search = scene.search else {
                return finding(.warning, scene.name, what + "and no Python was found that the image could start")
            }
            // A script may activate an environment before; an entry point that names its Python leaves no doubt.
            return finding(
                search.isNamed ? .error : .warning, scene.name,
                what + "where the Python that the image starts (\(search.interpreter)) does not look")
        }
    }

    private static func isReached(_ place: String, _ scene: ImportScene, _ added: [[UInt8]]) -> Bool {
        guard let search = scene.search else { return false }
        let folder = ImportSearch.normal(place)
        if search.folders.contains(where: { $0.path == folder }) { return true }
        if let path = scene.files.lookup(folder)?.path, scene.folders.contains(where: { $0.path == path }) {
            return true
        }
        // A `.pth` file names it; where it is a relative path, by its end.
        return added.contains { bytes in
            bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }).contains { line in
                let text = String(decoding: line, as: UTF8.self)
                return !text.hasPrefix("#") && !text.isEmpty
                    && (ImportSearch.normal(text) == folder || folder.hasSuffix("/" + ImportSearch.normal(text)))
            }
        }
    }
}
