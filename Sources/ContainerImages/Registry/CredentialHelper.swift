import SourceDocuments
internal import Glibc

/// Asks programs `docker-credential-NAME`: the registry on standard input, JSON on standard output
/// (https://github.com/docker/docker-credential-helpers#development).
enum CredentialHelper {
    enum Answer: Sendable, Hashable {
        case found(RegistryCredentials)
        /// The helper has none for this registry.
        case none
        /// The helper and what is wrong with it; a final failure is the same for every registry.
        case failed(String, isFinal: Bool)
    }

    private static let outputLimit = 1 << 16
    /// What the protocol has a helper print, with a status that is not 0, when it has none.
    private static let notFound = "credentials not found in native keychain"

    /// Asks for the credentials of a registry.
    ///
    /// - Parameter deadline: when a helper that did not end is killed.
    /// - Throws: ``DocumentError`` for a name that is none, and for an answer that is not the JSON of the protocol.
    static func ask(
        _ helper: String, _ key: String, before deadline: ContinuousClock.Instant
    ) throws(DocumentError) -> Answer {
        let program = "docker-credential-\(helper)"
        // A name with a slash would start any program.
        guard
            helper.utf8.allSatisfy({
                $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0.isASCIIDigit
                    || $0.isASCIILetter
            }), !helper.isEmpty
        else { throw DocumentError(file: program, place: nil, reason: "not a name of a credential helper") }
        func failed(_ reason: String, isFinal: Bool = true) -> Answer {
            .failed("the credential helper \(program) \(reason)", isFinal: isFinal)
        }
        switch ChildProcess.run(program, ["get"], input: Array(key.utf8), limit: outputLimit, before: deadline) {
        case .output(let bytes):
            let table = try JSONTable(bytes, name: program, otherCase: .isTaken)
            guard let user = try table.string("Username"), let secret = try table.string("Secret") else {
                return failed("answers without a Username and a Secret", isFinal: false)
            }
            return .found(user == "<token>" ? .identityToken(secret) : .password(user: user, password: secret))
        case .status(let status, let output):
            let message = message(output)
            if message == notFound { return .none }
            return failed(
                "ends with status \(status)" + (message.map { " (\($0))" } ?? ""), isFinal: false)
        case .signal(let number): return failed("is ended by signal \(number)")
        case .tooLong: return failed("prints more than \(outputLimit) bytes")
        case .late: return failed("does not end within the time limit")
        case .notStarted(let reason): return failed("cannot be started (\(reason))")
        }
    }

    /// The first line of what a failed helper printed; nil for nothing, and for what may hold a secret.
    private static func message(_ output: [UInt8]) -> String? {
        let text = String(decoding: output.prefix(1000), as: UTF8.self)
        guard !text.contains("{"), let line = text.split(whereSeparator: \.isNewline).first else { return nil }
        let words = line.split(separator: " ").joined(separator: " ")
        return words.isEmpty ? nil : String(words.prefix(200))
    }
}

/// Starts a program and reads what it prints.
private enum ChildProcess {
    enum Ending {
        case output([UInt8])
        case status(Int32, [UInt8])
        case signal(Int32)
        case tooLong
        case late
        case notStarted(String)
    }

    /// Runs a program and returns how it ended, with its standard output.
    ///
    /// It is over when the program itself is: what it started may keep the pipe open.
    static func run(
        _ program: String, _ arguments: [String], input: [UInt8], limit: Int, before deadline: ContinuousClock.Instant
    ) -> Ending {
        var toChild: [Int32] = [0, 0]
        var fromChild: [Int32] = [0, 0]
        guard pipe(&toChild) == 0 else { return .notStarted("no pipe") }
        guard pipe(&fromChild) == 0 else {
            close(toChild[0])
            close(toChild[1])
            return .notStarted("no pipe")
        }
        // The helper gets its two ends as standard streams and none of the others.
        for descriptor in toChild + fromChild { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let status = posix_spawnp(&child, program, &actions, nil, &words, environ)
        close(toChild[0])
        close(fromChild[1])
        guard status == 0 else {
            close(toChild[1])
            close(fromChild[0])
            return .notStarted(status == ENOENT ? "no such program" : "error \(status)")
        }
        // A registry's name fits into a pipe; a helper that does not read it gets a signal, not we.
        let before = signal(SIGPIPE, SIG_IGN)
        _ = input.withUnsafeBytes { write(toChild[1], $0.baseAddress, $0.count) }
        signal(SIGPIPE, before)
        close(toChild[1])
        defer { close(fromChild[0]) }
        return wait(for: child, fromChild[0], limit, deadline)
    }

    private static func wait(
        for child: pid_t, _ descriptor: Int32, _ limit: Int, _ deadline: ContinuousClock.Instant
    ) -> Ending {
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        var output: [UInt8] = []
        var isOpen = true
        while true {
            // What a program printed before it ended is in the pipe by then.
            let ended = ending(of: child)
            while isOpen, output.count <= limit {
                var piece = [UInt8](repeating: 0, count: 4096)
                let count = read(descriptor, &piece, piece.count)
                if count > 0 { output += piece[..<count] }
                if count == 0 { isOpen = false }
                if count < 0, errno != EINTR {
                    isOpen = errno == EAGAIN
                    break
                }
            }
            if output.count > limit || ended == nil && ContinuousClock.now >= deadline {
                if ended == nil { end(child) }
                return output.count > limit ? .tooLong : .late
            }
            if let ended {
                if ended & 0x7F != 0 { return .signal(ended & 0x7F) }
                let status = ended >> 8 & 0xFF
                // A shell that was started in place of the program ends so when there is none.
                if status == 127 { return .notStarted("no such program") }
                return status == 0 ? .output(output) : .status(status, output)
            }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            // Its end is not seen in the pipe, where another process holds it or it was closed before.
            _ = poll(&waiting, isOpen ? 1 : 0, 10)
        }
    }

    /// How a program ended, as `waitpid` says it; nil while it runs.
    private static func ending(of child: pid_t) -> Int32? {
        var ending: Int32 = 0
        let found = waitpid(child, &ending, WNOHANG)
        if found == child { return ending }
        // Whoever ignores the signal of ended children learns nothing of how they ended.
        return found < 0 && errno != EINTR ? 0 : nil
    }

    /// Kills a program, and leaves one that even so does not end.
    private static func end(_ child: pid_t) {
        kill(child, SIGKILL)
        for _ in 0..<100 where ending(of: child) == nil { usleep(10_000) }
    }
}
