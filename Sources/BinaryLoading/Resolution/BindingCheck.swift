/// Checks the objects of a process against each other, as a loader does when it binds them: versions, symbols, stacks.
package struct BindingCheck {
    /// What the objects that every other one sees define; the version is left out.
    private let globals: Set<UInt64>
    private let globalNumbers: Set<Int>
    /// What an object needs beyond what all objects see, by the file's number.
    private var open: [Int: [UInt64]] = [:]
    /// The objects that defined everything that an object needs, by the file's number: where they are all in scope again,
    /// nothing is missing again. Libraries are in the scopes of hundreds of modules.
    private var providers: [Int: Set<Int>] = [:]

    /// Prepares the checks of what is opened in a process.
    package init(_ process: LoaderProcess) {
        var globals: Set<UInt64> = []
        for number in process.globalObjects {
            for symbol in process.objects[number].file?.symbols.defined ?? [] { globals.insert(symbol & ~0xFFFF) }
        }
        self.globals = globals
        globalNumbers = Set(process.globalObjects)
    }

    /// Returns what stands in the way of binding some objects.
    ///
    /// - Parameters:
    ///   - scope: the objects that were opened together, the opened one first.
    ///   - isStart: whether they are those of the program's start.
    ///   - isWhole: whether everything that they need was found: otherwise their symbols are not looked for.
    package mutating func issues(
        _ process: LoaderProcess, scope: [Int], isStart: Bool = false, isWhole: Bool = true
    ) -> [LoadingIssue] {
        var issues: [LoadingIssue] = []
        let isComplete = isWhole && scope.allSatisfy { process.objects[$0].file != nil }
        let numbers = Set(scope.map { process.objects[$0].number })
        for number in scope where isStart || !globalNumbers.contains(number) {
            let object = process.objects[number]
            guard let file = object.file else { continue }
            func report(_ cause: LoadingIssue.Cause) {
                issues.append(
                    LoadingIssue(cause: cause, object: object.realPath, chain: process.chain(to: number, in: scope)))
            }
            // A library of musl that is not there is missing, which says it already.
            if isWhole, let other = otherLibrary(file, process.settings) { report(other) }
            if process.settings.family == .glibc {
                for need in file.versionNeeds {
                    guard let provider = process.object(named: need.file), let own = provider.file,
                        !own.versions.isEmpty
                    else { continue }
                    let lacking = need.versions.filter { !own.versions.contains($0) }
                    if !lacking.isEmpty { report(.missingVersions(lacking, of: need.file, path: provider.realPath)) }
                }
                if !isStart, file.wantsExecutableStack, refusesExecutableStacks(process) { report(.executableStack) }
            }
            if isComplete {
                let missing = missingSymbols(of: object, file, in: process, scope: scope, numbers: numbers)
                if !missing.isEmpty {
                    report(.missingSymbols(missing, versions: missing.map { file.symbols.version(of: $0) ?? "" }))
                }
            }
        }
        return issues
    }

    /// Returns the symbols of an object that no object of a scope defines, every one of which was read.
    private mutating func missingSymbols(
        of object: LoaderProcess.Object, _ file: ELFFile, in process: LoaderProcess, scope: [Int],
        numbers: Set<Int>
    ) -> [UInt64] {
        let wanted = undefined(object, file)
        if wanted.isEmpty { return [] }
        if let known = providers[object.number], known.isSubset(of: numbers) { return [] }
        var used: Set<Int> = []
        let missing = wanted.filter { symbol in
            let version = file.symbols.version(of: symbol)
            guard
                let provider = scope.first(where: {
                    process.objects[$0].file?.symbols.satisfies(symbol, version: version) ?? false
                })
            else { return true }
            used.insert(process.objects[provider].number)
            return false
        }
        if missing.isEmpty { providers[object.number] = used }
        return missing
    }

    private mutating func undefined(_ object: LoaderProcess.Object, _ file: ELFFile) -> [UInt64] {
        if let known = open[object.number] { return known }
        let rest = file.symbols.undefined.filter { !globals.contains($0 & ~0xFFFF) }
        open[object.number] = rest
        return rest
    }

    /// An object whose C library is not that of the process.
    private func otherLibrary(_ file: ELFFile, _ settings: LoaderSettings) -> LoadingIssue.Cause? {
        switch settings.family {
        case .musl:
            let isGNU = file.versionNeeds.contains { need in
                need.versions.contains { $0.hasPrefix("GLIBC_2.") } && need.file.hasPrefix("libc.so")
            }
            return isGNU ? .otherLibrary(needs: "glibc", has: "musl") : nil
        case .glibc:
            let isMusl = file.needed.contains { $0.hasPrefix("libc.musl-") }
            return isMusl ? .otherLibrary(needs: "musl", has: "glibc") : nil
        }
    }

    /// From glibc 2.41 on, `dlopen` makes no stack executable
    /// (https://sourceware.org/git/?p=glibc.git;a=blob;f=NEWS, version 2.41), unless a tunable says so.
    private func refusesExecutableStacks(_ process: LoaderProcess) -> Bool {
        guard let release = process.settings.release, (release.major, release.minor) >= (2, 41) else { return false }
        // 2 makes the stack executable at any time.
        let tunables = process.settings.launch.tunables?.split(separator: ":") ?? []
        if tunables.last(where: { $0.hasPrefix("glibc.rtld.execstack=") })?.hasSuffix("=2") ?? false { return false }
        return !(process.objects.first?.file?.wantsExecutableStack ?? true)
    }
}

extension LoaderProcess {
    /// The objects that every opened one sees.
    package var globalObjects: [Int] { globals }

    /// The object that a name stands for.
    package func object(named name: String) -> Object? {
        objects.first { $0.names.contains(name) || $0.file?.soname == name }
    }

    /// The paths from the first object of a scope to an object, by who needs whom.
    package func chain(to number: Int, in scope: [Int]) -> [String] {
        guard let first = scope.first, first != number else { return [objects[number].realPath] }
        var via: [Int: Int] = [first: first]
        var queue = [first]
        var next = 0
        while next < queue.count {
            let current = queue[next]
            next += 1
            for need in objects[current].needs where via[need] == nil {
                via[need] = current
                queue.append(need)
            }
        }
        var chain = [objects[number].realPath]
        var current = number
        while let parent = via[current], parent != current, chain.count < 64 {
            chain.append(objects[parent].realPath)
            current = parent
        }
        return chain.reversed()
    }
}
