import SourceDocuments
internal import CCurl
internal import Glibc

/// Why a transfer failed before or while bytes came.
struct TransferFailure: Error, Sendable, Hashable {
    /// What libcurl says.
    let message: String
    /// Whether trying again may help: no connection, a broken or silent one.
    let isTransient: Bool
    /// Whether the other side did not speak TLS.
    let isNotTLS: Bool
    /// Whether the other side sent too little for the whole timeout.
    var isStalled = false
}

/// What is asked of a server.
struct HTTPRequest: Sendable {
    let url: String
    var method = "GET"
    var headers: [(name: String, value: String)] = []
    var body: [UInt8]?
    /// The time within which at least ``HTTPTransfer/progressBytes`` have to come.
    var timeout = Duration.seconds(60)
    /// When the transfer fails, however far it is; nil for never.
    var deadline: ContinuousClock.Instant?
    var allowsPlainHTTP = false
    /// What the user keeps for the host; nil for nothing.
    var certificates: HostCertificates?
    /// Whether the server's certificate has to be vouched for.
    var verifiesCertificate = true
}

/// One HTTP transfer over libcurl, whose body is read piece by piece.
///
/// Redirects are not followed here: whoever follows them decides which headers go along.
final class HTTPTransfer {
    private let curl: pinproof_curl
    private let handles: Handles
    /// The scheme and host that the connection leads to.
    private let place: String
    private let state = TransferState()
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var isFinished = false
    private let body: [UInt8]
    private let timeout: Duration
    /// When the transfer fails, however far it is; nil for never.
    var deadline: ContinuousClock.Instant?
    /// The time spent waiting since the last progress, and the count of bytes at that time. What the caller does between two
    /// reads is not waiting.
    private var waited = Duration.zero
    private var progressMark = 0

    /// Bytes above which the server is made to wait.
    static let bufferBytes = 1 << 20
    /// Fewer bytes than this within the timeout are no progress.
    static let progressBytes = 1024

    private struct Handles {
        let easy: UnsafeMutableRawPointer
        let multi: UnsafeMutableRawPointer
    }

    init(_ request: HTTPRequest) throws(TransferFailure) {
        guard let curl = Self.library else { throw Self.noLibrary }
        self.curl = curl
        guard let easy = curl.easy_init() else { throw Self.outOfMemory }
        place = IdleConnections.place(of: request.url)
        guard let multi = IdleConnections.take(place) ?? curl.multi_init() else {
            curl.easy_cleanup(easy)
            throw Self.outOfMemory
        }
        handles = Handles(easy: easy, multi: multi)
        body = request.body ?? []
        timeout = request.timeout
        deadline = request.deadline
        set(CURLOPT_URL, request.url)
        set(CURLOPT_PROTOCOLS_STR, request.allowsPlainHTTP ? "http,https" : "https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(min(request.timeout, .seconds(20))))
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_USERAGENT, "pinproof")
        // Nothing for this machine is given to a proxy, whatever the environment says, as Go's programs have it
        // (https://pkg.go.dev/net/http#ProxyFromEnvironment, https://curl.se/libcurl/c/CURLOPT_PROXY.html).
        if RegistryClient.host(of: request.url).map({ RegistryClient.isLoopback($0) }) ?? false {
            set(CURLOPT_PROXY, "")
        }
        let authorities = CertificateAuthorities.ofSystem
        if let file = authorities.file { set(CURLOPT_CAINFO, file) }
        if authorities.isFileEnough {
            // Takes away the directory that is built in: with one, libcurl reads the bundle again for each connection.
            setPointer(CURLOPT_CAPATH, nil)
        } else if let directories = authorities.directories {
            set(CURLOPT_CAPATH, directories)
        }
        try use(request.certificates, system: authorities)
        if !request.verifiesCertificate {
            set(CURLOPT_SSL_VERIFYPEER, 0)
            set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        for header in request.headers {
            headerList = curl.slist_append(headerList, "\(header.name): \(header.value)")
        }
        if request.method == "HEAD" { set(CURLOPT_NOBODY, 1) }
        if request.body != nil {
            set(CURLOPT_POST, 1)
            set(CURLOPT_POSTFIELDSIZE, body.count)
            body.withUnsafeBytes { bytes in
                // Copied by libcurl before the call returns.
                if let base = bytes.baseAddress {
                    setPointer(CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: base))
                }
            }
        }
        // A body makes a POST of it; the name of the method is all that another one needs.
        if request.method != "GET", request.method != "HEAD" { set(CURLOPT_CUSTOMREQUEST, request.method) }
        setPointer(CURLOPT_HTTPHEADER, headerList)
        let client = Unmanaged.passUnretained(state).toOpaque()
        setPointer(CURLOPT_WRITEDATA, client)
        setPointer(CURLOPT_HEADERDATA, client)
        setCallback(CURLOPT_WRITEFUNCTION) { bytes, size, count, client in
            guard let bytes, let client else { return 0 }
            return Unmanaged<TransferState>.fromOpaque(client).takeUnretainedValue()
                .receive(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        setCallback(CURLOPT_HEADERFUNCTION) { bytes, size, count, client in
            guard let bytes, let client else { return 0 }
            return Unmanaged<TransferState>.fromOpaque(client).takeUnretainedValue()
                .receiveHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        _ = curl.multi_add_handle(multi, easy)
    }

    deinit {
        // What was read to its last byte is finished, which libcurl has yet to say.
        if !isFinished, state.hasHeaders, state.isEmpty { _ = try? perform() }
        _ = curl.multi_remove_handle(handles.multi, handles.easy)
        curl.easy_cleanup(handles.easy)
        // The connection of an answer that was not read to its end is closed by now.
        let useless = isFinished ? IdleConnections.keep(handles.multi, place) : handles.multi
        if let useless { _ = curl.multi_cleanup(useless) }
        curl.slist_free_all(headerList)
    }

    /// The status, once the headers are there.
    var status: Int { state.status }

    /// The values of a header by its lower-case name, in their order.
    func header(_ name: String) -> [String] { state.headers.filter { $0.name == name }.map(\.value) }

    /// Where a redirect leads, made absolute; nil when the answer is none.
    var redirect: String? {
        var text: UnsafeMutablePointer<CChar>?
        let status = withUnsafePointer(to: curl) {
            pinproof_curl_get_string($0, handles.easy, CURLINFO_REDIRECT_URL, &text)
        }
        guard status == CURLE_OK, let text else { return nil }
        return String(cString: text)
    }

    /// Waits for the headers.
    func start() throws(TransferFailure) {
        while !state.hasHeaders, !isFinished { try step() }
    }

    /// Reads the next bytes of the body; 0 is its end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TransferFailure) -> Int {
        while state.isEmpty, !isFinished { try step() }
        let count = state.take(into: buffer)
        if state.isPaused, state.count < Self.bufferBytes / 2 {
            state.isPaused = false
            _ = curl.easy_pause(handles.easy, CURLPAUSE_CONT)
        }
        return count
    }

    private func step() throws(TransferFailure) {
        let start = ContinuousClock.now
        try checkTime(start)
        let (performed, running) = try perform()
        var status = performed
        if isFinished { return }
        if status == CURLM_OK, running > 0, state.isEmpty {
            var wait = min(timeout - waited, .seconds(1))
            if let deadline { wait = min(wait, deadline - start) }
            status = curl.multi_poll(handles.multi, nil, 0, Int32(Self.milliseconds(wait)), nil)
        }
        if status != CURLM_OK || (running == 0 && state.isEmpty) {
            throw TransferFailure(
                message: Self.text(curl.multi_strerror(status)), isTransient: false, isNotTLS: false)
        }
        waited += ContinuousClock.now - start
        if state.received - progressMark >= Self.progressBytes {
            progressMark = state.received
            waited = .zero
        }
    }

    /// Sends and takes what can be without waiting; returns libcurl's status and how many transfers are left.
    private func perform() throws(TransferFailure) -> (status: CURLMcode, running: Int32) {
        var running: Int32 = 0
        let status = curl.multi_perform(handles.multi, &running)
        var left: Int32 = 0
        while let message = curl.multi_info_read(handles.multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE else { continue }
            isFinished = true
            let result = message.pointee.data.result
            if result != CURLE_OK { throw failure(result) }
        }
        return (status, running)
    }

    /// Throws when the server has had its time.
    private func checkTime(_ now: ContinuousClock.Instant) throws(TransferFailure) {
        if waited >= timeout { throw Self.stall(after: timeout, bytes: state.received - progressMark) }
        if let deadline, now >= deadline {
            throw TransferFailure(
                message: "the request takes longer than its time limit", isTransient: false, isNotTLS: false)
        }
    }

    /// The failure of a server that sent too few bytes within a time.
    static func stall(after timeout: Duration, bytes: Int) -> TransferFailure {
        let seconds = Double(timeout.components.seconds) + Double(timeout.components.attoseconds / 1_000_000_000) / 1e9
        return TransferFailure(
            message: bytes == 0
                ? "the server sent nothing for \(seconds) s (time limit)"
                : "the server sent fewer than \(progressBytes) bytes in \(seconds) s (time limit)",
            isTransient: false, isNotTLS: false, isStalled: true)
    }

    /// Trusts and shows the certificates that the user keeps for the host.
    private func use(
        _ certificates: HostCertificates?, system: CertificateAuthorities
    ) throws(TransferFailure) {
        guard let certificates else { return }
        if let certificate = certificates.certificate, let key = certificates.key {
            set(CURLOPT_SSLCERT, certificate)
            set(CURLOPT_SSLKEY, key)
            // Without a password OpenSSL asks the terminal for that of an encrypted key, and waits.
            set(CURLOPT_KEYPASSWD, "")
        }
        let bundle: [UInt8]?
        do throws(DocumentError) { bundle = try certificates.bundle(with: system.file) } catch {
            throw TransferFailure(message: error.description, isTransient: false, isNotTLS: false)
        }
        guard var bundle else { return }
        let status = withUnsafePointer(to: curl) { curl in
            bundle.withUnsafeMutableBytes {
                pinproof_curl_set_blob(curl, handles.easy, CURLOPT_CAINFO_BLOB, $0.baseAddress, $0.count)
            }
        }
        // Before libcurl 7.77 there is one file; the system's own directories are trusted all the same.
        if status != CURLE_OK, let file = certificates.authorities.first {
            set(CURLOPT_CAINFO, file)
            if let directories = system.directories { set(CURLOPT_CAPATH, directories) }
        }
    }

    /// A duration in whole milliseconds, at least one and at most an hour.
    private static func milliseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        if seconds >= 3600 { return 3_600_000 }
        return max(1, Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
    }

    private func set(_ option: CURLoption, _ value: Int) {
        _ = withUnsafePointer(to: curl) { pinproof_curl_set_long($0, handles.easy, option, value) }
    }

    private func set(_ option: CURLoption, _ value: String) {
        _ = withUnsafePointer(to: curl) { pinproof_curl_set_string($0, handles.easy, option, value) }
    }

    private func setPointer(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
        _ = withUnsafePointer(to: curl) { pinproof_curl_set_pointer($0, handles.easy, option, value) }
    }

    private func setCallback(
        _ option: CURLoption,
        _ value: @escaping @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int
    ) {
        _ = withUnsafePointer(to: curl) { pinproof_curl_set_write($0, handles.easy, option, value) }
    }

    /// libcurl, loaded and started once; nil where it is not installed.
    // A table of functions, which is only read once it is there.
    nonisolated(unsafe) private static let library: pinproof_curl? = {
        var curl = pinproof_curl()
        return pinproof_curl_load(&curl) != 0 ? curl : nil
    }()
    private static let noLibrary = TransferFailure(
        message: "libcurl.so.4 cannot be loaded (Debian: libcurl4)", isTransient: false, isNotTLS: false)
    private static let outOfMemory = TransferFailure(
        message: "libcurl is out of memory", isTransient: false, isNotTLS: false)

    private static func text(_ message: UnsafePointer<CChar>?) -> String {
        message.map { String(cString: $0) } ?? "libcurl failed"
    }

    private func failure(_ code: CURLcode) -> TransferFailure {
        let transient = [
            CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_OPERATION_TIMEDOUT, CURLE_PARTIAL_FILE,
            CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM,
        ]
        var message = Self.text(curl.easy_strerror(code))
        if state.hasTooManyHeaders { message = "the headers have more than \(TransferState.headerLimit) bytes" }
        // libcurl takes no longer line, and says so with the error of an allocation that failed; since 8.6 it has one for this.
        if code == CURLE_OUT_OF_MEMORY || code.rawValue == 100 {
            message = "a line of the answer's header is too long (more than 100 kB), or memory has run out"
        }
        if code == CURLE_OPERATION_TIMEDOUT { message = "the server does not accept the connection (time limit)" }
        return TransferFailure(
            message: message, isTransient: transient.contains { $0 == code }, isNotTLS: code == CURLE_SSL_CONNECT_ERROR)
    }
}

/// What libcurl's callbacks fill.
private final class TransferState {
    private(set) var status = 0
    private(set) var headers: [(name: String, value: String)] = []
    private(set) var hasHeaders = false
    var isPaused = false
    private var bytes: [UInt8] = []
    private var used = 0
    private var headerBytes = 0
    /// The bytes that came, headers and body.
    private(set) var received = 0

    static let headerLimit = 128 << 10
    var hasTooManyHeaders: Bool { headerBytes > Self.headerLimit }

    var count: Int { bytes.count - used }
    var isEmpty: Bool { count == 0 }

    func receive(_ piece: UnsafeRawBufferPointer) -> Int {
        if count >= HTTPTransfer.bufferBytes {
            isPaused = true
            return Int(CURL_WRITEFUNC_PAUSE)
        }
        if used > 0 {
            bytes.removeFirst(used)
            used = 0
        }
        bytes.append(contentsOf: piece)
        received += piece.count
        return piece.count
    }

    func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, self.count)
        guard count > 0 else { return 0 }
        bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[used..<used + count])) }
        used += count
        return count
    }

    func receiveHeader(_ piece: UnsafeRawBufferPointer) -> Int {
        headerBytes += piece.count
        received += piece.count
        // libcurl itself refuses more than 300 kB of headers; less is plenty.
        guard headerBytes <= Self.headerLimit else { return 0 }
        var line = piece[...]
        while let last = line.last, last == UInt8(ascii: "\r") || last == UInt8(ascii: "\n") { line = line.dropLast() }
        if line.isEmpty {
            // 100 Continue and the like are followed by the real ones.
            if status >= 200 { hasHeaders = true }
            return piece.count
        }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            headers = []
            let parts = text.split(separator: " ")
            status = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
            return piece.count
        }
        if let colon = text.firstIndex(of: ":") {
            let value = text[text.index(after: colon)...]
            headers.append((text[..<colon].lowercased(), String(value.drop { $0 == " " || $0 == "\t" })))
        }
        return piece.count
    }
}
