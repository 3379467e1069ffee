"""Attestations beside images: attach in registries and layouts, and verify-attestation that finds them."""

import base64
import hashlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

from referrers_registry import ReferrersRegistry
from runner import check, check_status, run, scenario
from scenarios_attest import keys, oracle

DEMO = pathlib.Path(__file__).resolve().parents[2] / "docs/demo"
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
ENVELOPE = "application/vnd.dsse.envelope.v1+json"


def layout(folder, archive):
    """An OCI layout in a directory from one of the demo's archives."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    run("tar", "-xf", DEMO / archive, "-C", folder)
    return folder


def docker_registry(folder):
    """Debian's registry, which has no referrers API."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "registry.yml").write_text(
        "version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: 127.0.0.1:%d}\n" % (folder / "data", port))
    process = subprocess.Popen(
        ["docker-registry", "serve", str(folder / "registry.yml")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process, port
        time.sleep(0.1)
    raise AssertionError("the registry does not start")


def get(port, path, accept=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v2/app/{path}")
    if accept:
        request.add_header("Accept", accept)
    try:
        return urllib.request.urlopen(request).read()
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise


def attested(shop, image, key, file, expected=0, model="churn-model.tar.gz"):
    check_status(shop.pinproof("verify", DEMO / model, image, "--attest", file, "--key", key), expected)
    return file


def envelopes_verify(shop, contents, public):
    """Every envelope is verified by securesystemslib."""
    program = (
        "import json, sys\nfrom cryptography.hazmat.primitives.serialization import load_pem_public_key\n"
        "from securesystemslib.dsse import Envelope\nfrom securesystemslib.signer import SSlibKey\n"
        "key = SSlibKey.from_crypto(load_pem_public_key(open(sys.argv[1], 'rb').read()))\n"
        "for text in json.load(sys.stdin): Envelope.from_dict(json.loads(text)).verify([key], 1)\n")
    texts = json.dumps([content.decode() for content in contents])
    done = subprocess.run([oracle(shop), "-c", program, public], input=texts, capture_output=True, text=True)
    check(done.returncode == 0, f"securesystemslib verifies the envelopes: {done.stderr[-500:]}")


def check_forms(shop, port, digest, public, envelopes, has_api):
    """Both forms are those of their specifications, field by field."""
    tag = digest.replace(":", "-")
    manifest = json.loads(get(port, f"manifests/{tag}.att", MANIFEST))
    check(manifest["schemaVersion"] == 2 and manifest["mediaType"] == MANIFEST, "an OCI manifest")
    check(manifest["config"]["mediaType"] == "application/vnd.oci.image.config.v1+json", "cosign's configuration type")
    configuration = get(port, f"blobs/{manifest['config']['digest']}")
    check(len(configuration) == manifest["config"]["size"], "the size of the configuration")
    layers = manifest["layers"]
    check(
        json.loads(configuration)["rootfs"] == {"type": "layers", "diff_ids": [layer["digest"] for layer in layers]},
        "the layers are the diff_ids")
    check(len(layers) == envelopes, f"{len(layers)} layers")
    contents = []
    for layer in layers:
        content = get(port, f"blobs/{layer['digest']}")
        check("sha256:" + hashlib.sha256(content).hexdigest() == layer["digest"] and len(content) == layer["size"], "the layer's digest")
        check(layer["mediaType"] == ENVELOPE, "the layer's type")
        check(layer["annotations"]["dev.cosignproject.cosign/signature"] == "", "cosign's annotation")
        statement = json.loads(base64.b64decode(json.loads(content)["payload"]))
        check(layer["annotations"]["predicateType"] == statement["predicateType"], "the type of the predicate")
        contents.append(content)
    listed = get(port, f"referrers/{digest}") if has_api else get(port, f"manifests/{tag}", INDEX)
    entries = [entry for entry in json.loads(listed)["manifests"] if entry.get("artifactType") == BUNDLE]
    check(entries, "a bundle refers to the image")
    for entry in entries:
        check(entry["annotations"]["dev.sigstore.bundle.content"] == "dsse-envelope", "annotations in the entry")
        made = get(port, f"manifests/{entry['digest']}", MANIFEST)
        check("sha256:" + hashlib.sha256(made).hexdigest() == entry["digest"] and len(made) == entry["size"], "the entry's digest")
        referrer = json.loads(made)
        subject = get(port, f"manifests/{digest}", f"{MANIFEST}, {INDEX}")
        check(referrer["artifactType"] == BUNDLE and referrer["subject"]["digest"] == digest, "the subject")
        check(referrer["subject"]["size"] == len(subject), "the subject's size")
        check(referrer["config"]["mediaType"] == "application/vnd.oci.empty.v1+json", "the empty configuration")
        check(get(port, f"blobs/{referrer['config']['digest']}") == b"{}", "is there")
        bundle = json.loads(get(port, f"blobs/{referrer['layers'][0]['digest']}"))
        check(list(bundle) == ["mediaType", "verificationMaterial", "dsseEnvelope"] and bundle["mediaType"] == BUNDLE, "a bundle")
        check(bundle["verificationMaterial"]["tlogEntries"] == [] and "hint" in bundle["verificationMaterial"]["publicKey"], "key pair")
        contents.append(json.dumps(bundle["dsseEnvelope"]).encode())
    envelopes_verify(shop, contents, public)


def foreign_envelope(shop, file, digest, key):
    """A signed statement of another predicate, as another tool puts it beside an image."""
    program = (
        "import json, sys\nfrom cryptography.hazmat.primitives.serialization import load_pem_private_key\n"
        "from securesystemslib.dsse import Envelope\nfrom securesystemslib.signer import CryptoSigner, SSlibKey\n"
        "private = load_pem_private_key(open(sys.argv[2], 'rb').read(), None)\n"
        "payload = json.dumps({'_type': 'https://in-toto.io/Statement/v1', 'subject': [{'name': 'app', 'digest': {'sha256': sys.argv[1]}}],"
        " 'predicateType': 'https://slsa.dev/provenance/v1', 'predicate': {}}).encode()\n"
        "envelope = Envelope(payload, 'application/vnd.in-toto+json', {})\n"
        "envelope.sign(CryptoSigner(private, SSlibKey.from_crypto(private.public_key())))\nprint(json.dumps(envelope.to_dict()))\n")
    file.write_text(run(oracle(shop), "-c", program, digest.split(":")[1], key))
    return file


def both_registries(shop, check_one):
    """Runs a check against Debian's registry, and against one with the referrers API and tokens."""
    source = layout(shop.work / "attach-layout", "churn-image.oci.tar")
    process, port = docker_registry(shop.work / "attach-registry")
    try:
        run("skopeo", "copy", "-q", "--preserve-digests", "--dest-tls-verify=false", f"oci:{source}", f"docker://127.0.0.1:{port}/app:1")
        digest = json.loads((source / "index.json").read_text())["manifests"][0]["digest"]
        check_one(f"docker://127.0.0.1:{port}/app:1", port, digest, False)
    finally:
        process.kill()
    for token in [False, True]:
        registry = ReferrersRegistry(token=token)
        digest = registry.load(source, "1")
        check_one(f"docker://127.0.0.1:{registry.port}/app:1", None if token else registry.port, digest, True)
        check(not token or not registry.requests or any("scope=repository%3Aapp%3Apull%2Cpush" in line for line in registry.requests), "a token to write")
        registry.stop()


@scenario
def registries_of_this_machine(shop):
    """nothing for a registry of this machine goes to a proxy, and nobody is asked for the password of a key"""
    registry = ReferrersRegistry()
    registry.load(layout(shop.work / "attach-layout", "churn-image.oci.tar"), "1")
    image = f"docker://127.0.0.1:{registry.port}/app:1"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{closed.getsockname()[1]}"
    home = shop.work / "registry-home"
    certificates = home / f".config/containers/certs.d/127.0.0.1:{registry.port}"
    shutil.rmtree(home, ignore_errors=True)
    certificates.mkdir(parents=True)

    def ended(**variables):
        # Its input stays open, as a terminal does.
        process = subprocess.Popen(
            [shop.pinproof.path, "inspect", image], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, "HOME": str(home), **variables}, start_new_session=True)
        try:
            # communicate() would close the input.
            return process.wait(60), process.stderr.read().decode()
        finally:
            process.kill()
            process.communicate()

    status, text = ended(http_proxy=proxy, https_proxy=proxy, all_proxy=proxy)
    check(status == 0, f"a proxy is asked for this machine: {text}")
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-passout", "pass:x", "-subj", "/CN=client", "-days", "2",
        "-keyout", certificates / "client.key", "-out", certificates / "client.cert")
    status, text = ended()
    check(status == 2 and "SSL certificate" in text, f"an encrypted key ends with {status}: {text}")
    registry.stop()


@scenario
def attestations_are_attached_and_found(shop):
    """attach: both forms in a registry with and without referrers, foreign statements stay, verify-attestation finds them"""
    private, public = keys(shop, "p256")
    other, other_public = keys(shop, "ed25519")
    folder = shop.work / "attach"
    folder.mkdir(exist_ok=True)

    def check_one(image, port, digest, has_api):
        find = ["verify-attestation", "--key", public, "--image", image]
        check_status(shop.pinproof(*find), 1)
        statement = attested(shop, image, private, folder / "statement.json")
        check_status(shop.pinproof("attach", statement, image, "--dry-run"), 0)
        check_status(shop.pinproof(*find), 1)
        foreign = foreign_envelope(shop, folder / "foreign.json", digest, other)
        check_status(shop.pinproof("attach", foreign, image), 0)
        check_status(shop.pinproof(*find), 1)
        for _ in range(2):
            check_status(shop.pinproof("attach", statement, image), 0)
        check_status(shop.pinproof(*find), 0)
        check_status(shop.pinproof(*find, "--model", DEMO / "churn-model.tar.gz"), 0)
        check_status(shop.pinproof(*find, "--evidence", "locked"), 1)
        check_status(shop.pinproof("verify-attestation", "--key", other_public, "--image", image), 1)
        # Our own older statement is replaced, those of others stay.
        check_status(
            shop.pinproof("verify", DEMO / "churn-model.tar.gz", image, "--wheels", DEMO / "wheels", "--evidence", "locked",
                          "--attach", "--key", private), 0)  # fmt: skip
        check_status(shop.pinproof(*find, "--evidence", "locked"), 0)
        if port:
            layers = json.loads(get(port, f"manifests/{digest.replace(':', '-')}.att", MANIFEST))["layers"]
            types = sorted(layer["annotations"]["predicateType"] for layer in layers)
            check(types == ["https://pinproof.dev/verification/v1", "https://slsa.dev/provenance/v1"], f"{types}")
            own = [get(port, f"blobs/{layer['digest']}") for layer in layers]
            envelopes_verify(shop, [content for content in own if b"slsa" not in base64.b64decode(json.loads(content)["payload"])], public)

    both_registries(shop, check_one)


@scenario
def attached_forms_are_the_specifications(shop):
    """attach: manifests, bundles and indexes are the specifications' forms, and securesystemslib verifies them"""
    private, public = keys(shop, "p256")
    folder = shop.work / "attach"
    folder.mkdir(exist_ok=True)

    def check_one(image, port, digest, has_api):
        if port is None:
            return
        statement = attested(shop, image, private, folder / "statement.json")
        check_status(shop.pinproof("attach", statement, image), 0)
        check_forms(shop, port, digest, public, 1, has_api)

    both_registries(shop, check_one)
    # A layout: blobs and index are whole, and the image is still the one that its name means.
    image = layout(folder / "layout", "churn-image.oci.tar")
    statement = attested(shop, f"oci:{image}", private, folder / "layout.json")
    check_status(shop.pinproof("attach", statement, f"oci:{image}"), 0)
    check_status(shop.pinproof("verify-attestation", "--key", public, "--image", f"oci:{image}"), 0)
    check_status(shop.pinproof("verify", DEMO / "churn-model.tar.gz", f"oci:{image}"), 0)
    # A cosign signature beside it, and an attestation that says mismatch.
    (image / "blobs/sha256").joinpath("0" * 64).write_text("")
    wrong = layout(folder / "wrong", "churn-image-careless.oci.tar")
    mismatch = folder / "mismatch.json"
    done = shop.pinproof("verify", DEMO / "churn-model.tar.gz", f"oci:{wrong}", "--attest", mismatch, "--key", private)
    check(done.status == 1, "the careless image does not match")
    check_status(shop.pinproof("attach", mismatch, f"oci:{image}"), 1)
    check_status(shop.pinproof("attach", mismatch, f"oci:{wrong}"), 0)
    check_status(shop.pinproof("verify-attestation", "--key", public, "--image", f"oci:{wrong}"), 1)


def two_platforms(folder, second):
    """A layout whose index has the demo's image for amd64 and another archive's for arm64; the digests of both and of the index."""
    folder.mkdir(exist_ok=True)
    image = layout(folder / "index", "churn-image.oci.tar")
    other = layout(folder / "index-other", second)
    for path in (other / "blobs/sha256").iterdir():
        target = image / "blobs/sha256" / path.name
        if not target.exists():
            shutil.copy(path, target)

    def put(content):
        digest = hashlib.sha256(content).hexdigest()
        (image / "blobs/sha256" / digest).write_bytes(content)
        return {"digest": f"sha256:{digest}", "size": len(content)}

    def root(path):
        entry = json.loads((path / "index.json").read_text())["manifests"][0]
        return json.loads((path / "blobs/sha256" / entry["digest"].split(":")[1]).read_text())

    amd = root(image)
    arm = root(other)
    configuration = json.loads((other / "blobs/sha256" / arm["config"]["digest"].split(":")[1]).read_text())
    configuration["architecture"] = "arm64"
    arm["config"] = {**arm["config"], **put(json.dumps(configuration).encode())}
    manifests = [
        {"mediaType": MANIFEST, **put(json.dumps(content).encode()), "platform": {"os": "linux", "architecture": name}}
        for content, name in [(amd, "amd64"), (arm, "arm64")]
    ]
    index = put(json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}).encode())
    (image / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [{"mediaType": INDEX, **index}]}))
    return image, manifests[0]["digest"], manifests[1]["digest"], index["digest"]


@scenario
def an_attestation_is_of_one_platform(shop):
    """attach: of an index with a matching amd64 and another arm64 only the amd64 manifest is attested"""
    private, public = keys(shop, "p256")
    folder = shop.work / "attach"
    image, amd, arm, index = two_platforms(folder, "churn-image-careless.oci.tar")
    registry = ReferrersRegistry()
    registry.load(image, "1")
    name = f"docker://127.0.0.1:{registry.port}/app"
    model = DEMO / "churn-model.tar.gz"
    check_status(
        shop.pinproof("verify", model, f"{name}:1", "--platform", "linux/amd64", "--attest", folder / "amd.json", "--attach", "--key", private), 0)
    find = ["verify-attestation", "--key", public]
    check_status(shop.pinproof(*find, "--image", f"{name}@{amd}"), 0)
    check_status(shop.pinproof(*find, "--image", f"{name}:1", "--platform", "linux/amd64"), 0)
    check(shop.pinproof(*find, "--image", f"{name}@{arm}").status != 0, "the arm64 manifest is not attested")
    check(shop.pinproof(*find, "--image", f"{name}:1", "--platform", "linux/arm64").status != 0, "nor by its platform")
    for digest, expected in [(amd, 0), (arm, 1), (index, 1)]:
        check_status(shop.pinproof(*find, folder / "amd.json", "--image", digest, "--no-model"), expected)
    registry.stop()


@scenario
def all_platforms_are_attached(shop):
    """attach: with --all-platforms the verdict lies beside each manifest that it is about, whichever machine asks"""
    private, public = keys(shop, "p256")
    model = DEMO / "churn-model.tar.gz"
    image, amd, arm, index = two_platforms(shop.work / "attach-all", "churn-image-careless.oci.tar")
    registry = ReferrersRegistry()
    registry.load(image, "1")
    name = f"docker://127.0.0.1:{registry.port}/app"
    # The image for the other machine decides, and only it is a subject.
    outcome = shop.pinproof("verify", model, f"{name}:1", "--all-platforms", "--attach", "--key", private)
    check(outcome.status == 1 and "is not about" not in outcome.errors, f"it is attached: {outcome}")
    for digest, platform in [(amd, "amd64"), (arm, "arm64")]:
        found = shop.pinproof("verify-attestation", "--key", public, "--image", f"{name}@{digest}", "--platform", f"linux/{platform}")
        check(found.status == 1, f"{platform}: {found}")
        check(("mismatch" in found.output) == (digest == arm), f"{platform}: {found}")
    check(shop.pinproof("verify-attestation", "--key", public, "--image", f"{name}@{index}").status == 1, "the index is not attested")
    registry.stop()
    # Where all match, all are subjects, and the index with them.
    image, amd, arm, index = two_platforms(shop.work / "attach-all", "churn-image.oci.tar")
    registry = ReferrersRegistry()
    registry.load(image, "1")
    name = f"docker://127.0.0.1:{registry.port}/app"
    words = ["verify", model, f"{name}:1", "--all-platforms", "--no-loading", "--attach", "--key", private]
    check_status(shop.pinproof(*words), 0)
    for digest in (amd, arm, index):
        found = shop.pinproof("verify-attestation", "--key", public, "--image", f"{name}@{digest}", *(["--platform", "linux/arm64"] if digest == arm else []))
        check(found.status == 0, f"{digest}: {found}")
    registry.stop()
