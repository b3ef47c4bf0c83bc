#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A scripted annotator, killed again and again: 20 scans, three tasks, two masks each, and what other tools make of it."""

import csv
import glob
import os
import random
import shutil
import subprocess
import sys

import harness
from harness import call, new_folder, phantom, run, scratch

ANNOTATOR = sys.argv[1] if len(sys.argv) > 1 else "annotator"
N_CASES = 20
N_KILLS = 8
N_UPSTREAM = 2  # at 1 mm; a scan takes seconds
TASKS = (
    "effusion=" + harness.EFFUSION,
    "lungs=" + harness.LUNGS,
    "nodule=Diagnose the presence of pulmonary nodules in the lungs",
)
AXES = ("RAS", "LPS", "SAL", "PIR", "ARI")
# What is painted: in mm from the middle of the scan, as annotator.c has it: name, radius, line, what is erased.
MASKS = (
    ("lesion", 15, (-40, -20, 10), (-40, 20, 10), None, 0),
    ("lungs", 20, (45, 0, -10), (45, 0, 30), (45, 0, 10), 8),
)


def make_project(folder):
    """20 phantoms, whose axes run every way."""
    scans = []
    for seed in range(1, N_CASES + 1):
        source = phantom(seed=seed, findings="effusion-left" if seed % 2 else "", spacing="6,5,4", orientation=AXES[seed % 5])
        scans.append(os.path.join(folder, f"scan-{seed:02d}.nii.gz"))
        shutil.copy(source, scans[-1])
    project = os.path.join(folder, "study.sagitta")
    run("project", "create", project, *scans, *(word for task in TASKS for word in ("-t", task)), "--reader", "Ann")
    return project, scans


def annotate(project, stop_at=None):
    """Runs the annotator, and kills it after the line for which @stop_at says so. Returns the lines."""
    with subprocess.Popen([ANNOTATOR, project, "Ann"], stdout=subprocess.PIPE, text=True) as process:
        lines = []
        for line in process.stdout:
            lines.append(line.strip())
            if stop_at is not None and stop_at(lines):
                process.kill()
                break
        process.stdout.read()
        code = process.wait()
    assert code == (0 if stop_at is None else -9), (code, lines[-3:])
    return lines


def work(folder):
    """Two projects of the same scans: one annotated in one go, one with kills."""
    project, scans = make_project(folder)
    whole = os.path.join(folder, "whole.sagitta")
    shutil.copy(project, whole)
    lines = annotate(whole)
    for what in ("slipped", "took back", "done"):
        assert sum(line.endswith(what) for line in lines) == N_CASES, what
    # The slip is on disk when it is told: another run takes it back.
    lines = annotate(project, lambda lines: lines[-1].endswith("slipped"))
    lines = annotate(project, lambda lines: len(lines) == 1)
    assert lines[0].endswith("took back"), lines
    generator = random.Random(7)
    for _ in range(N_KILLS):
        after = generator.randrange(2, 25)
        annotate(project, lambda lines, after=after: len(lines) == after)
        assert run("project", "check", project).out == "sound\n"
    rest = annotate(project)
    assert rest[-1].endswith("done") and run("project", "check", project).out == "sound\n"
    return project, whole, scans


def expected(image):
    """The voxels of each mask on the grid of @image, as nibabel places them."""
    import numpy

    affine, dims = image.affine, image.shape[:3]
    index = numpy.stack(numpy.meshgrid(*map(numpy.arange, dims), indexing="ij"), -1)
    ras = index @ affine[:3, :3].T + affine[:3, 3]
    middle = affine[:3, :3] @ ((numpy.array(dims) - 1) / 2) + affine[:3, 3]
    for name, radius, start, end, erased, smaller in MASKS:
        one, line = middle + start, numpy.subtract(end, start)
        along = numpy.clip((ras - one) @ line / (line @ line), 0, 1)
        distance = numpy.linalg.norm(ras - one - along[..., None] * line, axis=-1)
        sure, maybe = distance < radius - 0.01, distance < radius + 0.01
        if erased is not None:
            hole = numpy.linalg.norm(ras - middle - erased, axis=-1)
            sure, maybe = sure & (hole > smaller + 0.01), maybe & (hole > smaller - 0.01)
        yield name, sure, maybe


def labels(project, path):
    run("export", project, "labels", "-o", path)
    with open(path, encoding="utf-8") as file:
        return [(row["case"], row["task"], row["value"], row["reader"]) for row in csv.DictReader(file)]


def check_masks(folder, scans):
    """Each mask where it was painted, on the grid of its scan."""
    import nibabel
    import numpy

    assert len(glob.glob(folder + "/*__mask.nii.gz")) == len(MASKS) * len(scans)
    for scan in scans:
        image = nibabel.load(scan)
        for name, sure, maybe in expected(image):
            (path,) = glob.glob(f"{folder}/{os.path.basename(scan)[:7]}__{name}-*__mask.nii.gz")
            mask = nibabel.load(path)
            assert mask.shape == image.shape and numpy.allclose(mask.affine, image.affine, atol=1e-4), path
            voxels = numpy.asarray(mask.dataobj) == 1
            assert sure.sum() > 30 and voxels[sure].all() and not voxels[~maybe].any(), path


def test_annotator():
    folder = new_folder("annotator")
    project, whole, scans = work(folder)
    info = run("project", "info", project, "--json", "--reader", "Ann").json()
    assert [case["labelled"] for case in info["cases"]] == [3] * N_CASES, info
    assert all(case["state"] == "done" and len(case["masks"]) == 2 for case in info["cases"])

    # What came of it is the same as without a kill, and lies elsewhere at the same place.
    assert labels(project, os.path.join(folder, "killed.csv")) == labels(whole, os.path.join(folder, "whole.csv"))
    out = os.path.join(folder, "masks")
    run("export", project, "masks", "-o", out)
    check_masks(out, scans)

    # The archive opens at another place.
    archive = scratch("elsewhere", "archive")
    run("export", project, "archive", "-o", archive)
    run("export", os.path.join(archive, "project.sagitta"), "masks", "-o", scratch("elsewhere", "masks"))
    check_masks(scratch("elsewhere", "masks"), scans)

    # It trains.
    bundle = scratch("bundle")
    run("bundle", "create", "--random", "--seed", 3, "--input", "64,64,64", "--width", "0.15", "--hidden", "32", "-o", bundle)
    assert call("export", project, "training", "-o", os.path.join(folder, "training")).code == 0
    result = call("train", os.path.join(folder, "training", "manifest.csv"), "--bundle", bundle, "-o", scratch("trained"),
                  "--steps", 2, "--images-per-batch", 2, "--texts-per-image", 1, "--warm-up", 1)  # fmt: skip
    assert result.code == 0, result.err
    check_upstream(folder, scans[:N_UPSTREAM])


def check_upstream(folder, scans):
    """A project that takes over the labels and masks of a few scans, as a folder for upstream's code, its table read by
    pyarrow."""
    other, out = os.path.join(folder, "other.sagitta"), os.path.join(folder, "upstream")
    run("project", "create", other, *scans, *(word for task in TASKS for word in ("-t", task)), "--reader", "Ann")
    assert call("project", "import", other, os.path.join(folder, "killed.csv")).code == 0
    for scan in scans:
        name = os.path.basename(scan)[:7]
        run("project", "import", other, *sorted(glob.glob(f"{folder}/masks/{name}__*__mask.nii.gz")), "--case", name, "--reader", "Ann")
    run("export", other, "masks", "-o", os.path.join(folder, "other-masks"))
    check_masks(os.path.join(folder, "other-masks"), scans)
    assert call("export", other, "upstream", "-o", out).code == 0
    with open(os.path.join(out, "manifest.csv"), encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    assert len(os.listdir(os.path.join(out, "bin"))) == len(scans)
    assert {row["question"] for row in table} >= {harness.EFFUSION, "Segment:lungs", "Segment:Nodule"}
    try:
        import pyarrow.parquet
    except ImportError:
        print("# no pyarrow here: the table was not read back by it")
        return
    rows = pyarrow.parquet.read_table(os.path.join(out, "manifest.parquet")).to_pylist()
    assert [{key: "" if value is None else str(value) for key, value in row.items() if key != "label"} for row in rows] == [
        {key: value for key, value in row.items() if key != "label"} for row in table
    ]
    assert [row["label"] for row in rows] == [float(row["label"]) if row["label"] else None for row in table]


if __name__ == "__main__":
    harness.main(globals())
