"""What Python's tokenize makes of modules of its library: `python_tokens.py TABLE`.

A line `file HEX` has the source; the lines after it are its names (`n NAME`, dotted names in one) and its strings (`s HEX` where the
value can be told without braces and escapes other than those of quotes, line feeds and tabs, `u` where not).
"""

import io
import os
import sys
import tokenize

MODULES = [
    "ast", "argparse", "base64", "bisect", "calendar", "codecs", "configparser", "contextlib", "csv", "dataclasses", "difflib",
    "fnmatch", "functools", "gettext", "glob", "heapq", "inspect", "json/decoder", "keyword", "locale", "mimetypes", "netrc",
    "optparse", "pathlib", "pickle", "platform", "plistlib", "pprint", "quopri", "random", "re/_parser", "shlex", "shutil",
    "smtplib", "string", "subprocess", "tarfile", "tempfile", "textwrap", "tokenize", "types", "urllib/parse", "uuid", "zipfile",
]


def string(text):
    start = min(text.find(q) for q in "'\"" if q in text)
    prefix, body = text[:start].lower(), text[start:]
    quote = body[:3] if body[:3] in ("'''", '"""') else body[0]
    inner = body[len(quote) : -len(quote)]
    if "b" in prefix or "f" in prefix and "{" in inner:
        return "u"
    if "r" in prefix:
        return "s\t" + inner.encode().hex()
    value, i = "", 0
    while i < len(inner):
        if inner[i] == "\\":
            if inner[i + 1] not in "'\"\\\nnt":
                return "u"
            value += {"n": "\n", "t": "\t", "\n": ""}.get(inner[i + 1], inner[i + 1])
            i += 2
        else:
            value += inner[i]
            i += 1
    return "s\t" + value.encode().hex()


with open(sys.argv[1], "w") as out:
    for module in MODULES:
        path = os.path.join(os.path.dirname(os.__file__), module + ".py")
        if not os.path.exists(path):
            continue
        source = open(path, "rb").read()
        lines, last, depth, parts = [], None, 0, []
        for token in tokenize.tokenize(io.BytesIO(source).readline):
            name = tokenize.tok_name[token.type]
            if name == "FSTRING_START":
                depth += 1
                parts = parts if depth > 1 else [token.string]
            elif name == "FSTRING_END":
                depth -= 1
                if depth == 0:
                    lines.append(string("".join(parts) + token.string))
            elif depth:
                parts.append(token.string if name == "FSTRING_MIDDLE" else "{")
            elif name == "NAME" and last == "." and lines and lines[-1][0] == "n" and lines[-1].endswith("."):
                lines[-1] += token.string
            elif name == "NAME":
                lines.append("n\t" + token.string)
            elif name == "STRING":
                lines.append(string(token.string))
            elif token.string == "." and last_end == token.start and lines and last == "NAME":
                lines[-1] += "."
            if name not in ("COMMENT", "NL"):
                last = "." if token.string == "." else name
            last_end = token.end
        lines = [line.rstrip(".") if line[0] == "n" else line for line in lines]
        out.write("file\t" + source.hex() + "\n" + "".join(line + "\n" for line in lines))
