#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Training on a project: from labels to a bundle and its figures, whatever happens on the way."""

import hashlib
import json
import os
import shutil
import subprocess
import signal
import time

import harness
from harness import EFFUSION, call, phantom, refuse, run, scratch, start

LEFT = "Segment left lung in the image."
N_CASES = 12


def bundle():
    folder = scratch("small-bundle")
    if not os.path.exists(folder):
        run("bundle", "create", "--random", "--seed", 3, "--input", "64,64,64", "--width", "0.15", "--hidden", "32", "-o", folder)
    return folder


def scans():
    return [phantom(seed, "effusion-left" if seed % 2 else "", "6,6,6") for seed in range(1, N_CASES + 1)]


def project(name="study.sagitta", labels=N_CASES, truth=lambda number: number % 2 == 0):
    path = scratch(name)
    if not os.path.exists(path):
        run("project", "create", path, *scans(), "-t", f"effusion={EFFUSION}", "-t", f"left={LEFT}", "--reader", "Ann Example")
        for number in range(labels):
            run("project", "label", path, number + 1, "effusion", "present" if truth(number) else "absent",
                "--reader", "Ann Example")  # fmt: skip
        for number in range(labels // 3):
            run("project", "import", path, scans()[number].replace(".nii.gz", "_labels.nii.gz"), "--case", number + 1,
                "--table", lung_table(), "-t", "left", "--reader", "Ann Example")  # fmt: skip
    return path


def lung_table():
    path = scratch("lung.txt")
    with open(path, "w", encoding="utf-8") as file:
        file.write('10 255 0 0 1 1 1 "left upper"\n')
    return path


def train(folder, *more, path=None):
    return ("train", path or project(), "--bundle", bundle(), "-o", folder, "--steps", 40, "--task", "effusion",
            "--cache", scratch("cache"), *more)  # fmt: skip


def load(*names):
    with open(os.path.join(*names), encoding="utf-8") as file:
        return json.load(file)


def sha256(*names):
    with open(os.path.join(*names), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def weights(folder):
    with open(os.path.join(folder, "bundle", "model.safetensors"), "rb") as file:
        return file.read()


_unbroken = []


def unbroken():
    if not _unbroken:
        _unbroken.append(scratch("unbroken"))
        _unbroken.append(run(*train(_unbroken[0])).out)
    return _unbroken[0]


def test_run():
    folder = unbroken()
    assert "cases train heads and text" in _unbroken[1] or "train the heads alone" in _unbroken[1], _unbroken[1]
    status = run("train", folder, "--status", "--json").json()
    assert status["state"] == "done" and status["step"] == status["steps"] == 40 and not status["alive"]
    with open(os.path.join(folder, "log.jsonl"), encoding="utf-8") as file:
        assert [json.loads(line)["step"] for line in file] == list(range(1, 41))
    report = load(folder, "report.json")
    assert [task["task"] for task in report["tasks"]] == [EFFUSION]
    snapshot = load(folder, "snapshot", "snapshot.json")
    held = {case["id"] for case in snapshot["cases"] if case["held_out"]}
    assert {row["case"] for row in report["cases"]} == held and 2 <= len(held) <= 5
    assert report["format"] == "sagitta-report" and report["version"] == 2
    assert all(len(row["peaks_ras_mm"]) == 2 and row["index"] == 0 for row in report["cases"])
    with open(os.path.join(folder, "report.html"), encoding="utf-8") as file:
        text = file.read()
    assert "before" in text and "after" in text and "<script" not in text
    assert "phantom" not in text, "the name of a scan's file, which may be the patient's"


def test_bundle_says_where_it_comes_from():
    folder = os.path.join(unbroken(), "bundle")
    about = load(folder, "bundle.json")
    snapshot = load(unbroken(), "snapshot", "snapshot.json")
    assert about["provenance"]["parent"] == sha256(bundle(), "bundle.json")
    assert about["provenance"]["labels"] == snapshot["labels_sha256"] and len(snapshot["labels_sha256"]) == 64
    assert about["provenance"]["project"] == snapshot["project_sha256"]
    assert "seed 1" in about["provenance"]["training"] and "trained on" in about["provenance"]["split"]
    assert about["name"] == "small-bundle, fine-tuned" and about["synthetic"]
    text = json.dumps(about)
    for word in ("phantom-00", "Ann", "/", "study"):
        assert word not in text.replace("N/A", ""), word
    run("bundle", "check", folder)
    run("bundle", "check", bundle())


def test_figures_are_those_of_evaluate():
    folder = unbroken()
    report = load(folder, "report.json")
    again = run("evaluate", os.path.join(folder, "snapshot", "manifest.csv"), "--bundle", bundle(), "--bundle",
                os.path.join(folder, "bundle"), "--json", "--rounds", 1000, "--seed", 1).json()  # fmt: skip
    for key in ("n", "positives", "models", "comparison"):
        harness.same_numbers(report["tasks"][0][key], again["tasks"][0][key], 1e-9, key)


def follow(process, folder, step):
    """Waits until the run has made a step; FALSE if it ended before."""
    path = os.path.join(folder, "log.jsonl")
    while process.poll() is None:
        if os.path.exists(path):
            with open(path, "rb") as file:
                if sum(line.endswith(b"\n") for line in file) >= step:
                    return True
        time.sleep(0.005)
    return False


def broken(name, end, steps=400):
    """A run that @end ends somewhere in the middle, and that goes on; beside one that nobody disturbed."""
    folder, whole = scratch(name), scratch("whole-400")
    if not os.path.exists(whole):
        run(*train(whole, "--steps", steps))
    process = start(*train(folder, "--steps", steps))
    assert follow(process, folder, 10), process.communicate()
    end(process, folder)
    process.communicate(timeout=300)
    return folder, whole


def test_killed():
    folder, whole = broken("killed", lambda process, folder: process.kill())
    status = run("train", folder, "--status", "--json").json()
    assert status["state"] in ("training", "measuring") and not status["alive"], status
    run(*train(folder, "--steps", 400, "--resume"))
    assert weights(folder) == weights(whole)


def test_stopped_by_the_window():
    """And the project that has changed meanwhile changes nothing: the snapshot trains."""

    def stop(process, folder):
        run("train", folder, "--stop")

    path = project("changing.sagitta")
    folder, whole = scratch("stopped"), scratch("whole-changing")
    run(*train(whole, "--steps", 400, path=path))
    process = start(*train(folder, "--steps", 400, path=path))
    assert follow(process, folder, 10), process.communicate()
    stop(process, folder)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 1 and b"--resume" in err, err
    assert run("train", folder, "--status", "--json").json()["state"] == "stopped"
    run("project", "label", path, 1, "effusion", "absent", "--reader", "Ann Example")
    run(*train(folder, "--steps", 400, "--resume", path=path))
    assert weights(folder) == weights(whole)
    assert load(folder, "snapshot", "snapshot.json")["labels_sha256"] == load(whole, "snapshot", "snapshot.json")["labels_sha256"]


def test_ended_before_the_report():
    """Or before the snapshot was whole: nothing is lost."""
    folder = scratch("no-report")
    shutil.copytree(unbroken(), folder, symlinks=True)
    before, bundle_before = load(folder, "report.json"), sha256(folder, "bundle", "bundle.json")
    os.remove(os.path.join(folder, "report.json"))
    os.remove(os.path.join(folder, "report.html"))
    run(*train(folder, "--resume"))
    assert load(folder, "report.json")["tasks"] == before["tasks"] and os.path.exists(os.path.join(folder, "report.html"))
    assert sha256(folder, "bundle", "bundle.json") == bundle_before
    refuse(*train(folder, "--resume"), code=2, words="done")
    half = scratch("half-snapshot")
    shutil.copytree(os.path.join(unbroken(), "snapshot"), os.path.join(half, "snapshot"))
    os.remove(os.path.join(half, "snapshot", "snapshot.json"))
    run(*train(half))
    assert load(half, "report.json")["tasks"] == before["tasks"]


def test_paused():
    folder = scratch("paused")
    process = start(*train(folder, "--steps", 3000))
    assert follow(process, folder, 10), process.communicate()
    run("train", folder, "--pause")
    status = {}
    while status.get("state") != "paused":
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
        status = run("train", folder, "--status", "--json").json()
    step = status["step"]
    time.sleep(0.6)
    status = run("train", folder, "--status", "--json").json()
    assert status["step"] == step and status["alive"] and status["state"] == "paused"
    run("train", folder, "--continue")
    assert follow(process, folder, step + 5)
    process.send_signal(signal.SIGSTOP)
    time.sleep(0.3)
    process.send_signal(signal.SIGCONT)
    assert follow(process, folder, step + 10)
    run("train", folder, "--stop")
    process.communicate(timeout=300)
    refuse("train", folder, "--pause", code=2, words="Nothing trains")


def test_folds():
    """Every case is answered once, by a model that did not see it; the bundle has seen all."""
    folder = scratch("folds")
    run(*train(folder, "--folds", 3, "--steps", 10))
    report = load(folder, "report.json")
    assert report["folds"] == 3 and report["scans"] == N_CASES and report["patients"] == N_CASES
    assert sorted(row["case"] for row in report["cases"]) == list(range(1, N_CASES + 1))
    assert any("cross-validation" in note for note in report["notes"])
    scores = {row["case"]: row["scores"][1] for row in report["cases"]}
    snapshot = load(folder, "snapshot", "snapshot.json")
    answers = scratch("fold.csv")
    run("evaluate", os.path.join(folder, "snapshot", "fold-2.csv"), "--bundle", os.path.join(folder, "fold-2", "last"),
        "--answers", answers)  # fmt: skip
    import csv

    with open(answers, newline="", encoding="utf-8") as file:
        logits = sorted(float(row["logit"]) for row in csv.DictReader(file))
    expected = sorted(scores[case["id"]] for case in snapshot["cases"] if case["fold"] == 2)
    assert len(logits) == len(expected) and all(abs(a - b) < 1e-6 for a, b in zip(logits, expected)), (logits, expected)
    assert "3 folds" in load(folder, "bundle", "bundle.json")["provenance"]["split"]


def test_validation_is_watched():
    """What the project calls validation is not learned from and not measured on; its loss stands in the log."""
    path, table, folder = scratch("watched.sagitta"), scratch("watched.csv"), scratch("watched")
    splits = ["train", "train", "val", "val", "test", "test"]
    with open(table, "w", encoding="utf-8") as file:
        file.write("question,img_file_path,label,split,patient_id\n")
        for number, scan in enumerate(scans()):
            file.write(f"{EFFUSION},{scan},{number % 2},{splits[number % 6]},w{number}\n")
    run("project", "create", path, "-t", f"effusion={EFFUSION}", "--reader", "Ann Example")
    run("project", "import", path, table, "--add-scans", "--reader", "Ann Example")
    run(*train(folder, path=path))
    cases = load(folder, "snapshot", "snapshot.json")["cases"]
    parts = {case["id"]: "test" if case["held_out"] else "val" if case["watched"] else "train" for case in cases}
    assert [parts[number + 1] for number in range(N_CASES)] == [splits[number % 6] for number in range(N_CASES)], parts
    with open(os.path.join(folder, "log.jsonl"), encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    seen = [line for line in lines if line["kind"] == "validation"]
    assert [line["step"] for line in seen] == list(range(4, 41, 4)), seen
    assert all(line["loss"] > 0 and line["fold"] == 0 and 0 <= line["auroc"] <= 1 for line in seen)
    assert [line["step"] for line in lines if line["kind"] == "step"] == list(range(1, 41))
    assert {row["case"] for row in load(folder, "report.json")["cases"]} == {key for key, part in parts.items() if part == "test"}


def test_estimate():
    document = run("train", project(), "--bundle", bundle(), "--cache", scratch("cache"), "--estimate", "--json").json()
    assert document["train"] + document["held_out"] == document["cases"] == N_CASES
    assert document["seconds"] > 0 and document["steps"] > 0 and document["advice"]["what"] in ("heads", "heads+text")
    assert {task["key"] for task in document["tasks"]} == {"effusion", "left"}


def test_refusals():
    few = project("few.sagitta", labels=1)
    refuse(*train(scratch("never"), path=few), code=2, words="one patient")
    same = project("same.sagitta", labels=4, truth=lambda number: True)
    refuse(*train(scratch("never"), path=same), code=2, words="only present cases")
    none = project("none.sagitta", labels=0)
    refuse(*train(scratch("never"), path=none), code=2, words="nothing to work with")
    refuse(*train(scratch("never"), "--until", "3"), code=2, words="--until is for manifests")
    for state in ("new", "in progress", "in-progress", "soup"):
        refuse(*train(scratch("never"), "--state", state), code=2, words="--state takes done or reviewed")
    refuse(*train(scratch("never"), "--state", "reviewed"), code=2, words="None of the")
    table = scratch("table.csv")
    with open(table, "w", encoding="utf-8") as file:
        file.write("question,img_file_path,label\n")
    refuse("train", table, "--bundle", bundle(), "-o", scratch("never"), "--state", "done", code=2, words="no states")
    refuse(*train(unbroken()), code=2, words="--resume")
    refuse(*train(unbroken(), "--resume"), code=2, words="done")
    refuse(*train(scratch("nobody-began"), "--resume"), code=2, words="without --resume")
    refuse(*train(scratch("never"), "--folds", 1), code=2, words="--folds")
    refuse(*train(scratch("never"), "--folds", 3, "--hold-out", 0.5), code=2, words="exclude")
    refuse(*train(scratch("never"), "--hold-out", 1.5), code=2, words="--hold-out")
    refuse(*train(scratch("never"), "--task", "bones"), code=2, words='"bones"')
    refuse("train", scratch("no-run"), "--status", words="status.json")
    assert call("train", project(), "--bundle", bundle()).code == 2


def test_task_that_the_model_cannot_read():
    path = scratch("long.sagitta")
    run("project", "create", path, *scans()[:4], "-t", "long=" + "very " * 600 + "long", "--reader", "Ann Example")
    for number in range(4):
        run("project", "label", path, number + 1, "long", "present" if number % 2 else "absent", "--reader", "Ann Example")
    result = call("train", path, "--bundle", bundle(), "-o", scratch("long"), "--hold-out", 0.5, "--cache", scratch("cache"))
    assert result.code != 0 and "word pieces" in result.err.splitlines()[-1], result.err
    refuse(*train(scratch("never"), "--hold-out", 0.01), code=2, words="is held out")
    empty = scratch("empty.sagitta")
    run("project", "create", empty, *scans()[:4], "-t", f"left={LEFT}", "--reader", "Ann Example")
    for number in range(4):
        run("project", "label", empty, number + 1, "left", "absent", "--reader", "Ann Example")
    refuse("train", empty, "--bundle", bundle(), "-o", scratch("empty"), code=2, words="only absent cases")


def test_full_disk():
    """One sentence, nothing lost, and it goes on to the same bits when there is room."""
    with harness.tiny_disk(900 << 10) as disk:
        folder = os.path.join(disk, "run")
        result = call(*train(folder))
        assert result.code == 1 and "free some space" in result.err.splitlines()[-1], (result.code, result.err)
        assert run("train", folder, "--status", "--json").json()["state"] in ("failed", "training", "measuring", "preparing")
        subprocess.run(["mount", "-o", "remount,size=60m", disk], check=True)
        run(*train(folder, "--resume"))
        assert weights(folder) == weights(unbroken())


def test_other_options_do_not_go_on():
    folder, _ = broken("other", lambda process, folder: process.kill())
    copy = scratch("other-copy")
    shutil.copytree(folder, copy, symlinks=True)
    if os.path.exists(os.path.join(copy, "run", "last")):
        refuse(*train(copy, "--steps", 500, "--resume"), code=2, words="other options")


if __name__ == "__main__":
    harness.main(globals())
