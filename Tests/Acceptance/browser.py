"""Pages in a headless browser: what a person sees, at widths of a phone and a desk, light and dark."""

import html
import json
import os
import pathlib
import re
import shutil
import subprocess

from runner import Skipped, check, run

# Measures a page inside of a frame of a fixed width: a window is never narrower than some hundred pixels.
MEASURE = """
addEventListener("load",()=>setTimeout(()=>{
 const frame=document.querySelector("iframe"),page=frame.contentDocument,view=frame.contentWindow;
 const parse=text=>{const n=(text.match(/-?[\\d.]+(e-?\\d+)?/g)||[]).map(Number);
  return text.startsWith("color(")?[n[0]*255,n[1]*255,n[2]*255,n[3]??1]:[n[0],n[1],n[2],n[3]??1]};
 const over=(a,b)=>[0,1,2].map(i=>a[i]*a[3]+b[i]*(1-a[3])).concat(1);
 const ground=e=>{const all=[];for(;e;e=e.parentElement)all.push(parse(view.getComputedStyle(e).backgroundColor));
  return all.reverse().reduce((below,c)=>over(c,below),[255,255,255,1])};
 const light=c=>{const [r,g,b]=c.map(v=>{v/=255;return v<=.04045?v/12.92:((v+.055)/1.055)**2.4});return .2126*r+.7152*g+.0722*b};
 const weak=[];
 for(const e of page.querySelectorAll("body *")){
  if(["SCRIPT","STYLE"].includes(e.tagName)||!e.getClientRects().length)continue;
  if(![...e.childNodes].some(n=>n.nodeType===3&&n.data.trim()))continue;
  const below=ground(e),c=over(parse(view.getComputedStyle(e).color),below);
  const [x,y]=[light(c),light(below)].sort((p,q)=>q-p),ratio=(x+.05)/(y+.05);
  if(ratio<4.5)weak.push([ratio.toFixed(2),e.className,e.textContent.trim().slice(0,40)]);
 }
 const wide=[...page.querySelectorAll("body *")].filter(e=>e.getBoundingClientRect().right>view.innerWidth+1)
  .slice(0,5).map(e=>e.tagName+"."+e.className+" "+e.textContent.slice(0,40));
 document.body.dataset.result=JSON.stringify({width:view.innerWidth,scroll:page.documentElement.scrollWidth,weak,wide,
  height:page.documentElement.scrollHeight,title:page.title,attacked:view.attacked===true||window.attacked===true});
},200));
"""


def browser():
    for name in ["chromium", "chromium-browser", "google-chrome"]:
        if shutil.which(name):
            return name
    if os.environ.get("PINPROOF_ACCEPTANCE") != "full":
        raise Skipped("there is no chromium (PINPROOF_ACCEPTANCE=full installs it)")
    try:
        run("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "chromium")
    except AssertionError as error:
        raise Skipped(f"chromium cannot be installed: {error}") from error
    return "chromium"


def opened(shop, page, fragment="", *options):
    """The page as the browser has it after its scripts ran."""
    profile = shop.work / "browser"
    address = f"file://{page}" + (f"#{fragment}" if fragment else "")
    words = ["--headless", "--no-sandbox", "--disable-gpu", "--in-process-gpu", f"--user-data-dir={profile}", "--virtual-time-budget=2000"]
    done = subprocess.run(
        [browser(), *words, *options, "--dump-dom", address], capture_output=True, text=True, timeout=120
    )
    check(done.returncode == 0, f"{done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def framed(page, width, scheme, opens=True):
    """A document that shows a page in a frame, as a reader's system of the scheme does."""
    text = pathlib.Path(page).read_text()
    # The policy of the page would stop the measurement, and a frame has no scheme of its own.
    text = re.sub(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "", text)
    text = text.replace("@media(prefers-color-scheme:dark)", "@media all" if scheme == "dark" else "@media not all")
    text = text.replace("color-scheme:light dark", f"color-scheme:{scheme}")
    if opens:
        text = text.replace("<details>", "<details open>")
    return (
        f"<!DOCTYPE html><body style='margin:0'><iframe style='border:0;width:{width}px;height:3000px' "
        f"srcdoc=\"{html.escape(text)}\"></iframe><script>{MEASURE}</script></body>")


def measured(shop, page, width, scheme):
    """Width, weak contrasts, elements that stand out, and whether a foreign script ran."""
    copy = shop.work / f"measured-{width}-{scheme}.html"
    copy.write_text(framed(page, width, scheme))
    text = opened(shop, copy, "", f"--window-size={max(width, 500)},1200")
    found = re.search(r'data-result="(.*?)"', text)
    check(found is not None, "the page was measured")
    return json.loads(html.unescape(found[1]))


def pictured(shop, page, width, scheme, target, height=1400):
    """A picture of a page, closed as a reader first sees it."""
    copy = shop.work / "pictured.html"
    copy.write_text(framed(page, width, scheme, opens=False))
    opened(shop, copy, "", f"--window-size={max(width, 500)},{height}", "--hide-scrollbars", f"--screenshot={target}")


def check_page(shop, page):
    """At 390 and 1280 pixels, light and dark: nothing scrolls sideways, text has contrast, no foreign script runs."""
    for width in [390, 1280]:
        for scheme in ["light", "dark"]:
            result = measured(shop, page, width, scheme)
            place = f"{pathlib.Path(page).name} at {width} px, {scheme}"
            check(result["scroll"] <= result["width"], f"{place} scrolls sideways: {result['wide']}")
            check(result["weak"] == [], f"{place}: contrast below 4.5: {result['weak'][:5]}")
            check(not result["attacked"] and "attacked" not in result["title"], f"{place}: a foreign script ran")
