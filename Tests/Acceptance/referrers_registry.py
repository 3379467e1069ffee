"""A registry that keeps everything in memory and has the referrers API of OCI 1.1, with or without a token server.

Debian's docker-registry is older than that API. `ReferrersRegistry(token=True)` gives read and write access by tokens alone.
"""

import hashlib
import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ReferrersRegistry:
    def __init__(self, token=False, referrers=True):
        self.blobs, self.manifests, self.requests = {}, {}, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, status, body=b"", **headers):
                self.send_response(status)
                for key, value in headers.items():
                    self.send_header(key.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def body(self):
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))

            def is_allowed(self, scope):
                if not token or self.headers.get("Authorization") in (f"Bearer {scope}", "Bearer pull,push"):
                    return True
                realm = f'Bearer realm="http://127.0.0.1:{outer.port}/token",service="test",scope="repository:app:{scope}"'
                self.answer(401, WWW_Authenticate=realm)
                return False

            def handle_request(self):
                content = self.body()
                outer.requests.append(f"{self.command} {self.path}")
                url = urllib.parse.urlparse(self.path)
                query = urllib.parse.parse_qs(url.query)
                if url.path == "/token":
                    scope = query["scope"][0].rsplit(":", 1)[1]
                    return self.answer(200, json.dumps({"token": scope}).encode())
                if url.path in ("/v2/", "/v2"):
                    return self.answer(200)
                if not self.is_allowed("pull" if self.command in ("GET", "HEAD") else "pull,push"):
                    return None
                _, _, repository, kind, *rest = url.path.split("/", 4)
                name = rest[0] if rest else ""
                if kind == "blobs" and self.command == "POST":
                    return self.answer(202, Location=f"/v2/{repository}/blobs/uploads/1?state=x")
                if kind == "blobs" and self.command in ("PUT", "PATCH"):
                    digest = "sha256:" + hashlib.sha256(content).hexdigest()
                    if query.get("digest") != [digest]:
                        return self.answer(400)
                    outer.blobs[digest] = content
                    return self.answer(201, Location=f"/v2/{repository}/blobs/{digest}")
                if kind == "blobs":
                    found = outer.blobs.get(name)
                    return self.answer(404) if found is None else self.answer(200, found)
                if kind == "referrers":
                    if not referrers:
                        return self.answer(404)
                    entries = []
                    for digest, (made, media) in outer.manifests.items():
                        manifest = json.loads(made)
                        if digest.startswith("sha256:") and manifest.get("subject", {}).get("digest") == name:
                            entries.append({
                                "mediaType": media, "digest": digest, "size": len(made), "artifactType": manifest.get("artifactType"),
                                "annotations": manifest.get("annotations", {})})  # fmt: skip
                    index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": entries}
                    return self.answer(200, json.dumps(index).encode(), Content_Type=index["mediaType"])
                if kind == "manifests" and self.command == "PUT":
                    digest = "sha256:" + hashlib.sha256(content).hexdigest()
                    outer.manifests[name] = outer.manifests[digest] = (content, self.headers["Content-Type"])
                    subject = json.loads(content).get("subject", {}).get("digest")
                    headers = {"OCI_Subject": subject} if subject and referrers else {}
                    return self.answer(201, Docker_Content_Digest=digest, **headers)
                if kind == "manifests" and name in outer.manifests:
                    made, media = outer.manifests[name]
                    digest = "sha256:" + hashlib.sha256(made).hexdigest()
                    return self.answer(200, made, Content_Type=media, Docker_Content_Digest=digest)
                return self.answer(404)

            do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = handle_request

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def load(self, layout, tag):
        """Takes an image of an OCI layout, without a request."""
        index = json.loads((layout / "index.json").read_text())
        for path in (layout / "blobs/sha256").iterdir():
            content, digest = path.read_bytes(), f"sha256:{path.name}"
            self.blobs[digest] = content
            if content.lstrip().startswith(b"{") and b'"schemaVersion"' in content:
                media = json.loads(content).get("mediaType", "application/vnd.oci.image.manifest.v1+json")
                self.manifests[digest] = (content, media)
        root = index["manifests"][0]["digest"]
        self.manifests[tag] = self.manifests[root]
        return root

    def stop(self):
        self.server.shutdown()
