@_exported import PythonPackaging
