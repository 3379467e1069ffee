/// The options of servers that decide nothing of what is loaded, or whose values are followed.
enum ServerTables {
    /// (https://docs.gunicorn.org/en/stable/settings.html)
    static let gunicorn = """
        h/help v/version c/config: b/bind: backlog: w/workers: k/worker-class: threads: worker-connections: max-requests:
        max-requests-jitter: t/timeout: graceful-timeout: keep-alive: limit-request-line: limit-request-fields:
        limit-request-field_size: reload reload-engine: reload-extra-file: spew check-config print-config preload no-sendfile
        reuse-port chdir: D/daemon e/env: p/pid: worker-tmp-dir: u/user: g/group: m/umask: initgroups
        forwarded-allow-ips: access-logfile: disable-redirect-access-to-syslog access-logformat: log-file/error-logfile:
        log-level: capture-output logger-class: log-config: log-config-json: log-syslog-to: log-syslog log-syslog-prefix:
        log-syslog-facility: R/enable-stdio-inheritance statsd-host: dogstatsd-tags: statsd-prefix: n/name: pythonpath:
        paster/paste: proxy-protocol proxy-allow-from: keyfile: certfile: ssl-version: cert-reqs: ca-certs:
        suppress-ragged-eofs do-handshake-on-connect ciphers: paste-global: permit-obsolete-folding strip-header-spaces
        permit-unconventional-http-method permit-unconventional-http-version casefold-http-method forwarder-headers:
        header-map:
        """

    /// (https://www.uvicorn.org/settings/)
    static let uvicorn = """
        host: port: uds: fd: reload no-reload reload-dir: reload-include: reload-exclude: reload-delay: workers: loop: http:
        ws: ws-max-size: ws-max-queue: ws-ping-interval: ws-ping-timeout: ws-per-message-deflate: lifespan: interface:
        env-file: log-config: log-level: access-log no-access-log use-colors no-use-colors proxy-headers no-proxy-headers
        server-header no-server-header date-header no-date-header forwarded-allow-ips: root-path: limit-concurrency:
        backlog: limit-max-requests: limit-max-requests-jitter: timeout-keep-alive: timeout-graceful-shutdown:
        timeout-worker-healthcheck: ssl-keyfile: ssl-certfile: ssl-keyfile-password: ssl-version: ssl-cert-reqs:
        ssl-ca-certs: ssl-ciphers: header: version app-dir: h11-max-incomplete-event-size: factory reset-contextvars
        no-reset-contextvars debug help
        """

    /// (https://hypercorn.readthedocs.io/en/latest/how_to_guides/configuring.html)
    static let hypercorn = """
        h/help access-log: access-logfile: access-logformat: backlog: b/bind: ca-certs: certfile: cert-reqs: ciphers:
        c/config: debug error-log: log-file/error-logfile: graceful-timeout: read-timeout: max-requests:
        max-requests-jitter: g/group: k/worker-class: keep-alive: keyfile: keyfile-password: insecure-bind: log-config:
        log-level: p/pid: quic-bind: reload root-path: server-name: statsd-host: statsd-prefix: m/umask: u/user:
        verify-mode: websocket-ping-interval: w/workers:
        """

    /// (https://github.com/django/daphne/blob/4.1.2/daphne/cli.py)
    static let daphne = """
        h/help p/port: b/host: websocket_timeout: websocket_connect_timeout: u/unix-socket: fd: e/endpoint: v/verbosity:
        t/http-timeout: access-log: log-fmt: ping-interval: ping-timeout: application-close-timeout: root-path:
        proxy-headers proxy-headers-host: proxy-headers-port: s/server-name: no-server-name
        """

    /// (https://flask.palletsprojects.com/en/stable/cli/)
    static let flask = """
        A/app: e/env-file: debug no-debug version help h/host: p/port: cert: key: reload no-reload debugger no-debugger
        with-threads without-threads extra-files: exclude-patterns:
        """

    /// (https://docs.celeryq.dev/en/stable/reference/cli.html); those that change the directory or start another program are
    /// not here.
    static let celery = """
        A/app: b/broker: result-backend: loader: config: C/no-color q/quiet version skip-checks n/hostname: S/statedb:
        l/loglevel: O: prefetch-multiplier: disable-prefetch c/concurrency: P/pool: E/task-events/events time-limit:
        soft-time-limit: max-tasks-per-child: max-memory-per-child: purge discard Q/queues: X/exclude-queues: I/include:
        without-gossip without-mingle without-heartbeat heartbeat-interval: autoscale: B/beat s/schedule: scheduler:
        max-interval: f/logfile: pidfile: uid: gid: umask: port: address: basic-auth: url-prefix: help h
        """

    /// (https://fastapi.tiangolo.com/fastapi-cli/)
    static let fastapi = """
        host: port: reload no-reload reload-dir: root-path: proxy-headers no-proxy-headers app: e/entrypoint: workers:
        forwarded-allow-ips: verbose no-verbose help version
        """

    /// (https://github.com/emmett-framework/granian#options)
    static let granian = """
        host: port: uds: uds-permissions: interface: http: ws no-ws workers: blocking-threads:
        blocking-threads-idle-timeout: runtime-threads: runtime-blocking-threads: runtime-mode: loop: task-impl: backlog:
        backpressure: threads: threading-mode: http1-buffer-size: http1-header-read-timeout: http1-keep-alive
        no-http1-keep-alive http1-pipeline-flush no-http1-pipeline-flush http2-adaptive-window no-http2-adaptive-window
        http2-initial-connection-window-size: http2-initial-stream-window-size: http2-keep-alive-interval:
        http2-keep-alive-timeout: http2-max-concurrent-streams: http2-max-frame-size: http2-max-headers-size:
        http2-max-send-buffer-size: log no-log log-level: log-config: access-log no-access-log access-log-fmt:
        ssl-certificate: ssl-keyfile: ssl-keyfile-password: ssl-protocol-min: ssl-ca: ssl-crl: ssl-client-verify
        no-ssl-client-verify url-path-prefix: respawn-failed-workers no-respawn-failed-workers respawn-interval:
        workers-lifetime: workers-max-rss: workers-kill-timeout: rss-sample-interval: rss-samples: factory no-factory
        reload no-reload static-path-route: static-path-mount: static-path-expires: process-name: pid-file: metrics
        no-metrics metrics-address: metrics-port: metrics-scrape-interval: version help
        """

    /// The variables by which servers take such options as change the directory or read other variables from a file.
    static let variables: [String: [String]] = [
        "celery": ["CELERY_WORKDIR"],
        "granian": ["GRANIAN_WORKING_DIR", "GRANIAN_ENV_FILES", "GRANIAN_LOG_CONFIG"],
        "flask": ["FLASK_ENV_FILE"],
    ]
}
