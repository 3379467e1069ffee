import Testing

@testable import ContentHashing
