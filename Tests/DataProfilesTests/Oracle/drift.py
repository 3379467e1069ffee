#!/usr/bin/env python3
"""Compares `profile` and `diff` with numpy and with tensorflow_metadata over random tables.

Run with a Python that has numpy and tensorflow-metadata: Tests/DataProfilesTests/Oracle/drift.py PROGRAM [TABLES]
The numbers of a table depend on its seed alone. Ends with 1 at the first difference.
"""

import csv
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy
from google.protobuf import json_format
from tensorflow_metadata.proto.v0 import statistics_pb2

FLOOR = 0.0001


def near(one, other, what):
    if not abs(one - other) <= 1e-9 * max(1, abs(other)):
        sys.exit(f"{what}: {one} is not {other}")


def column(generator, rows, drift):
    """Numbers or texts, None for a missing one; `drift` moves them."""
    kind = generator.choice(["normal", "integer", "beta", "skewed", "binary", "class", "flag"])
    missing = generator.choice([0, 0, 0.05, 0.3])
    scale = 10 ** generator.randint(-6, 9)
    classes = [generator.random() ** 2 for _ in range(generator.randint(1, 30))]
    moved = [weight * (1 + drift * generator.random() * 5) for weight in classes]
    sides = []
    for side, weights in [(0, classes), (drift, moved)]:
        made = []
        for _ in range(rows):
            if generator.random() < missing * (1 + side):
                made.append(None)
            elif kind == "normal":
                made.append(generator.gauss(3 + side, 1 + side) * scale)
            elif kind == "integer":
                made.append(generator.randint(-5, 60 + int(20 * side)))
            elif kind == "beta":
                made.append(generator.betavariate(2 + 3 * side, 5))
            elif kind == "skewed":
                made.append(generator.lognormvariate(side, 2) * scale)
            elif kind == "binary":
                made.append(int(generator.random() < 0.3 + side / 3))
            else:
                made.append(f"c{generator.choices(range(len(weights)), weights)[0]}" if kind == "class" else str(generator.random() < 0.5 + side / 3))
        sides.append(made)
    return sides


def write(path, columns):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(list(columns))
        for row in zip(*columns.values()):
            writer.writerow(["" if value is None else repr(value) if isinstance(value, float) else value for value in row])


def parts(counts):
    counts = numpy.array(counts, dtype=float)
    return counts / counts.sum()


def distances(left, right):
    p, q = parts(left), parts(right)
    high, low = numpy.maximum(p, FLOOR), numpy.maximum(q, FLOOR)
    middle = (p + q) / 2
    with numpy.errstate(divide="ignore", invalid="ignore"):
        js = numpy.nansum(numpy.where(p > 0, p * numpy.log2(p / middle), 0)) + numpy.nansum(numpy.where(q > 0, q * numpy.log2(q / middle), 0))
    return float(numpy.sum((high - low) * numpy.log(high / low))), float(js / 2), float(numpy.max(numpy.abs(p - q)))


def expected(left, right, feature):
    """Buckets by numpy from the rows alone."""
    present = [[value for value in side if value is not None] for side in (left, right)]
    missing = [len(left) - len(present[0]), len(right) - len(present[1])]
    if not present[0] or isinstance(present[0][0], str):
        names = sorted({*present[0], *present[1]})
        sides = [[side.count(name) for name in names] for side in present]
    elif min(present[0]) == max(present[0]):
        value = present[0][0]
        sides = [[sum(x < value for x in side), sum(x == value for x in side), sum(x > value for x in side)] for side in present]
    else:
        counts, edges = numpy.histogram(present[0], bins=10)
        buckets = next(h for h in feature.num_stats.histograms if h.type == 0).buckets
        for bucket, edge in zip(buckets, edges):
            near(bucket.low_value, edge, "edge")
        if [bucket.sample_count for bucket in buckets] != list(counts):
            sys.exit(f"counts {[bucket.sample_count for bucket in buckets]} are not {list(counts)}")
        stats = feature.num_stats
        near(stats.mean, float(numpy.mean(present[0])), "mean")
        near(stats.std_dev, float(numpy.std(present[0])), "deviation")
        near(stats.median, float(numpy.median(present[0])), "median")
        if stats.num_zeros != sum(x == 0 for x in present[0]):
            sys.exit("zeros")
        quantiles = next(h for h in stats.histograms if h.type == 1).buckets
        for bucket, edge in zip(quantiles, numpy.quantile(present[0], numpy.arange(0, 1, 0.1))):
            near(bucket.low_value, float(edge), "quantile")
        sides = [counts, numpy.histogram(numpy.clip(present[1], edges[0], edges[-1]), bins=edges)[0]]
    return distances([*sides[0], missing[0]], [*sides[1], missing[1]])


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    tables = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    compared = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for seed in range(tables):
            generator = random.Random(seed)
            rows = generator.choice([30, 200, 1000])
            drift = generator.choice([0, 0, 0.3, 1])
            made = {f"k{index}": column(generator, rows, drift) for index in range(generator.randint(1, 8))}
            left = {key: sides[0] for key, sides in made.items()}
            right = {key: sides[1] for key, sides in made.items()}
            write(folder / "left.csv", left)
            write(folder / "right.csv", right)
            subprocess.run([program, "profile", folder / "left.csv", "-o", folder / "b.json"], check=True, capture_output=True)
            proto = json_format.Parse((folder / "b.json").read_text(), statistics_pb2.DatasetFeatureStatisticsList())
            features = {feature.name: feature for feature in proto.datasets[0].features}
            done = subprocess.run([program, "diff", folder / "b.json", folder / "right.csv", "--format", "json"], capture_output=True)
            result = json.loads(done.stdout)
            identifiers = {problem["column"] for problem in result["problems"] if problem["problem"] == "identifier"}
            for entry in result["columns"]:
                key = entry["column"]
                if key in identifiers:
                    continue
                want = expected(left[key], right[key], features[key])
                for got, value, what in zip((entry["psi"], entry["jensenShannon"], entry["lInfinity"]), want, ("psi", "js", "linf")):
                    near(got, value, f"seed {seed}, {key}, {what}")
                if entry["above"] != (want[0] > 0.2):
                    sys.exit(f"seed {seed}, {key}: above is {entry['above']}")
                compared += 1
            if done.returncode != int(any(entry["above"] for entry in result["columns"])) and not any(
                problem["problem"] in ("missing-column", "other-type") for problem in result["problems"]
            ):
                sys.exit(f"seed {seed}: exit status {done.returncode}")
            # The protocol buffer written by the official library is read as the same baseline.
            (folder / "again.json").write_text(json_format.MessageToJson(proto, preserving_proto_field_name=seed % 2 == 0))
            again = subprocess.run([program, "diff", folder / "again.json", folder / "right.csv", "--format", "json"], capture_output=True)
            if json.loads(again.stdout)["columns"] != result["columns"]:
                sys.exit(f"seed {seed}: another answer for the library's own JSON")
    print(f"{tables} tables, {compared} columns: equal to numpy's within 1e-9")


if __name__ == "__main__":
    main()
