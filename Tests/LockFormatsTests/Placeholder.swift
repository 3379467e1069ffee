import Testing

@testable import LockFormats
