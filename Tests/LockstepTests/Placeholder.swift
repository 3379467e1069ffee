import Testing

@testable import Lockstep
