@_exported import ContentHashing
