import ArchiveReading
import ContainerImages
import ContentHashing
import EnvironmentInventory
import ParallelWork
import SourceDocuments

/// Makes the plan of a fleet: tags become digests, layers are counted once.
package struct FleetPlanner: Sendable {
    /// The target of locks, whose platform also chooses among an image's.
    package var target: TargetSelection?
    /// Limits, progress and the cache.
    package var reading = ReadingOptions()

    /// Creates a planner.
    package init() {}

    /// What a model says of itself.
    private struct Model: Sendable {
        let identity: String?
        let needsAllChecksums: Bool
        /// What the verdict rests on besides the image; equal for models of one class.
        let evidence: String
        var problem: String?
    }

    /// Makes a plan.
    ///
    /// - Parameter isMatrix: whether equal models and equal images are verified once.
    package func plan(_ list: FleetList, isMatrix: Bool = false) async -> FleetPlan {
        await runBlocking { (_: Cancellation) in make(list, isMatrix: isMatrix) }
    }

    private func make(_ list: FleetList, isMatrix: Bool) -> FleetPlan {
        var plan = FleetPlan()
        plan.notes = list.notes
        for entry in list.entries {
            guard let previous = entry.previous else { continue }
            plan.notes.append(
                "\(entry.name ?? entry.model): the previous model \(previous) is not verified; to verify it, list it as a pair"
            )
        }
        plan.problems = list.problems
        let imageNames = Set(list.entries.map(\.image)).sorted()
        let found = mapInParallel(imageNames) { name in (name, image(name)) }
        let images = Dictionary(found, uniquingKeysWith: { first, _ in first })
        let modelNames = Set(list.entries.map(\.model)).sorted()
        let read = mapInParallel(modelNames) { name in (name, model(name)) }
        let models = Dictionary(read, uniquingKeysWith: { first, _ in first })
        plan.models = modelNames.count
        plan.needsAllChecksums = models.values.contains(where: \.needsAllChecksums)
        add(images: imageNames, images, to: &plan)
        var seen: Set<String> = []
        for entry in list.entries {
            guard let model = models[entry.model], let image = images[entry.image] else { continue }
            let pinned: String
            var problem = model.problem
            switch image {
            case .success(let found): pinned = found.pinned
            case .failure(let error):
                pinned = entry.image
                problem = problem ?? error.description
            }
            let id = Self.id(entry, model.identity, pinned)
            guard seen.insert(id).inserted else { continue }
            plan.pairs.append(
                .init(id: id, entry: entry, pinned: pinned, modelIdentity: model.identity, problem: problem))
        }
        if isMatrix { Self.classify(&plan, models, images) }
        return plan
    }

    private func image(_ name: String) -> Result<ImagePlan, InputError> {
        Result { () throws(InputError) in
            guard let image = ImageName(name) else { throw InputError("\(name): a transport without an image") }
            return try InputError.wrapping { () throws(ImageReadingError) in
                try ImageReader.plan(
                    image, platform: target?.platform?.platform, limits: reading.limits, registry: reading.registry,
                    cache: reading.layerCache)
            }
        }
    }

    private func model(_ name: String) -> Model {
        let reader = SubjectReader(target: nil, reading: reading, systemRecords: .contents)
        do throws(InputError) {
            let subject = try reader.read(name)
            let packages = subject.environment.packages
            var evidence = packages.map { "\($0)" } + ["\(String(describing: subject.environment.python))"]
            evidence.append("\(String(describing: subject.environment.platform))")
            if let model = subject.model {
                evidence += [
                    "\(model.needs)", "\(model.facts.map { "\($0.name) \($0.value)" })", "\(model.isComplete)",
                ]
                evidence += model.findings.map { "\($0.rule) \($0.message)" }
            }
            return Model(
                identity: subject.description.identity,
                needsAllChecksums: Verify.systemRecords(for: subject) == .checksums,
                evidence: evidence.joined(separator: "\n"))
        } catch {
            return Model(identity: nil, needsAllChecksums: false, evidence: name, problem: error.description)
        }
    }

    private func add(
        images names: [String], _ images: [String: Result<ImagePlan, InputError>], to plan: inout FleetPlan
    ) {
        var layers: [String: FleetPlan.Layer] = [:]
        for name in names {
            guard let image = images[name] else { continue }
            guard case .success(let found) = image else {
                if case .failure(let error) = image {
                    plan.images.append(
                        .init(pinned: name, name: name, platform: nil, layers: [], problem: error.description))
                }
                continue
            }
            plan.images.append(
                .init(
                    pinned: found.pinned, name: name, platform: found.platform?.description,
                    layers: found.layers.compactMap { $0.diffID?.description }, problem: nil))
            for layer in Set(found.layers) {
                guard let diffID = layer.diffID?.description else { continue }
                let key = diffID + " " + (layer.digest?.description ?? "")
                if layers[key] != nil {
                    layers[key]?.images += 1
                    continue
                }
                layers[key] = .init(
                    diffID: diffID, digest: layer.digest?.description, size: layer.size ?? 0, images: 1,
                    isCached: reading.layerCache?.has(layer, limits: reading.limits) ?? false, from: found.pinned)
            }
        }
        plan.layers = Array(layers.values)
    }

    /// The name of a pair's result: what it rests on.
    private static func id(_ entry: FleetEntry, _ identity: String?, _ pinned: String) -> String {
        let parts =
            [entry.model, identity ?? "", pinned, entry.lock ?? "", entry.previous ?? ""] + entry.wheels
        let text = "pinproof/fleet-pair\n" + parts.map { "\($0.utf8.count):\($0)" }.joined(separator: "\n")
        return (try? ContentHash.sha256(of: Array(text.utf8)).hex) ?? String(repeating: "0", count: 64)
    }

    /// Keeps one pair for each class of models and class of images.
    private static func classify(
        _ plan: inout FleetPlan, _ models: [String: Model], _ images: [String: Result<ImagePlan, InputError>]
    ) {
        struct Key: Hashable {
            let model: String
            let image: String
        }
        var kept: [Key: Int] = [:]
        var pairs: [FleetPlan.Pair] = []
        for pair in plan.pairs.sorted(by: { ($0.entry.model, $0.entry.image) < ($1.entry.model, $1.entry.image) }) {
            var image = pair.pinned
            if case .success(let found)? = images[pair.entry.image], let config = found.config {
                // The configuration names the layers: images of one configuration hold the same.
                image = config.description
            }
            let key = Key(model: models[pair.entry.model]?.evidence ?? pair.entry.model, image: image)
            guard let first = kept[key] else {
                kept[key] = pairs.count
                pairs.append(pair)
                continue
            }
            if pair.entry.model != pairs[first].entry.model, !pairs[first].sameModels.contains(pair.entry.model) {
                pairs[first].sameModels.append(pair.entry.model)
            }
            if pair.entry.image != pairs[first].entry.image, !pairs[first].sameImages.contains(pair.entry.image) {
                pairs[first].sameImages.append(pair.entry.image)
            }
        }
        plan.pairs = pairs
    }
}
