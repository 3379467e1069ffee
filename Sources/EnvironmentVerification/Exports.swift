@_exported import ContainerImages
@_exported import LockFormats
@_exported import ModelArchives
