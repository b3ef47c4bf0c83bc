#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compose: tables and masks become the paper's questions; what it says it did is what stands in the manifest."""

import collections
import csv
import json
import os

import harness
import locales
from harness import EFFUSION, call, new_folder, refuse, run

CARDIOMEGALY = "Diagnose the presence of cardiomegaly in the heart"
NODULES = "Segment pulmonary nodules in the image."


def write(folder, name, rows):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def touch(folder, *names):
    for name in names:
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8"):
            pass


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        if path.endswith(".jsonl"):
            return [json.loads(line) for line in file]
        return list(csv.DictReader(file))


def compose(folder, *arguments, name="manifest.csv"):
    out = os.path.join(folder, name)
    document = run("compose", *arguments, "-o", out, "--json").json()
    rows = read(out)
    check(document, rows)
    return document, rows


def check(document, rows):
    """The statement agrees with the manifest, and no patient is in two splits."""
    splits = collections.defaultdict(set)
    for row in rows:
        if row.get("patient_id"):
            splits[row["patient_id"]].add(row["split"])
    assert all(len(found) == 1 for found in splits.values()), splits
    for split in ("train", "val", "test"):
        assert document["rows"][split] == sum(row["split"] == split for row in rows)
    assert {task["task"] for task in document["tasks"] if any(task["positives"].values()) or any(task["negatives"].values())} == {
        row["question"] for row in rows
    }  # fmt: skip
    for task in document["tasks"]:
        for split in ("train", "val", "test"):
            own = [row for row in rows if row["question"] == task["task"] and row["split"] == split]
            assert task["negatives"][split] == sum(row.get("label") == "0" for row in own)
            assert task["positives"][split] == sum(row.get("label") != "0" for row in own)


def generic(folder, n=40, table="table.csv", patients=20):
    """Every fourth scan has an effusion, every tenth cardiomegaly."""
    rows = [["img_file_path", "patient_id", "study_id", "split", "Pleural effusion", "cardiomegaly", "report"]]
    for i in range(n):
        touch(folder, f"scans/s{i:03d}.nii.gz", f"maps/s{i:03d}_seg.nii.gz")
        patient = i % patients
        split = "train" if patient < 12 else "val" if patient < 16 else "test"
        rows.append([f"scans/s{i:03d}.nii.gz", f"p{patient}", f"st{i}", split, int(i % 4 == 0), i % 10 == 0, "free, text"])
    return write(folder, table, rows)


def test_catalogue_and_balance():
    folder = new_folder("generic")
    document, rows = compose(folder, generic(folder))
    tasks = {task["task"]: task for task in document["tasks"]}
    assert list(tasks) == [EFFUSION, CARDIOMEGALY] and tasks[EFFUSION]["of_catalogue"]
    train, test = (tasks[EFFUSION]["positives"], tasks[EFFUSION]["negatives"])
    assert train["train"] == test["train"] == 6 and tasks[EFFUSION]["negatives_left_out"]["train"] == 12
    assert (train["test"], test["test"]) == (2, 6) and tasks[EFFUSION]["negatives_left_out"]["test"] == 0
    assert any("report" in sentence for sentence in document["warnings"])
    assert document["organ_rows"] == 0 and rows[0]["img_file_path"].startswith("scans/") and rows[0]["study_id"]
    every = compose(folder, generic(folder), "--balance", "all")[0]["tasks"][0]
    assert every["positives"]["test"] == every["negatives"]["test"] == 2
    none = compose(folder, generic(folder), "--balance", "none")[0]["tasks"][0]
    assert none["negatives"]["train"] == 18


def test_same_seed_same_samples():
    first, second = new_folder("one"), new_folder("elsewhere")
    made = []
    for folder in (first, second):
        document, _ = compose(folder, generic(folder), "--masks", os.path.join(folder, "maps"))
        with open(os.path.join(folder, "manifest.csv"), encoding="utf-8") as file:
            made.append((document, file.read()))
    assert made[0] == made[1]
    other = compose(first, generic(first), "--masks", os.path.join(first, "maps"), "--seed", 2)[1]
    assert other != read(os.path.join(second, "manifest.csv"))


def test_organs_are_on_their_own_side():
    folder = new_folder("organs")
    document, rows = compose(folder, generic(folder), "--masks", os.path.join(folder, "maps"), "--organs", 20)
    organs = {row["question"]: row["mask_values"] for row in rows if row["mask_file_path"]}
    assert organs["Segment left lung in the image."] == "10;11"
    assert organs["Segment right lung in the image."] == "12;13;14"
    assert organs["Segment left ribs in the image."] == ";".join(str(v) for v in range(92, 104))
    assert organs["Segment right ribs in the image."] == ";".join(str(v) for v in range(104, 116))
    assert len(organs) == 24 and document["organ_rows"] == sum(bool(row["mask_file_path"]) for row in rows)
    for row in rows:
        if row["mask_file_path"]:
            mask = row["img_file_path"].replace("scans", "maps").replace(".nii", "_seg.nii")
            assert row["label"] == "" and row["mask_file_path"] == mask
    small, rows = compose(folder, generic(folder), "--masks", os.path.join(folder, "maps"))
    labels = collections.Counter(row["split"] for row in rows if row["label"])
    for split, n in labels.items():
        assert sum(row["split"] == split and not row["label"] for row in rows) == round(n / 10), split
    assert small["scans_with_masks"] == 40
    paper = compose(folder, generic(folder), "--masks", os.path.join(folder, "maps"), "--organ-tasks", "paper", "--organs", 30)[1]
    assert "Segment cardiac organ in the image." in {row["question"] for row in paper}


def test_ct_rate():
    folder = new_folder("ct-rate")
    rows = [["VolumeName", "Medical material", "Pleural effusion", "Lung nodule"]]
    for i in range(1, 9):
        for kind in ("train", "valid"):
            for part in ("a_1", "a_2"):
                name = f"{kind}_{i}_{part}.nii.gz"
                touch(folder, f"dataset/{kind}/{kind}_{i}/{kind}_{i}_a/{name}")
                rows.append([name, i % 2, i % 3 == 0, "0.0"])
    table = write(folder, "labels.csv", rows)
    document, rows = compose(folder, table, "--images", os.path.join(folder, "dataset"))
    assert document["scans"] == {"train": 16, "val": 0, "test": 16} and document["patients"]["train"] == 8
    assert {row["patient_id"] for row in rows if row["split"] == "train"} <= {f"train_{i}" for i in range(1, 9)}
    nodule = next(task for task in document["tasks"] if task["column"] == "Lung nodule")
    assert nodule["negatives"] == {"train": 0, "val": 0, "test": 16} and nodule["negatives_left_out"]["train"] == 16
    cut = compose(folder, table, "--images", os.path.join(folder, "dataset"), "--shares", "0.75,0.25,0")[0]
    assert cut["patients"] == {"train": 6, "val": 2, "test": 8}
    assert any("validation" in sentence for sentence in cut["warnings"])


def test_inspect():
    folder = new_folder("inspect")
    rows = [["image_id", "person_id", "split", "pe_positive_nlp", "12_month_PH", "1_month_mortality"]]
    values = ["True", "False", "Censored", ""]
    for i in range(8):
        touch(folder, f"ct/{i}.nii.gz")
        rows.append([i, f"x{i}", "train", values[i % 2], values[i % 3], values[i % 4]])
    document, rows = compose(folder, write(folder, "labels.csv", rows), "--images", os.path.join(folder, "ct"))
    tasks = {task["task"]: task for task in document["tasks"]}
    assert set(tasks) == {
        "Diagnose the presence of pulmonary embolism in the pulmonary arteries",
        "Predict the risk of pulmonary hypertension in 12 months",
        "Predict the risk of mortality in 1 month",
    }
    assert tasks["Predict the risk of mortality in 1 month"]["censored"] == 2
    assert tasks["Predict the risk of mortality in 1 month"]["empty"] == 2
    assert tasks["Predict the risk of pulmonary hypertension in 12 months"]["censored"] == 2
    assert all(row["label"] in "01" for row in rows)


def test_nodules_tenfold():
    folder = new_folder("nodules")
    table = generic(folder)
    touch(folder, *[f"luna/{i}.nii.gz" for i in range(3)], *[f"nodules/{i}.nii.gz" for i in range(3)])
    touch(folder, "nodules/s000.nii.gz", "nodules/s015.nii.gz", "nodules/nobody.nii.gz")
    document, rows = compose(folder, table, "--nodules", os.path.join(folder, "nodules"), "--images", os.path.join(folder, "luna"))
    own = [row for row in rows if row["question"] == NODULES]
    assert document["nodule_masks"] == 5 and document["nodule_rows"] == len(own) == 4 * 10 + 1
    assert all(row["mask_values"] == "" and row["label"] == "" for row in own)
    assert {row["split"] for row in own if "s015" in row["img_file_path"]} == {"val"}
    assert any("more than one: 1." in sentence for sentence in document["warnings"])


def test_shares_by_patient():
    folder = new_folder("shares")
    rows = [["img_file_path", "patient_id", "Emphysema"]]
    for i in range(60):
        touch(folder, f"{i}.nii.gz")
        rows.append([f"{i}.nii.gz", f"p{i // 3}", i % 2])
    table = write(folder, "table.csv", rows)
    document, _ = compose(folder, table, "--shares", "0.5,0.25,0.25")
    assert document["patients"] == {"train": 10, "val": 5, "test": 5}
    assert document["scans"] == {"train": 30, "val": 15, "test": 15}
    assert compose(folder, table)[0]["patients"] == {"train": 20, "val": 0, "test": 0}


def test_other_words_and_json_lines():
    folder = new_folder("template")
    touch(folder, "a.nii.gz", "b.nii.gz")
    table = write(folder, "t.csv", [["scan", "who", "Mitral_valve clip", "x"], ["a.nii.gz", 1, 1, 0], ["b.nii.gz", 2, 0, 1]])
    columns = ("--image-column", "scan", "--patient-column", "who")
    refuse("compose", table, *columns, "-o", os.path.join(folder, "m.csv"), code=2, words=("Mitral_valve clip", "--template"))
    document, rows = compose(
        folder, table, *columns, "--skip", "x", "--template", "Diagnose the presence of {label} in the {organ}",
        "--organ", "heart", name="m.jsonl")  # fmt: skip
    assert [task["task"] for task in document["tasks"]] == ["Diagnose the presence of mitral valve clip in the heart"]
    assert rows[0] == {"question": "Diagnose the presence of mitral valve clip in the heart", "img_file_path": "a.nii.gz",
                       "label": "1", "split": "train", "patient_id": "1"}  # fmt: skip


def test_locales():
    """Capital I is no dotless one: not in labels that the catalogue knows, nor in a sentence."""
    folder = new_folder("locales")
    touch(folder, "a.nii.gz", "b.nii.gz")
    rows = [["img_file_path", "PERICARDIAL_EFFUSION", "IVC FILTER"], ["a.nii.gz", 1, 0], ["b.nii.gz", 0, 1]]
    table = write(folder, "t.csv", rows)
    found = set()
    for environment in locales.environments():
        out = run("compose", table, "-o", os.path.join(folder, "m.csv"), "--template", "Diagnose the presence of {label} in the chest",
                  "--json", environment=environment).out  # fmt: skip
        with open(os.path.join(folder, "m.csv"), encoding="utf-8") as file:
            found.add((out, file.read()))
    assert len(found) == 1 and "pericardial effusion around" in out and "of ivc filter in" in out, found


def test_bad_tables():
    folder = new_folder("bad")
    out = os.path.join(folder, "out", "m.csv")
    os.makedirs(os.path.dirname(out))
    touch(folder, "a.nii.gz", "b.nii.gz")
    head = ["img_file_path", "patient_id", "split", "Emphysema"]
    for name, rows, words in (
        ("labels", [head, ["a.nii.gz", 1, "train", 2]], ("line 2", "Emphysema", '"2"')),
        ("unsure", [head, ["a.nii.gz", 1, "train", "maybe"]], ("line 2", "maybe")),
        ("split", [head, ["a.nii.gz", 1, "exam", 1]], ("line 2", "exam")),
        ("patient", [head, ["a.nii.gz", 1, "train", 1], ["b.nii.gz", "", "train", 1]], ("line 3", "patient_id")),
        ("leak", [head, ["a.nii.gz", 1, "train", 1], ["b.nii.gz", 1, "test", 1]], ("line 2", "line 3", "same patient")),
        ("twice", [head, ["a.nii.gz", 1, "train", 1], ["a.nii.gz", 1, "train", 0]], ("line 3", "same scan")),
        ("moved", [head, ["a.nii.gz", 1, "train", 1], ["a.nii.gz", 1, "val", 1]], ("line 2", "line 3", "two splits")),
        ("scanless", [["name", "Emphysema"], ["a", 1]], ("--image-column",)),
    ):
        refuse("compose", write(folder, f"{name}.csv", rows), "-o", out, words=words)
    for name, rows, words in (
        ("missing", [head, ["gone.nii.gz", 1, "train", 1]], ("line 2", "--images")),
        ("none", [["img_file_path", "text"], ["a.nii.gz", "well"]], ("no label",)),
    ):
        refuse("compose", write(folder, f"{name}.csv", rows), "-o", out, code=2, words=words)
    good = write(folder, "good.csv", [head, ["a.nii.gz", 1, "train", 1], ["gone.nii.gz", 2, "train", 0]])
    assert call("compose", good, "-o", out, "--json").json()["missing_scans"] == 1
    os.remove(out)
    for arguments, word in (
        (("--shares", "1,2"), "--shares"),
        (("--shares", "0,0,0"), "--shares"),
        (("--balance", "some"), "some"),
        (("--organs", "-1"), "--organs"),
        (("--nodule-repeat", "0"), "--nodule-repeat"),
        (("--template", "Diagnose it"), "{label}"),
    ):
        refuse("compose", good, "-o", out, *arguments, code=2, words=word)
    refuse("compose", good, code=2, words="-o")
    empty = new_folder("bad/empty")
    refuse("compose", good, "-o", out, "--masks", empty, code=2, words="empty")
    touch(folder, "others/x.nii.gz", "double/a/c.nii.gz", "double/b/c.nii.gz")
    refuse("compose", good, "-o", out, "--masks", os.path.join(folder, "others"), code=2, words="called as")
    refuse("compose", good, "-o", out, "--masks", os.path.join(folder, "double"), code=2, words="Two files")
    for option, what in (("--masks", "masks"), ("--nodules", "masks"), ("--images", "scans")):
        nowhere = os.path.join(folder, "nowhere")
        refuse("compose", good, "-o", out, option, nowhere, words=(f"There is no folder {nowhere}", what))
        refuse("compose", good, "-o", out, option, good, words=(f"{good} cannot be read as a folder", what))
    assert os.listdir(os.path.dirname(out)) == []


def test_names_that_repeat():
    """case1/ct.nii.gz and case2/ct.nii.gz find their masks by their folders."""
    folder = new_folder("repeat")
    rows = [["img_file_path", "patient_id", "Emphysema"]]
    for i in range(4):
        touch(folder, f"case{i}/ct.nii.gz", f"masks/case{i}/segmentations.nii.gz")
        rows.append([f"case{i}/ct.nii.gz", i, i % 2])
    _, rows = compose(folder, write(folder, "t.csv", rows), "--masks", os.path.join(folder, "masks"), "--organs", 3)
    masks = [row for row in rows if row["mask_file_path"]]
    assert len(masks) == 12
    for row in masks:
        assert row["mask_file_path"] == f"masks/{row['img_file_path'].split('/')[0]}/segmentations.nii.gz"


def test_nodules_of_names_that_repeat():
    """A nodule mask belongs to the scan of its folder; one that is called as several scans belongs to none."""
    folder = new_folder("repeat-nodules")
    rows = [["img_file_path", "patient_id", "Emphysema"]]
    for i in range(4):
        touch(folder, f"case{i}/ct.nii.gz")
        rows.append([f"case{i}/ct.nii.gz", i, i % 2])
    touch(folder, "nodules/case1_seg.nii.gz", "nodules/ct.nii.gz")
    document, rows = compose(folder, write(folder, "t.csv", rows), "--nodules", os.path.join(folder, "nodules"),
                             "--shares", "1,0,0", "--nodule-repeat", 2)  # fmt: skip
    own = [(row["img_file_path"], row["mask_file_path"]) for row in rows if row["question"] == NODULES]
    assert own == [("case1/ct.nii.gz", "nodules/case1_seg.nii.gz")] * 2, own
    assert document["nodule_masks"] == 1
    assert any("more than one: 1." in sentence for sentence in document["warnings"])


def test_evaluate_reads_it():
    """Two phantoms, a table of their findings, their label maps: composed, then asked."""
    folder = new_folder("whole")
    rows = [["img_file_path", "patient_id", "split", "Pleural effusion"]]
    for seed, findings in ((1, "effusion-left"), (2, "")):
        scan = harness.phantom(seed, findings)
        for name, where in ((scan, "scans"), (scan.replace(".nii.gz", "_labels.nii.gz"), "maps")):
            os.makedirs(os.path.join(folder, where), exist_ok=True)
            os.symlink(name, os.path.join(folder, where, os.path.basename(name)))
        rows.append([f"scans/{os.path.basename(scan)}", seed, "train", int(seed == 1)])
    table = write(folder, "t.csv", rows)
    for name in ("m.csv", "m.jsonl"):
        document, made = compose(folder, table, "--masks", os.path.join(folder, "maps"), "--organs", 6, name=name)
        assert document["organ_rows"] == 12
        report = run("evaluate", os.path.join(folder, name), "--split", "train", "--bundle", harness.random_bundle(),
                     "--by", "sentence", "--json").json()  # fmt: skip
        assert report["rows"] == len(made) == 14 and report["failed_scans"] == 0
        for task in report["tasks"]:
            assert task["n"] == sum(row["question"] == task["task"] for row in made), task["task"]


def test_table_for_people():
    folder = new_folder("people")
    text = run("compose", generic(folder), "-o", os.path.join(folder, "m.csv"), "--masks", os.path.join(folder, "maps")).out
    for word in ("patients", "Diagnose the presence", "6 + 6", "negatives", "organs", "written"):
        assert word in text, text
    assert all(len(line) <= 110 for line in text.splitlines()), text


if __name__ == "__main__":
    harness.main(globals())
