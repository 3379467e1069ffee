import InputContracts
import TestSupport
import Testing

@testable import ModelArchives

@Suite("CatBoost's flat buffers")
struct CatBoostBufferTests {
    @Test("a .cbm says what the same model in JSON says")
    func sameModel() throws {
        let contracts = try ["cb.cbm", "cb.json"].map { name in
            try #require(try ModelReader.read(path: fixtures + name).contract)
        }
        #expect(!contracts[0].inputs.isEmpty)
        #expect(contracts[0].inputs.map(\.name) == contracts[1].inputs.map(\.name))
        #expect(contracts[0].inputs.map(\.type) == contracts[1].inputs.map(\.type))
        #expect(contracts[0].inputs.map(\.onNull) == contracts[1].inputs.map(\.onNull))
        #expect(contracts.map(\.library?.training) == ["1.2.10", "1.2.10"])
    }

    @Test("every changed byte and every cut gives a contract, a gap or nothing")
    func damage() throws {
        let bytes = try #require(contents(ofFile: fixtures + "cb.cbm"))
        let core = Array(bytes[8...])
        for place in stride(from: 0, to: core.count, by: 5) {
            for value in [0x00, 0xFF, core[place] ^ 0x10] as [UInt8] {
                var changed = core
                changed[place] = value
                guard let part = CatBoostContract.read(core: changed[...], version: nil, file: "m.cbm") else {
                    continue
                }
                #expect(part.contract.inputs.isEmpty || part.contract.gaps.isEmpty, "\(place)")
            }
            _ = CatBoostContract.read(core: core[..<place], version: nil, file: "m.cbm")
        }
    }

    @Test("JSON with statistics of categories is a model too")
    func statistics() throws {
        let folder = TemporaryDirectory()
        let text =
            #"{"ctr_data": {}, "features_info": {"float_features": [{"flat_feature_index": 0, "feature_id": "a"}]}}"#
        let model = try ModelReader.read(path: folder.write("m.json", Array(text.utf8)))
        #expect(model.contracts.flatMap(\.contract.inputs).map(\.name) == ["a"])
    }
}
