/// Leaving loops, functions and subshells early: `break`, `continue`, `return`
/// (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_14).
extension ShellSimulation {
    /// How commands leave what they stand in.
    enum Leaving: Hashable {
        /// `break N`.
        case breaking(Int)
        /// `continue N`.
        case continuing(Int)
        /// `return`.
        case returning
    }

    /// A path that may have left a loop or a function, with what holds then.
    struct Departure {
        let state: State
        let leaving: Leaving
    }

    /// Runs commands whose changes end with them.
    mutating func inSubshell(_ body: (inout Self) -> Bool?) -> Bool? {
        let outer = (state, hasEnded, leaving, departures, mayHaveEnded)
        let status = body(&self)
        // Whether the subshell has ended early says nothing about the shell around it.
        let isKnown = departures.count == outer.3.count && mayHaveEnded == outer.4
        let (written, isAnywhere) = (state.written, state.writesAnywhere)
        (state, leaving, departures, mayHaveEnded) = (outer.0, outer.2, outer.3, outer.4)
        setEnded(outer.1)
        // Files outlive the subshell.
        state.written.formUnion(written)
        state.writesAnywhere = state.writesAnywhere || isAnywhere
        return isKnown ? status : nil
    }

    /// Runs commands whose failure is an answer.
    mutating func asking(_ body: (inout Self) -> Bool?) -> Bool? {
        let outer = isAsked
        isAsked = true
        defer { isAsked = outer }
        return body(&self)
    }

    /// Runs a loop, which `break` and `continue` leave.
    mutating func looping(_ body: (inout Self) -> Bool?) -> Bool? {
        let outer = departures
        departures = []
        let status = body(&self)
        let left = departures
        departures = outer
        if let leaving { self.leaving = Self.afterLoop(leaving) }
        return join(left.map { Departure(state: $0.state, leaving: $0.leaving) }, status) { Self.afterLoop($0) }
    }

    /// Runs a function or a file that is read in, which `return` leaves.
    mutating func returning(_ body: (inout Self) -> Bool?) -> Bool? {
        let outer = departures
        departures = []
        let status = body(&self)
        let left = departures
        departures = outer
        if leaving == .returning { leaving = nil }
        return join(left, status) { $0 == .returning ? nil : $0 }
    }

    /// Brings the paths that may have left together with the one that went on.
    private mutating func join(_ left: [Departure], _ status: Bool?, after: (Leaving) -> Leaving?) -> Bool? {
        if left.isEmpty { return status }
        var ends = leaving == nil ? [state] : []
        if let leaving { departures.append(Departure(state: state, leaving: leaving)) }
        for path in left {
            if let outside = after(path.leaving) {
                departures.append(Departure(state: path.state, leaving: outside))
            } else {
                ends.append(path.state)
            }
        }
        leaving = nil
        if let merged = merged(ends) { state = merged }
        return nil
    }

    /// What is left to leave after the innermost loop; nil for nothing.
    private static func afterLoop(_ leaving: Leaving) -> Leaving? {
        switch leaving {
        case .breaking(let count): count > 1 ? .breaking(count - 1) : nil
        case .continuing(let count): count > 1 ? .continuing(count - 1) : nil
        case .returning: .returning
        }
    }

    /// Keeps what several paths agree on.
    mutating func merged(_ states: [State]) -> State? {
        guard var result = states.first else { return nil }
        for other in states.dropFirst() {
            for name in result.variables.values.differingKeys(other.variables.values)
            where result.variables[name] != other.variables[name] {
                result.variables.values[name] = .scalar(.dynamic)
            }
            if result.variables.arguments?.map(\.text) != other.variables.arguments?.map(\.text) {
                result.variables.setArguments(nil)
            }
            if result.directory != other.directory { result.directory = nil }
            if result.exported != other.exported {
                for name in result.exported.symmetricDifference(other.exported) {
                    result.variables.values[name] = .scalar(.dynamic)
                }
                result.exported.formUnion(other.exported)
            }
            if result.exportsAll != other.exportsAll || result.keepsPatterns != other.keepsPatterns
                || result.dropsUnmatched != other.dropsUnmatched
            {
                gap("", "which options of the shell are set is not known")
            }
            result.exportsAll = result.exportsAll || other.exportsAll
            result.readOnly.formUnion(other.readOnly)
            result.madeDirectories.formIntersection(other.madeDirectories)
            result.written.formUnion(other.written)
            result.writesAnywhere = result.writesAnywhere || other.writesAnywhere
            // Not to end is to follow more.
            result.endsAtFailure = result.endsAtFailure && other.endsAtFailure
            for name in Set(result.functions.keys).union(other.functions.keys) {
                guard var function = result.functions[name] ?? other.functions[name] else { continue }
                let isSame = result.functions[name]?.number == other.functions[name]?.number
                function.isUncertain = !isSame || function.isUncertain || other.functions[name]?.isUncertain == true
                result.functions[name] = function
            }
        }
        return result
    }
}
