"""Attestations: written by verify, read by securesystemslib and in-toto, and the other way round."""

import json
import os
import shutil

from runner import check, check_status, run, scenario

# Reads, checks and makes envelopes with the libraries that others use; the last word of the command says which.
ORACLE = """
import json, pathlib, sys
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner, SSlibKey
task, file, key = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
envelope = Envelope.from_dict(json.loads(file.read_text()))
if task == "read":
    from google.protobuf.json_format import Parse
    from in_toto_attestation.v1 import statement, statement_pb2
    envelope.verify([SSlibKey.from_crypto(load_pem_public_key(key.read_bytes()))], 1)
    assert envelope.payload_type == "application/vnd.in-toto+json", envelope.payload_type
    message = Parse(envelope.payload, statement_pb2.Statement())
    statement.Statement.copy_from_pb(message).validate()
    sys.stdout.write(envelope.payload.decode())
else:
    private = load_pem_private_key(key.read_bytes(), None)
    made = Envelope(envelope.payload, envelope.payload_type, {})
    made.sign(CryptoSigner(private, SSlibKey.from_crypto(private.public_key())))
    print(json.dumps(made.to_dict()))
"""

# What is not compared has to be said.
ANYTHING = ["--no-image", "--no-model"]

KEYS = {
    "p256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "p384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    "ed25519": ["-algorithm", "ED25519"],
}


def oracle(shop):
    python = shop.work / "attest-env/bin/python"
    if not python.exists():
        run("python3", "-m", "venv", shop.work / "attest-env")
        run(python, "-m", "pip", "install", "-q", "securesystemslib[crypto]", "in-toto-attestation")
    return python


def keys(shop, kind):
    private, public = shop.work / f"{kind}.key", shop.work / f"{kind}.pub"
    if not public.exists():
        run("openssl", "genpkey", *KEYS[kind], "-out", private)
        run("openssl", "pkey", "-in", private, "-pubout", "-out", public)
    return private, public


def attested(shop, kind, *words):
    private, _ = keys(shop, kind)
    file = shop.work / f"attestation-{kind}.json"
    return shop.verify(f"oci:{shop.layout}:iris", "--attest", file, "--key", private, *words), file


@scenario
def an_attestation_is_read_by_others(shop):
    """an attestation of each key is verified by securesystemslib, its statement by in-toto's library"""
    payloads = set()
    for kind in KEYS:
        outcome, file = attested(shop, kind, "--evidence", "locked")
        check_status(outcome, 0)
        payloads.add(run(oracle(shop), "-c", ORACLE, "read", file, keys(shop, kind)[1]))
    check(len(payloads) == 1, "the payload should be the same for every key")
    statement = json.loads(payloads.pop())
    check(statement["predicateType"] == "https://pinproof.dev/verification/v1", f"{statement['predicateType']}")
    check(statement["predicate"]["verdict"] == "match", "the verdict should be match")
    check(all(row["evidence"] == "locked" for row in statement["predicate"]["packages"]), "all should be locked")
    index = json.loads((shop.layout / "index.json").read_text())
    tags = {one["annotations"]["org.opencontainers.image.ref.name"]: one["digest"] for one in index["manifests"]}
    subjects = {row["name"]: row["digest"] for row in statement["subject"]}
    check({"sha256": tags["iris"].split(":")[1]} in subjects.values(), f"the image's digest is missing: {subjects}")
    said = run("sha256sum", shop.model_archive).split()[0]
    check(any(row.get("sha256") == said for row in subjects.values()), f"the model's digest is missing: {subjects}")


@scenario
def an_attestation_is_accepted(shop):
    """verify-attestation accepts own envelopes and those of securesystemslib, with model, image and digests"""
    for kind in KEYS:
        private, public = keys(shop, kind)
        _, file = attested(shop, kind)
        foreign = shop.work / f"foreign-{kind}.json"
        foreign.write_text(run(oracle(shop), "-c", ORACLE, "sign", file, private))
        words = ["--image", f"oci:{shop.layout}:iris", "--model", shop.model_archive]
        for path in [file, foreign]:
            outcome = check_status(shop.pinproof("verify-attestation", path, "--key", public, *words), 0)
            check(outcome.output.startswith("match"), "it should begin with the verdict", outcome)
        said = "sha256:" + run("sha256sum", shop.model_archive).split()[0]
        check_status(shop.pinproof("verify-attestation", file, "--key", public, "--model", said, "--no-image"), 0)
        # The same image in another store has another manifest, and the same configuration.
        words = ["--image", shop.docker_archive, "--no-model"]
        check_status(shop.pinproof("verify-attestation", file, "--key", public, *words), 0)


@scenario
def an_attestation_is_refused(shop):
    """verify-attestation refuses another key, a changed envelope, another image, another model, a mismatch"""
    _, file = attested(shop, "p256")
    _, public = keys(shop, "p256")
    _, other = keys(shop, "p384")
    check_status(shop.pinproof("verify-attestation", file, "--key", other, *ANYTHING), 1)
    envelope = json.loads(file.read_text())
    for member, value in [("payloadType", "text/plain"), ("payload", "e30="), ("signatures", [{"sig": "AAAA"}])]:
        changed = shop.work / "changed-attestation.json"
        changed.write_text(json.dumps({**envelope, member: value}))
        outcome = check_status(shop.pinproof("verify-attestation", changed, "--key", public, *ANYTHING), 1)
        check("refused" in outcome.output, "it should say so", outcome)
    digest = "sha256:" + "0" * 64
    for words in [["--image", digest, "--no-model"], ["--model", digest, "--no-image"], ["--model", shop.lock, "--no-image"]]:
        check_status(shop.pinproof("verify-attestation", file, "--key", public, *words), 1)
    for text in ["", "{}", "[1]", file.read_text()[:-20]]:
        changed.write_text(text)
        check_status(shop.pinproof("verify-attestation", changed, "--key", public, *ANYTHING), 2)
    check_status(shop.pinproof("verify-attestation", file, "--key", file, *ANYTHING), 2)


@scenario
def a_mismatch_is_attested_as_one(shop):
    """an attestation of a mismatch says so, and ends verify-attestation with 1"""
    private, public = keys(shop, "ed25519")
    changed = shop.work / "attest-changed"
    changed.write_text("changed\n")
    image = shop.umoci_insert("attest-changed", changed, f"{shop.site_packages}/threadpoolctl.py")
    file = shop.work / "attestation-mismatch.json"
    check_status(shop.verify(image, "--attest", file, "--key", private), 1)
    outcome = check_status(shop.pinproof("verify-attestation", file, "--key", public, "--image", image, "--no-model"), 1)
    check(outcome.output.startswith("mismatch"), "it should begin with the verdict", outcome)


@scenario
def a_statement_without_a_key(shop):
    """--attest without --key writes the plain statement, the same bytes again; a wrong key writes nothing"""
    texts = []
    for name in ["statement-1.json", "statement-2.json"]:
        file = shop.work / name
        check_status(shop.verify(f"oci:{shop.layout}:iris", "--attest", file), 0)
        texts.append(file.read_text())
    check(texts[0] == texts[1], "the statement should be the same")
    check(json.loads(texts[0])["_type"] == "https://in-toto.io/Statement/v1", "it should be a statement")
    file = shop.work / "statement-none.json"
    outcome = shop.verify(f"oci:{shop.layout}:iris", "--attest", file, "--key", keys(shop, "p256")[1])
    check_status(outcome, 2)
    check(not os.path.exists(file), "nothing should be written", outcome)
    check_status(shop.verify(f"oci:{shop.layout}:iris", "--key", keys(shop, "p256")[0]), 64)


@scenario
def a_signed_model_is_verified(shop):
    """a model signed by model_signing is verified with --key; a changed file and a file more are found"""
    environment = shop.work / "signing-env/bin"
    if not environment.exists():
        run("python3", "-m", "venv", environment.parent)
        # model-signing imports OpenSSL's Python package and does not say so.
        run(environment / "python", "-m", "pip", "install", "-q", "model-signing==1.1.1", "pyopenssl")
    folder = shop.work / "signed"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(shop.model, folder / "model")
    for kind in ["p256", "p384"]:
        private, public = keys(shop, kind)
        command = [environment / "model_signing", "sign", "key", folder / "model", "--private_key", private]
        run(*command, "--signature", folder / "model.sig")
        outcome = shop.pinproof("inspect", folder / "model", "--key", public, "--format", "json")
        check_status(outcome, 0)
        signature = json.loads(outcome.output)["model"]["signature"]
        check(signature["verified"] is True, f"{kind}: {signature}")
        outcome = shop.pinproof("inspect", folder / "model", "--key", keys(shop, "ed25519")[1])
        check_status(outcome, 1)
        check("invalid-signature" in outcome.output, outcome.output)
    (folder / "model/added.py").write_text("x = 1\n")
    with (folder / "model/MLmodel").open("a") as file:
        file.write("\n")
    outcome = shop.pinproof("check", folder / "model", "--key", keys(shop, "p384")[1], "--format", "json")
    check_status(outcome, 1)
    rules = {(row["rule"], row["file"].split("/")[-1]) for row in json.loads(outcome.output)["findings"]}
    check(("changed-after-signing", "MLmodel") in rules, f"{rules}")
    check(("unsigned-file", "added.py") in rules, f"{rules}")
