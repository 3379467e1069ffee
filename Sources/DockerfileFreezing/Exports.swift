@_exported import ContainerImages
@_exported import DockerfileSyntax
@_exported import LockFormats
