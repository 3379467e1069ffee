@_exported import SourceDocuments
