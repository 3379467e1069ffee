import Testing

@testable import EnvironmentInventory
