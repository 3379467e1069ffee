@_exported import DockerfileSyntax
@_exported import LockFormats
