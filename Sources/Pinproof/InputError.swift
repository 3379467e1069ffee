import ParallelWork

/// An input that cannot be read, or cannot be used for what was asked.
public struct InputError: Error, CustomStringConvertible {
    /// What is wrong and where; one line, or one for each thing.
    public let description: String
    /// The error of the reader; nil where the job itself refuses the input.
    public let underlying: (any Error)?

    /// Creates an error of the job itself.
    package init(_ description: String) {
        self.description = description
        underlying = nil
    }

    /// Creates an error from that of a reader.
    package init(_ underlying: some Error & CustomStringConvertible) {
        description = underlying.description
        self.underlying = underlying
    }

    /// Runs what throws the error of a lower room and throws it as an input error.
    static func wrapping<Value, Failure: Error & CustomStringConvertible>(
        _ body: () throws(Failure) -> Value
    ) throws(InputError) -> Value {
        do { return try body() } catch { throw InputError(error) }
    }
}

/// The error of one job.
protocol JobError: Error, CustomStringConvertible {
    /// An input cannot be read or used.
    static func input(_ error: InputError) -> Self
    /// The task was cancelled.
    static var cancelled: Self { get }
}

/// Runs a job on a thread of its own and gives its errors their type.
///
/// - Parameter body: throws an input error; one whose ``InputError/underlying`` is the job's own error becomes that.
func runJob<Value: Sendable, Failure: JobError>(
    _ failure: Failure.Type,
    _ body: @escaping @Sendable (Cancellation) throws(InputError) -> Value
) async throws(Failure) -> Value {
    try await runBlocking { cancellation throws(Failure) in
        if cancellation.isCancelled { throw Failure.cancelled }
        do throws(InputError) {
            let value = try body(cancellation)
            if cancellation.isCancelled { throw InputError("cancelled") }
            return value
        } catch {
            // Whatever fails once the job is cancelled fails because of it.
            if cancellation.isCancelled { throw Failure.cancelled }
            throw error.underlying as? Failure ?? .input(error)
        }
    }
}
