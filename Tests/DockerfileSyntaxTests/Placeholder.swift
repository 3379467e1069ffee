import Testing

@testable import DockerfileSyntax
