import SourceDocuments
import Testing

@testable import DockerfileSyntax

/// Whole files beside the trees that BuildKit's parser makes of them.
struct ParserFileTests {
    @Test("each file has the tree that BuildKit's parser makes of it", arguments: ParserFiles.files)
    func trees(text: String, tree: String) {
        let file = parse(text)
        #expect(file.refusal == nil)
        #expect(file.instructions.map(Self.dump).joined(separator: "\n") == tree)
    }

    /// An instruction as `Node.Dump` of BuildKit writes it.
    private static func dump(_ instruction: Instruction) -> String {
        var parts = [instruction.keyword]
        if !instruction.flags.isEmpty {
            parts.append("[" + instruction.flags.map { quote($0.text) }.joined(separator: " ") + "]")
        }
        if let trigger = instruction.trigger {
            parts.append(dump(trigger))
        } else {
            for (index, argument) in instruction.arguments.enumerated() {
                parts.append(quote(argument))
                // BuildKit notes behind each pair how it was written.
                if ["env", "label"].contains(instruction.keyword), index % 2 == 1 {
                    parts.append(instruction.isOldKeyValueForm ? quote("") : quote("="))
                }
            }
        }
        return "(" + parts.joined(separator: " ") + ")"
    }

    /// A text as `strconv.Quote` of Go writes it, as far as the files above need it.
    private static func quote(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{8}": result += "\\b"
            case "\u{C}": result += "\\f"
            case "\0": result += "\\x00"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    @Test("each instruction is at the lines where BuildKit's parser has it")
    func lines() {
        let text = """
            # ESCAPE=\\



            FROM brimstone/ubuntu:14.04


            # TORUN -v /var/run/docker.sock:/var/run/docker.sock


            ENV GOPATH \\
            /go



            # Install the packages we need, clean up after them and us
            RUN apt-get update \\
            	&& apt-get install -y --no-install-recommends git golang ca-certificates && apt-get clean \\
            	&& rm -rf /var/lib/apt/lists \\

            	&& go get -v github.com/brimstone/consul \\
            	&& mv $GOPATH/bin/consul / \\

            	&& rm -rf $GOPATH
            """
        #expect(parse(text).instructions.map { [$0.startLine, $0.endLine] } == [[5, 5], [11, 12], [17, 24]])
    }
}
