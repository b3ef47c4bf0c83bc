# SPDX-License-Identifier: Apache-2.0
"""The bundle that ships: small, whole, and right about phantoms that it has never seen. Its model card has the figures;
the bounds here are wide enough for few phantoms, and far from what an untrained model reaches."""

import csv
import json
import os

import nibabel
import numpy

from harness import EFFUSION, LUNGS, Skip, main, new_folder, run, scratch

BUNDLE = os.path.join(os.environ.get("SAGITTA_DATA", "data"), "bundles", "demo")
N = 24
HELD_OUT_SEED = 900001
EFFUSION_LEFT = 210


def bundle():
    if not os.path.exists(os.path.join(BUNDLE, "bundle.json")):
        raise Skip("no trained bundle ships")
    return BUNDLE


def listed():
    """What the bundle says it answers."""
    with open(os.path.join(BUNDLE, "bundle.json"), encoding="utf-8") as file:
        return {task["text"] for task in json.load(file)["tasks"]}


def catalogue():
    with open(os.path.join(BUNDLE, "..", "..", "tasks", "catalogue.json"), encoding="utf-8") as file:
        return {task["text"] for task in json.load(file)["tasks"]}


def keep_listed(manifest):
    """Rows of questions that the bundle answers."""
    kept = manifest.replace("manifest.csv", "listed.csv")
    with open(manifest, newline="", encoding="utf-8") as file, open(kept, "w", newline="", encoding="utf-8") as out:
        rows = list(csv.DictReader(file))
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(row for row in rows if row["question"] in listed())
    return kept


def test_small_and_whole():
    run("bundle", "check", bundle())
    assert sum(os.path.getsize(os.path.join(BUNDLE, name)) for name in os.listdir(BUNDLE)) <= 12e6
    text = run("bundle", "inspect", BUNDLE).out
    assert "trained           yes" in text and "synthetic scans only" in text, text
    assert len(listed() & catalogue()) >= 25 and EFFUSION in listed() and LUNGS in listed()


def ask(findings, seed):
    folder = new_folder(f"ask-{seed}")
    run("phantom", "--seed", str(seed), *findings, "--enhanced", "-o", folder)
    scan = os.path.join(folder, f"phantom-{seed:04}.nii.gz")
    result = run("ask", scan, "--bundle", bundle(), "--task", EFFUSION, "--json").json()["results"][0]
    return result, scan.replace(".nii.gz", "_labels.nii.gz")


def test_demo_shows_the_effusion_where_it_is():
    bundle()
    result, labels = ask(("--findings", "effusion-left,nodule"), 11)
    assert result["probability"] > 0.5, result
    image = nibabel.load(labels)
    voxels = numpy.argwhere(numpy.asarray(image.dataobj) == EFFUSION_LEFT)
    places = nibabel.affines.apply_affine(image.affine, voxels)
    distance = numpy.linalg.norm(places - result["heatmap"]["peak_ras_mm"], axis=1).min()
    assert distance < 16, f"the peak is {distance:.1f} mm from the effusion"
    healthy, _ = ask((), 12)
    assert healthy["probability"] < result["probability"] and healthy["heatmap"]["max"] < result["heatmap"]["max"]


def test_unseen_phantoms():
    bundle()
    folder = new_folder("cohort")
    run("phantom", "--cohort", "--count", str(N), "--seed", str(HELD_OUT_SEED), "--spacing", "3", "--split-share", "0,0,1",
        "-o", folder)  # fmt: skip
    table = keep_listed(os.path.join(folder, "manifest.csv"))
    report = run("evaluate", table, "--bundle", bundle(), "--cache", scratch("cache"), "--json").json()
    groups = {group["name"]: group["models"][0] for group in report["groups"]}
    assert groups["findings"]["mean_auroc"] > 0.95, groups["findings"]
    assert groups["large"]["maps"]["hit"] > 0.95, groups["large"]
    assert groups["sides"]["maps"]["right_side"] > 0.97, groups["sides"]


if __name__ == "__main__":
    main(globals())
