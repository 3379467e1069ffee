import TestSupport
import Testing

@testable import ModelArchives

@Suite("Headers of safetensors")
struct SafetensorsHeaderTests {
    private func read(_ header: String) throws -> Model {
        let directory = TemporaryDirectory()
        let bytes = Array(header.utf8)
        let path = directory.write("m.safetensors", [UInt8(bytes.count), 0, 0, 0, 0, 0, 0, 0] + bytes)
        return try ModelReader.read(path: path)
    }

    @Test(
        "a header that the library refuses is refused",
        arguments: [
            #"{"__metadata__":{"a":1}}"#, #"{"__metadata__":{"a":null}}"#, #"{"__metadata__":[]}"#,
            #"{"__metadata__":{"a":["b"]}}"#, #"{"__metadata__":{"a":{}}}"#, #"{"__metadata__":"a"}"#,
            #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[-0,0]}}"#,
            #"{"a":{"dtype":"U8","shape":[-0],"data_offsets":[0,0]}}"#,
            #"{"a":{"dtype":"U8","shape":[0.0],"data_offsets":[0,0]}}"#,
            #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0e0]}}"#,
        ])
    func refused(_ header: String) { #expect(throws: ModelReadingError.self) { try read(header) } }

    @Test(
        "a header that the library takes is read",
        arguments: [
            #"{"__metadata__":null}"#, #"{"__metadata__":{}}"#, #"{"__metadata__":{"format":"pt"}}"#,
            #"{"a":{"dtype":"U8","shape":[],"data_offsets":[0,0]}}"#.replacing("[]", with: "[0]"),
        ])
    func taken(_ header: String) throws { #expect(try read(header).isComplete) }
}
