import ContentHashing
import EnvironmentInventory
import FindingReports
import FoundationEssentials
import Testing

@testable import Pinproof

struct PageTests {
    @Test("the policy of a page lets its own script run, by the digest of its bytes")
    func policy() throws {
        let package = Package(ecosystem: .pypi, name: "six", version: "1")
        let page = HTMLDifferenceReport.render(
            DifferenceReport(
                left: "a", right: "b",
                difference: EnvironmentDifference(
                    changes: [.init(kind: .added, left: nil, right: package)], sames: [])), style: .plain)
        let start = try #require(page.firstRange(of: "<script>")).upperBound
        let end = try #require(page.firstRange(of: "</script>")).lowerBound
        let digest = try ContentHash.sha256(of: Array(page[start..<end].utf8))
        let bytes = stride(from: 0, to: digest.hex.utf8.count, by: 2).compactMap {
            UInt8(digest.hex.dropFirst($0).prefix(2), radix: 16)
        }
        let text = Data(bytes).base64EncodedString()
        #expect(page.contains("script-src 'sha256-\(text)'"))
    }
}
