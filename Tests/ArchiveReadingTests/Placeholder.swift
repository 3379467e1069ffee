import Testing

@testable import ArchiveReading
