import Testing

@testable import PinRules
