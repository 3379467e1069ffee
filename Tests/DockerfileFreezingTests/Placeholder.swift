import Testing

@testable import DockerfileFreezing
