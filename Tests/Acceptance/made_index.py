"""Wheels made by hand, and an index on this machine that serves them, with a password if one is asked for."""

import base64
import hashlib
import http.server
import threading
import zipfile


def wheel(folder, name, version, requires=(), body=""):
    """A wheel of one module; the same arguments give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(
        f"Requires-Dist: {text}\n" for text in requires
    )
    members = {
        f"{module}/__init__.py": f"__version__ = {version!r}\n{body}",
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: made\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for path, text in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
        record += f"{path},sha256={digest},{len(text.encode())}\n"
    members[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    target = folder / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as archive:
        for path, text in members.items():
            archive.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), text)
    return target


class Index:
    """Serves the wheels of a directory by PEP 503, and every other file below it as it is."""

    def __init__(self, folder, user=None, password=None):
        self.folder = folder
        self.wanted = user and "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        index = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                index.answer(self)

            def do_HEAD(self):
                index.answer(self)

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        self.url = f"http://{self.address}/simple"

    def answer(self, request):
        if self.wanted and request.headers.get("Authorization") != self.wanted:
            request.send_response(401)
            request.send_header("WWW-Authenticate", 'Basic realm="made"')
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        path = request.path.split("?")[0].split("#")[0].strip("/")
        body, kind = None, "application/octet-stream"
        if path.startswith("simple/"):
            name = path.split("/")[1].replace("-", "_")
            files = sorted(self.folder.glob(f"{name}-*.whl"))
            if files:
                links = (
                    f'<a href="/files/{file.name.replace("+", "%2B")}'
                    f'#sha256={hashlib.sha256(file.read_bytes()).hexdigest()}">{file.name}</a>'
                    for file in files
                )
                body, kind = ("<!DOCTYPE html><html><body>" + "".join(links) + "</body></html>").encode(), "text/html"
        elif path.startswith("files/"):
            file = self.folder / path[6:].replace("%2B", "+")
            if file.parent == self.folder and file.is_file():
                body = file.read_bytes()
        request.send_response(200 if body is not None else 404)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body or b"")))
        request.end_headers()
        if request.command == "GET":
            request.wfile.write(body or b"")
