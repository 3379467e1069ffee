import EnvironmentInventory
import FindingReports
import Glibc
import Synchronization

/// One line on a terminal that says how far the reading of an image is: its name, bytes of the whole, rate, time left.
final class ProgressLine: Sendable {
    private let state = Mutex(Progress())

    /// What was read so far, as the line shows it.
    struct Progress {
        /// A layer of an image.
        private struct Layer: Hashable {
            let image: String
            let number: Int
        }

        /// What was read up to a moment.
        private struct Sample {
            let time: ContinuousClock.Instant
            let bytes: Int
        }

        /// The bytes that were read of each layer.
        private var bytes: [Layer: Int] = [:]
        /// The stored bytes of each image; nil for one that does not say it.
        private var totals: [String: Int?] = [:]
        /// The last seconds, by which the rate is computed.
        private var samples: [Sample] = []
        fileprivate var isWritten = false
        fileprivate var written: ContinuousClock.Instant?

        /// How far back the rate looks.
        private static let window = Duration.seconds(3)

        init() {}

        /// Takes news of a layer.
        mutating func take(_ progress: ReadingProgress, at now: ContinuousClock.Instant) {
            bytes[Layer(image: progress.image, number: progress.number)] = max(0, progress.bytes)
            totals[progress.image] = progress.totalOfImage
            let read = bytes.values.reduce(0) { $0.addingReportingOverflow($1).partialValue }
            samples.append(Sample(time: now, bytes: read))
            while samples.count > 2, samples[1].time < now - Self.window { samples.removeFirst() }
        }

        /// `registry.example/app:1: 402 of 1200 MB, 312 MB/s, 3 s left`
        func line(_ progress: ReadingProgress) -> String {
            let read = samples.last?.bytes ?? 0
            let known = totals.values.compactMap { $0 }
            let total =
                known.count == totals.count ? known.reduce(0) { $0.addingReportingOverflow($1).partialValue } : nil
            var line = progress.image.isEmpty ? "" : shown(Self.shortened(progress.image)) + ": "
            line +=
                total.map { "\(Self.megabytes(min(read, $0))) of \(Self.megabytes($0)) MB" }
                ?? "\(Self.megabytes(read)) MB"
            guard let first = samples.first, let last = samples.last else { return line }
            let time = last.time - first.time
            let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
            let rate = seconds > 0.2 ? Double(last.bytes - first.bytes) / seconds : 0
            guard rate >= 1 else { return line }
            line += ", \(Self.megabytes(Int(exactly: rate.rounded()) ?? 0)) MB/s"
            if let total, total > read, let left = Int(exactly: (Double(total - read) / rate).rounded(.up)) {
                line += ", \(Self.duration(left)) left"
            }
            return line
        }

        /// A name of at most 48 characters: its end says more than its start.
        private static func shortened(_ name: String) -> String {
            name.count > 48 ? "..." + name.suffix(45) : name
        }

        private static func duration(_ seconds: Int) -> String {
            seconds < 120 ? "\(seconds) s" : seconds < 7200 ? "\(seconds / 60) min" : "\(seconds / 3600) h"
        }

        private static func megabytes(_ bytes: Int) -> Int {
            bytes / 1_000_000 + (bytes % 1_000_000 >= 500_000 ? 1 : 0)
        }
    }

    /// Nil where standard error is not a terminal.
    init?() {
        guard isatty(STDERR_FILENO) == 1 else { return nil }
    }

    /// Takes news of a layer; writes at most ten times a second.
    func update(_ progress: ReadingProgress) {
        state.withLock { state in
            let now = ContinuousClock.now
            state.take(progress, at: now)
            if let written = state.written, now - written < .milliseconds(100) { return }
            state.written = now
            state.isWritten = true
            Self.write("\r\u{1B}[K" + state.line(progress))
        }
    }

    /// Takes the line away.
    func finish() {
        state.withLock { state in
            if state.isWritten { Self.write("\r\u{1B}[K") }
            state.isWritten = false
        }
    }

    private static func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
