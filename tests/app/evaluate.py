#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""evaluate: its figures agree with what ask says of the same scans and with a second computation of them."""

import csv
import hashlib
import json
import math
import os
import re
import shutil
import signal
import time

import harness
import locales
from harness import EFFUSION, LUNGS, call, new_folder, phantom, random_bundle, refuse, run, scratch

NODULES = "Segment pulmonary nodules in the image."
LEFT = "Segment left lung in the image."
FLUID = "Is there pleural effusion around the lungs?"
MASKS = ((LUNGS, "10;11;12;13;14"), (LEFT, "10;11"), (NODULES, "214"))
N_SCANS = 5


def scans():
    return [phantom(seed, "effusion-left,nodule" if seed % 2 else "") for seed in range(1, N_SCANS + 1)]


def manifest(name="manifest.csv", patients=N_SCANS, split="test", extra=()):
    path = scratch(name)
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow("question,img_file_path,label,split,mask_file_path,mask_values,patient_id".split(","))
        for number, scan in enumerate(scans()):
            patient = f"p{number % patients}"
            for question in (EFFUSION, FLUID):
                out.writerow([question, scan, number % 2 == 0, split, "", "", patient])
            for question, values in MASKS:
                out.writerow([question, scan, "", split, scan.replace(".nii.gz", "_labels.nii.gz"), values, patient])
        for row in extra:
            out.writerow(row)
    return path


def evaluate(*arguments, path=None):
    return run("evaluate", path or manifest(), "--bundle", random_bundle(), *arguments)


_report = {}


def report():
    """One run with everything that can be written."""
    if not _report:
        out = [scratch(name) for name in ("report.json", "card.md", "answers.csv")]
        printed = evaluate("--by", "sentence", "-o", out[0], "--card", out[1], "--answers", out[2], "--json").json()
        with open(out[0], encoding="utf-8") as file:
            assert json.load(file) == printed
        with open(out[1], encoding="utf-8") as file:
            _report["card"] = file.read()
        with open(out[2], newline="", encoding="utf-8") as file:
            _report["rows"] = list(csv.DictReader(file))
        _report["json"] = printed
    return _report


def tasks(document):
    return {task["task"]: task for task in document["tasks"]}


def near(a, b, tolerance=1e-9):
    assert abs(a - b) <= tolerance, (a, b)


def by_pairs(positives, negatives):
    return sum((p > n) + 0.5 * (p == n) for p in positives for n in negatives) / len(positives) / len(negatives)


def test_counts():
    document = report()["json"]
    assert document["scans"] == document["patients"] == document["synthetic_scans"] == N_SCANS
    assert document["rows"] == 5 * N_SCANS and document["failed_scans"] == document["repeated_rows"] == 0
    assert [task["task"] for task in document["tasks"]] == [EFFUSION, FLUID] + [question for question, _ in MASKS]
    assert not document["bundles"][0]["trained"] and len(document["bundles"]) == 1
    assert tasks(document)[NODULES]["models"][0]["maps"]["absent"] == 2


def test_cases_and_places():
    """Every answer stands in the report, with the place to look at: the peak that ask names, a voxel of what is masked."""
    import nibabel
    import numpy

    document = report()["json"]
    assert document["format"] == "sagitta-report" and len(document["cases"]) == document["rows"]
    path = scans()[0]
    labels = nibabel.load(path.replace(".nii.gz", "_labels.nii.gz"))
    data, to_voxel = numpy.asarray(labels.dataobj).astype(int), numpy.linalg.inv(labels.affine)
    first = min(case["line"] for case in document["cases"])
    mine = [case for case in document["cases"] if case["line"] < first + 2 + len(MASKS)]
    for case in mine:
        result = next(result for result in ask(path) if result["task"] == case["task"])
        assert document["tasks"][case["index"]]["task"] == case["task"]
        for a, b in zip(case["peaks_ras_mm"][0], result["heatmap"]["peak_ras_mm"]):
            near(a, b, 2e-3)
        values = dict(MASKS).get(case["task"])
        if values is None or not numpy.isin(data, [int(v) for v in values.split(";")]).any():
            assert "mask_ras_mm" not in case
            continue
        at = numpy.rint(to_voxel[:3, :3] @ case["mask_ras_mm"] + to_voxel[:3, 3]).astype(int)
        assert str(data[tuple(at)]) in values.split(";")


_asked = {}


def ask(path):
    """Every question about a scan, as ask answers it."""
    if path not in _asked:
        questions = [EFFUSION, FLUID] + [question for question, _ in MASKS]
        _asked[path] = run("ask", path, *[a for q in questions for a in ("--task", q)], "--bundle", random_bundle(),
                           "--threads", 1, "--force", "--json").json()["results"]  # fmt: skip
    return _asked[path]


def test_agrees_with_ask():
    rows = report()["rows"]
    for scan, path in enumerate(scans()):
        for result in ask(path):
            row = next(r for r in rows if r["question"] == result["task"] and int(r["scan"]) == scan)
            if result["logit"] is None:
                near(float(row["peak_score"]), result["heatmap"]["max"], 1e-6)
            else:
                near(float(row["logit"]), result["logit"], 1e-5)


def test_strict_hits_by_label_maps():
    import nibabel
    import numpy

    for scan, path in enumerate(scans()):
        labels = nibabel.load(path.replace(".nii.gz", "_labels.nii.gz"))
        data = numpy.asarray(labels.dataobj).astype(int)
        to_voxel = numpy.linalg.inv(labels.affine)
        for question, values in MASKS:
            inside = numpy.isin(data, [int(v) for v in values.split(";")])
            row = next(r for r in report()["rows"] if r["question"] == question and int(r["scan"]) == scan)
            assert int(row["truth"]) == inside.any(), (question, scan)
            if not inside.any():
                assert row["hit"] == row["off_mm"] == row["dice"] == ""
                continue
            result = next(result for result in ask(path) if result["task"] == question)
            peak = numpy.array(result["heatmap"]["peak_ras_mm"])
            at = tuple(numpy.floor(to_voxel[:3, :3] @ peak + to_voxel[:3, 3] + 0.5).astype(int))
            hit = all(0 <= a < n for a, n in zip(at, data.shape)) and inside[at]
            assert int(row["strict_hit"]) == hit and int(row["hit"]) >= hit
            places = numpy.argwhere(inside) @ labels.affine[:3, :3].T + labels.affine[:3, 3]
            if not hit:
                near(float(row["off_mm"]), numpy.linalg.norm(places - peak, axis=1).min(), 1e-6)


def test_figures_from_answers():
    document = tasks(report()["json"])
    for question in (EFFUSION, FLUID, NODULES):
        column = "peak_score" if question == NODULES else "logit"
        rows = [r for r in report()["rows"] if r["question"] == question]
        kinds = [[float(r[column]) for r in rows if r["truth"] == truth] for truth in "10"]
        model = document[question]["models"][0]
        near(model["auroc"], by_pairs(*kinds))
        assert document[question]["positives"] == len(kinds[0]) == 3
        if question != NODULES:
            share = sum(value >= 0 for value in kinds[0]) / len(kinds[0])
            near(model["point"]["sensitivity"], share)
    for question, _ in MASKS:
        rows = [r for r in report()["rows"] if r["question"] == question and r["hit"] != ""]
        maps = document[question]["models"][0]["maps"]
        assert maps["present"] == len(rows)
        for name in ("hit", "strict_hit", "dice", "best_dice"):
            near(maps[name], sum(float(r[name]) for r in rows) / len(rows))
            assert maps["dice"] <= maps["best_dice"] + 1e-12


def test_groups():
    groups = {group["name"]: group for group in report()["json"]["groups"]}
    model = {t: m["models"][0] for t, m in tasks(report()["json"]).items()}
    assert groups["findings"]["tasks"] == groups["findings"]["tasks_with_auroc"] == 2
    near(groups["findings"]["models"][0]["mean_auroc"], (model[EFFUSION]["auroc"] + model[FLUID]["auroc"]) / 2)
    assert groups["sides"]["tasks"] == 1 and groups["detection"]["tasks"] == 1
    assert groups["large"]["tasks"] == 2 and groups["lesions"]["tasks"] == 1
    near(groups["large"]["models"][0]["maps"]["hit"], (model[LUNGS]["maps"]["hit"] + model[LEFT]["maps"]["hit"]) / 2)


def test_card():
    card = report()["card"]
    assert card.startswith("## Figures") and "Untrained" in card
    assert card.count(EFFUSION) == 1 and card.count(NODULES) == 1
    assert "5 scans of 5 patients" in card and "seed 1" in card and "sagitta-cli evaluate" in card
    assert scratch() not in card
    for line in card.splitlines():
        assert not line.startswith("|") or line.endswith("|"), line


def test_card_names_no_place():
    """Folders of whoever measured do not stand in the card, however they were written."""
    folder = os.path.dirname(manifest())
    card = scratch("private", "card.md")
    os.makedirs(os.path.dirname(card))
    run("evaluate", "./manifest.csv", f"--bundle={random_bundle()}", f"--output={scratch('private', 'out.json')}",
        "--card", "private/card.md", "--limit", 1, "--rounds", 10, folder=folder)  # fmt: skip
    with open(card, encoding="utf-8") as file:
        text = file.read()
    command = re.search("Command: `(.*)`", text).group(1)
    assert "/" not in command, command
    assert command.startswith("sagitta-cli evaluate manifest.csv --bundle ") and "--limit 1" in command, command


def test_two_bundles():
    document = evaluate("--by", "sentence", "--bundle", random_bundle(3), "--json").json()
    assert [b["name"] for b in document["bundles"]] == ["bundle-2", "bundle-3"]
    for question, task in tasks(document).items():
        a, b = task["models"]
        assert a["auroc"] == tasks(report()["json"])[question]["models"][0]["auroc"]
        if a["auroc"] is not None:
            near(task["comparison"]["auroc_difference"], b["auroc"] - a["auroc"])
            assert task["comparison"]["p"] is None
            assert "fewer than 10" in task["comparison"]["no_p_because"]
    same = evaluate("--bundle", random_bundle(), "--json").json()
    for task in same["tasks"]:
        assert task["comparison"]["changed"] == [] and task["comparison"]["auroc_difference"] in (0, None)
    assert "B - A" in evaluate("--bundle", random_bundle(3)).out


def test_several_scans_of_a_patient():
    document = evaluate("--json", path=manifest("shared.csv", patients=3)).json()
    assert document["patients"] == 3 and tasks(document)[EFFUSION]["patients"] == 3
    assert "auroc_delong_95" not in tasks(document)[EFFUSION]["models"][0]
    assert "auroc_delong_95" in tasks(report()["json"])[EFFUSION]["models"][0]


def test_threads_change_nothing():
    one = evaluate("--json", "--threads", 1).json()
    two = evaluate("--json", "--threads", 2).json()
    for document in (one, two):
        document.pop("seconds")
        document.pop("holdout")
        document["bundles"][0].pop("device")
    assert one == two


def test_wordings_are_one_task():
    outline = "Outline the right lung."
    labels = [scan.replace(".nii.gz", "_labels.nii.gz") for scan in scans()]
    extra = [[outline, scan, "", "test", mask, "12;13;14", f"p{i}"] for i, (scan, mask) in enumerate(zip(scans(), labels))]
    extra += [["Segment right lung in the image.", *row[1:]] for row in extra[:2]]
    document = tasks(evaluate("--json", path=manifest("wordings.csv", extra=extra)).json())
    assert set(document) == {EFFUSION, "Segment right lung in the image."} | {question for question, _ in MASKS}
    assert document[EFFUSION]["wordings"] == [EFFUSION, FLUID] and document[EFFUSION]["n"] == 2 * N_SCANS
    assert document[EFFUSION]["patients"] == N_SCANS and "auroc_delong_95" not in document[EFFUSION]["models"][0]
    right = document["Segment right lung in the image."]
    assert right["n"] == N_SCANS + 2 and right["number"] == "highest score" and right["masks"] == N_SCANS + 2
    alone = tasks(evaluate("--json", "--by", "sentence", path=scratch("wordings.csv")).json())
    assert alone[outline]["n"] == N_SCANS and alone[outline]["models"][0]["maps"]["present"] == N_SCANS


def test_trained_sentences_stand_apart():
    listed = scratch("tasks.json")
    with open(listed, "w", encoding="utf-8") as file:
        json.dump({"tasks": [{"text": EFFUSION, "head": "class"}, {"text": LUNGS, "head": "patch"}]}, file)
    folder = scratch("bundle-with-tasks")
    run("bundle", "create", "--random", "--tasks", listed, "-o", folder)
    document = run("evaluate", manifest(), "--bundle", folder, "--json").json()
    training = {task["task"]: task["models"][0]["training"] for task in document["tasks"]}
    assert training[EFFUSION] == training[LUNGS] == "trained" and training[FLUID] == "other wording"
    assert training[NODULES] == "never trained"
    groups = {group["name"]: group["tasks"] for group in document["groups"]}
    assert groups["trained"] == 2 and groups["new"] == 3


def test_cache_changes_nothing():
    folder = new_folder("cache")
    documents = [report()["json"]]
    for _ in range(2):
        documents.append(evaluate("--by", "sentence", "--cache", folder, "--json").json())
    entries = [os.path.join(root, name) for root, _, names in os.walk(folder) for name in names]
    assert len(entries) >= N_SCANS
    for path in entries:
        with open(path, "r+b") as file:
            file.seek(os.path.getsize(path) // 2)
            file.write(b"damage")
    documents.append(evaluate("--by", "sentence", "--cache", folder, "--json").json())
    for document in documents:
        document.pop("seconds", None)
        document.pop("holdout", None)
    assert all(document == documents[0] for document in documents)
    with open(scratch("file"), "w", encoding="utf-8"):
        refuse("evaluate", manifest(), "--bundle", random_bundle(), "--cache", scratch("file"), words="file")
    refuse("evaluate", manifest(), "--bundle", random_bundle(), "--cache-size", 0, code=2, words="--cache-size")


def test_standardised_file():
    """Upstream's .bin, which knows no place: a mask of as many voxels lies on it, from a cache, too."""
    import nibabel
    import numpy

    voxels = numpy.random.default_rng(1).integers(-1000, 400, (120, 100, 90)).astype("<i2")
    scan, mask = scratch("standardised.bin"), scratch("standardised_labels.nii.gz")
    with open(scan, "wb") as file:
        file.write(b"RAW0" + numpy.array(voxels.shape, "<u4").tobytes() + voxels.tobytes())
    labels = numpy.zeros(voxels.shape, "u1")
    labels[40:80, 30:70, 30:60] = 10
    nibabel.save(nibabel.Nifti1Image(labels, numpy.diag([1, 1, 1, 1]) + numpy.array([[0, 0, 0, 900]] + [[0] * 4] * 3)),
                 mask)
    path = scratch("standardised.csv")
    with open(path, "w", newline="", encoding="utf-8") as file:
        file.write("question,img_file_path,label,split,mask_file_path,mask_values\n"
                   f"{LEFT},{scan},,test,{mask},10\n")
    printed = []
    for number in range(3):
        answers = scratch(f"standardised-{number}.csv")
        cache = ["--cache", scratch("cache-standardised")] if number else []
        evaluate("--answers", answers, *cache, path=path)
        with open(answers, encoding="utf-8") as file:
            printed.append(file.read())
    assert printed[0] == printed[1] == printed[2]
    row = next(csv.DictReader(printed[0].splitlines()))
    assert row["truth"] == "1", row


def test_repeated_rows():
    scan = scans()[0]
    row = [EFFUSION, scan, 1, "test", "", "", "p0"]
    document = evaluate("--json", path=manifest("repeated.csv", extra=[row, row])).json()
    assert document["repeated_rows"] == 2 and document["rows"] == 5 * N_SCANS
    row[2] = 0
    path = manifest("contradiction.csv", extra=[row])
    refuse("evaluate", path, "--bundle", random_bundle(), words=("lines 2 and", "labels differ"))


def test_limit_and_split():
    document = evaluate("--limit", 2, "--split", "all", "--json").json()
    assert document["scans"] == 2 and document["split"] == "all"
    refuse("evaluate", manifest(), "--bundle", random_bundle(), "--split", "val", code=2, words=('"val"', "--split"))


def test_scan_that_is_not_there():
    gone = [EFFUSION, scratch("gone.nii.gz"), 1, "test", "", "", "p9"]
    result = call("evaluate", manifest("gone.csv", extra=[gone]), "--bundle", random_bundle(), "--json")
    assert result.code == 1 and len(result.err.splitlines()) == 1 and "gone.nii.gz" in result.err
    document = json.loads(result.out)
    assert document["failed_scans"] == 1 and tasks(document)[LUNGS]["n"] == N_SCANS


def test_wrong_values():
    path = manifest()
    folder = new_folder("wrong")
    for arguments, word in (
        (("--by", "luck"), "luck"),
        (("--split", "exam"), "exam"),
        (("--threshold", "1"), "--threshold"),
        (("--rounds", "0"), "--rounds"),
        (("--limit", "-1"), "--limit"),
        (("--bundle", "a", "--bundle", "b", "--bundle", "c"), "two"),
    ):
        refuse("evaluate", path, *arguments, "-o", os.path.join(folder, "r.json"), code=2, words=word)
    refuse("evaluate", scratch("none.csv"), "--bundle", random_bundle(), words="none.csv")
    refuse("evaluate", path, "--bundle", scratch("nobody"), words="nobody")
    assert os.listdir(folder) == []


def test_locales():
    found = set()
    for environment in locales.environments():
        result = run("evaluate", manifest(), "--bundle", random_bundle(), "--json", environment=environment)
        found.add(re.sub(r'"(seconds|looks)": [0-9.e-]+', "", result.out))
    assert len(found) == 1


def test_interrupt():
    folder = new_folder("stopped")
    cache = scratch("cache-stopped")
    process = harness.start("evaluate", manifest(), "--bundle", random_bundle(), "-o", os.path.join(folder, "r.json"),
                            "--rounds", 100000, "--cache", cache)  # fmt: skip
    while not (os.path.exists(cache) and any(name.endswith(".sagcache") for name in os.listdir(cache))):
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)  # the first scan is prepared; most is still to be done
    _, err = process.communicate(timeout=300)
    assert process.returncode == 1, (process.returncode, err)
    assert err.decode() == "sagitta-cli: Stopped; nothing half-written is left.\n", err
    assert os.listdir(folder) == []


def visible(text):
    return re.sub(r"<style>.*?</style>|<svg.*?</svg>|<[^>]*>", " ", text, flags=re.S)


def test_page():
    """One file, well-formed, nothing from elsewhere; the figures are those of the JSON."""
    import xml.dom.minidom

    page, report_path = scratch("page.html"), scratch("page.json")
    evaluate("--by", "sentence", "--bundle", random_bundle(3), "--html", page, "-o", report_path)
    with open(page, encoding="utf-8") as file:
        text = file.read()
    with open(report_path, encoding="utf-8") as file:
        document = json.load(file)
    assert "<script" not in text and "http-equiv" not in text
    assert set(re.findall(r'(?:href|src)="([^#"]*)"', text)) <= {""}, "leads elsewhere"
    assert set(re.findall(r"https?://[^\"' ]*", text)) <= {"http://www.w3.org/2000/svg"}
    for svg in re.findall(r"<svg.*?</svg>", text, re.S):
        xml.dom.minidom.parseString(svg)
    assert text.count("<figure>") == sum(
        (0 if task["positives"] in (0, task["n"]) else 3 if task["number"] == "probability" else 2) for task in document["tasks"])
    words = " ".join(visible(text).split())
    for task in document["tasks"]:
        assert task["task"] in words
        for model in task["models"]:
            if model["auroc"] is not None:
                assert f'{model["auroc"]:.3f}' in words, (model["auroc"], words)
    assert "too few" in words and "Research use, not a medical device" in words and "untrained" in words
    assert scratch() not in text and "phantom-0001" not in text


def test_plots():
    import xml.dom.minidom

    folder = scratch("plots")
    evaluate("--by", "sentence", "--plots", folder)
    names = sorted(os.listdir(folder))
    assert [n for n in names if n.startswith("01-")] == [
        f"01-pleural-effusion-{kind}.{ending}" for kind in ("pr", "reliability", "roc") for ending in ("png", "svg")], names
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            data = file.read()
        if name.endswith(".png"):
            assert data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) > 5000, name
        else:
            xml.dom.minidom.parseString(data)
            assert b"<?xml" in data and b"#0072b2" in data and b"," in data
    with open(scratch("in-the-way"), "w", encoding="utf-8"):
        pass
    refuse("evaluate", manifest(), "--bundle", random_bundle(), "--plots", scratch("in-the-way"), words="in-the-way")


def test_curve_by_answers():
    """The corners of the ROC curve in the picture, from the numbers themselves."""
    folder, answers = scratch("curve"), scratch("curve.csv")
    evaluate("--by", "sentence", "--plots", folder, "--answers", answers)
    with open(answers, newline="", encoding="utf-8") as file:
        rows = [(float(r["logit"]), int(r["truth"])) for r in csv.DictReader(file) if r["question"] == EFFUSION]
    with open(os.path.join(folder, "01-pleural-effusion-roc.svg"), encoding="utf-8") as file:
        text = file.read()
    drawn = re.search(r'class="first" stroke-width="2.0" points="([^"]*)"', text).group(1)
    points = [tuple(float(v) for v in pair.split(",")) for pair in drawn.split()]
    (x0, y0), (x1, y1) = points[0], points[-1]
    found = {(round((x - x0) / (x1 - x0), 2), round((y - y0) / (y1 - y0), 2)) for x, y in points}
    n = {truth: sum(t == truth for _, t in rows) for truth in (0, 1)}
    expected = {(0, 0)} | {
        tuple(round(sum(v >= at and t == truth for v, t in rows) / n[truth], 2) for truth in (0, 1)) for at, _ in rows}
    assert found <= expected and {(0, 0), (1, 1)} <= found, (found, expected)


def test_looks_are_counted():
    path = manifest("looks.csv", patients=4)
    first, second = [evaluate("--json", "--limit", 3, path=path).json()["holdout"] for _ in range(2)]
    third = evaluate("--json", "--limit", 3, "--bundle", random_bundle(3), path=manifest("other-name.csv")).json()["holdout"]
    assert first["looks"] + 1 == second["looks"] == third["looks"] - 1
    assert third["bundles"] == 2
    kept = os.path.join(os.environ["XDG_DATA_HOME"], "sagitta", "holdouts")
    for name in os.listdir(kept):
        with open(os.path.join(kept, name), encoding="utf-8") as file:
            assert "phantom" not in file.read()


def project():
    path = scratch("study.sagitta")
    if not os.path.exists(path):
        run("project", "create", path, *scans(), "-t", f"effusion={EFFUSION}", "-t", f"left={LEFT}", "--reader", "Ann")
        for number in range(N_SCANS):
            more = ["--seen"] if number == 4 else []
            run("project", "label", path, number + 1, "effusion", "absent" if number % 2 else "present", "--reader", "Ann",
                *more)  # fmt: skip
    return path


def test_project():
    result = run("evaluate", project(), "--bundle", random_bundle(), "--bundle", random_bundle(3), "--json")
    document = result.json()
    assert document["manifest"] == "study.sagitta" and document["scans"] == 4  # one label had seen an answer
    assert [task["task"] for task in document["tasks"]] == [EFFUSION]
    assert any("--assisted" in note for note in document["notes"]), document["notes"]
    same = tasks(evaluate("--by", "sentence", "--json", "--limit", 4).json())[EFFUSION]
    near(document["tasks"][0]["models"][0]["auroc"], same["models"][0]["auroc"])
    all_of = evaluate("--assisted", "--json", path=project()).json()
    assert all_of["scans"] == 5
    again = evaluate("--json", path=project()).json()["holdout"]
    assert again["looks"] == document["holdout"]["looks"] + 2  # the table has the same four scans
    assert run("project", "check", project()).out == "sound\n"
    refuse("evaluate", project(), "--bundle", random_bundle(), "--task", "bones", code=2, words='"bones"')
    refuse("evaluate", project(), "--bundle", random_bundle(), "--state", "new", code=2, words="done or reviewed")
    refuse("evaluate", project(), "--bundle", random_bundle(), "--state", "done", code=2, words="marked as done")
    refuse("evaluate", project(), "--bundle", random_bundle(), "--reader", "Nobody", code=2, words="nothing to work with")


def calibrated_bundle(**change):
    """A copy of the random bundle and an overlay that somebody wrote beside it."""
    folder = scratch("calibrated")
    if not os.path.exists(folder):
        shutil.copytree(random_bundle(), folder)
    with open(os.path.join(folder, "bundle.json"), "rb") as file:
        sha256 = hashlib.sha256(file.read()).hexdigest()
    task = {"text": EFFUSION, "date": "2026-01-31", "positives": 25, "negatives": 75, "bias": -1, "slope": 2,
            "negatives_quantiles": [q / 50 - 3 for q in range(101)], "positives_quantiles": [q / 50 - 1 for q in range(101)],
            "reliability": [{"n": 100, "mean": 0.5, "share": 0.25}]}  # fmt: skip
    document = {"format": "sagitta-calibration", "version": 1, "bundle_sha256": sha256, "tasks": [task]}
    document.update(change)
    with open(folder + ".calibration.json", "w", encoding="utf-8") as file:
        json.dump(document, file)
    return folder


def ask_calibrated(folder):
    return run("ask", scans()[0], "--task", EFFUSION, "--task", FLUID, "--bundle", folder, "--force", "--json").json()


def test_answers_carry_a_calibration():
    folder = calibrated_bundle()
    document = ask_calibrated(folder)
    effusion, fluid = document["results"]
    near(effusion["calibration"]["probability"], 1 / (1 + math.exp(1 - 2 * effusion["logit"])), 1e-6)
    for kind, first in (("negatives", -3), ("positives", -1)):
        near(effusion["calibration"][f"above_share_of_{kind}"], min(max((effusion["logit"] - first) / 2, 0), 1), 1e-5)
    assert effusion["calibrated"] and effusion["calibration"]["cases"] == 100
    assert effusion["calibration"]["prevalence"] == 0.25 and effusion["calibration"]["date"] == "2026-01-31"
    assert not fluid["calibrated"] and "calibration" not in fluid  # other words
    with open(folder + ".calibration.json", "rb") as file:
        assert document["provenance"]["calibration_sha256"] == hashlib.sha256(file.read()).hexdigest()
    printed = run("ask", scans()[0], "--task", EFFUSION, "--bundle", folder, "--force").out
    assert "[calibrated]" in printed and "100 cases, 25 % positive, 2026-01-31" in printed, printed
    answer = scratch("calibrated.json")
    with open(answer, "w", encoding="utf-8") as file:
        json.dump(document, file)
    assert "equal" in run("replay", answer, scans()[0], "--bundle", folder).out


def test_own_calibration_comes_first():
    """One that could not lie beside the bundle is the person's newest."""
    folder = calibrated_bundle()
    own = os.path.join(os.environ["XDG_DATA_HOME"], "sagitta", "calibrations")
    os.makedirs(own)
    with open(folder + ".calibration.json", encoding="utf-8") as file:
        document = json.load(file)
    document["tasks"][0]["date"] = "2026-02-28"
    with open(os.path.join(own, document["bundle_sha256"] + ".json"), "w", encoding="utf-8") as file:
        json.dump(document, file)
    assert ask_calibrated(folder)["results"][0]["calibration"]["date"] == "2026-02-28"
    shutil.rmtree(own)
    assert ask_calibrated(folder)["results"][0]["calibration"]["date"] == "2026-01-31"


def test_calibration_of_another_bundle():
    """And one that is damaged: as if there were none."""
    plain = run("ask", scans()[0], "--task", EFFUSION, "--task", FLUID, "--bundle", random_bundle(), "--force", "--json").json()
    for change in ({"bundle_sha256": "0" * 64}, {"version": 2}, {"tasks": [{}]}, {"format": "other"}):
        document = ask_calibrated(calibrated_bundle(**change))
        harness.same_numbers(document["results"], plain["results"])
        assert not document["results"][0]["calibrated"] and "calibration_sha256" not in document["provenance"]


def test_calibration_needs_cases():
    folder = scratch("few-cases")
    shutil.copytree(random_bundle(), folder)
    refuse("evaluate", manifest(), "--bundle", folder, "--calibrate", "--by", "sentence", code=2,
           words=("3 positives and 2 negatives", "at least 20"))  # fmt: skip
    assert not os.path.exists(folder + ".calibration.json")


def test_table():
    text = evaluate().out
    for word in ("Untrained model", "pleural effusion around the lungs", "left lung", "Means over tasks", "DeLong"):
        assert word in text, text
    assert all(len(line) <= 116 for line in text.splitlines()), text
    assert not any(math.isnan(float(w)) for w in text.split() if w.replace(".", "", 1).isdigit())
    assert "nan" not in text.lower().split()


if __name__ == "__main__":
    harness.main(globals())
