"""Scenarios of the pages and comments that `diff` and `verify` write: in a real browser, and read by a Markdown parser."""

import html
import html.parser
import json
import pathlib
import re
import urllib.parse

from browser import check_page, measured, opened
from runner import check, check_status, run, scenario

HOSTILE = "<script>window.attacked=true;document.title='attacked'</script><img src=x onerror=\"document.title='attacked'\">"
SITE = "usr/lib/python3.11/site-packages"


def distribution(root, name, version, files, installer="pip"):
    """Creates a distribution as an installer would, with a matching RECORD."""
    import base64
    import hashlib

    info = root / SITE / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    rows = []
    content = {
        **{f"{name}/{path}": text for path, text in files.items()},
        f"{info.name}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info.name}/INSTALLER": f"{installer}\n",
    }
    for path, text in content.items():
        target = root / SITE / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        rows.append(f"{path},sha256={digest},{len(text)}")
    (info / "RECORD").write_text("\n".join([*rows, f"{info.name}/RECORD,,", ""]))


def image(shop, name, packages, files, variables):
    root = shop.work / f"page-{name}"
    for package, (version, content) in packages.items():
        distribution(root, package, version, content)
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    layout = shop.work / "page-layout"
    if not layout.exists():
        run("umoci", "init", "--layout", layout)
    run("umoci", "new", "--image", f"{layout}:{name}")
    run("umoci", "insert", "--image", f"{layout}:{name}", root, "/")
    settings = [word for variable in variables for word in ("--config.env", variable)]
    run("umoci", "config", "--image", f"{layout}:{name}", "--architecture", "amd64", "--os", "linux", *settings)
    return f"oci:{layout}:{name}"


def images(shop):
    """Two small images that differ in every way, one of them hostile."""
    if hasattr(shop, "page_images"):
        return shop.page_images
    code = {"__init__.py": "x = 1\n"}
    interpreter = {"usr/bin/python3.11": "", "usr/lib/python3.11/os.py": "", "etc/os-release": "ID=debian\n"}
    same = {name: (f"1.{number}", code) for number, name in enumerate(["scipy", "joblib", "threadpoolctl", "click"])}
    left = image(
        shop, "left", {**same, "numpy": ("1.26.4", code), "six": ("1.17.0", code), "gone": ("0.9", code)},
        {**interpreter, "srv/app.py": "1\n"}, ["MODE=a"],
    )  # fmt: skip
    right = image(
        shop, "right",
        {
            **same, "numpy": ("2.4.10", code), "six": ("1.17.0", {"__init__.py": "x = 2\n"}), "torch": ("2.9.0", code),
            "cab": ("10.0", code), "aab": ("9.0", code),
        },
        {**interpreter, "srv/app.py": "2\n", "srv/<script>document.title='attacked'<": "", "srv/a|b`c @user": ""},
        [f"MODE={HOSTILE}"],
    )  # fmt: skip
    shop.page_images = (left, right)
    return shop.page_images


class Page(html.parser.HTMLParser):
    """What a person sees of a page: the title, the rows that are not hidden, and every element."""

    def __init__(self, text):
        super().__init__()
        self.title, self.rows, self.elements, self.output = "", [], [], ""
        self.inside = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.elements.append((tag, attributes))
        self.inside.append(tag)
        if tag == "tr":
            self.hidden = "hidden" in attributes
            self.row = [attributes.get("class", "")]
        if tag == "td":
            self.row.append("")
        if tag in ("meta", "input", "br", "img", "link"):
            self.inside.pop()

    def handle_endtag(self, tag):
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass
        if tag == "tr" and not self.hidden and len(self.row) > 1:
            self.rows.append(self.row)

    def handle_data(self, data):
        if "title" in self.inside:
            self.title += data
        if "output" in self.inside:
            self.output += data
        if "td" in self.inside:
            self.row[-1] += data

    def names(self):
        return [row[3] for row in self.rows]


@scenario
def the_page_of_diff_works_in_a_browser(shop):
    """pages: a real browser filters and sorts the html of diff, and a hostile image's names stay text"""
    left, right = images(shop)
    page = shop.work / "diff.html"
    check_status(shop.pinproof("diff", left, right, "--format", "html", "--output", page), 1)
    source = Page(page.read_text())
    loading = [
        (tag, name) for tag, attributes in source.elements for name in attributes
        if name in ("src", "href", "srcset", "action", "data") or name.startswith("on") or tag in ("link", "iframe", "object")
    ]  # fmt: skip
    check(loading == [], f"the page should load nothing: {loading}")
    check(len(source.rows) == 14, f"without JavaScript every row is there: {len(source.rows)} {source.names()}")
    # The filter, the kinds and the order, as the address says them.
    plain = Page(opened(shop, page))
    check(plain.title == "Pinproof diff", f"no script of the image may run: {plain.title}")
    check(all(row[0] != "same" for row in plain.rows) and len(plain.rows) == 10, f"the same is folded: {plain.names()}")
    check(plain.output == "10 of 14 rows", f"the rows are counted: {plain.output}")
    filtered = Page(opened(shop, page, "filter=NUMPY"))
    check(filtered.names() == ["numpy"], f"the filter: {filtered.names()}")
    both = Page(opened(shop, page, "filter=" + urllib.parse.quote("pypi 1.17")))
    check(both.names() == ["six"], f"a filter of two words: {both.names()}")
    kinds = Page(opened(shop, page, "kind=rebuilt,same"))
    check({row[0] for row in kinds.rows} == {"rebuilt", "same"}, f"the kinds: {kinds.rows}")
    ordered = Page(opened(shop, page, "filter=pypi&kind=added&sort=5"))
    check(ordered.names() == ["torch", "aab", "cab"], f"numbers sort as numbers: {ordered.names()}")
    ordered = Page(opened(shop, page, "filter=pypi&kind=added&sort=-3"))
    check(ordered.names() == ["torch", "cab", "aab"], f"downwards by name: {ordered.names()}")
    # What a person does with the mouse and the keyboard.
    script = """
        document.getElementById("rows").tHead.rows[0].cells[2].click();
        document.querySelectorAll("form input[type=checkbox]").forEach(b=>{if(b.value!=="added"&&b.checked)b.click()});
        const s=document.getElementById("filter");s.value="pypi";s.dispatchEvent(new Event("input",{bubbles:true}));
    """
    acted = shop.work / "diff-acted.html"
    # Another script than the page's own needs another policy: the page is the same otherwise.
    text = re.sub(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "", page.read_text())
    acted.write_text(text.replace("</body>", f"<script>{script}</script></body>"))
    clicked = opened(shop, acted)
    check(Page(clicked).names() == ["aab", "cab", "torch"], f"clicks: {Page(clicked).names()}")
    check('aria-sort="ascending"' in clicked, "the order is said to those who do not see the arrow")
    # The policy: a script that got in would not run.
    attacked = shop.work / "diff-attacked.html"
    attacked.write_text(page.read_text().replace("</body>", "<script>document.title='attacked'</script></body>"))
    check(Page(opened(shop, attacked)).title == "Pinproof diff", "the policy should stop a foreign script")
    check_page(shop, page)
    picture = shop.work / "diff.png"
    opened(shop, page, "", f"--screenshot={picture}", "--window-size=1400,1000")
    check(picture.stat().st_size > 10_000, "there should be a picture")


def rendered(shop, text):
    """Markdown as GitHub's own parser (cmark-gfm) makes HTML of it."""
    folder = shop.kept / "markdown"
    if not (folder / "bin/python").exists():
        run("/usr/bin/python3", "-m", "venv", folder)
        run(folder / "bin/pip", "install", "--quiet", "cmarkgfm")
    script = "import cmarkgfm, sys; print(cmarkgfm.github_flavored_markdown_to_html(sys.stdin.read(), options=1 << 17))"
    return run(folder / "bin/python", "-c", script, input=text)


@scenario
def the_comment_of_diff_is_read_by_githubs_parser(shop):
    """pages: diff as markdown is a table to GitHub's parser, with what a hostile image says as text"""
    left, right = images(shop)
    outcome = check_status(shop.pinproof("diff", left, right, "--format", "markdown"), 1)
    page = rendered(shop, outcome.output)
    cells = re.findall(r"<td>(.*?)</td>", page, re.S)
    check(len(cells) == 4 * 10, f"ten rows of four cells: {len(cells)}\n{page}")
    check("<script" not in page and "<img" not in page and "href" not in page, f"all of it is text:\n{page}")
    names = [html.unescape(re.sub("<.*?>", "", cell)) for cell in cells]
    for name in ["srv/<script>document.title='attacked'<", "srv/a|b`c @user", HOSTILE, "pypi numpy", "2.4.10"]:
        check(name in names, f"{name} should be in a cell: {names}")
    # The same through a report that is too long for a comment.
    folder = shop.work / "page-many"
    for number in range(4000):
        path = folder / "srv" / f"{number}-{'x' * 40}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    layout = shop.work / "page-layout"
    run("umoci", "insert", "--image", f"{layout}:left", "--tag", "many", folder, "/")
    outcome = check_status(shop.pinproof("diff", left, f"oci:{layout}:many", "--format", "markdown"), 1)
    check(60_000 < len(outcome.output) <= 65_536, f"it fits into a comment: {len(outcome.output)}", outcome)
    page = rendered(shop, outcome.output)
    shown, hidden = page.count("<tr>") - 1, int(re.search(r"and (\d+) files more", page)[1])
    check(shown + hidden == 4000 and "<details>" in page, f"what does not fit is counted: {shown} + {hidden}", outcome)
    data = json.loads(shop.pinproof("diff", left, f"oci:{layout}:many", "--format", "json").output)
    check(data["summary"]["files"] == 4000 and data["summary"]["sameBy"]["content"] == 7, f"{data['summary']}")


@scenario
def the_page_of_verify_explains_itself_anywhere(shop):
    """pages: verify as html, on a phone and a desk, light and dark: no sideways scrolling, contrast, no script"""
    demo = pathlib.Path(__file__).resolve().parents[2] / "docs/demo"
    left, right = images(shop)
    lock = shop.work / "page.lock"
    digest = "a" * 64
    names = ["numpy==1.26.4", "six==1.17.0", "gone==0.9", "scipy==1.0", "absent-" + "x" * 80 + "==1.0"]
    lock.write_text("".join(f"{name} --hash=sha256:{digest}\n" for name in names))
    model, base = demo / "churn-model.tar.gz", f"oci-archive:{demo}/base.oci.tar"
    pages = {
        "refused": ([model, demo / "churn-image-careless.oci.tar", "--base", base], 1),
        "match": ([model, demo / "churn-image.oci.tar", "--base", base], 0),
        "undecided": ([model, demo / "churn-image.oci.tar", "--evidence", "trained", "--strict"], 2),
        "hostile": ([lock, right, "--python", "3.11"], 1),
    }
    for name, (words, status) in pages.items():
        page = shop.work / f"verify-{name}.html"
        check_status(shop.pinproof("verify", *words, "--format", "html", "--output", page), status)
        source = Page(page.read_text())
        tags = {tag for tag, _ in source.elements}
        check(not tags & {"script", "img", "link", "iframe", "object", "a", "form"}, f"{name} loads and runs nothing: {tags}")
        check_page(shop, page)


@scenario
def preflight_pages_are_read_by_people(shop):
    """pages: preflight's page runs nothing, fits a phone and a desk, and names of columns stay text in HTML and Markdown"""
    demo = pathlib.Path(__file__).resolve().parents[2] / "docs/demo"
    folder = shop.work / "preflight-page"
    folder.mkdir(exist_ok=True)
    names = [HOSTILE, "a|b", "`code`", "@here", "line\nbreak", "</style>", "[x](javascript:alert(1))", "x" * 4000]
    (folder / "schema.json").write_text(json.dumps({
        "type": "object", "required": names, "properties": {name: {"enum": names} for name in names},
    }))  # fmt: skip
    row = json.dumps({name: HOSTILE + " other" for name in names})
    (folder / "requests.jsonl").write_text(row + "\n")
    (folder / "preflight.toml").write_text(
        'schema = "pinproof/preflight-declaration/1"\n[input]\ncontract = "schema.json"\n[monitoring]\noutputs = ['
        + ", ".join(json.dumps(name) for name in names)
        + "]\n[ownership]\nowner = " + json.dumps(HOSTILE) + '\non-call = "@here | `x`"\nrunbook = "docs/<b>.md"\n')
    words = ["preflight", demo / "churn-model.tar.gz", demo / "churn-image.oci.tar", "--declaration", folder / "preflight.toml"]
    words += ["--requests", folder / "requests.jsonl"]
    page = folder / "page.html"
    check_status(shop.pinproof(*words, "--format", "html", "--output", page), 1)
    source = Page(page.read_text())
    tags = {tag for tag, _ in source.elements}
    check(not tags & {"script", "img", "link", "iframe", "object", "a", "form"}, f"it loads and runs nothing: {tags}")
    seen = html.unescape(re.sub(r"<[^>]*>", "", opened(shop, page)))
    for name in ["<script>window.attacked", "a|b", "`code`", "@here", "</style>"]:
        check(name in seen, f"{name} should be seen as text")
    check("x" * 1000 not in seen, "a long name is cut")
    check_page(shop, page)
    text = check_status(shop.pinproof(*words, "--format", "markdown"), 1).output
    made = rendered(shop, text)
    for word in ["<script", "<img", "<b>.md", "javascript:alert(1)\""]:
        check(word not in made, f"Markdown should not become {word}")
    check("@here" not in re.sub(r"<code>.*?</code>", "", made, flags=re.S), "nobody is told")
    ready = folder / "ready.html"
    check_status(shop.pinproof("preflight", demo / "churn-model.tar.gz", demo / "churn-image.oci.tar", "--wheels", demo / "wheels",
                               "--require", "environment", "--format", "html", "--output", ready), 0)
    check_page(shop, ready)


@scenario
def the_measurement_of_pages_can_fail(shop):
    """pages: the measurement finds weak contrast, sideways scrolling and a script"""
    page = shop.work / "bad.html"
    page.write_text(
        "<!DOCTYPE html><title>x</title><body style='margin:0;background:#fff'><p style='color:#aaa'>weak</p>"
        "<div style='width:2000px'>wide</div><script>window.attacked=true</script>")
    result = measured(shop, page, 390, "light")
    check([row[2] for row in result["weak"]] == ["weak"] and result["scroll"] >= 2000 and result["attacked"], f"{result}")


@scenario
def the_comment_of_verify_is_read_by_githubs_parser(shop):
    """pages: verify as markdown is tables to GitHub's parser, with what a hostile image says as text"""
    left, right = images(shop)
    lock = shop.work / "comment.lock"
    lock.write_text("numpy==1.26.4\nsix==1.17.0\n")
    outcome = check_status(shop.pinproof("verify", lock, right, "--python", "3.11", "--format", "markdown"), 1)
    page = rendered(shop, outcome.output)
    check("<script" not in page and "<img" not in page, f"all of it is text:\n{page}")
    # What the program itself says may be a link; what an image says may not.
    links = re.findall(r'href="(.*?)"', page)
    check(all(link.startswith("https://numpy.org/") for link in links), f"links: {links}")
    check(page.count("<table>") >= 2 and "numpy" in page and "refused" in page, page)
