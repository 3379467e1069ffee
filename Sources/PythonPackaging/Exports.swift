@_exported import ArchiveReading
