import ArchiveReading
import EnvironmentInventory
import TestSupport
import Testing

@testable import ContainerImages

struct LayerDeviceTests {
    private func layer(_ build: (inout TarBytes) -> Void) -> TarBytes {
        var tar = TarBytes()
        build(&tar)
        return tar
    }

    @Test func devicesAreToldApart() throws {
        func files(_ type: Character) throws -> FileSystemIndex { try stacked([layer { $0.add("a", type: type) }]) }
        #expect(try files("3").lookup("a")?.kind == .other(what: "character device 1:3"))
        var walks = try ["3", "4", "6"].map { try files($0).walk }
        for index in walks.indices {
            let hasEntry = walks[index].next()
            #expect(hasEntry)
        }
        for (left, right) in [(0, 1), (1, 2), (0, 2)] { #expect(!walks[left].isSame(as: walks[right])) }
        for walk in walks { #expect(walk.isSame(as: walk)) }
        let folder = TemporaryFolder()
        shell("mkfifo '\(folder.path)/a'")
        var stack = LayerStack(image: "folder", honorsWhiteouts: false)
        try stack.apply(LayerReader(limits: ReadingLimits()).read(DirectoryReader(path: folder.path)), name: "folder")
        #expect(FileSystemIndex(stack.finish()).lookup("a")?.kind == .other(what: "FIFO"))
    }

    @Test(
        "a device that hides a name on overlayfs is refused",
        arguments: [(0, 0, true), (4096, 1 << 20, true), (0, 1, false), (1, 0, false)])
    func whiteoutDevices(major: Int, minor: Int, isRefused: Bool) throws {
        func files(_ type: Character) throws -> FileSystemIndex {
            try stacked([layer { $0.file("a", "1") }, layer { $0.add("a", type: type, device: [major, minor]) }])
        }
        if isRefused {
            let error = #expect(throws: ImageReadingError.self) { try files("3") }
            #expect(error?.description.contains("'a' is the character device 0:0") == true)
        } else {
            #expect(try files("3").lookup("a")?.kind == .other(what: "character device \(major):\(minor)"))
        }
        #expect(try files("4").lookup("a")?.kind == .other(what: "block device \(major):\(minor)"))
    }
}
