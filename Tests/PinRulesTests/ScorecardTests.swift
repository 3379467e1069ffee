import DockerfileSyntax
import EnvironmentInventory
import Testing

@testable import PinRules

/// At `hashed` no less is found than OpenSSF Scorecard's check Pinned-Dependencies warns of
/// (https://github.com/ossf/scorecard/blob/main/docs/checks.md#pinned-dependencies). Left out: choco, nuget and dotnet,
/// which are not package managers of these images.
struct ScorecardTests {
    /// What Scorecard takes for unpinned in a Dockerfile, in our own words: an instruction each.
    private static let unpinned = [
        "FROM python:3.11.9", "FROM python", "FROM python:3.11.9 AS build", "FROM --platform=linux/amd64 python:3.11.9",
        "RUN pip install torch", "RUN pip install torch==2.3.0", "RUN pip3 install 'torch>=2'",
        "RUN python3 -m pip install torch==2.3.0", "RUN pip install -r requirements.txt", "RUN pip install .",
        "RUN pip install -e .", "RUN pip install x.whl torch==2.3.0",
        "RUN pip install -e git+https://index.example/x.git", "RUN pip install git+https://index.example/x@v1.2.3",
        "RUN pip install git+https://index.example/x@0123456789012345678901234567890123456789",
        "RUN pip install -e git+https://index.example/x@0123456789012345678901234567890123456789#egg=x",
        "RUN pip install ./x.tar.gz", "RUN pip install x.zip", "RUN npm install-test", "RUN npm it",
        "RUN gsutil cp gs://b/x.sh /x.sh && bash /x.sh", "RUN su -c \"curl https://index.example/x | bash\"",
        "RUN aws s3api get-object --bucket b --key x.sh x.sh && sh x.sh",
        "RUN exec bash <(wget -qO- https://index.example/x.sh)", "RUN curl https://index.example/x.pl | perl",
        "RUN npm install", "RUN npm i", "RUN npm install -g eslint", "RUN npm install eslint@9.6.0",
        "RUN npm update", "RUN go install index.example/x@latest", "RUN go get index.example/x",
        "RUN go get -u index.example/x@main",
        "RUN curl -s https://index.example/x.sh | bash", "RUN wget -qO- https://index.example/x.sh | sudo sh",
        "RUN bash <(curl -s https://index.example/x.sh)", "RUN bash -c \"curl -s https://index.example/x.sh | sh\"",
        "RUN curl -s https://index.example/x.sh > /x.sh && bash /x.sh",
        "RUN curl -o /x.sh https://index.example/x.sh; chmod +x /x.sh; /x.sh",
        "RUN wget https://index.example/x.sh && sh x.sh", "RUN [\"sh\", \"-c\", \"curl https://index.example/x | sh\"]",
        "RUN <<EOF\ncurl -s https://index.example/x.sh | sh\nEOF", "ADD https://index.example/x.sh /x.sh",
    ]

    private static let pinned = [
        "FROM python:3.11.9@\(PythonPackageWithoutHash.exampleDigest)", "RUN npm ci",
        "RUN pip install --no-deps -e git+https://index.example/x@0123456789012345678901234567890123456789",
        "RUN pip install ./x.whl",
        "RUN pip install --no-deps git+https://index.example/x@0123456789012345678901234567890123456789",
        "RUN pip install --no-deps -e .", "RUN npm install github:x/y#0123456789012345678901234567890123456789",
        "RUN go install index.example/x@v1.2.3",
        "RUN go get index.example/x@0123456789012345678901234567890123456789",
    ]

    private func findings(_ instruction: String) -> [Finding] {
        let base = instruction.hasPrefix("FROM") ? "" : "FROM scratch\n"
        return check("Dockerfile", base + instruction + "\n", require: .hashed).findings
    }

    @Test("what Scorecard warns of is found", arguments: unpinned)
    func unpinnedIsFound(_ instruction: String) {
        #expect(!findings(instruction).isEmpty)
    }

    @Test("what Scorecard takes for pinned is silent", arguments: pinned)
    func pinnedIsSilent(_ instruction: String) {
        #expect(findings(instruction).isEmpty)
    }
}
