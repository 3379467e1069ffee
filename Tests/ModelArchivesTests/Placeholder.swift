import Testing

@testable import ModelArchives
