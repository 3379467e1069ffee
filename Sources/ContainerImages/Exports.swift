@_exported import ArchiveReading
@_exported import PythonPackaging
