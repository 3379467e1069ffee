import Testing

@testable import EnvironmentVerification
