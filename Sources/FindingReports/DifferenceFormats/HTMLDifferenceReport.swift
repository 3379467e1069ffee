/// One self-contained page: a table that can be filtered and sorted, without anything loaded from elsewhere.
public enum HTMLDifferenceReport: DifferenceReportFormat {
    /// `html`.
    public static let name = "html"

    /// The whole page.
    public static func render(_ report: DifferenceReport, style: TerminalStyle) -> String {
        let difference = report.difference
        let escaped = JUnitReport.escaped
        var rows = ""
        func add(_ kind: EnvironmentDifference.Kind, _ world: String, _ cells: [String]) {
            rows += "<tr class=\"\(kind.rawValue)\"><td><span>\(kind.rawValue)</span></td><td>\(world)</td>"
            rows += cells.map { "<td>\(escaped(shown($0)))</td>" }.joined() + "</tr>\n"
        }
        for change in difference.changes {
            add(
                change.kind, change.ecosystem.rawValue,
                [change.name, change.cell(change.left), change.cell(change.right)])
        }
        for file in report.image?.files ?? [] {
            add(file.kind, "file", [file.title, file.cell(file.left), file.cell(file.right)])
        }
        for setting in report.image?.configuration ?? [] {
            add(setting.kind, "configuration", [setting.title, setting.left ?? "", setting.right ?? ""])
        }
        func count(_ kind: EnvironmentDifference.Kind) -> Int {
            difference.count(kind) + (report.image?.files.count { $0.kind == kind } ?? 0)
                + (report.image?.configuration.count { $0.kind == kind } ?? 0)
        }
        let facts = difference.facts.map {
            "<li><b>\(escaped($0.name))</b>: \(escaped(shown($0.left))) → \(escaped(shown($0.right)))</li>"
        }.joined()
        let kinds: [EnvironmentDifference.Kind] = [.changed, .rebuilt, .added, .removed]
        let buttons = kinds.map {
            "<label><input type=\"checkbox\" value=\"\($0.rawValue)\" checked> \($0.rawValue) <b>\(count($0))</b></label>"
        }.joined(separator: "\n")
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>Lockstep diff</title><style>\(styleSheet)</style></head><body>
            <h1>Lockstep diff</h1>
            <p class="sides"><b>left</b> \(escaped(shown(report.left)))<br><b>right</b> \(escaped(shown(report.right)))</p>
            <p>\(report.summary)</p><ul>\(facts)</ul>
            <form><input type="search" placeholder="filter by name" aria-label="filter by name"> \(buttons)</form>
            <table><thead><tr><th>What</th><th>Ecosystem</th><th>Name</th><th>Left</th><th>Right</th></tr></thead><tbody>
            \(rows)</tbody></table>
            <script>\(script)</script></body></html>

            """
    }

    private static let styleSheet = """
        :root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.4rem}.sides{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
        form{display:flex;flex-wrap:wrap;gap:1rem;margin:1rem 0}input[type=search]{font:inherit;padding:.2rem .5rem;flex:1 1 14rem}
        table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #8884}
        th{cursor:pointer;user-select:none}td:nth-child(n+3){font-family:ui-monospace,monospace;overflow-wrap:anywhere}
        td span{border-radius:.6rem;padding:.05rem .5rem;color:#fff;background:#666}
        .added span{background:#1a7f37}.removed span{background:#b3261e}.changed span{background:#9a6700}.rebuilt span{background:#6639ba}
        """

    private static let script = """
        const rows=[...document.querySelectorAll("tbody tr")],body=document.querySelector("tbody");
        const search=document.querySelector("input[type=search]"),boxes=[...document.querySelectorAll("input[type=checkbox]")];
        function filter(){const on=new Set(boxes.filter(b=>b.checked).map(b=>b.value)),text=search.value.toLowerCase();
        for(const r of rows)r.hidden=!on.has(r.className)||!r.cells[2].textContent.toLowerCase().includes(text)}
        document.querySelector("form").addEventListener("input",filter);
        document.querySelector("form").addEventListener("submit",e=>e.preventDefault());
        document.querySelectorAll("th").forEach((head,i)=>{let up=false;head.addEventListener("click",()=>{up=!up;
        rows.sort((a,b)=>(up?1:-1)*a.cells[i].textContent.localeCompare(b.cells[i].textContent,undefined,{numeric:true}));
        body.append(...rows)})});
        """
}
