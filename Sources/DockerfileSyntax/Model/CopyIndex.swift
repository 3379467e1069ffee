import SourceDocuments

/// What COPY and ADD of a Dockerfile copy, by stage, destination and name.
struct CopyIndex: Sendable {
    /// A source of an instruction.
    struct Place: Sendable {
        /// The index of the instruction among those that copy.
        let copy: Int
        /// The index of the source in it.
        let source: Int
    }

    /// How many folders are looked into for one file, the latest first. Files that were copied under their names are not counted.
    static let maximumFolders = 64

    private struct Folder {
        var all: [Place] = []
        var byName: [String: [Place]] = [:]
    }

    /// What is copied to each path, by stage.
    private var folders: [Int?: [String: Folder]] = [:]
    /// The names of all sources, by instruction.
    private var names: [[String]] = []

    init(_ copies: [CopyStep]) {
        for (index, copy) in copies.enumerated() {
            names.append(copy.sources.map { PosixPath.lastComponent($0.text ?? "") })
            guard let destination = copy.destination else { continue }
            let path = ContainerPath.join("/", destination) ?? destination
            for (number, name) in names[index].enumerated() {
                let place = Place(copy: index, source: number)
                folders[copy.stageIndex, default: [:]][path, default: Folder()].all.append(place)
                folders[copy.stageIndex]?[path]?.byName[name, default: []].append(place)
            }
        }
    }

    /// The sources that can hold a path: those of instructions in front of another one whose destination is the path or a
    /// folder above it.
    ///
    /// The latest instruction counts first, whichever of the folders it copies to. Of its sources the one of that name is
    /// likelier than a directory of another.
    ///
    /// - Returns: the sources, and whether they are all.
    func sources(of path: String, in stage: Int?, before bound: Int) -> (places: [Place], areAll: Bool) {
        guard let folders = folders[stage] else { return ([], true) }
        var areAll = true
        let name = PosixPath.lastComponent(path)
        var found: [Place] = []
        for path in Self.folders(above: path) {
            guard let folder = folders[path] else { continue }
            let latest = Self.latest(folder.all, before: bound)
            found += latest
            guard latest.startIndex > 0, let first = latest.first else { continue }
            areAll = false
            // A file that was copied under its name is found behind any number of folders.
            found += Self.latest(folder.byName[name] ?? [], before: bound).filter {
                ($0.copy, $0.source) < (first.copy, first.source)
            }
        }
        if found.count > 1 {
            found.sort { left, right in
                if left.copy != right.copy { return left.copy > right.copy }
                let (isLeft, isRight) = (isNamed(left, name), isNamed(right, name))
                return isLeft == isRight ? left.source < right.source : isLeft
            }
        }
        return (found, areAll)
    }

    private func isNamed(_ place: Place, _ name: String) -> Bool { names[place.copy][place.source] == name }

    /// The last places in front of an instruction.
    private static func latest(_ places: [Place], before bound: Int) -> ArraySlice<Place> {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = low + (high - low) / 2
            if places[middle].copy >= bound { high = middle } else { low = middle + 1 }
        }
        return places[..<low].suffix(maximumFolders)
    }

    /// The path and the folders above it.
    static func folders(above path: String) -> [String] {
        var folders = [path]
        for slash in path.utf8.indices where path.utf8[slash] == UInt8(ascii: "/") {
            let folder = slash == path.startIndex ? "/" : String(path[..<slash])
            if folder != path { folders.append(folder) }
        }
        return folders
    }
}

/// The bind mounts of RUN instructions, by instruction and target.
struct MountIndex: Sendable {
    private struct Folder: Hashable {
        let instruction: Int
        let path: String
    }

    private var indices: [Folder: [Int]] = [:]

    init(_ runs: [RunStep]) {
        for run in runs {
            for (index, mount) in run.mounts.enumerated() where mount.type == "bind" {
                guard let target = mount.target else { continue }
                let path = ContainerPath.join("/", target) ?? target
                indices[Folder(instruction: run.instructionIndex, path: path), default: []].append(index)
            }
        }
    }

    /// The mounts of an instruction whose target is a path or a folder above it, in their order.
    func mounts(above path: String, ofInstruction instruction: Int) -> [Int] {
        if indices.isEmpty { return [] }
        return CopyIndex.folders(above: path)
            .flatMap { indices[Folder(instruction: instruction, path: $0)] ?? [] }.sorted()
    }
}
