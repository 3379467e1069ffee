"""Images of very many files: what they take of memory, in bytes."""

import base64
import hashlib
import json
import os
import struct
import sys

from runner import check, run, scenario

MOST = 128 << 20
#: Runs a program from a small process: what a process had before it became the program counts as the program's.
MEASURE = (
    "import os, subprocess, sys\n"
    "process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
    "_, status, usage = os.wait4(process.pid, 0)\n"
    "print(os.waitstatus_to_exitcode(status), usage.ru_maxrss << 10)\n"
)


def file(name, content=b""):
    """A file in the ustar form."""
    block = bytearray(512)
    block[: len(name)] = name
    for at, text in [(100, b"0000644"), (108, b"0000000"), (116, b"0000000"), (124, b"%011o" % len(content)),
                     (136, b"00000000000"), (148, b"        "), (156, b"0"), (257, b"ustar"), (263, b"00")]:
        block[at : at + len(text)] = text
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + content + bytes(-len(content) % 512)


def data_name(number):
    """A name of 60 characters, 1,000 in a directory."""
    return b"srv/data/%d/%060d" % (number // 1000, number)


def empty(name):
    """What makes empty files of such names, 1,000 at a time."""
    return lambda start: b"".join(file(name(number)) for number in range(start, start + 1000))


def package(start):
    """An installed package of 1,000 files: modules with bytes, compiled, in directories of 25, and its records."""
    name = b"package_%03d" % (start // 1000)
    rows, files = [], []

    def add(path, content):
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
        rows.append(b"%s,sha256=%s,%d" % (path, digest, len(content)))
        files.append(file(b"usr/lib/python3/dist-packages/" + path, content))

    for number in range(498):
        directory = b"%s/sub%02d" % (name, number // 25)
        source = b"import os\nfrom . import module_%d\n\n\ndef f():\n    return %d\n" % (number, start + number)
        add(b"%s/module_%04d.py" % (directory, number), source)
        compiled = struct.pack("<HHIII", 3495, 0x0A0D, 0, 0, len(source)) + b"code %d" % (start + number)
        add(b"%s/__pycache__/module_%04d.cpython-311.pyc" % (directory, number), compiled)
    for member, text in [("METADATA", b"Metadata-Version: 2.1\nName: %s\nVersion: 1\n" % name),
                         ("WHEEL", b"Wheel-Version: 1.0\nTag: py3-none-any\n"), ("top_level.txt", name)]:
        add(b"%s-1.dist-info/%s" % (name, member.encode()), text)
    rows.append(b"%s-1.dist-info/RECORD,," % name)
    add(b"%s-1.dist-info/RECORD" % name, b"\n".join(rows))
    return b"".join(files)


def other_name(number):
    """Another name of 60 characters, in another directory."""
    return b"srv/other/%d/%060d" % (number // 1000, number)


def many_files(layout, count, make):
    """An OCI layout with one layer of so many files, which are made 1,000 at a time."""
    blobs = layout / "blobs/sha256"
    blobs.mkdir(parents=True)
    digest = hashlib.sha256()
    with open(layout / "layer", "wb") as layer:
        for start in range(0, count, 1000):
            piece = make(start)
            digest.update(piece)
            layer.write(piece)
        digest.update(bytes(1024))
        layer.write(bytes(1024))
    size = os.path.getsize(layout / "layer")
    os.rename(layout / "layer", blobs / digest.hexdigest())

    def descriptor(kind, hexadecimal, size):
        return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": f"sha256:{hexadecimal}", "size": size}

    def document(kind, value):
        text = json.dumps(value).encode()
        name = hashlib.sha256(text).hexdigest()
        (blobs / name).write_bytes(text)
        return descriptor(kind, name, len(text))

    config = document("config.v1+json", {
        "architecture": "amd64", "os": "linux", "config": {},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest.hexdigest()}"]}})
    manifest = document("manifest.v1+json", {
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config,
        "layers": [descriptor("layer.v1.tar", digest.hexdigest(), size)]})
    (layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))
    (layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


def measured(shop, status, *words, most=MOST):
    """Runs the program, which has to end so and to take less than the most."""
    ended, taken = map(int, run(sys.executable, "-c", MEASURE, shop.pinproof.path, *words).split())
    check(ended == status, f"{' '.join(words)} ends with {ended}")
    check(taken < most, f"{' '.join(words)} takes {taken >> 20} MiB")


def measured_commands(shop, name, make, *commands, most=MOST):
    """Measures commands that read an image of 300,000 files: `inspect`, `diff`, and `verify` with a lock that it lacks."""
    layout = shop.work / name
    if not layout.exists():
        many_files(layout, 300_000, make)
    lock = shop.work / f"{name}.txt"
    lock.write_text("six==1.17.0 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n")
    image = f"oci:{layout}"
    words = {"inspect": [image], "verify": [str(lock), image], "diff": [image, image]}
    for command, *options in commands:
        measured(shop, int(command == "verify"), command, *words[command], *options, most=most)


@scenario
def memory_of_an_image_of_many_files(shop):
    """an image of 300,000 files: inspect, verify and diff take less than 128 MiB, with a layer cache too"""
    measured_commands(shop, "many-files", empty(data_name), ["inspect"], ["verify"], ["diff"])
    # Written, read, read as not enough for another command and written again, read once more.
    cache = ["--cache", str(shop.work / "many-files-cache")]
    commands = [[command, *cache] for command in ["verify", "verify", "inspect", "inspect"]]
    measured_commands(shop, "many-files", empty(data_name), *commands)


@scenario
def memory_of_an_image_of_many_packages(shop):
    """an image of 300 packages with 300,000 files, whose RECORDs are kept: less than 128 MiB, 184 with a layer cache"""
    measured_commands(shop, "many-packages", package, ["inspect"], ["verify"])
    measured_commands(shop, "many-packages", package, ["diff"], most=152 << 20)
    cached = ["verify", "--cache", str(shop.work / "many-packages-cache")]
    measured_commands(shop, "many-packages", package, cached, cached, most=184 << 20)


@scenario
def memory_of_images_that_share_nothing(shop):
    """two images of 300,000 files that share none: diff takes less than 128 MiB an image, as text and as JSON"""
    layouts = [shop.work / "many-files", shop.work / "many-other-files"]
    for layout, name in zip(layouts, [data_name, other_name]):
        if not layout.exists():
            many_files(layout, 300_000, empty(name))
    images = [f"oci:{layout}" for layout in layouts]
    for form in ["text", "json"]:
        measured(shop, 1, "diff", *images, "--format", form, most=2 * MOST)
