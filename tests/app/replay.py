#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""replay: a saved answer is repeated, equal or with the reason why not."""

import json
import os

import harness
from harness import EFFUSION, LUNGS, new_folder, phantom, refuse, run, scratch


def save_answer(*options, name="answer.json", scan=None):
    """The document of ask --json in a file."""
    path = scratch(name)
    text = run("ask", scan or phantom(), "--task", EFFUSION, "--task", LUNGS, "--json", *options).out
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def change(path, func, name="changed.json"):
    """A copy of a document after @func had it."""
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    func(document)
    with open(scratch(name), "w", encoding="utf-8") as file:
        json.dump(document, file)
    return scratch(name)


def test_equal_after_ask():
    text = run("replay", save_answer(), phantom()).out
    assert text.count("equal") == 2 and "differs" not in text, text
    assert EFFUSION in text and LUNGS in text


def test_equal_beside_a_heatmap():
    folder = new_folder("maps")
    for result in run("ask", phantom(), "--task", EFFUSION, "--task", LUNGS, "--json", "--heatmaps", folder).json()["results"]:
        path = result["heatmap"]["file"].replace(".nii.gz", ".json")
        assert run("replay", path, phantom()).out.count("equal") == 1


def test_equal_with_shift_force_and_threads():
    labels = phantom().replace(".nii.gz", "_labels.nii.gz")
    answer = save_answer("--shift", "5,-10,20.5", "--force", scan=labels, name="forced.json")
    assert run("replay", answer, labels).out.count("equal") == 2
    answer = save_answer("--portable", "--threads", "1", name="portable.json")
    assert run("replay", answer, phantom(), "--portable", "--threads", "1").out.count("equal") == 2


def test_equal_with_lungs():
    labels = phantom().replace(".nii.gz", "_labels.nii.gz")
    answer = save_answer("--lungs", labels, name="lungs.json")
    assert run("replay", answer, phantom(), "--lungs", labels).out.count("equal") == 2


def test_finds_the_scan_beside_the_answer():
    folder = new_folder("beside")
    harness.shutil.copy(phantom(), folder)
    answer = os.path.join(folder, "answer.json")
    harness.shutil.copy(save_answer(), answer)
    assert run("replay", answer).out.count("equal") == 2
    assert run("replay", save_answer(), folder=folder).out.count("equal") == 2


def test_scan_is_not_there():
    answer = os.path.join(new_folder("alone"), "answer.json")
    harness.shutil.copy(save_answer(), answer)
    refuse("replay", answer, code=2, words=("phantom-0007", "replay"))
    refuse("replay", answer, scratch("none.nii.gz"), words="none.nii.gz")


def test_another_bundle():
    result = refuse("replay", save_answer(), phantom(), "--bundle", harness.random_bundle(2), words="bundle is another")
    assert result.out.count("differs") == 2 and "logit by" in result.out


def test_another_scan():
    result = refuse("replay", save_answer(), phantom(seed=8, findings=""), words="scan is another")
    assert result.out.count("differs") == 2


def test_changed_numbers():
    def by_hand(document):
        document["results"][0]["logit"] += 0.25

    result = refuse("replay", change(save_answer(), by_hand), phantom(), words="not the same")
    assert result.out.count("equal") == 1 and "logit by 0.25" in result.out, result.out


def test_scan_that_is_out_of_scope():
    labels = phantom().replace(".nii.gz", "_labels.nii.gz")
    refuse("replay", save_answer(), labels, words="scope")


def test_damaged_documents():
    answer = save_answer()
    with open(answer, encoding="utf-8") as file:
        text = file.read()
    damaged = scratch("damaged.json")
    for content in ("", "{", text[: len(text) // 2], "[]", "null", "not JSON", '{"case": "x"}', "\x00\x01", "[" * 5000):
        with open(damaged, "w", encoding="utf-8") as file:
            file.write(content)
        refuse("replay", damaged, phantom(), words="damaged.json")
    for key in ("case", "results", "provenance"):
        for func in (lambda d, k=key: d.pop(k), lambda d, k=key: d.update({k: 5}), lambda d, k=key: d.update({k: None})):
            refuse("replay", change(answer, func, "damaged.json"), phantom(), words=("damaged.json", key))
    refuse("replay", change(answer, lambda d: d.update(results=[]), "damaged.json"), phantom(), words="no result")
    refuse("replay", scratch("none.json"), words="none.json")
    refuse("replay", scratch(), words=os.path.basename(scratch()))


def test_several_scans():
    path = scratch("several.json")
    other = phantom(seed=8, findings="")
    with open(path, "w", encoding="utf-8") as file:
        file.write(run("ask", phantom(), other, "--task", EFFUSION, "--json").out)
    refuse("replay", path, phantom(), words="several.json")


if __name__ == "__main__":
    harness.main(globals(), needs=())
