import EnvironmentInventory
import Testing

@testable import PinRules

/// A request is a download where its answer is kept or run, and none where it is looked at or thrown away.
struct RequestAnswerTests {
    private static let signed = "-H \"Authorization: token $T\""
    private static let service = "https://api.index.example/x"

    private static func found(_ script: String) -> [String] {
        check("Dockerfile", "FROM python:3.11.9\nARG T\nRUN \(script)\n").findings.compactMap(\.subject)
    }

    @Test(
        "what is kept or run is a download",
        arguments: [
            // Into a file, by an option or a redirection, of this command or of one behind it.
            "curl -o f \(signed) \(service)", "curl -O \(signed) \(service)", "curl \(signed) \(service) > f",
            "curl \(signed) \(service) | jq -r .url > f", "curl \(signed) \(service) | jq . | tee f",
            "curl --output-dir d \(signed) \(service) | jq .", "curl \(signed) \(service) 1>> f",
            // Into a program that runs it.
            "curl \(signed) \(service) | jq -r .script | sh", "curl \(signed) \(service) | grep -v x | bash -s",
            "S=$(curl \(signed) \(service)) && bash -c \"$S\"", "S=$(curl \(signed) \(service)); echo \"$S\" | sh",
            "export S=$(curl \(signed) \(service)); eval \"${S}\"", "S=$(curl \(signed) \(service)); sh <<< \"$S\"",
            "S=$(curl \(signed) \(service)); printf '%s' \"$S\" > run.sh", "S=$(curl \(signed) \(service)); $S",
            "S=$(curl \(signed) \(service))\\\n && python3 -c \"$S\"", "$(curl \(signed) \(service) | jq -r .cmd)",
            "bash -c \"$(curl \(signed) \(service))\"", "echo \"$(curl \(signed) \(service))\" | sh",
            // An answer to what is sent is one too.
            "curl -G --data-urlencode q=x \(service) -o f", "curl -d x=y \(service) -o f",
            "curl -F a=@b \(service) -o f", "curl -X POST \(service) --output f", "curl --json '{}' \(service) | sh",
            "curl -T f \(service) | tar x", "wget --post-data=x \(service) -O f",
            "wget --post-data=x \(service) && sh x", "wget --method=POST --body-data=x -qO- \(service) | bash",
            // With -G data are a part of the address.
            "curl -G -d q=x \(service)",
        ])
    func isDownload(_ script: String) {
        #expect(Self.found(script).contains(Self.service), "\(script)")
    }

    @Test(
        "what is looked at, or thrown away, is none",
        arguments: [
            "curl \(signed) \(service) | jq .", "curl \(signed) \(service) | jq -r .a | head -1",
            "curl \(signed) \(service) | grep -q ok", "N=$(curl \(signed) \(service)); echo $N",
            "N=$(curl \(signed) \(service) | jq -r .count) && [ \"$N\" = 3 ]",
            "N=$(curl \(signed) \(service)); echo \"n=$N\" >> \"$GITHUB_OUTPUT\"",
            "curl \(signed) \(service) | python3 -m json.tool", "curl -d x=y \(service)", "curl -F a=@b \(service)",
            "curl -X DELETE \(service)", "curl -T f \(service)", "curl -d x=y \(service) > /dev/null",
            "curl -d x=y \(service) -o /dev/null -w '%{http_code}'", "curl -d x=y \(service) | jq .id",
            "R=$(curl -s -X POST -d x=y \(service)); echo \"$R\" | jq .id", "wget --post-data=x \(service)",
            "wget --post-data=x -qO- \(service) | grep ok", "curl -I \(service)",
        ])
    func isSilent(_ script: String) {
        #expect(Self.found(script).isEmpty, "\(script): \(Self.found(script))")
    }

    @Test("a long chain of pipes and substitutions ends")
    func long() {
        let pipes = String(repeating: " | cat", count: 200)
        #expect(Self.found("curl \(Self.signed) \(Self.service) | jq .\(pipes)").contains(Self.service))
        let echoes =
            String(repeating: "echo $(", count: 20) + "curl -d x \(Self.service)" + String(repeating: ")", count: 20)
        #expect(Self.found("X=\(echoes.isEmpty ? "" : "$(\(echoes))"); sh -c \"$X\"").contains(Self.service))
    }
}
