import ContainerImages
import EnvironmentInventory
import ParallelWork
import PythonPackaging
import SourceDocuments

/// Does the work of one shard of a plan.
package struct FleetRunner: Sendable {
    /// Limits, and the cache.
    package var reading = ReadingOptions()
    /// The target of locks, whose platform also chooses among an image's.
    package var target: TargetSelection?
    /// The evidence that is required of every package.
    package var evidence = Evidence.intact
    /// How many items are processed at the same time.
    package var jobs = coreCount

    /// Creates a runner.
    package init() {}

    /// What came of a shard.
    package struct Outcome: Sendable {
        /// The number of items of the shard.
        package var items = 0
        /// How many were done before.
        package var skipped = 0
        /// What could not be done, a sentence each.
        package var problems: [String] = []
    }

    /// Reads each layer of a shard that the cache does not have.
    package func index(_ plan: FleetPlan, _ shard: FleetShard) async -> Outcome {
        await runBlocking { (cancellation: Cancellation) in
            let reading = reading.cancelled(by: cancellation)
            let groups = plan.layers(of: shard)
            let results = inTurn(groups) { group in
                group.map { layer in read(layer, reading, plan.needsAllChecksums) }
            }
            var outcome = Outcome()
            for result in results.joined() {
                outcome.items += 1
                switch result {
                case .success(let wasRead): if !wasRead { outcome.skipped += 1 }
                case .failure(let error): outcome.problems.append(error.description)
                }
            }
            outcome.problems.sort()
            return outcome
        }
    }

    private func read(_ layer: FleetPlan.Layer, _ reading: ReadingOptions, _ all: Bool) -> Result<Bool, InputError> {
        Result { () throws(InputError) in
            guard let cache = reading.layerCache, let name = ImageName(layer.from), let diffID = Digest(layer.diffID)
            else { throw InputError("\(layer.from): the plan names no image") }
            let known = ImagePlan.Layer(
                digest: layer.digest.flatMap { Digest($0) }, size: layer.size == 0 ? nil : layer.size, diffID: diffID)
            return try InputError.wrapping { () throws(ImageReadingError) in
                try ImageReader.index(
                    known, of: name, platform: target?.platform?.platform, limits: reading.limits,
                    registry: reading.registry, allChecksums: all, cache: cache)
            }
        }
    }

    /// Verifies each pair of a shard.
    ///
    /// - Parameters:
    ///   - isDone: whether the result of a pair is there already.
    ///   - take: gets each verification as soon as it is made, on any thread; throws what keeps it from being recorded.
    package func verify(
        _ plan: FleetPlan, _ shard: FleetShard, isDone: @escaping @Sendable (FleetPlan.Pair) -> Bool,
        take: @escaping @Sendable (FleetPlan.Pair, Verification) throws -> Void
    ) async -> Outcome {
        KnownRecords.keep()
        return await runBlocking { (cancellation: Cancellation) in
            let pairs = plan.pairs(of: shard)
            let results = inTurn(pairs) { pair -> (skipped: Bool, problem: String?) in
                if isDone(pair) { return (true, nil) }
                if let problem = pair.problem { return (false, problem) }
                do {
                    try take(pair, try verify(pair, cancellation))
                    return (false, nil)
                } catch { return (false, "\(error)") }
            }
            var outcome = Outcome(items: pairs.count)
            outcome.skipped = results.count(where: \.skipped)
            for (pair, result) in zip(pairs, results) {
                if let problem = result.problem {
                    outcome.problems.append("\(pair.entry.name ?? pair.entry.model): \(problem)")
                }
            }
            return outcome
        }
    }

    private func verify(_ pair: FleetPlan.Pair, _ cancellation: Cancellation) throws(InputError) -> Verification {
        var options = Verifier.Options()
        options.lock = pair.entry.lock
        options.wheels = pair.entry.wheels
        options.evidence = evidence
        options.target = target
        options.reading = reading
        var request = VerifyRequest(
            model: pair.entry.model, image: pair.entry.image, options: options, cancellation: cancellation)
        // The result names the image as the list does, and is about the digest of the plan.
        request.imageSource = pair.pinned
        return try Verify.run(request)
    }

    /// Calls a function with each element, as many at a time as there are jobs, and returns the results in their order.
    private func inTurn<Element: Sendable, Value: Sendable>(
        _ elements: [Element], _ body: @escaping @Sendable (Element) -> Value
    ) -> [Value] {
        if jobs <= 1 { return elements.map(body) }
        if jobs >= coreCount { return mapInParallel(elements, body) }
        var results: [Value] = []
        for start in stride(from: 0, to: elements.count, by: jobs) {
            results += mapInParallel(Array(elements[start..<min(start + jobs, elements.count)]), body)
        }
        return results
    }
}
