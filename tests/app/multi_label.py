#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The multi-label network: made of a manifest's questions, trained and measured by the same commands, reading no text."""

import json
import os

import harness
from harness import EFFUSION, LUNGS, phantom, refuse, run, scratch

HEADER = "question,img_file_path,label,split,mask_file_path,mask_values,patient_id"
SIDE = "Diagnose the presence of pleural effusion around the left lung"
FLUID = "Is there pleural effusion around the lungs?"


def table(name, *more):
    """Eight phantoms, every second one with an effusion on the left."""
    path = scratch(name)
    rows = [HEADER]
    for seed in range(1, 9):
        scan = phantom(seed, "effusion-left" if seed % 2 else "", "6,6,6")
        split = "train" if seed < 5 else "val" if seed < 7 else "test"
        rows += [f"{question},{scan},{seed % 2},{split},,,p{seed}" for question in (EFFUSION, SIDE)]
        masks = scan.replace(".nii.gz", "_labels.nii.gz")
        rows += [row.format(scan=scan, split=split, masks=masks, seed=seed, label=seed % 2) for row in more]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(rows) + "\n")
    return path


MASKS = LUNGS + ",{scan},,{split},{masks},10;11;12;13;14,p{seed}"
OTHER = FLUID + ",{scan},1,{split},,,p{seed}"
SMALL = ("--random", "--seed", 3, "--input", "64,64,64", "--width", "0.15", "--hidden", "32")


def bundle():
    folder = scratch("baseline")
    if not os.path.exists(folder):
        run("bundle", "create", *SMALL, "--multi-label", table("with-masks.csv", MASKS), "-o", folder)
    return folder


def test_made_of_a_manifest():
    """An output for each question that has a label; that of the masks is none."""
    with open(os.path.join(bundle(), "vocab.txt"), encoding="utf-8") as file:
        assert file.read().splitlines()[5:] == [EFFUSION, SIDE]
    with open(os.path.join(bundle(), "bundle.json"), encoding="utf-8") as file:
        network = json.load(file)["network"]
    assert network["text"] == {"kind": "multi-label", "words": 7, "hidden": 32}, network["text"]
    assert "2 questions" in run("bundle", "inspect", bundle()).out


def test_trained_and_measured():
    folder = scratch("trained")
    run("train", table("labels.csv"), "--bundle", bundle(), "-o", folder, "--what", "all", "--steps", 6, "--validate-every", 3,
        "--images-per-batch", 2, "--texts-per-image", 2, "--accumulate", 1, "--lr", "1e-3", "--cache", scratch("cache"))
    report = run("evaluate", table("labels.csv"), "--bundle", bundle(), "--bundle", os.path.join(folder, "last"),
                 "--split", "all", "--by", "sentence", "--json").json()
    assert [task["n"] for task in report["tasks"]] == [8, 8]
    scores = [case["scores"] for case in report["cases"]]
    assert all(before != after for before, after in scores)
    assert len({after for _, after in scores}) > len(scores) / 2


# A "Segment" text with a label, and with a label and a mask; a question that has a mask alone.
LABEL = LUNGS + ",{scan},{label},{split},,,p{seed}"
ALONE = EFFUSION + ",{scan},,{split},{masks},10;11;12;13;14,p{seed}"
SEGMENT = LUNGS + ",{scan},{label},{split},{masks},10;11;12;13;14,p{seed}"


def has_lungs():
    """A multi-label bundle of which a "Segment" text is a question, and one that reads and draws maps."""
    folders = scratch("with-lungs"), scratch("reads")
    if not os.path.exists(folders[0]):
        run("bundle", "create", *SMALL, "--multi-label", table("lungs.csv", SEGMENT), "-o", folders[0])
        run("bundle", "create", *SMALL, "-o", folders[1])
    return folders


def test_measured_without_maps():
    """Masks beside its questions make no figure of a map that is not there."""
    folder, _ = has_lungs()
    labels, masks = table("plain.csv", LABEL), table("masks-too.csv", SEGMENT, ALONE)
    plain = run("evaluate", labels, "--bundle", folder, "--split", "all", "--by", "sentence", "--json").json()
    outputs = {name: scratch(f"no-map.{name}") for name in ("html", "md", "csv")}
    measure = ("evaluate", masks, "--bundle", folder, "--split", "all", "--by", "sentence", "--html", outputs["html"],
               "--card", outputs["md"], "--answers", outputs["csv"])
    report = run(*measure, "--json").json()
    assert report["mask_rows_left_out"] == 8 and "draws no map: 8" in report["notes"][-1], report["notes"]
    assert report["tasks"] == plain["tasks"], (report["tasks"], plain["tasks"])
    for task in report["tasks"]:
        assert task["number"] == "probability" and task["masks"] == 0 and task["median_ml"] is None, task
    assert {case["task"] for case in report["cases"]} == {EFFUSION, SIDE, LUNGS}
    assert all(case["peaks_ras_mm"] == [None] and "mask_ras_mm" not in case for case in report["cases"])
    said = run(*measure).out
    assert "have a mask and no label" in said and "mm off" not in said and "alarms  " not in said.split("intervals")[1], said
    for name, words in (("html", "have a mask and no label"), ("md", "have a mask and no label"), ("csv", "peak_score")):
        with open(outputs[name], encoding="utf-8") as file:
            text = file.read()
        assert words in text and "False alarms</th>" not in text, text
    assert all(line.endswith(",,,,,,") for line in text.splitlines()[1:]), text
    with open(scratch("only-masks.csv"), "w", encoding="utf-8") as file:
        file.write(f"{HEADER}\n{EFFUSION},{phantom(1, '', '6,6,6')},,test,{phantom(1, '', '6,6,6')},1,p1\n")
    refuse("evaluate", scratch("only-masks.csv"), "--bundle", folder, code=2, words=("draws no map",))


def test_measured_beside_maps():
    """The figures of maps are those of the model that has them; the other answers with its class number, and this is said."""
    without, reads = has_lungs()
    masks = table("beside.csv", SEGMENT)
    for bundles in ((without, reads), (reads, without)):
        has, lacks = bundles.index(reads), bundles.index(without)
        measure = ("evaluate", masks, "--bundle", bundles[0], "--bundle", bundles[1], "--split", "all", "--by", "sentence")
        report = run(*measure, "--json").json()
        lone = run("evaluate", masks, "--bundle", reads, "--split", "all", "--by", "sentence", "--json").json()
        assert f"The {('first', 'second')[lacks]} model draws no map" in report["notes"][-1], report["notes"]
        (task,) = [task for task in report["tasks"] if task["task"] == LUNGS]
        (own,) = [task for task in lone["tasks"] if task["task"] == LUNGS]
        assert task["models"][has]["maps"] == own["models"][0]["maps"] and task["models"][lacks]["maps"] is None, task
        assert [task["models"][m]["number"] for m in (has, lacks)] == ["highest score", "probability"]
        for case in report["cases"]:
            assert case["peaks_ras_mm"][lacks] is None and len(case["peaks_ras_mm"][has]) == 3, case
            assert case["task"] != LUNGS or 0 <= case["scores"][has] <= 1, case
        said = run(*measure).out
        assert "draws no map" in said, said
        (row,) = [line.split() for line in said.splitlines() if line.startswith("  lungs ")]
        assert [row[-8 + 2 * i + lacks] for i in range(4)] == ["-"] * 4 and row[-8 + has] != "-", row


def test_answers_its_own_questions_only():
    scan = phantom(1, "effusion-left", "6,6,6")
    refuse("ask", scan, "--bundle", bundle(), "--task", FLUID, words=("Is there pleural effusion", "2 questions"))


def test_draws_no_map():
    """Nothing stands where a map would: no number, no file. What the number rests on can be shown."""
    scan, maps = phantom(1, "effusion-left", "6,6,6"), scratch("maps")
    asked = ("ask", scan, "--bundle", bundle(), "--task", SIDE, "--heatmaps", maps)
    said = run(*asked).out
    assert "draws no map" in said and "highest score" not in said, said
    assert os.listdir(maps) == []
    answer = run(*asked, "--evidence", "--json").json()["results"][0]
    assert answer["heatmap"] == {"file": None, "max": None, "peak_ras_mm": None}, answer
    assert 0 < answer["probability"] < 1
    assert os.listdir(maps) == [os.path.basename(answer["evidence"])]

    run("render", scan, "--bundle", bundle(), "--task", SIDE, "--at", "0,0,0", "-o", scratch("picture.png"))
    refuse("render", scan, "--bundle", bundle(), "--task", SIDE, "--at", "peak", "-o", scratch("never.png"), code=2,
           words=("draws none",))


def test_asked_again():
    scan, saved = phantom(1, "effusion-left", "6,6,6"), scratch("saved.json")
    with open(saved, "w", encoding="utf-8") as file:
        json.dump(run("ask", scan, "--bundle", bundle(), "--task", SIDE, "--json").json(), file)
    assert run("replay", saved, scan, "--bundle", bundle()).out.startswith("equal")
    with open(saved, encoding="utf-8") as file:
        document = json.load(file)
    document["results"][0]["logit"] += 0.5
    with open(saved, "w", encoding="utf-8") as file:
        json.dump(document, file)
    refuse("replay", saved, scan, "--bundle", bundle(), words=("not the same",))


def test_has_no_other_words():
    refuse("ask", phantom(1, "effusion-left", "6,6,6"), "--bundle", bundle(), "--task", SIDE, "--robust", words=("reads no words",))


def test_checked_but_for_sides():
    """A bundle without a map has no sides to check; the rest of it has passed."""
    said = run("bundle", "check", bundle()).out
    assert said.count(" passed ") == 4 and "laterality  not checked   It draws no map" in said, said
    checks = run("bundle", "check", bundle(), "--json").json()
    assert [checks[name]["state"] for name in ("files", "tensors", "values", "vocabulary")] == ["passed"] * 4, checks
    assert checks["laterality"]["state"] is None and "no map" in checks["laterality"]["sentence"], checks


def test_learns_no_masks_and_no_other_texts():
    for name, row in (("masks.csv", MASKS), ("other.csv", OTHER)):
        refuse("train", table(name, row), "--bundle", bundle(), "-o", scratch("never"), "--what", "all", "--steps", 2,
               "--cache", scratch("cache"), code=2, words=("none of the 2 questions",))
    refuse("train", table("labels.csv"), "--bundle", bundle(), "-o", scratch("never-2"), "--what", "heads", "--steps", 2,
           "--cache", scratch("cache"), code=2, words=("as a whole",))
    assert not os.path.exists(scratch("never-2"))


def test_trained_on_a_project():
    """The advice is to train all of it; what cannot be trained is refused before there is a folder."""
    scans = [phantom(seed, "effusion-left" if seed % 2 else "", "6,6,6") for seed in range(1, 9)]
    path, folder = scratch("study.sagitta"), scratch("tuned")
    run("project", "create", path, *scans, "-t", f"effusion={EFFUSION}", "-t", f"fluid={FLUID}", "--reader", "Ann")
    for number in range(len(scans)):
        for task in ("effusion", "fluid"):
            run("project", "label", path, number + 1, task, "absent" if number % 2 else "present", "--reader", "Ann")
    train = ("train", path, "--bundle", bundle(), "-o", folder, "--cache", scratch("cache"))
    refuse(*train, "--task", "effusion", "--what", "heads", code=2, words=("as a whole",))
    refuse(*train, code=2, words=('"fluid"', "none of the questions"))
    assert not os.path.exists(folder)
    assert run(*train, "--task", "effusion", "--estimate", "--json").json()["what"] == "all"
    said = run(*train, "--task", "effusion", "--steps", 3, "--images-per-batch", 2).out
    assert "no text layers and trains as a whole" in said and "Training all for 3 steps" in said, said
    assert os.path.exists(os.path.join(folder, "report.html"))


def test_bad_options():
    refuse("bundle", "create", *SMALL, "--multi-label", scratch("nowhere.csv"), "-o", scratch("never-3"), words=("nowhere.csv",))
    for option, value in (("--text", "x"), ("--vocab", "x"), ("--config", "x"), ("--layers", 2), ("--heads", 2), ("--embeddings", 1)):
        refuse("bundle", "create", *SMALL, "--multi-label", table("labels.csv"), option, value, "-o", scratch("never-3"), code=2,
               words=("--multi-label", f"takes no {option}"))
    for question in ("[UNK]", "[PAD]"):
        refuse("bundle", "create", *SMALL, "--multi-label", table("odd.csv", OTHER.replace(FLUID, question)), "-o", scratch("never-3"),
               code=2, words=(f'"{question}"', "question"))
    with open(scratch("no-labels.csv"), "w", encoding="utf-8") as file:
        file.write(f"{HEADER}\n{LUNGS},{phantom(1, '', '6,6,6')},,train,{phantom(1, '', '6,6,6')},1,p1\n")
    refuse("bundle", "create", *SMALL, "--multi-label", scratch("no-labels.csv"), "-o", scratch("never-3"),
           code=2, words=("no row with a label",))


harness.main(globals())
