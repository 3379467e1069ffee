import ArchiveReading

/// Strings that hold the bytes of a pickle: Python encodes them with Latin-1, as pickles of protocol 2 write bytes, or with UTF-8.
enum PickledStrings {
    /// Whether a string that begins so may hold one.
    static func mayHold(_ head: UnsafeRawBufferPointer) -> Bool {
        guard head.count >= EmbeddedKind.leastBytes else { return false }
        if EmbeddedKind.of(head) != nil { return true }
        guard head.contains(where: { $0 >= 0x80 }), let latin1 = latin1(head) else { return false }
        return latin1.withUnsafeBytes { EmbeddedKind.of($0) } != nil
    }

    /// The bytes of a string in Latin-1; nil where it has other characters. A character that is cut off at the end is left out.
    static func latin1(_ bytes: some Sequence<UInt8>) -> [UInt8]? {
        var output: [UInt8] = []
        var lead: UInt8?
        for byte in bytes {
            if let first = lead {
                guard byte & 0xC0 == 0x80 else { return nil }
                output.append(first << 6 | byte & 0x3F)
                lead = nil
            } else if byte < 0x80 {
                output.append(byte)
            } else {
                guard byte == 0xC2 || byte == 0xC3 else { return nil }
                lead = byte
            }
        }
        return output
    }
}

extension PickleMachine {
    /// Whether the next string, of so many bytes, may hold a pickle, so that it has to be read whole.
    func mayHoldPickle(_ count: Int, at offset: Int) throws(ArchiveReadingError) -> Bool {
        let start = min(count, EmbeddedKind.startBytes)
        guard try input.withNext(start, { PickledStrings.mayHold($0) }) else { return false }
        let window = try input.lookahead(min(count, EmbeddedKind.windowBytes))
        let left = window.count == count ? count : nil
        guard
            EmbeddedSuspect.find(window, size: left) != nil
                || PickledStrings.latin1(window).flatMap({
                    EmbeddedSuspect.find($0, size: left == nil ? nil : $0.count)
                })
                    != nil
        else { return false }
        guard count <= EmbeddedBudget.mostText else {
            reading.leaveOut("a string that may hold a pickle is longer than is looked into", at: offset)
            return false
        }
        return true
    }

    /// Looks into a string; true where it is a whole file of PyTorch's in Latin-1.
    func lookAtText(_ bytes: [UInt8], at offset: Int) -> Bool {
        let mayHold = bytes.withUnsafeBytes {
            PickledStrings.mayHold(UnsafeRawBufferPointer(rebasing: $0.prefix(EmbeddedKind.startBytes)))
        }
        guard mayHold else { return false }
        _ = look(at: bytes, at: offset)
        guard bytes.contains(where: { $0 >= 0x80 }), let latin1 = PickledStrings.latin1(bytes) else { return false }
        return look(at: latin1, at: offset)
    }
}
