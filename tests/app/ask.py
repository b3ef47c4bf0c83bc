#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ask, as a person's script would use it: the JSON document, the heatmaps, and everything that can be asked beside."""

import base64
import os
import re

import nibabel
import numpy

import harness
from harness import EFFUSION, LUNGS, new_folder, phantom, refuse, run, same_numbers, scratch, shared

NODULE = "Diagnose the presence of lung nodule in the lungs"


def ask(scan, *options, tasks=(EFFUSION, LUNGS)):
    """The document of one scan."""
    texts = [word for task in tasks for word in ("--task", task)]
    return run("ask", scan, *texts, "--json", *options).json()


def check_map(path, scan, low=0.0, high=1.0):
    """The map lies on the scan's own grid; returns it."""
    image, source = nibabel.load(path), nibabel.load(scan)
    assert image.shape == source.shape, (image.shape, source.shape)
    assert numpy.abs(image.affine - source.affine).max() < 1e-4, (image.affine, source.affine)
    assert image.get_data_dtype() == numpy.float32
    assert image.header["sform_code"] > 0 and image.header["qform_code"] > 0
    assert numpy.abs(image.get_qform() - image.get_sform()).max() < 1e-3
    slope, inter = image.header.get_slope_inter()
    assert slope in (None, 1) and inter in (None, 0)
    data = numpy.asanyarray(image.dataobj)
    inside = data[~numpy.isnan(data)]
    assert inside.size > 0 and inside.min() >= low and inside.max() <= high, (inside.min(), inside.max())
    return data


def test_document():
    document = ask(phantom())
    for key, kind in (
        ("case", str), ("bundle", dict), ("engine", str), ("precision", str), ("scope", dict), ("timings_ms", dict),
        ("results", list), ("provenance", dict),
    ):  # fmt: skip
        assert isinstance(document[key], kind), key
    assert document["case"] == "phantom-0007"
    assert set(document["bundle"]) == {"name", "sha256", "trained", "synthetic"}
    assert document["bundle"]["trained"] is False
    assert re.fullmatch("[0-9a-f]{64}", document["bundle"]["sha256"])
    assert document["engine"] == "cpu" and document["precision"] == "fp32"
    assert document["scope"]["verdict"] in ("in", "doubtful")
    assert set(document["timings_ms"]) == {"load", "prepare", "encode", "ask"}
    assert all(value >= 0 for value in document["timings_ms"].values())
    assert "not a medical device" in document["notice"]


def test_results():
    first, second = ask(phantom())["results"]
    for result, task in ((first, EFFUSION), (second, LUNGS)):
        keys = {"task", "logit", "probability", "class_head", "patch_head", "calibrated", "heatmap"}
        assert set(result) == keys, set(result) ^ keys
        assert result["task"] == task
        assert result["class_head"] == result["patch_head"] == "never trained"
        assert result["calibrated"] is False
        assert set(result["heatmap"]) == {"file", "max", "peak_ras_mm"} and result["heatmap"]["file"] is None
        assert 0 <= result["heatmap"]["max"] <= 1 and len(result["heatmap"]["peak_ras_mm"]) == 3
    assert abs(first["probability"] - 1 / (1 + numpy.exp(-first["logit"]))) < 1e-6
    assert second["probability"] is None and second["logit"] is None


def test_provenance_names_no_path():
    document = ask(phantom())
    text = repr(document["provenance"])
    assert "/" not in text.replace("/ ", "") and os.path.basename(scratch()) not in repr(document)
    for key in ("voxels_xxh128", "bundle_sha256", "weights_sha256", "recipe", "lung_source", "input", "shift_mm",
                "forced", "device", "program", "commit"):  # fmt: skip
        assert key in document["provenance"], key


def test_several_scans_give_an_array():
    other = phantom(seed=8, findings="", orientation="LPS")
    documents = run("ask", phantom(), other, "--task", EFFUSION, "--json").json()
    assert [document["case"] for document in documents] == ["phantom-0007", "phantom-0008"]
    same_numbers(documents[1], ask(other, tasks=[EFFUSION]))


def test_one_bad_scan_among_several():
    missing = scratch("missing.nii.gz")
    result = refuse("ask", missing, phantom(), "--task", EFFUSION, "--json", words="missing.nii.gz")
    assert [document["case"] for document in result.json()] == ["phantom-0007"]
    assert refuse("ask", missing, "--task", EFFUSION, "--json").out == ""


def test_text_output():
    text = run("ask", phantom(), "--task", EFFUSION, "--task", LUNGS).out
    for words in ("phantom-0007", EFFUSION, LUNGS, "Untrained model", "never trained", "highest score",
                  "model probability, balanced training mix", "not a medical device", "AVX2"):  # fmt: skip
        assert words in text or words == "AVX2", (words, text)
    assert "\x1b" not in text
    lungs = text.split(LUNGS)[1]
    assert "probability" not in lungs


def test_tasks_file():
    lines, array = scratch("tasks.txt"), scratch("tasks.json")
    with open(lines, "w", encoding="utf-8") as file:
        file.write(f"# what to ask\n\n  {EFFUSION}  \r\n{NODULE}\n")
    with open(array, "w", encoding="utf-8") as file:
        file.write(f'["{EFFUSION}", "{NODULE}"]')
    texts = [[r["task"] for r in ask(phantom(), "--tasks", path, tasks=[LUNGS])["results"]] for path in (lines, array)]
    assert texts == [[LUNGS, EFFUSION, NODULE]] * 2, texts
    refuse("ask", phantom(), "--tasks", scratch("none.txt"), words="none.txt")


def test_heatmaps():
    folder = scratch("maps", "deep")
    for orientation in ("RAS", "PIL"):
        scan = phantom(orientation=orientation)
        for result in ask(scan, "--heatmaps", folder)["results"]:
            path = result["heatmap"]["file"]
            slug = "pleural-effusion" if result["task"] == EFFUSION else "segment-lungs"
            assert re.fullmatch(rf"phantom-0007__{slug}-[0-9a-f]{{8}}__score\.nii\.gz", os.path.basename(path)), path
            data = check_map(path, scan)
            assert numpy.isnan(data).any(), "the box does not hold all of this phantom"
            # The map is trilinear between cell centres, so it never passes the highest cell.
            assert numpy.nanmax(data) <= result["heatmap"]["max"] + 1e-6
            assert os.path.exists(path.replace(".nii.gz", ".json"))


def test_map_peak_lies_where_it_is_said():
    result = ask(phantom(), "--heatmaps", new_folder("peak"), "--raw", tasks=[LUNGS])["results"][0]
    image = nibabel.load(result["heatmap"]["file"])
    data = numpy.asanyarray(image.dataobj)
    voxel = numpy.linalg.inv(image.affine) @ [*result["heatmap"]["peak_ras_mm"], 1]
    index = tuple(int(round(x)) for x in voxel[:3])
    assert abs(data[index] - result["heatmap"]["max"]) < 1e-6


def test_raw_cells():
    smooth = ask(phantom(), "--heatmaps", new_folder("smooth"), tasks=[LUNGS])["results"][0]
    raw = ask(phantom(), "--heatmaps", new_folder("raw"), "--raw", tasks=[LUNGS])["results"][0]
    a, b = (check_map(result["heatmap"]["file"], phantom()) for result in (smooth, raw))
    assert (numpy.isnan(a) == numpy.isnan(b)).all()
    document = harness.json.loads(open(raw["heatmap"]["file"].replace(".nii.gz", ".json"), encoding="utf-8").read())
    cells = numpy.frombuffer(base64.b64decode(document["results"][0]["cells"]["float32"]), "<f4")
    assert set(numpy.unique(b[~numpy.isnan(b)])) <= set(cells)
    assert len(numpy.unique(a[~numpy.isnan(a)])) > 20 * len(cells)


def test_document_beside_a_map():
    result = ask(phantom(), "--heatmaps", new_folder("beside"), tasks=[EFFUSION])["results"][0]
    path = result["heatmap"]["file"].replace(".nii.gz", ".json")
    with open(path, encoding="utf-8") as file:
        document = harness.json.load(file)
    saved = document["results"][0]
    assert document["case"] == "phantom-0007" and saved["logit"] == result["logit"]
    assert saved["heatmap"]["file"] == os.path.basename(result["heatmap"]["file"])
    grid = saved["cells"]["grid"]
    cells = numpy.frombuffer(base64.b64decode(saved["cells"]["float32"]), "<f4")
    assert cells.size == numpy.prod(grid["dims"]) and cells.max() == numpy.float32(saved["heatmap"]["max"])
    peak = numpy.unravel_index(cells.argmax(), grid["dims"], order="F")
    place = numpy.array(grid["ijk_to_ras"]) @ [*peak, 1]
    assert numpy.abs(place - saved["heatmap"]["peak_ras_mm"]).max() < 1e-6


def test_names_tell_texts_and_bundles_apart():
    folder, names = new_folder("names"), set()
    for bundle in (None, harness.random_bundle(2)):
        options = ["--bundle", bundle] if bundle else []
        tasks = [NODULE, NODULE + ".", LUNGS]
        names |= {r["heatmap"]["file"] for r in ask(phantom(), "--heatmaps", folder, *options, tasks=tasks)["results"]}
    assert len(names) == 6, names


def test_two_scans_of_one_name():
    copy = os.path.join(new_folder("copy"), "phantom-0007.nii.gz")
    harness.shutil.copy(phantom(), copy)
    folder = scratch("one-folder")
    refuse("ask", phantom(), copy, "--task", LUNGS, "--heatmaps", folder, code=2, words="phantom-0007")
    assert not os.path.exists(folder)
    assert len(run("ask", phantom(), copy, "--task", LUNGS, "--json").json()) == 2


def test_evidence():
    folder = new_folder("evidence")
    effusion, lungs = ask(phantom(), "--heatmaps", folder, "--evidence")["results"]
    assert lungs["evidence"] is None
    assert os.path.basename(effusion["evidence"]).endswith("__evidence.nii.gz")
    data = check_map(effusion["evidence"], phantom(), -1e9, 1e9)
    values = numpy.unique(data[~numpy.isnan(data)])
    assert 2 <= values.size <= 24, "one value a token"
    score = nibabel.load(effusion["heatmap"]["file"])
    assert (numpy.isnan(data) == numpy.isnan(numpy.asanyarray(score.dataobj))).all()


def test_robust():
    effusion, lungs = ask(phantom(), "--robust")["results"]
    for result, number in ((effusion, "probability"), (lungs, "peak_score")):
        robust = result["robust"]
        kinds = [trial["kind"] for trial in robust["trials"]]
        assert kinds[0] == "original" and kinds.count("paraphrase") >= 5 and kinds.count("shifted box") >= 5
        assert all(kinds.count(kind) == 1 for kind in ("original", "negated", "nonsense", "air volume"))
        values = {k: [t[number] for t in robust["trials"] if t["kind"] == k] for k in kinds}
        original = values["original"][0]
        assert abs(original - (result["probability"] if number == "probability" else result["heatmap"]["max"])) < 1e-6
        spread = max(values["paraphrase"] + [original]) - min(values["paraphrase"] + [original])
        assert abs(spread - robust["wording_spread"]) < 1e-6
        controls = [values[kind][0] for kind in ("negated", "nonsense", "air volume")]
        closest = min(abs(control - original) for control in controls)
        assert abs(closest - robust["closest_control"]) < 1e-6
        assert robust["wording_sensitive"] == (spread > 0.15 or closest < 0.15)
    text = run("ask", phantom(), "--task", EFFUSION, "--robust").out
    assert "16 mm to the left" in text and "a box of nothing but air" in text


def test_shift_moves_the_box():
    still, moved = (ask(phantom(), *options, tasks=[LUNGS]) for options in ([], ["--shift", "12,-20,30.0"]))
    before, after = (numpy.array(d["provenance"]["input"]["ijk_to_ras"]) for d in (still, moved))
    assert numpy.abs(after[:, 3] - before[:, 3] - [12, -20, 30]).max() < 1e-6, (before, after)
    assert numpy.abs(after[:, :3] - before[:, :3]).max() == 0
    assert moved["provenance"]["shift_mm"] == [12, -20, 30]
    assert still["results"][0]["heatmap"]["max"] != moved["results"][0]["heatmap"]["max"]


def test_lungs():
    labels = phantom().replace(".nii.gz", "_labels.nii.gz")
    document = ask(phantom(), "--lungs", labels, tasks=[LUNGS])
    assert document["provenance"]["lung_source"] == "mask"
    assert ask(phantom(), tasks=[LUNGS])["provenance"]["lung_source"] != "mask"
    empty = scratch("empty.nii.gz")
    image = nibabel.load(labels)
    nibabel.save(nibabel.Nifti1Image(numpy.zeros(image.shape, numpy.uint8), image.affine), empty)
    refuse("ask", phantom(), "--task", LUNGS, "--lungs", empty)
    refuse("ask", phantom(), "--task", LUNGS, "--lungs", scratch("no-mask.nii"), words="no-mask.nii")


def test_out_of_scope():
    labels = phantom().replace(".nii.gz", "_labels.nii.gz")
    folder = scratch("out-of-scope")
    result = refuse("ask", labels, "--task", LUNGS, "--heatmaps", folder, "--json", words=("_labels", "--force"))
    document = result.json()
    assert document["scope"]["verdict"] == "out" and document["scope"]["reasons"] and document["results"] == []
    assert not os.path.exists(folder)
    text = refuse("ask", labels, "--task", LUNGS).out
    assert "highest score" not in text
    forced = ask(labels, "--force", tasks=[LUNGS])
    assert forced["scope"]["verdict"] == "out" and len(forced["results"]) == 1 and forced["provenance"]["forced"]


def test_twice_the_same():
    one, two = (ask(phantom(), "--robust") for _ in range(2))
    same_numbers(one, two)


def test_threads_and_kernels_agree():
    runs = [ask(phantom(), *options) for options in (["--threads", "1"], ["--threads", "2"], ["--portable"])]
    ignored = ("timings_ms", "device", "peak_ras_mm")
    same_numbers(runs[0], runs[1], 1e-4, ignore=ignored)
    same_numbers(runs[0], runs[2], 1e-4, ignore=ignored)
    assert "portable" in runs[2]["provenance"]["device"]


def test_long_and_odd_texts():
    refuse("ask", phantom(), "--task", "effusion " * 2000, words="shorten")
    for text in ("?", "Ärztlich: Größe der Läsion", "胸水", '"quoted" \\ / \t tab', "<b>&amp;</b>"):
        assert ask(phantom(), tasks=[text])["results"][0]["task"] == text
    folder = new_folder("odd")
    for result in ask(phantom(), "--heatmaps", folder, tasks=["../../escape", "/etc/passwd", "胸水"])["results"]:
        assert os.path.dirname(result["heatmap"]["file"]) == folder


def test_real_scan():
    scan = shared("data", "ct", "lidc-idri-0314_chest_2mm.nii.gz")
    document = ask(scan, "--heatmaps", new_folder("real"), tasks=[NODULE, LUNGS])
    assert document["scope"]["verdict"] == "in"
    for result in document["results"]:
        data = check_map(result["heatmap"]["file"], scan)
        # 384 x 320 x 256 mm of 400 x 400 x 274 mm were analysed.
        share = numpy.mean(~numpy.isnan(data))
        assert abs(share - 384 * 320 * 256 / (400 * 400 * 274)) < 0.02, share


if __name__ == "__main__":
    harness.main(globals())
