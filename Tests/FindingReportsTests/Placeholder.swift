import Testing

@testable import FindingReports
