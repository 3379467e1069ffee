import EnvironmentInventory
import SourceDocuments

/// Reads the bills of materials that wheels carry in `*.dist-info/sboms/` (https://peps.python.org/pep-0770/).
///
/// CycloneDX as JSON (https://cyclonedx.org/docs/1.6/json/): name, version and package URL of each component, nested ones too.
/// SPDX 2 as JSON (https://spdx.github.io/spdx-spec/v2.3/): the same of each package. Left out: XML, SPDX 3, licences, hashes
/// and dependencies. A bill is what its maker claims, so that one that cannot be read is said and nothing more.
enum BillOfMaterialsReader {
    typealias Component = SystemInventory.BillOfMaterials.Component

    static func read(_ bytes: [UInt8]?, at place: SystemInventory.Place) -> SystemInventory.BillOfMaterials {
        func problem(_ text: String) -> SystemInventory.BillOfMaterials {
            .init(format: nil, components: [], problem: text, place: place)
        }
        guard let bytes else { return problem("its bytes were not kept") }
        do throws(DocumentError) {
            let document = try JSONTable(bytes, name: place.path)
            if try document.string("bomFormat") == "CycloneDX" {
                let version = try document.string("specVersion") ?? ""
                var components: [Component] = []
                try add(document, to: &components)
                return .init(
                    format: version.isEmpty ? "CycloneDX" : "CycloneDX \(version)", components: components,
                    problem: nil,
                    place: place)
            }
            if let version = try document.string("spdxVersion") {
                return .init(format: version, components: try packages(document), problem: nil, place: place)
            }
            return problem("it is neither CycloneDX nor SPDX 2 as JSON")
        } catch { return problem(error.description) }
    }

    /// The JSON reader has limited the depth.
    private static func add(_ parent: JSONTable, to components: inout [Component]) throws(DocumentError) {
        for component in try parent.tables("components") {
            components.append(
                Component(
                    name: try component.string("name") ?? "", version: try component.string("version"),
                    packageURL: try component.string("purl")))
            try add(component, to: &components)
        }
    }

    private static func packages(_ document: JSONTable) throws(DocumentError) -> [Component] {
        var components: [Component] = []
        for package in try document.tables("packages") {
            var packageURL: String?
            for reference in try package.tables("externalRefs") where try reference.string("referenceType") == "purl" {
                packageURL = try reference.string("referenceLocator")
            }
            components.append(
                Component(
                    name: try package.string("name") ?? "", version: try package.string("versionInfo"),
                    packageURL: packageURL))
        }
        return components
    }
}
