/// Something that a reader met and could not turn into a value.
///
/// A reader has no other way to leave something out. A gap is never a match: `verify` answers `not-provable`, `check`
/// reports it as a finding, and `inspect`, `diff` and `freeze` name it.
public struct Gap: Sendable, Hashable {
    /// What was left out, as written: `git+https://host.example/r.git`, `-e .`, a path.
    public let subject: String
    /// Why it was left out, one sentence without a full stop.
    public let reason: String
    /// The file, and the line on which the entry starts; nil where the subject as a whole is meant.
    public let source: FileLocation?
    /// What may be missing from the value because of the gap.
    package let scope: Scope
    /// The package that was left out because nothing gives its name, which is empty here; nil where something else was.
    package let package: Package?

    /// Whether nothing is missing from a comparison because of the gap: it is a package without a name that a commit or a hash
    /// pins, and packages without a name are compared by these.
    package var isCompared: Bool { package?.strength == .hashed }

    /// What a gap may hide.
    package enum Scope: Sendable, Hashable {
        /// Anything that the reader reads.
        case anything
        /// Packages of one ecosystem.
        case packages(Ecosystem)
        /// Packages of the operating system, in a database of a kind that is not read.
        case systemPackages
    }

    /// Creates a gap.
    package init(
        _ subject: String, reason: String, source: FileLocation? = nil, scope: Scope = .anything,
        package: Package? = nil
    ) {
        self.subject = subject
        self.reason = reason
        self.source = source
        self.scope = scope
        self.package = package
    }

    /// Returns the gaps without those that concern an entry for the second time.
    ///
    /// Two readers of one file may give different reasons for the same line; the first one is kept.
    package static func deduplicated(_ gaps: [Gap]) -> [Gap] {
        var seen: Set<Gap> = []
        return gaps.filter { gap in
            let entry = gap.source?.line == nil ? gap : Gap("", reason: "", source: gap.source)
            return seen.insert(entry).inserted
        }
    }

    /// The gap as one line: `requirements.txt:3: -e .: a local project has no name`.
    public var description: String {
        let place = source.map { source in
            source.file + (source.line.map { ":\($0)" } ?? "") + ": "
        }
        return (place ?? "") + (subject.isEmpty ? "" : subject + ": ") + reason
    }
}

/// What a reader made of its input: the value, and everything that it had to leave out.
package struct Reading<Value> {
    /// What was understood.
    package var value: Value
    /// What was not, in the order in which it was met.
    package var gaps: [Gap]

    /// Creates a reading; without `gaps` everything was understood.
    package init(_ value: Value, gaps: [Gap] = []) {
        self.value = value
        self.gaps = gaps
    }

    /// Returns a reading of the transformed value with the same gaps.
    package func map<Result, Failure: Error>(
        _ transform: (Value) throws(Failure) -> Result
    ) throws(Failure) -> Reading<Result> {
        Reading<Result>(try transform(value), gaps: gaps)
    }

    /// Returns the value and moves the gaps to the end of `others`, where the caller collects them.
    package consuming func collect(into others: inout [Gap]) -> Value {
        others += gaps
        return value
    }
}

extension Reading: Sendable where Value: Sendable {}
extension Reading: Equatable where Value: Equatable {}
