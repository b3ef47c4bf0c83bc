# SPDX-License-Identifier: Apache-2.0
"""Publishing: the figures that a bundle reached go with it, and what it never learned does not."""

import csv
import json
import os
import shutil

from harness import EFFUSION, LUNGS, main, new_folder, phantom, random_bundle, refuse, run, scratch

OTHER = "Diagnose the presence of emphysema in the lungs"
FLUID = "Is there pleural effusion around the lungs?"


def manifest():
    path = scratch("manifest.csv")
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow("question,img_file_path,label,split,mask_file_path,mask_values".split(","))
        for seed in (1, 2):
            scan = phantom(seed, "effusion-left,nodule" if seed % 2 else "")
            out.writerow([EFFUSION, scan, seed % 2, "test", "", ""])
            out.writerow([OTHER, scan, seed % 2, "test", "", ""])
            out.writerow([LUNGS, scan, "", "test", scan.replace(".nii.gz", "_labels.nii.gz"), "10;11;12;13;14"])
    return path


def test_figures_beside_the_tasks():
    """publish --figures writes what this bundle reached; it takes no report of another."""
    tasks = scratch("tasks.json")
    with open(tasks, "w", encoding="utf-8") as file:
        json.dump({"tasks": [{"text": EFFUSION, "head": "class"}, {"text": LUNGS, "head": "patch"},
                             {"text": EFFUSION, "head": "patch"}]}, file)  # fmt: skip
    folder = new_folder("figures")
    ours, published, other = (os.path.join(folder, name) for name in ("ours", "published", "other"))
    run("bundle", "create", "--random", "--size", "small", "--seed", "7", "--tasks", tasks, "-o", ours)
    path = os.path.join(folder, "report.json")
    run("evaluate", manifest(), "--bundle", ours, "--by", "sentence", "-o", path)
    run("bundle", "publish", ours, "-o", published, "--figures", path)
    with open(path, encoding="utf-8") as file:
        reached = {task["task"]: task["models"][0]["auroc"] for task in json.load(file)["tasks"]}
    with open(os.path.join(published, "bundle.json"), encoding="utf-8") as file:
        written = {(task["text"], task["head"]): task["auroc"] for task in json.load(file)["tasks"]}
    assert reached[EFFUSION] is not None
    assert written == {(EFFUSION, "class"): reached[EFFUSION], (LUNGS, "patch"): None, (EFFUSION, "patch"): None}
    refuse("bundle", "publish", random_bundle(), "-o", other, "--figures", path, words=("report is of another bundle",))
    refuse("bundle", "publish", ours, "-o", other, "--least-auroc", "0.7", code=2, words=("needs --figures",))
    assert not os.path.exists(other)


def test_what_was_not_learned_is_left_out():
    """publish --least-auroc: texts below leave the list, and so do their other wordings; the provenance says it."""
    folder = new_folder("least")
    tasks, path, published = (os.path.join(folder, name) for name in ("tasks.json", "report.json", "published"))
    ours = os.path.join(folder, "ours")
    with open(tasks, "w", encoding="utf-8") as file:
        json.dump({"tasks": [{"text": EFFUSION, "head": "class"}, {"text": FLUID, "head": "class"},
                             {"text": LUNGS, "head": "patch"}]}, file)  # fmt: skip
    run("bundle", "create", "--random", "--size", "small", "--seed", "7", "--tasks", tasks, "-o", ours)
    run("evaluate", manifest(), "--bundle", ours, "--by", "sentence", "-o", path)
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    for task in report["tasks"]:
        if task["task"] == EFFUSION:
            task["models"][0]["auroc"] = 0.625
    with open(path, "w", encoding="utf-8") as file:
        json.dump(report, file)
    for least, left in (("0.625", [EFFUSION, FLUID, LUNGS]), ("0.65", [LUNGS])):
        shutil.rmtree(published, ignore_errors=True)
        run("bundle", "publish", ours, "-o", published, "--figures", path, "--least-auroc", least)
        with open(os.path.join(published, "bundle.json"), encoding="utf-8") as file:
            bundle = json.load(file)
        assert [task["text"] for task in bundle["tasks"]] == left, bundle["tasks"]
        note = bundle["provenance"].get("left_out")
        assert note == (None if EFFUSION in left else "2 texts of findings with an AUROC below 0.65 on held-out cases"), note


def test_published_again():
    """What is left out a second time stands beside what was left out before."""
    folder = new_folder("again")
    tasks, path = os.path.join(folder, "tasks.json"), os.path.join(folder, "report.json")
    with open(tasks, "w", encoding="utf-8") as file:
        json.dump({"tasks": [{"text": EFFUSION, "head": "class"}, {"text": OTHER, "head": "class"}]}, file)
    bundle = os.path.join(folder, "0")
    run("bundle", "create", "--random", "--size", "small", "--seed", "7", "--tasks", tasks, "-o", bundle)
    for time, left_out in enumerate((EFFUSION, OTHER)):
        run("evaluate", manifest(), "--bundle", bundle, "--by", "sentence", "-o", path)
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
        for task in report["tasks"]:
            task["models"][0]["auroc"] = 0.6 if task["task"] == left_out else 0.9
        with open(path, "w", encoding="utf-8") as file:
            json.dump(report, file)
        bundle = os.path.join(folder, str(time + 1))
        run("bundle", "publish", os.path.join(folder, str(time)), "-o", bundle, "--figures", path, "--least-auroc", "0.7")
    with open(os.path.join(bundle, "bundle.json"), encoding="utf-8") as file:
        document = json.load(file)
    assert document["tasks"] == []
    assert document["provenance"]["left_out"] == "; ".join(["1 text of findings with an AUROC below 0.7 on held-out cases"] * 2)
    run("bundle", "inspect", bundle)


if __name__ == "__main__":
    main(globals())
