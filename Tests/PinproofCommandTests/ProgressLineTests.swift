import EnvironmentInventory
import Testing

@testable import PinproofCommand

/// The line that a terminal shows while an image is read.
struct ProgressLineTests {
    private static func news(
        _ bytes: Int, layer: Int = 1, image: String = "app:1", total: Int? = 1_200_000_000
    ) -> ReadingProgress {
        ReadingProgress(
            layer: "sha256:x", number: layer, count: 5, bytes: bytes, total: nil, image: image, totalOfImage: total)
    }

    private static func line(_ news: [(seconds: Double, ReadingProgress)]) -> String {
        var progress = ProgressLine.Progress()
        let start = ContinuousClock.now
        for (seconds, item) in news { progress.take(item, at: start + .milliseconds(Int(seconds * 1000))) }
        return news.last.map { progress.line($0.1) } ?? ""
    }

    @Test("the name, the bytes of the whole, the rate, the time left")
    func whole() {
        #expect(
            Self.line([(0, Self.news(0)), (1, Self.news(300_000_000)), (2, Self.news(600_000_000))])
                == "app:1: 600 of 1200 MB, 300 MB/s, 2 s left")
        #expect(Self.line([(0, Self.news(10_000_000))]) == "app:1: 10 of 1200 MB")
        #expect(
            Self.line([(0, Self.news(0, total: nil)), (1, Self.news(5_000_000, total: nil))]) == "app:1: 5 MB, 5 MB/s")
    }

    @Test("layers are added up; the rate is that of the last seconds")
    func rate() {
        #expect(
            Self.line([
                (0, Self.news(0)), (1, Self.news(100_000_000)), (2, Self.news(100_000_000, layer: 2)),
                (12, Self.news(110_000_000, layer: 2)), (13, Self.news(120_000_000, layer: 2)),
                (14, Self.news(130_000_000, layer: 2)),
            ]).hasPrefix("app:1: 230 of 1200 MB, "))
        let slow = Self.line(
            [(0, Self.news(0)), (1, Self.news(1_000_000_000))]
                + (2...10).map { (Double($0), Self.news(1_000_000_000 + $0 * 1_000_000)) })
        #expect(slow == "app:1: 1010 of 1200 MB, 1 MB/s, 3 min left")
    }

    @Test("two images: their bytes together, and the name of the one that has news")
    func twoImages() {
        #expect(
            Self.line([(0, Self.news(100_000_000)), (1, Self.news(50_000_000, image: "base", total: 100_000_000))])
                == "base: 150 of 1300 MB, 50 MB/s, 23 s left")
        #expect(
            Self.line([(0, Self.news(100_000_000)), (0.1, Self.news(50_000_000, image: "base", total: nil))])
                == "base: 150 MB")
    }

    @Test("hostile values: no escape sequence, no overflow, a long name cut")
    func hostile() {
        let long = String(repeating: "x", count: 500) + "/app:1"
        #expect(Self.line([(0, Self.news(1_000_000, image: long))]).hasSuffix("xxx/app:1: 1 of 1200 MB"))
        #expect(Self.line([(0, Self.news(1_000_000, image: long))]).count < 80)
        #expect(!Self.line([(0, Self.news(1, image: "\u{1B}[2J"))]).contains("\u{1B}"))
        _ = Self.line([(0, Self.news(.max)), (1, Self.news(.max, layer: 2)), (2, Self.news(.min, total: .min))])
        _ = Self.line([(0, Self.news(0, total: .max)), (1, Self.news(1, image: "b", total: .max))])
    }
}
