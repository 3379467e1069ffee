/// Dockerfiles and the trees that BuildKit's parser makes of them, in the form of its `Node.Dump`.
///
/// They are those of BuildKit's own tests
/// (https://github.com/moby/buildkit/tree/master/frontend/dockerfile/parser/testfiles, Apache License 2.0).
enum ParserFiles {
    static let files: [(text: String, tree: String)] = [
        (
            #"""
            FROM alpine:3.5

            RUN something \
            """#,
            #"""
            (from "alpine:3.5")
            (run "something")
            """#
        ),
        (
            #"""
            FROM ubuntu:14.04

            RUN echo hello\
              world\
              goodnight  \
              moon\
              light\
            ning
            RUN echo hello  \
              world
            RUN echo hello  \
            world
            RUN echo hello \
            goodbye\
            frog
            RUN echo hello  \\#u{20}\#u{20}
            world
            RUN echo hi \
             \
             world \
            \
             good\
            \
            night
            RUN echo goodbye\
            frog
            RUN echo good\
            bye\
            frog

            RUN echo hello \
            # this is a comment

            # this is a comment with a blank line surrounding it

            this is some more useful stuff
            """#,
            #"""
            (from "ubuntu:14.04")
            (run "echo hello  world  goodnight    moon  lightning")
            (run "echo hello    world")
            (run "echo hello  world")
            (run "echo hello goodbyefrog")
            (run "echo hello  world")
            (run "echo hi   world  goodnight")
            (run "echo goodbyefrog")
            (run "echo goodbyefrog")
            (run "echo hello this is some more useful stuff")
            """#
        ),
        (
            #"""
            FROM ubuntu
            ENV name value
            ENV name=value
            ENV name=value name2=value2
            ENV name="value value1"
            ENV name=value\ value2
            ENV name="value'quote space'value2"
            ENV name='value"double quote"value2'
            ENV name=value\ value2 name2=value2\ value3
            ENV name="a\"b"
            ENV name="a\'b"
            ENV name='a\'b'
            ENV name='a\'b''
            ENV name='a\"b'
            ENV name="''"
            # don't put anything after the next line - it must be the last line of the
            # Dockerfile and it must end with \
            ENV name=value \
                name1=value1 \
                name2="value2a \
                       value2b" \
                name3="value3a\n\"value3b\"" \
            \#tname4="value4a\\nvalue4b" \
            """#,
            #"""
            (from "ubuntu")
            (env "name" "value" "")
            (env "name" "value" "=")
            (env "name" "value" "=" "name2" "value2" "=")
            (env "name" "\"value value1\"" "=")
            (env "name" "value\\ value2" "=")
            (env "name" "\"value'quote space'value2\"" "=")
            (env "name" "'value\"double quote\"value2'" "=")
            (env "name" "value\\ value2" "=" "name2" "value2\\ value3" "=")
            (env "name" "\"a\\\"b\"" "=")
            (env "name" "\"a\\'b\"" "=")
            (env "name" "'a\\'b'" "=")
            (env "name" "'a\\'b''" "=")
            (env "name" "'a\\\"b'" "=")
            (env "name" "\"''\"" "=")
            (env "name" "value" "=" "name1" "value1" "=" "name2" "\"value2a            value2b\"" "=" "name3" "\"value3a\\n\\\"value3b\\\"\"" "=" "name4" "\"value4a\\\\nvalue4b\"" "=")
            """#
        ),
        (
            #"""
            # Comment here. Should not be looking for the following parser directive.
            # Hence the following line will be ignored, and the subsequent backslash
            # continuation will be the default.
            # escape = `

            FROM image
            LABEL maintainer foo@bar.com
            ENV GOPATH \
            \go
            """#,
            #"""
            (from "image")
            (label "maintainer" "foo@bar.com" "")
            (env "GOPATH" "\\go" "")
            """#
        ),
        (
            #"""
            # syntax = docker/dockerfile
            # escape = `

            FROM `
                image
            """#,
            #"""
            (from "image")
            """#
        ),
        (
            #"""
            FROM ubuntu:14.04
            LABEL maintainer Erik \\Hollensbe <erik@hollensbe.org>\"

            RUN apt-get \update && \
              apt-get \"install znc -y
            ADD \conf\\" /.znc

            RUN foo \

            bar \

            baz

            CMD [ "\/usr\\\"/bin/znc", "-f", "-r" ]
            """#,
            #"""
            (from "ubuntu:14.04")
            (label "maintainer" "Erik \\\\Hollensbe <erik@hollensbe.org>\\\"" "")
            (run "apt-get \\update &&   apt-get \\\"install znc -y")
            (add "\\conf\\\\\"" "/.znc")
            (run "foo bar baz")
            (cmd "/usr\\\"/bin/znc" "-f" "-r")
            """#
        ),
        (
            #"""
            FROM scratch
            COPY foo /tmp/
            COPY --user=me foo /tmp/
            COPY --doit=true foo /tmp/
            COPY --user=me --doit=true foo /tmp/
            COPY --doit=true -- foo /tmp/
            COPY -- foo /tmp/
            CMD --doit [ "a", "b" ]
            CMD --doit=true -- [ "a", "b" ]
            CMD --doit -- [ ]
            """#,
            #"""
            (from "scratch")
            (copy "foo" "/tmp/")
            (copy ["--user=me"] "foo" "/tmp/")
            (copy ["--doit=true"] "foo" "/tmp/")
            (copy ["--user=me" "--doit=true"] "foo" "/tmp/")
            (copy ["--doit=true"] "foo" "/tmp/")
            (copy "foo" "/tmp/")
            (cmd ["--doit"] "a" "b")
            (cmd ["--doit=true"] "a" "b")
            (cmd ["--doit"])
            """#
        ),
        (
            #"""
            FROM debian
            ADD check.sh main.sh /app/
            CMD /app/main.sh
            HEALTHCHECK
            HEALTHCHECK --interval=5s --timeout=3s --retries=3 \
              CMD /app/check.sh --quiet
            HEALTHCHECK CMD
            HEALTHCHECK   CMD   a b
            HEALTHCHECK --timeout=3s CMD ["foo"]
            HEALTHCHECK CONNECT TCP 7000
            HEALTHCHECK --start-period=0s --start-interval=0s --interval=5s --timeout=0s --retries=0 CMD ["foo"]
            """#,
            #"""
            (from "debian")
            (add "check.sh" "main.sh" "/app/")
            (cmd "/app/main.sh")
            (healthcheck)
            (healthcheck ["--interval=5s" "--timeout=3s" "--retries=3"] "CMD" "/app/check.sh --quiet")
            (healthcheck "CMD")
            (healthcheck "CMD" "a b")
            (healthcheck ["--timeout=3s"] "CMD" "foo")
            (healthcheck "CONNECT" "TCP 7000")
            (healthcheck ["--start-period=0s" "--start-interval=0s" "--interval=5s" "--timeout=0s" "--retries=0"] "CMD" "foo")
            """#
        ),
        (
            #"""
            CMD []
            CMD [""]
            CMD ["a"]
            CMD ["a","b"]
            CMD [ "a", "b" ]
            CMD [\#t"a",\#t"b"\#t]
            CMD\#t[\#t"a",\#t"b"\#t]\#t
            CMD ["abc 123", "♥", "☃", "\" \\ \/ \b \f \n \r \t \u0000"]
            """#,
            #"""
            (cmd)
            (cmd "")
            (cmd "a")
            (cmd "a" "b")
            (cmd "a" "b")
            (cmd "a" "b")
            (cmd "a" "b")
            (cmd "abc 123" "♥" "☃" "\" \\ / \b \f \n \r \t \x00")
            """#
        ),
        (
            #"""
            FROM busybox:buildroot-2014.02

            LABEL maintainer docker <docker@docker.io>

            ONBUILD RUN ["echo", "test"]
            ONBUILD RUN echo test
            ONBUILD COPY . /


            # RUN Commands \
            # linebreak in comment \
            RUN ["ls", "-la"]
            RUN ["echo", "'1234'"]
            RUN echo "1234"
            RUN echo 1234
            RUN echo '1234' && \
                echo "456" && \
                echo 789
            RUN    sh -c 'echo root:testpass \
                    > /tmp/passwd'
            RUN mkdir -p /test /test2 /test3/test

            # ENV \
            ENV SCUBA 1 DUBA 3
            ENV SCUBA "1 DUBA 3"

            # CMD \
            CMD ["echo", "test"]
            CMD echo test
            CMD echo "test"
            CMD echo 'test'
            CMD echo 'test' | wc -

            #EXPOSE\
            EXPOSE 3000
            EXPOSE 9000 5000 6000

            USER docker
            USER docker:root

            VOLUME ["/test"]
            VOLUME ["/test", "/test2"]
            VOLUME /test3

            WORKDIR /test

            ADD . /
            COPY . copy
            """#,
            #"""
            (from "busybox:buildroot-2014.02")
            (label "maintainer" "docker <docker@docker.io>" "")
            (onbuild (run "echo" "test"))
            (onbuild (run "echo test"))
            (onbuild (copy "." "/"))
            (run "ls" "-la")
            (run "echo" "'1234'")
            (run "echo \"1234\"")
            (run "echo 1234")
            (run "echo '1234' &&     echo \"456\" &&     echo 789")
            (run "sh -c 'echo root:testpass         > /tmp/passwd'")
            (run "mkdir -p /test /test2 /test3/test")
            (env "SCUBA" "1 DUBA 3" "")
            (env "SCUBA" "\"1 DUBA 3\"" "")
            (cmd "echo" "test")
            (cmd "echo test")
            (cmd "echo \"test\"")
            (cmd "echo 'test'")
            (cmd "echo 'test' | wc -")
            (expose "3000")
            (expose "9000" "5000" "6000")
            (user "docker")
            (user "docker:root")
            (volume "/test")
            (volume "/test" "/test2")
            (volume "/test3")
            (workdir "/test")
            (add "." "/")
            (copy "." "copy")
            """#
        ),
        (
            #"""
            # https://github.com/docker/for-win/issues/5254

            FROM hello-world

            ENV A path
            ENV B another\\path
            ENV C trailing\\backslash\\
            ENV D This should not be appended to C
            ENV E hello\
            \
            world
            ENV F hello\
             \
            world
            ENV G hello \
            \
            world
            """#,
            #"""
            (from "hello-world")
            (env "A" "path" "")
            (env "B" "another\\\\path" "")
            (env "C" "trailing\\\\backslash\\\\" "")
            (env "D" "This should not be appended to C" "")
            (env "E" "helloworld" "")
            (env "F" "hello world" "")
            (env "G" "hello world" "")
            """#
        ),
        (
            #"""
            CMD '["echo", "Well, JSON in a string is JSON too?"]'
            """#,
            #"""
            (cmd "'[\"echo\", \"Well, JSON in a string is JSON too?\"]'")
            """#
        ),
        (
            #"""
            CMD ["echo", "Please, close the brackets when you're done"
            """#,
            #"""
            (cmd "[\"echo\", \"Please, close the brackets when you're done\"")
            """#
        ),
        (
            #"""
            CMD ['echo','single quotes are invalid JSON']
            """#,
            #"""
            (cmd "['echo','single quotes are invalid JSON']")
            """#
        ),
    ]
}
