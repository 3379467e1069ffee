import Testing

@testable import SourceDocuments
