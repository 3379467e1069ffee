import EnvironmentInventory
import ProgramStart

/// `unreached-package`: a package of training lies where the interpreter that the image starts does not look.
enum UnreachedPackage: ImportHazard {
    static let rule = Rule(
        name: "unreached-package",
        summary: "A package is in the image, but not where the Python that the image starts looks for packages.",
        why:
            "The files can be those of the lock to the last byte, and the import still fails or finds another copy: a virtual environment that is not on PATH, a directory that is not on PYTHONPATH, an image without Python.",
        help:
            "Put the environment's `bin` directory first in PATH (`ENV PATH=/opt/venv/bin:$PATH`), or start its Python by its path.",
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
        // A directory on disk is not an image: nothing is known of what starts there.
        guard scene.isImage else { return [] }
        var lost: [String: Set<String>] = [:]
        let groups = Dictionary(grouping: scene.packages, by: \.name)
        for (name, copies) in groups {
            let places = copies.compactMap(\.location)
            guard places.count == copies.count, !places.isEmpty else { continue }
            if places.contains(where: { isReached($0, scene) }) { continue }
            lost[Set(places).sorted().joined(separator: " and "), default: []].insert(name)
        }
        return lost.sorted { $0.key < $1.key }.map { place, names in
            let names = names.sorted()
            let what = "\(EnvironmentVerifier.listed(names)) \(names.count == 1 ? "lies" : "lie") in \(place), "
            guard let path = scene.path else {
                return finding(.warning, scene.name, what + "and no Python was found that the image could start")
            }
            // The packages of the system's own Python lie there by right when training is a capture of the whole system.
            let isSystems =
                scene.trainedEcosystems.contains { [.apt, .apk, .rpm].contains($0) }
                && names.allSatisfy { name in groups[name]?.allSatisfy { scene.isSystems($0) } ?? false }
            return finding(
                isSystems ? .note : scene.start.isUnderstood ? .error : .warning, scene.name,
                what + "where the Python that the image starts (\(path.interpreter)) does not look")
        }
    }

    private static func isReached(_ place: String, _ scene: ImportScene) -> Bool {
        guard let path = scene.path else { return false }
        let folder = ImportPath.normal(place)
        if path.directories.contains(where: { $0.path == folder }) { return true }
        if let path = scene.files.lookup(folder)?.path, scene.directories.contains(where: { $0.path == path }) {
            return true
        }
        return false
    }
}
