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
        case .status(let status, let output, let errors):
            let answer = message(output)
            if answer == notFound { return .none }
            let message = answer ?? message(errors)
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
        /// The status, what it printed, and the beginning of what it wrote to standard error.
        case status(Int32, [UInt8], errors: [UInt8])
        case signal(Int32)
        case tooLong
        case late
        case notStarted(String)
    }

    /// How much of its standard error is kept.
    private static let errorLimit = 1 << 12

    /// Runs a program and returns how it ended, with its standard output.
    ///
    /// It is over when the program itself is. What it started may keep its pipes open, and is killed: it would also keep open
    /// the standard error of this process, which the program therefore does not get.
    static func run(
        _ program: String, _ arguments: [String], input: [UInt8], limit: Int, before deadline: ContinuousClock.Instant
    ) -> Ending {
        // Standard input, output and error: the end to read from, then the one to write to.
        var pipes: [[Int32]] = []
        for _ in 0..<3 {
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0 else {
                for descriptor in pipes.joined() { close(descriptor) }
                return .notStarted("no pipe")
            }
            pipes.append(ends)
        }
        let ours = [pipes[0][1], pipes[1][0], pipes[2][0]]
        let theirs = [pipes[0][0], pipes[1][1], pipes[2][1]]
        // The helper gets its three ends as standard streams and none of the others.
        for descriptor in pipes.joined() { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in theirs.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        // A group of its own, so that what the helper starts can be killed with it.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let status = posix_spawnp(&child, program, &actions, &attributes, &words, environ)
        for descriptor in theirs { close(descriptor) }
        defer { for descriptor in ours.dropFirst() { close(descriptor) } }
        guard status == 0 else {
            close(ours[0])
            return .notStarted(status == ENOENT ? "no such program" : "error \(status)")
        }
        // A registry's name fits into a pipe; a helper that does not read it gets a signal, not we.
        let before = signal(SIGPIPE, SIG_IGN)
        _ = input.withUnsafeBytes { write(ours[0], $0.baseAddress, $0.count) }
        signal(SIGPIPE, before)
        close(ours[0])
        var output = OpenPipe(ours[1], limit: limit)
        var errors = OpenPipe(ours[2], limit: errorLimit)
        return wait(for: child, &output, &errors, deadline)
    }

    /// The end of a pipe that is read as far as there is something in it.
    private struct OpenPipe {
        private let descriptor: Int32
        private let limit: Int
        private(set) var bytes: [UInt8] = []
        private(set) var isTooLong = false
        private var isOpen = true

        init(_ descriptor: Int32, limit: Int) {
            self.descriptor = descriptor
            self.limit = limit
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        }

        /// What to wait for; a negative descriptor is passed over.
        var waiting: pollfd { pollfd(fd: isOpen ? descriptor : -1, events: Int16(POLLIN), revents: 0) }

        /// Reads what is there, at most so many pieces; what is beyond the limit is let go.
        mutating func read() {
            var piece = [UInt8](repeating: 0, count: 4096)
            for _ in 0..<64 where isOpen {
                let count = Glibc.read(descriptor, &piece, piece.count)
                if count == 0 { isOpen = false }
                if count < 0, errno != EINTR {
                    isOpen = errno == EAGAIN
                    return
                }
                guard count > 0 else { continue }
                let kept = min(count, limit - bytes.count)
                bytes += piece[..<kept]
                if kept < count { isTooLong = true }
            }
        }
    }

    private static func wait(
        for child: pid_t, _ output: inout OpenPipe, _ errors: inout OpenPipe, _ deadline: ContinuousClock.Instant
    ) -> Ending {
        while true {
            // What a program printed before it ended is in the pipe by then.
            let ended = ending(of: child)
            output.read()
            errors.read()
            if output.isTooLong || ended == nil && ContinuousClock.now >= deadline {
                if ended == nil { killGroup(of: child) }
                return output.isTooLong ? .tooLong : .late
            }
            if let ended {
                if ended & 0x7F != 0 { return .signal(ended & 0x7F) }
                let status = ended >> 8 & 0xFF
                // A shell that was started in place of the program ends so when there is none.
                if status == 127 { return .notStarted("no such program") }
                return status == 0 ? .output(output.bytes) : .status(status, output.bytes, errors: errors.bytes)
            }
            // Its end is not seen in the pipes, where another process holds them or they were closed before.
            var waiting = [output.waiting, errors.waiting]
            _ = poll(&waiting, 2, 10)
        }
    }

    /// How a program ended, as `waitpid` says it; nil while it runs. What it left behind in its group is killed.
    private static func ending(of child: pid_t) -> Int32? {
        var state = siginfo_t()
        // The group has its number as long as the program is not waited for, so that no other one is killed.
        if waitid(P_PID, id_t(child), &state, WEXITED | WNOHANG | WNOWAIT) != 0 {
            // Whoever ignores the signal of ended children learns nothing of how they ended.
            return errno != EINTR ? 0 : nil
        }
        guard state.si_signo == SIGCHLD else { return nil }
        return killGroup(of: child)
    }

    /// Kills a program and all that it started in its group, leaves what even so does not end, and returns how it ended.
    @discardableResult
    private static func killGroup(of child: pid_t) -> Int32? {
        kill(-child, SIGKILL)
        var ending: Int32?
        // What is left without a parent is waited for too, where this process has become it.
        for _ in 0..<100 {
            var status: Int32 = 0
            let found = waitpid(-child, &status, WNOHANG)
            if found == child { ending = status }
            if found < 0, errno != EINTR { break }
            if found == 0 { usleep(10_000) }
        }
        return ending ?? 0
    }
}
