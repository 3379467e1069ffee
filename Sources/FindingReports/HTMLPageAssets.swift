/// The looks and the behaviour of ``HTMLPage``.
extension HTMLPage {
    /// The digest of ``script`` as a page's policy writes it; a test holds it against the script.
    static let scriptHash = "sha256-Ffq2B9Qdm0uu2NMBKIJ6DyZIoTBOTsaXg5Lz/ZCHEJA="

    /// Light and dark, as the reader's system is set.
    static let styleSheet = """
        :root{color-scheme:light dark;--ground:#fff;--sheet:#f6f7f9;--ink:#1b1f24;--faint:#59626c;--line:#d8dde3;
        --changed:#8a5a00;--rebuilt:#7a3fc2;--added:#0b62d6;--removed:#b3211a;--same:#8b949e;--blue:#0b62d6;--match:#15692e}
        @media(prefers-color-scheme:dark){:root{--ground:#0f1318;--sheet:#171c23;--ink:#e4e8ed;--faint:#9aa3ad;--line:#2c343d;
        --changed:#d8a13a;--rebuilt:#b08af0;--added:#5aa2ff;--removed:#ff7b72;--same:#6b7580;--blue:#5aa2ff;--match:#4fc067}}
        *{box-sizing:border-box}
        body{margin:0 auto;padding:2rem 1.5rem 3rem;max-width:78rem;background:var(--ground);color:var(--ink);
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
        h1{margin:0;font-size:.9rem;font-weight:600;letter-spacing:.04em;color:var(--faint)}
        .headline{margin:.2rem 0 1rem;font-size:1.55rem;line-height:1.3;font-weight:650;border-left:.35rem solid;padding-left:.8rem}
        .headline.changed,.headline.not-provable{border-color:var(--changed)}
        .headline.same,.headline.match{border-color:var(--match)}.headline.mismatch{border-color:var(--removed)}
        dl{margin:0}.subjects,.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(18rem,100%),1fr));gap:.75rem;margin:0 0 1rem}
        .subjects>div,.facts>div,.bar,.note{background:var(--sheet);border:1px solid var(--line);border-radius:.5rem;padding:.55rem .8rem}
        dt,h2{margin:0;font-size:.75rem;font-weight:600;letter-spacing:.05em;text-transform:uppercase;color:var(--faint)}
        dd{margin:0;overflow-wrap:anywhere}code,.subjects dd,.facts dd{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace}
        .summary{margin:0 0 1rem;padding-left:1.2rem}.summary b{font-variant-numeric:tabular-nums}
        .bars{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));gap:.75rem;margin-bottom:1rem}
        .bar>div{display:flex;gap:2px;height:.7rem;margin:.45rem 0}.bar>div i{min-width:4px;border-radius:2px}
        .bar ul{display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;margin:0;padding:0;list-style:none;font-size:.85rem}
        .bar li i{display:inline-block;width:.65rem;height:.65rem;border-radius:2px;margin-right:.35rem}
        .bar i{background:var(--same)}.bar i.changed,.bar i.model,.bar i.not-provable,.bar i.named,.bar i.version{background:var(--changed)}
        .bar i.rebuilt,.bar i.claimed{background:var(--rebuilt)}.bar i.added,.bar i.match,.bar i.locked,.bar i.content{background:var(--added)}
        .bar i.removed,.bar i.mismatch{background:var(--removed)}
        .bar i.artifact,.bar i.intact{background:var(--blue)}.bar i.files,.bar i.trained{background:#6b7fa8}
        form{position:sticky;top:0;z-index:2;display:flex;flex-wrap:wrap;align-items:center;gap:.5rem;
        padding:.6rem 0;background:var(--ground)}form[hidden]{display:none}
        #filter{flex:1 1 16rem;font:inherit;color:inherit;background:var(--sheet);border:1px solid var(--line);border-radius:.4rem;padding:.35rem .6rem}
        label{display:inline-flex;align-items:center;gap:.35rem;border:1px solid var(--line);border-radius:1rem;padding:.15rem .7rem;
        font-size:.85rem;cursor:pointer;white-space:nowrap}label input{margin:0;accent-color:var(--blue)}
        output{color:var(--faint);font-size:.85rem;margin-left:auto}
        .scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}
        th,td{text-align:left;vertical-align:top;padding:.4rem .7rem;border-bottom:1px solid var(--line)}
        th{font-size:.75rem;letter-spacing:.05em;text-transform:uppercase;color:var(--faint);white-space:nowrap}
        th[tabindex]{cursor:pointer;user-select:none}th[tabindex]:hover{color:var(--ink)}
        th[aria-sort]::after{content:" ↑"}th[aria-sort=descending]::after{content:" ↓"}
        tbody tr:hover{background:var(--sheet)}td code{overflow-wrap:anywhere}td small{display:block;color:var(--faint)}
        .tag{display:inline-block;border:1px solid;border-radius:1rem;padding:0 .55rem;font-size:.8rem;font-weight:600}
        .changed .tag,.model .tag,label.model b,.not-provable .tag,.gap .tag,label.gap b,label.changed b,label.not-provable b{color:var(--changed)}
        .rebuilt .tag,label.rebuilt b{color:var(--rebuilt)}.added .tag,.match .tag,label.added b,label.match b{color:var(--added)}
        .removed .tag,.mismatch .tag,label.removed b,label.mismatch b{color:var(--removed)}.same .tag{color:var(--faint)}
        .steps{display:inline-block;font-size:.8rem;color:var(--faint);white-space:nowrap}
        .steps>span{display:flex;gap:2px;width:5.5rem;margin:.4rem 0 .2rem}
        .steps i{flex:1;height:.4rem;border-radius:1px;background:var(--line)}.steps .full{background:var(--blue)}
        .steps.s1 .full{background:var(--changed)}
        .note{margin:1rem 0}.note p{margin:.2rem 0}.note ul{margin:.3rem 0;padding-left:1.2rem}.error{color:var(--removed)}.warning{color:var(--changed)}
        .digest{color:var(--faint)}.section th{padding-top:1.1rem;font-size:.85rem;color:var(--ink);border-bottom-width:2px}
        .mark{color:var(--changed);font-size:.8rem;font-weight:600;white-space:nowrap}
        #none,footer{color:var(--faint);font-size:.85rem}footer{margin-top:2rem}
        @media(max-width:46rem){body{padding:1.2rem .9rem 2rem}table,tbody,tr,td,.section th{display:block}thead{display:none}
        tr[hidden],tbody[hidden]{display:none}td{border:0;padding:.1rem 0;overflow-wrap:anywhere}td:empty{display:none}
        tbody:not(.section) tr{border:1px solid var(--line);border-left:.3rem solid var(--same);border-radius:.5rem;padding:.5rem .8rem;margin:.5rem 0}
        tr.changed,tr.model,tr.gap{border-left-color:var(--changed)!important}tr.rebuilt{border-left-color:var(--rebuilt)!important}
        tr.added{border-left-color:var(--added)!important}tr.removed{border-left-color:var(--removed)!important}
        td[data-label]{display:flex;gap:.6rem}td[data-label]::before{content:attr(data-label);flex:0 0 4.8rem;color:var(--faint);font-size:.8rem}
        td>*{min-width:0}form{position:static}}
        @media print{form{display:none}body{max-width:none}}
        """

    /// The filter and the order, which the page keeps in the URL's fragment: `#filter=numpy&kind=changed&sort=3`.
    static let script = """
        "use strict";(()=>{const form=document.getElementById("controls");if(!form)return;
        const table=document.getElementById("rows"),bodies=[...table.tBodies].filter(b=>b.className!=="section"),rows=bodies.flatMap(b=>[...b.rows]),heads=[...table.tHead.rows[0].cells];
        const search=document.getElementById("filter"),boxes=[...form.querySelectorAll("input[type=checkbox]")];
        const count=document.getElementById("count"),none=document.getElementById("none");
        const words=new Map(rows.map(r=>[r,r.textContent.toLowerCase()]));let column=0,order=1;
        const key=(r,i)=>{const c=r.cells[i],s=c.querySelector("[data-sort]");return s?s.dataset.sort:c.textContent};
        const collator=new Intl.Collator(undefined,{numeric:true});
        function filter(){const on=new Set(boxes.filter(b=>b.checked).map(b=>b.value));
        const wanted=search.value.toLowerCase().split(/\\s+/).filter(Boolean);let seen=0;
        for(const r of rows){const text=words.get(r);r.hidden=!(on.has(r.className)&&wanted.every(w=>text.includes(w)));if(!r.hidden)seen++}
        for(const b of bodies){const h=b.previousElementSibling;if(h&&h.className==="section")h.hidden=[...b.rows].every(r=>r.hidden)}
        count.textContent=seen+" of "+rows.length+" rows";none.hidden=seen>0}
        function sort(){heads.forEach((h,i)=>{if(i+1===column)h.setAttribute("aria-sort",order>0?"ascending":"descending");
        else h.removeAttribute("aria-sort")});if(!column)return;const keys=new Map(rows.map(r=>[r,key(r,column-1)]));
        for(const body of bodies)body.append(...[...body.rows].sort((a,b)=>order*collator.compare(keys.get(a),keys.get(b))))}
        function keep(){const p=new URLSearchParams();if(search.value)p.set("filter",search.value);
        if(boxes.some(b=>b.checked!==b.defaultChecked))p.set("kind",boxes.filter(b=>b.checked).map(b=>b.value).join(","));
        if(column)p.set("sort",String(order*column));try{history.replaceState(null,"","#"+p)}catch{}}
        function read(){const p=new URLSearchParams(location.hash.slice(1));search.value=p.get("filter")||"";
        const kinds=p.get("kind");for(const b of boxes)b.checked=kinds===null?b.defaultChecked:kinds.split(",").includes(b.value);
        const n=parseInt(p.get("sort")||"0",10);if(Math.abs(n)<=heads.length){column=Math.abs(n);order=n<0?-1:1}sort();filter()}
        heads.forEach((h,i)=>{h.tabIndex=0;const act=()=>{if(column===i+1)order=-order;else{column=i+1;order=1}sort();keep()};
        h.addEventListener("click",act);h.addEventListener("keydown",e=>{if(e.key==="Enter"||e.key===" "){e.preventDefault();act()}})});
        form.addEventListener("input",()=>{filter();keep()});form.addEventListener("submit",e=>e.preventDefault());
        addEventListener("hashchange",read);form.hidden=false;read()})();
        """
}
