/// The looks of the page of `verify`: light and dark as the reader's system is set, in one column on a phone.
enum VerificationPageAssets {
    /// The style sheet; every color of text has a contrast of 4.5 or more on its ground (WCAG 2.2, 1.4.3).
    static let styleSheet = """
        :root{color-scheme:light dark;--ground:#fff;--sheet:#f6f7f9;--ink:#1b1f24;--quiet:#59626c;--line:#d8dde3;
        --mismatch:#b3211a;--not-provable:#8a5a00;--differs:#8a5a00;--match:#15692e;--tint:10%}
        @media(prefers-color-scheme:dark){:root{--ground:#0f1318;--sheet:#171c23;--ink:#e4e8ed;--quiet:#9aa3ad;--line:#2c343d;
        --mismatch:#ff7b72;--not-provable:#d8a13a;--differs:#d8a13a;--match:#4fc067;--tint:14%}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:64rem;padding:1.5rem 1.2rem 3rem;background:var(--ground);color:var(--ink);
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;overflow-wrap:anywhere}
        p,dl,dd,ul{margin:0}ul{padding-left:1.2rem}
        code,.versions,.fact{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace}
        h2{margin:1.4rem 0 .4rem;font-size:.78rem;font-weight:650;letter-spacing:.05em;text-transform:uppercase;color:var(--quiet)}
        .quiet{color:var(--quiet)}
        .verdict{border-radius:.6rem;padding:1rem 1.2rem;border-left:.4rem solid var(--tone);
        background:color-mix(in srgb,var(--tone) var(--tint),var(--ground))}
        .verdict h1{margin:0;font-size:1.5rem;line-height:1.3;color:var(--tone)}
        .verdict p{margin-top:.3rem;font-size:1.08rem}.verdict b{color:var(--tone)}
        .mismatch{--tone:var(--mismatch)}.not-provable{--tone:var(--not-provable)}.match{--tone:var(--match)}
        .differs,.aside{--tone:var(--differs)}.note{--tone:var(--quiet)}
        .sides{display:grid;grid-template-columns:minmax(0,1fr) auto minmax(0,1fr);gap:.8rem;margin-top:1rem}
        .card{background:var(--sheet);border:1px solid var(--line);border-radius:.6rem;padding:.7rem .9rem;min-width:0}
        .card h2{margin:0 0 .2rem}.name{font-size:1.05rem;font-weight:600}.sign{align-self:center;font-size:1.7rem;color:var(--tone)}
        dt{margin-top:.25rem;font-size:.78rem;color:var(--quiet)}
        .cause{border:1px solid var(--line);border-left:.3rem solid var(--tone);border-radius:.5rem;padding:.6rem .9rem;margin:.6rem 0}
        .cause p{color:var(--quiet);margin-top:.2rem}
        .cause .head{display:flex;flex-wrap:wrap;gap:.2rem .9rem;align-items:baseline;margin:0;color:var(--ink)}.head b{font-size:1.08rem}
        .tag{border:1px solid;border-radius:1rem;padding:0 .55rem;font-size:.8rem;font-weight:600;color:var(--tone)}
        .squares{display:flex;flex-wrap:wrap;gap:3px}.squares i{width:.85rem;height:.85rem;border-radius:2px;background:var(--tone)}
        .legend{display:flex;flex-wrap:wrap;gap:.1rem 1rem;margin:.4rem 0 .2rem;padding:0;list-style:none}
        .legend li{color:var(--tone);font-weight:600}
        .account{display:grid;grid-template-columns:auto 1fr;gap:.1rem .8rem;align-items:baseline}
        .account dt{margin:0;text-align:right;font-size:1rem;font-variant-numeric:tabular-nums;color:var(--ink)}
        .account .none{color:var(--differs);font-weight:650}
        details{margin:.5rem 0}summary{cursor:pointer}
        footer{margin-top:2rem;color:var(--quiet);font-size:.85rem}
        @media(max-width:40rem){.sides{grid-template-columns:minmax(0,1fr)}.sign{line-height:1;text-align:center}}
        """
}
