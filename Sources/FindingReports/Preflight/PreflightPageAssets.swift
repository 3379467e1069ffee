/// The looks of the page of `preflight`, besides those of the page of `verify`.
enum PreflightPageAssets {
    /// The style sheet.
    static let styleSheet = """
        .details{margin:.4rem 0;padding:0;list-style:none}.details li{margin:.2rem 0;padding-left:.6rem;border-left:.2rem solid var(--tone)}
        .details .error{--tone:var(--mismatch)}.details .warning{--tone:var(--differs)}.details .note{--tone:var(--quiet)}
        .cause details{color:var(--quiet)}
        """
}
