import EnvironmentInventory
import InputContracts
import TestSupport
import Testing

@testable import ModelArchives

/// Models of which a byte is another one.
@Suite("Contracts of damaged models")
struct DamagedContractTests {
    /// Files in which a checksum covers what the contract is read from.
    static let checked = ["lr.gzip.joblib", "lr.zlib.joblib", "lr.skops", "mlflow-pickle.zip", "mlflow-pickle.tar.gz"]
    static let unchecked = ["columns.p2.pkl", "columns.p5.pkl", "columns.joblib", "x.ubj", "m.onnx", "lightgbm.txt"]

    private static func damaged(
        _ name: String, rounds: Int, seed: UInt64, _ test: (ContractReading, Int) -> Void
    ) throws {
        let bytes = try #require(contents(ofFile: fixtures + name))
        let folder = TemporaryDirectory()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<fuzzRounds(rounds) {
            var changed = bytes
            let place = random.next(0...bytes.count - 1)
            changed[place] ^= UInt8(1 << random.next(0...7))
            let path = folder.write(name, changed)
            // A file that is not read at all is refused, which is an answer too.
            guard let model = try? ModelReader.read(path: path) else { continue }
            test(model.contractReading, place)
        }
    }

    @Test("a checksum keeps another contract from being read", arguments: checked)
    func checksums(_ name: String) throws {
        let whole = try ModelReader.read(path: fixtures + name).contractReading
        #expect(whole.contract?.inputs.isEmpty == false && whole.gaps.isEmpty)
        try Self.damaged(name, rounds: 60, seed: 7) { found, place in
            guard let contract = found.contract else { return }
            #expect(contract.inputs.map(\.name) == whole.contract?.inputs.map(\.name), "\(name) at \(place)")
            #expect(contract.inputs.map(\.type) == whole.contract?.inputs.map(\.type), "\(name) at \(place)")
            #expect(contract.outputs == whole.contract?.outputs, "\(name) at \(place)")
        }
    }

    @Test("without a checksum what is read still is a contract", arguments: unchecked)
    func invariants(_ name: String) throws {
        try Self.damaged(name, rounds: fuzzRounds(50), seed: 11) { found, place in
            guard let contract = found.contract else { return }
            #expect(contract.gaps.isEmpty, "\(name) at \(place)")
            #expect(contract.inputs.map(\.position) == Array(contract.inputs.indices), "\(name) at \(place)")
            for input in contract.inputs {
                if let minimum = input.range?.minimum { #expect(minimum.isFinite, "\(name) at \(place)") }
                if let maximum = input.range?.maximum { #expect(maximum.isFinite, "\(name) at \(place)") }
                if let minimum = input.range?.minimum, let maximum = input.range?.maximum {
                    #expect(minimum <= maximum, "\(name) at \(place)")
                }
                for dimension in input.shape ?? [] { #expect((dimension ?? 0) >= 0, "\(name) at \(place)") }
            }
        }
    }
}
