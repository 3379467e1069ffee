import EnvironmentInventory
import SourceDocuments

extension LoadingAssessment {
    /// The result as `verify` writes it; docs/json.md documents the keys.
    package var json: JSONValue {
        .members([
            "verdict": .string(verdict.rawValue),
            "target": .members([
                "machine": .optional(target.machine),
                "libc": .optional(target.cLibrary),
                "python": .optional(target.python),
                "cpu": .optional(target.cpu),
                "driver": .optional(target.driver),
                "gpu": target.gpus.isEmpty ? .null : .strings(target.gpus),
            ]),
            "needs": needs.json,
            "counts": .members([
                "roots": .integer(counts.roots),
                "objects": .integer(counts.objects),
                "injected": .integer(counts.injected),
                "fails": .integer(counts.fails),
                "mayFail": .integer(counts.mayFail),
            ]),
            "problems": .array(
                problems.map { problem in
                    .members([
                        "rule": .string(problem.rule),
                        "reach": .string(problem.reach.rawValue),
                        "root": .string(problem.root),
                        "chain": .strings(problem.chain),
                        "needs": .string(problem.needs),
                        "found": .optional(problem.found),
                        "file": .string(problem.file),
                        "layer": .optional(problem.layer),
                        "fix": problem.apt.isEmpty ? .null : .members(["apt": .strings(problem.apt)]),
                    ])
                }),
            "libraries": .array(
                libraries.map { library in
                    .members([
                        "path": .string(library.path),
                        "sha256": .optional(library.sha256?.hex),
                        "layer": .optional(library.layer),
                        "voucher": .optional(library.voucher?.rawValue),
                        "neededBy": .integer(library.neededBy),
                    ])
                }),
            "unread": .array(
                unread.map { .members(["reason": .string($0.reason), "file": .string($0.file)]) }),
        ])
    }
}

extension LoadingAssessment.Needs {
    /// The needs as `verify` and `inspect --needs` write them.
    package var json: JSONValue {
        .members([
            "glibc": .optional(glibc),
            "glibcxx": .optional(glibcxx),
            "cpu": .optional(cpu),
            "numpy": .optional(numpy),
            "cuda": cudaRuntime == nil && architectures.isEmpty
                ? .null
                : .members([
                    "runtime": .optional(cudaRuntime),
                    "driver": .optional(cudaDriver),
                    "architectures": .object(
                        architectures.sorted { $0.key < $1.key }.map { name, code in
                            .init(name, .members(["cubin": .strings(code.cubins), "ptx": .strings(code.ptx)]))
                        }),
                ]),
        ])
    }
}
