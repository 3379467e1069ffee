import Glibc
import TestSupport
import Testing

@testable import ModelArchives

/// Models of libraries that are too large to install here, written by hand after their documentation.
struct Written: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// Python lines that write into the folder `F`.
    let lines: String
    /// Facts as `about name value` that must be among those found.
    let facts: [String]

    init(_ format: String, _ lines: String, _ facts: [String]) {
        testDescription = format
        self.lines = lines
        self.facts = facts
    }

    static let all = [
        Written(
            "tensorflow-saved-model",
            "inner = b'\\x2a\\x06' + b'2.16.1'; meta = b'\\x0a' + bytes([len(inner)]) + inner; "
                + "put('saved_model.pb', b'\\x08\\x01\\x12' + bytes([len(meta)]) + meta)",
            ["package tensorflow 2.16.1"]),
        Written(
            "pytorch-export",
            "z = zipfile.ZipFile(F + '/m.pt2', 'w'); [z.writestr('m/' + n, d) for n, d in (('archive_format', 'pt2'), "
                + "('version', '6'), ('models/model.json', '{\"torch_version\": \"2.13.0+cpu\"}'))]; z.close()",
            ["package torch 2.13.0+cpu"]),
        Written(
            "mlserver",
            "put('model-settings.json', b'{\"implementation\": \"mlserver_sklearn.SKLearnModel\"}'); "
                + "b = io.BytesIO(); t = tarfile.open(fileobj=b, mode='w:gz'); "
                + "add(t, 'conda-meta/python-3.11.7-h.json', b'{\"name\": \"python\", \"version\": \"3.11.7\"}'); "
                + "add(t, 'lib/python3.11/site-packages/numpy-1.26.4.dist-info/METADATA', "
                + "b'Metadata-Version: 2.1\\nName: numpy\\nVersion: 1.26.4\\n\\ntext\\n'); "
                + "t.close(); put('environment.tar.gz', b.getvalue())",
            ["flavor mlserver mlserver_sklearn.SKLearnModel", "interpreter python 3.11.7", "package numpy 1.26.4"]),
        Written(
            "hugging-face",
            "put('config.json', b'{\"model_type\": \"bert\", \"transformers_version\": \"4.57.0\"}')",
            ["package transformers 4.57.0"]),
        Written(
            "sagemaker",
            "put('model.txt', b'tree'); os.mkdir(F + '/code'); put('code/inference.py', b''); "
                + "put('code/requirements.txt', b'torch==2.13.0')",
            ["code entry-point code/inference.py", "package torch 2.13.0"]),
    ]
}

@Test(arguments: Written.all)
func writtenFormatIsRead(_ written: Written) throws {
    let folder = ModelFolder()
    #expect(mkdir("\(folder.path)/m", 0o755) == 0)
    let script = """
        import io, os, tarfile, zipfile
        F = '\(folder.path)/m'
        def put(name, data): open(F + '/' + name, 'wb').write(data)
        def add(t, name, data):
            i = tarfile.TarInfo(name); i.size = len(data); t.addfile(i, io.BytesIO(data))
        \(written.lines)
        """
    let file = folder.write("make.py", Array(script.utf8))
    #expect(system("python3 '\(file)'") == 0)
    let model = try ModelReader.read(path: "\(folder.path)/m")
    #expect(model.format == written.testDescription)
    let found = Set(model.facts.map { "\($0.about) \($0.name) \($0.value)" })
    #expect(found.isSuperset(of: written.facts), "\(found)")
}
