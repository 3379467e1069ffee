internal import Glibc

/// Runs blocking work on a thread of its own, so that it takes no thread of Swift's cooperative pool, and returns its result.
///
/// - Parameter body: gets the cancellation of the calling task, which it has to test.
package func runBlocking<Value: Sendable, Failure: Error>(
    _ body: @escaping @Sendable (Cancellation) throws(Failure) -> Value
) async throws(Failure) -> Value {
    let cancellation = Cancellation()
    let result: Result<Value, Failure> = await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
            startThread {
                continuation.resume(
                    returning: Result { () throws(Failure) in try body(cancellation) })
            }
        }
    } onCancel: {
        cancellation.cancel()
    }
    return try result.get()
}

/// What a thread runs.
private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// Starts a detached thread with the stack size of the main thread (RLIMIT_STACK, pthread_create(3)); runs the work on the
/// calling thread where none can be started.
private func startThread(_ run: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let body = Unmanaged.passRetained(ThreadBody(run))
    let status = pthread_create(
        &thread, nil,
        { pointer in
            if let pointer { Unmanaged<ThreadBody>.fromOpaque(pointer).takeRetainedValue().run() }
            return nil
        }, body.toOpaque())
    if status == 0 {
        pthread_detach(thread)
    } else {
        body.takeRetainedValue().run()
    }
}
