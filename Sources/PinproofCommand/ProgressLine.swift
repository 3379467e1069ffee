import EnvironmentInventory
import Glibc
import Synchronization

/// One line on a terminal that says how far the reading of an image is: layers, bytes, rate.
final class ProgressLine: Sendable {
    private let state = Mutex(State())

    private struct State {
        /// The bytes that were read of each layer, by its number.
        var bytes: [Int: Int] = [:]
        var isWritten = false
        var started: ContinuousClock.Instant?
        var written: ContinuousClock.Instant?
    }

    /// Nil where standard error is no terminal.
    init?() {
        guard isatty(STDERR_FILENO) == 1 else { return nil }
    }

    /// Takes news of a layer; writes at most ten times a second.
    func update(_ progress: ReadingProgress) {
        state.withLock { state in
            let now = ContinuousClock.now
            let start = state.started ?? now
            state.started = start
            state.bytes[progress.number] = progress.bytes
            if let written = state.written, now - written < .milliseconds(100) { return }
            state.written = now
            state.isWritten = true
            let line = Self.line(
                progress, read: state.bytes.values.reduce(0, +), after: now - start)
            Self.write("\r\u{1B}[K" + line)
        }
    }

    /// Takes the line away.
    func finish() {
        state.withLock { state in
            if state.isWritten { Self.write("\r\u{1B}[K") }
            state.isWritten = false
        }
    }

    /// `layer 3 of 5, 181 of 240 MB; 402 MB read, 312 MB/s`
    static func line(_ progress: ReadingProgress, read: Int, after time: Duration) -> String {
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        let of = progress.total.map { " of \(megabytes($0))" } ?? ""
        var line = "layer \(progress.number) of \(progress.count), \(megabytes(progress.bytes))\(of) MB"
        line += "; \(megabytes(read)) MB read"
        if seconds > 0.2 { line += ", \(megabytes(Int(Double(read) / seconds))) MB/s" }
        return line
    }

    private static func megabytes(_ bytes: Int) -> Int { (bytes + 500_000) / 1_000_000 }

    private static func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
