/// COPY and ADD, and the way back from a file in the image to the file that it came from.
extension ModelBuilder {
    mutating func applyCopy(_ instruction: Instruction, at index: Int, in stage: Int?, isTrigger: Bool) {
        var origin = FileOrigin.context
        if instruction.keyword == "copy", let value = instruction.flag("from")?.mappedValue {
            origin = self.origin(value, isTrigger ? .onbuild : .copyFrom, at: index, in: stage, acceptsNumber: true)
        }
        guard instruction.words.count >= 2, let last = instruction.words.last else { return }
        var heredocs: [String: Heredoc] = [:]
        for heredoc in instruction.heredocs { heredocs[heredoc.name] = heredoc }
        let sources = instruction.words.dropLast().map { word in
            let marker = instruction.isJSON ? nil : (try? HeredocMarker(word: word.mapped.bytes)).flatMap { $0 }
            return CopyStep.Source(
                text: marker?.name ?? known(word.mapped), written: word.text, range: word.range,
                heredoc: marker.flatMap { heredocs[$0.name] })
        }
        let written = known(last.mapped)
        let checksum = instruction.flag("checksum")?.mappedValue.map { known($0) ?? $0.string }
        copies.append(
            CopyStep(
                instructionIndex: index, stageIndex: stage, isTrigger: isTrigger,
                isAdd: instruction.keyword == "add", origin: origin, sources: sources,
                destination: written.flatMap { ContainerPath.join(state.workingDirectory, $0) },
                isDestinationFolder: sources.count > 1 || written?.hasSuffix("/") == true || written == "."
                    || written?.hasSuffix("/.") == true, checksum: checksum,
                keepsParents: instruction.flag("parents").map { $0.value?.lowercased() != "false" } ?? false))
    }
}

/// Where a file of the image can come from.
package enum FileSource: Sendable {
    /// A path in the build context, without a leading `/`.
    case context(String)
    /// A path in a named build context.
    case buildContext(name: String, path: String)
    /// A path in an image: the index in ``DockerfileModel/images``.
    case image(Int, path: String)
    /// A here-document of COPY or ADD, or of a command that writes the file.
    case content(MappedText, line: Int)
    /// A URL that ADD fetches.
    case download(String)
    /// A command of an instruction (its index) writes it.
    case generated(Int)
}

extension DockerfileModel {
    /// Where a file can come from that an instruction finds at a path of the image, the likeliest first.
    ///
    /// COPY of a folder and COPY of a file look alike: a path that the context does not hold is no answer, the next one
    /// may be. Empty when nothing puts the file there, or the place cannot be known.
    /// - Parameters:
    ///   - path: an absolute path in the image.
    ///   - instruction: the index of the instruction that uses the file.
    package func contextSources(for path: String, at instruction: Int) -> [FileSource] {
        var found: [FileSource] = []
        findSource(of: path, at: instruction) { source in
            found.append(source)
            return false
        }
        return found
    }

    /// Goes through the same places until one is the answer.
    package func findSource(of path: String, at instruction: Int, _ isAnswer: (FileSource) -> Bool) {
        guard let path = ContainerPath.join("/", path) else { return }
        withoutActuallyEscaping(isAnswer) { isAnswer in
            var result = Search(isAnswer: isAnswer)
            find(path, at: instruction, &result)
        }
    }

    private func find(_ path: String, at instruction: Int, _ result: inout Search) {
        if let run = run(ofInstruction: instruction) {
            for index in mountIndex.mounts(above: path, ofInstruction: instruction) where !result.isDone {
                let mount = run.mounts[index]
                guard let target = mount.target, let source = mount.source,
                    let rest = Self.rest(of: path, below: target)
                else { continue }
                add(mount.origin, Self.joined(source, rest), at: instruction, depth: 0, &result)
            }
        }
        collect(path, in: stage(at: instruction), before: instruction, depth: 0, &result)
    }

    /// The first of so many indexes that fulfils a condition, as all behind it do.
    private static func firstIndex(in count: Int, where condition: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if condition(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The stage that an instruction stands in; they stand in the order of the file.
    private func stage(at instruction: Int) -> Int? {
        let low = Self.firstIndex(in: stages.count) { stages[$0].instructions.lowerBound > instruction }
        return low > 0 && stages[low - 1].instructions.contains(instruction) ? stages[low - 1].index : nil
    }

    /// What a search has found, and where it has looked: stages that copy from each other must not go round for ever.
    private struct Search {
        let isAnswer: (FileSource) -> Bool
        var visited: Set<Visit> = []
        private(set) var foundCount = 0
        private(set) var isDone = false

        struct Visit: Hashable {
            let path: String
            let stage: Int?
            let before: Int
        }

        init(isAnswer: @escaping (FileSource) -> Bool) { self.isAnswer = isAnswer }

        mutating func end() { isDone = true }

        mutating func append(_ source: FileSource) {
            if isDone { return }
            foundCount += 1
            isDone = isAnswer(source)
        }
    }

    private func collect(_ path: String, in stage: Int?, before: Int, depth: Int, _ result: inout Search) {
        guard !result.isDone, depth < 16, result.foundCount < 64, result.visited.count < 64,
            result.visited.insert(Search.Visit(path: path, stage: stage, before: before)).inserted
        else { return }
        let written = writers[path] ?? []
        let end = Self.firstIndex(in: written.count) { runs[written[$0].run].instructionIndex > before }
        for (run, commands) in written[..<end].reversed() where runs[run].stageIndex == stage {
            for command in commands where !result.isDone { add(runs[run], runs[run].commands[command], &result) }
            if result.isDone { return }
        }
        let bound = Self.firstIndex(in: copies.count) { copies[$0].instructionIndex >= before }
        let (places, areAll) = copyIndex.sources(of: path, in: stage, before: bound)
        for place in places where !result.isDone {
            add(copies[place.copy], source: copies[place.copy].sources[place.source], path, depth: depth, &result)
        }
        // Behind what was not looked at there is no likely place.
        if !areAll { result.end() }
        if result.isDone { return }
        if let stage, stages.indices.contains(stage), case .stage(let base) = stages[stage].base,
            stages.indices.contains(base)
        {
            collect(path, in: base, before: stages[base].instructions.upperBound, depth: depth + 1, &result)
        }
    }

    /// The commands with a redirection that writes a file, `cat > requirements.txt <<EOF`, by its path.
    static func writers(_ runs: [RunStep]) -> [String: [(run: Int, commands: [Int])]] {
        var writers: [String: [(run: Int, commands: [Int])]] = [:]
        for (run, step) in runs.enumerated() {
            for (index, command) in step.commands.enumerated() where !command.redirections.isEmpty {
                let paths = command.redirections.compactMap { redirection -> String? in
                    guard [">", ">>", ">|"].contains(redirection.symbol), let text = redirection.target?.text else {
                        return nil
                    }
                    return ContainerPath.join(command.workingDirectory, text)
                }
                for path in Set(paths) {
                    if writers[path]?.last?.run == run, let last = writers[path]?.indices.last {
                        writers[path]?[last].commands.append(index)
                    } else {
                        writers[path, default: []].append((run, [index]))
                    }
                }
            }
        }
        return writers
    }

    private func add(_ run: RunStep, _ command: ShellCommand, _ result: inout Search) {
        if command.name == "cat", let heredoc = command.redirections.first(where: { $0.heredoc != nil })?.heredoc {
            result.append(.content(heredoc, line: dockerfile.text.place(at: heredoc.offset(of: 0)).line))
        } else {
            result.append(.generated(run.instructionIndex))
        }
    }

    private func add(
        _ copy: CopyStep, source: CopyStep.Source, _ path: String, depth: Int, _ result: inout Search
    ) {
        guard let destination = copy.destination, let rest = Self.rest(of: path, below: destination),
            let text = source.text
        else { return }
        if let heredoc = source.heredoc {
            guard rest == heredoc.name || rest.isEmpty else { return }
            let content = MappedText(dockerfile.text.bytes, heredoc.contentRange)
            result.append(.content(heredoc.chomp ? content.withoutLeadingTabs() : content, line: heredoc.contentLine))
        } else if copy.isAdd, text.containsText("://") || text.hasPrefix("git@") {
            let file = text.split(separator: "/").last.map(String.init) ?? ""
            if rest.isEmpty || rest == file { result.append(.download(text)) }
        } else {
            for candidate in Self.candidates(text, rest, copy) {
                add(copy.origin, candidate, at: copy.instructionIndex, depth: depth, &result)
            }
        }
    }

    private func add(
        _ origin: FileOrigin, _ path: String, at instruction: Int, depth: Int, _ result: inout Search
    ) {
        let path = ContainerPath.join("/", path) ?? path
        switch origin {
        case .context: result.append(.context(String(path.dropFirst())))
        case .buildContext(let name): result.append(.buildContext(name: name, path: String(path.dropFirst())))
        case .image(let index): result.append(.image(index, path: path))
        case .stage(let index):
            // BuildKit copies from stages that end above the instruction only.
            guard stages.indices.contains(index), stages[index].instructions.upperBound <= instruction else { return }
            collect(path, in: index, before: stages[index].instructions.upperBound, depth: depth + 1, &result)
        case .unknown: break
        }
    }

    /// The part of a path below a folder: empty when they are the same; nil when it is not below.
    private static func rest(of path: String, below folder: String) -> String? {
        let folder = ContainerPath.join("/", folder) ?? folder
        if path == folder { return "" }
        let prefix = folder == "/" ? "/" : folder + "/"
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
    }

    private static func joined(_ folder: String, _ rest: String) -> String {
        rest.isEmpty ? folder : folder + "/" + rest
    }

    /// The paths of the origin that a source can give to a path below the destination.
    private static func candidates(_ source: String, _ rest: String, _ copy: CopyStep) -> [String] {
        let name = source.split(separator: "/").last.map(String.init) ?? ""
        let isPattern = name.contains { $0 == "*" || $0 == "?" || $0 == "[" }
        if copy.keepsParents {
            let plain = source.hasPrefix("./") ? String(source.dropFirst(2)) : source
            if let below = Self.rest(of: "/" + rest, below: "/" + plain) { return [joined(plain, below)] }
            return []
        }
        if rest.isEmpty { return copy.isDestinationFolder || isPattern ? [] : [source] }
        let first = rest.split(separator: "/").first.map(String.init) ?? rest
        if isPattern {
            let folder = source.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
                separator: "/")
            if let glob = try? GlobPattern(Array(name.utf8)), !name.contains("["), glob.matches(first), first == rest {
                return [folder.isEmpty ? rest : folder + "/" + rest]
            }
            return []
        }
        // A file of that name, or a folder whose content is copied.
        return first == name && rest == name ? [source, joined(source, rest)] : [joined(source, rest)]
    }
}
