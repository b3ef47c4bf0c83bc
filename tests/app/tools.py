#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The commands beside ask, on files that are as they should be."""

import os
import re

import nibabel
import numpy

import harness
from harness import EFFUSION, LUNGS, load_tensors, new_folder, phantom, random_bundle, refuse, run, same_numbers
from harness import save_tensors, scratch, shared


def test_info_of_a_phantom():
    document = run("info", phantom(), "--json").json()
    image = nibabel.load(phantom())
    assert document["case"] == "phantom-0007" and document["axes"] == "RAS" and document["stored_as"] == "int16"
    assert document["geometry"]["dims"] == list(image.shape)
    assert numpy.abs(numpy.array(document["geometry"]["ijk_to_ras"]) - image.affine[:3]).max() < 1e-5
    assert document["spacing_mm"] == [4, 4, 4] and document["sheared"] is False
    data = numpy.asanyarray(image.dataobj)
    assert document["intensity"]["kind"] == "hu", document["intensity"]["kind"]
    assert (document["intensity"]["minimum"], document["intensity"]["maximum"]) == (data.min(), data.max())
    assert document["scope"]["verdict"] == "in" and document["scope"]["lungs_found"] is True
    assert document["input"]["dims"] == [256, 160, 128]
    text = run("info", phantom()).out
    voxels = "{} x {} x {} voxels".format(*image.shape)
    for words in ("phantom-0007", voxels, "axes R A S", "scope", "box", "Hounsfield"):
        assert words in text, text


def test_info_of_several():
    documents = run("info", phantom(), phantom(orientation="PIL"), "--json").json()
    assert [d["axes"] for d in documents] == ["RAS", "PIL"]
    text = run("info", phantom(), phantom(orientation="PIL")).out
    assert text.count("phantom-0007") == 2
    result = refuse("info", scratch("none.nii"), phantom(), words="none.nii")
    assert "phantom-0007" in result.out


def test_info_of_real_scans():
    for name, verdict in (("lidc-idri-0314_chest_2mm.nii.gz", "in"), ("cip_ct-64_chest.nii.gz", "in"),
                          ("totalsegmentator/example_ct.nii.gz", "out"), ("cip_ct-64_lung-labelmap.nii.gz", "out")):  # fmt: skip
        document = run("info", shared("data", "ct", *name.split("/")), "--json").json()
        assert document["scope"]["verdict"] in (verdict, "doubtful"), (name, document["scope"])


def test_phantom_files():
    folder = scratch("phantoms")
    printed = run("phantom", "--count", 2, "--seed", 40, "--spacing", "5,5,6", "--findings", "nodule,pneumothorax",
                  "--orientation", "LIP", "-o", folder).out.split()  # fmt: skip
    assert printed == [os.path.join(folder, f"phantom-00{n}.nii.gz") for n in (40, 41)]
    names = sorted(f"phantom-00{n}{end}" for n in (40, 41) for end in (".nii.gz", "_labels.nii.gz", ".json"))
    assert harness.list_tree(folder) == names
    for path in printed:
        image, labels = nibabel.load(path), nibabel.load(path.replace(".nii.gz", "_labels.nii.gz"))
        assert image.shape == labels.shape and (image.affine == labels.affine).all()
        assert "".join(nibabel.aff2axcodes(image.affine)) == "LIP"
        assert numpy.allclose(image.header.get_zooms(), (5, 5, 6))
        with open(path.replace(".nii.gz", ".json"), encoding="utf-8") as file:
            document = harness.json.load(file)
        assert document["findings"] == ["nodule", "pneumothorax"] and document["synthetic"] is True
        values = numpy.asanyarray(labels.dataobj)
        for entry in document["labels"]:
            inside = numpy.argwhere(values == entry["label"])
            corners = [(inside.min(0) - 0.5), (inside.max(0) + 0.5)]
            places = numpy.array([nibabel.affines.apply_affine(image.affine, c) for c in corners])
            assert numpy.abs(places.min(0) - entry["box_low_ras_mm"]).max() < 1e-3, entry
            assert numpy.abs(places.max(0) - entry["box_high_ras_mm"]).max() < 1e-3, entry


def test_phantom_is_its_seed():
    for name in ("one", "two"):
        run("phantom", "--seed", 5, "--spacing", "6,6,6", "-o", scratch(name))
    one, two = (nibabel.load(scratch(name, "phantom-0005.nii.gz")) for name in ("one", "two"))
    assert (numpy.asanyarray(one.dataobj) == numpy.asanyarray(two.dataobj)).all()


def test_prepare():
    out, tensor = scratch("standard.nii.gz"), scratch("input.safetensors")
    for recipe in ("upstream", "paper"):
        text = run("prepare", phantom(orientation="LPI"), "-o", out, "--tensor", tensor, "--recipe", recipe).out
        assert out in text and tensor in text and "scope" in text
        image = nibabel.load(out)
        assert "".join(nibabel.aff2axcodes(image.affine)) == "RAS"
        assert numpy.allclose(image.header.get_zooms(), 1) and image.get_data_dtype() == numpy.int16
        images = load_tensors(tensor)["images"]
        assert images.shape == (1, 1, 256, 160, 128) and images.dtype == numpy.float32
        assert images.min() >= 0 and images.max() <= 1 and 0.2 < images.mean() < 0.5
    moved = scratch("moved.safetensors")
    run("prepare", phantom(), "--tensor", tensor)
    run("prepare", phantom(), "--tensor", moved, "--shift", "0,0,-20")
    a, b = (load_tensors(path)["images"][0, 0] for path in (tensor, moved))
    # 20 mm are ten of the input's 2 mm slices; a box further down shows the same slices higher up.
    assert (a[:, :, :-10] == b[:, :, 10:]).all() and (a != b).any()


def test_prepare_with_lungs():
    labels = phantom().replace(".nii.gz", "_labels.nii.gz")
    run("prepare", phantom(), "-o", scratch("lungs.nii.gz"), "--lungs", labels)
    run("prepare", phantom(), "-o", scratch("no-lungs.nii.gz"))
    shapes = [nibabel.load(scratch(name)).shape for name in ("lungs.nii.gz", "no-lungs.nii.gz")]
    assert shapes[0][2] < shapes[1][2], shapes


def test_prepared_tensor_is_what_ask_encodes():
    """forward on the tensor of prepare, with the ids of tokenize, gives the logit of ask."""
    bundle, tensor, answer = scratch("full-input"), scratch("one.safetensors"), scratch("logits.safetensors")
    run("bundle", "create", "--random", "--input", "256,160,128", "-o", bundle)
    document = run("ask", phantom(), "--task", EFFUSION, "--bundle", bundle, "--json").json()
    run("prepare", phantom(), "--tensor", tensor)
    images = load_tensors(tensor)["images"]
    ids = numpy.array([tokenize([EFFUSION], os.path.join(bundle, "vocab.txt"))[0]], numpy.int64)
    save_tensors(tensor, {"images": images, "input_ids": ids, "attention_mask": numpy.ones_like(ids)})
    run("forward", "--bundle", bundle, "--input", tensor, "--output", answer)
    logit = load_tensors(answer)["out.logits_cls"]
    assert abs(float(logit[0, 0]) - document["results"][0]["logit"]) < 1e-4, (logit, document["results"])


def tokenize(texts, vocabulary):
    path = scratch("texts.json")
    with open(path, "w", encoding="utf-8") as file:
        harness.json.dump(texts, file)
    return run("tokenize", "--vocab", vocabulary, "--input", path).json()


def test_tokenize():
    vocabulary = os.path.join(random_bundle(), "vocab.txt")
    ids = tokenize(["", LUNGS, LUNGS.upper(), "\u0000\u0007"], vocabulary)
    assert len(ids) == 4 and len(ids[0]) == 2 and ids[1] == ids[2] and ids[1][0] == ids[0][0]
    assert tokenize([], vocabulary) == []


def test_forward():
    tensor, out, taps = scratch("in.safetensors"), scratch("out.safetensors"), scratch("taps.safetensors")
    generator = numpy.random.default_rng(1)
    images = generator.random((2, 1, 96, 64, 64), numpy.float32)
    ids = numpy.array([[2, 7, 9, 3], [2, 8, 3, 0]], numpy.int64)
    mask = numpy.array([[1, 1, 1, 1], [1, 1, 1, 0]], numpy.int64)
    save_tensors(tensor, {"images": images, "input_ids": ids, "attention_mask": mask})
    run("forward", "--bundle", random_bundle(), "--input", tensor, "--output", out)
    run("forward", "--bundle", random_bundle(), "--input", tensor, "--output", taps, "--taps")
    plain, tapped = load_tensors(out), load_tensors(taps)
    assert plain["out.logits_cls"].shape == (2, 1) and plain["out.logits_seg"].shape == (2, 12, 64)
    assert {"out.stem", "out.head", "out.lm_adaptor", "out.last_hidden_state"} <= set(tapped)
    for name, value in plain.items():
        assert numpy.abs(tapped[name] - value).max() < 1e-5, name
    save_tensors(tensor, {"images": images})
    run("forward", "--bundle", random_bundle(), "--input", tensor, "--output", out)
    assert load_tensors(out)["out.tokens"].shape[:2] == (2, 12)


def test_bundle_create_and_inspect():
    folder = scratch("made")
    printed = run("bundle", "create", "--random", "--seed", 9, "--name", "nine", "-o", folder).out
    assert run("bundle", "inspect", folder).out == printed
    assert re.search(r"^name +nine$", printed, re.M) and re.search(r"^trained +no", printed, re.M)
    assert sorted(os.listdir(folder)) == ["LICENSE", "bundle.json", "model.safetensors", "vocab.txt"]
    with open(os.path.join(folder, "bundle.json"), encoding="utf-8") as file:
        harness.json.load(file)
    refuse("bundle", "create", "--random", "-o", folder, words="made")
    again = scratch("made-again")
    run("bundle", "create", "--random", "--seed", 9, "--name", "nine", "-o", again)
    with open(os.path.join(folder, "model.safetensors"), "rb") as a, open(os.path.join(again, "model.safetensors"), "rb") as b:
        assert a.read() == b.read()


def test_bundle_check():
    text = run("bundle", "check", random_bundle()).out
    assert "inconclusive" in text, text
    document = run("bundle", "check", random_bundle(), "--json").json()
    assert "inconclusive" in repr(document)


def test_bundle_import():
    folder = scratch("imported")
    with open(scratch("config.json"), "w", encoding="utf-8") as file:
        harness.json.dump(
            {"model_type": "bert", "hidden_size": 96, "num_attention_heads": 4, "num_hidden_layers": 3,
             "intermediate_size": 192, "vocab_size": 200, "max_position_embeddings": 512}, file,
        )  # fmt: skip
    options = ["--weights", shared("oracle", "model", "tiny_weights.safetensors"),
               "--vocab", shared("oracle", "vocab", "tiny-vocab-200.txt"), "--config", scratch("config.json")]  # fmt: skip
    text = run("bundle", "import", *options, "-o", folder).out
    assert "4 heads" in text and "200 words" in text, text
    run("bundle", "check", folder)
    refuse("bundle", "import", *options[:4], "-o", scratch("no-config"), code=2, words="--heads")
    run("bundle", "import", *options[:4], "--heads", "4", "-o", scratch("by-name"))
    assert not os.path.exists(scratch("no-config"))


def test_render():
    for plane in ("axial", "coronal", "sagittal", "grid"):
        path = scratch(f"{plane}.png")
        run("render", phantom(), "--plane", plane, "--task", LUNGS, "--at", "peak", "--size", "640x480", "-o", path)
        with open(path, "rb") as file:
            start = file.read(24)
        assert start[:8] == b"\x89PNG\r\n\x1a\n" and int.from_bytes(start[16:20], "big") == 640
        assert int.from_bytes(start[20:24], "big") == 480
    scale = scratch("scaled.png")
    run("render", phantom(), "--at", "10,-20,5", "--size", "300x200", "--scale", "2", "--window", "400/40", "-o", scale)
    with open(scale, "rb") as file:
        assert int.from_bytes(file.read(24)[16:20], "big") == 600
    labels = phantom().replace(".nii.gz", "_labels.nii.gz")
    refuse("render", labels, "--task", LUNGS, "-o", scratch("labels.png"), words="scope")
    assert not os.path.exists(scratch("labels.png"))
    run("render", labels, "-o", scratch("labels.png"))


def test_bench():
    document = run("bench", "load", phantom(), "--repeat", "2", "--json").json()
    assert document["load"]["runs"] == 2 and document["load"]["median_ms"] > 0 and document["peak_memory_mb"] > 0
    scans = run("bench", "train", "scans", "--repeat", "1", "--json").json()["scans"]
    assert scans["samples_per_s"] > 0 and 0 <= scans["waiting_percent"] <= 100 and scans["steps"] == 1, scans
    text = run("bench", "prepare", phantom(), "--repeat", "1").out
    assert "prepare upstream" in text and "prepare paper" in text
    refuse("bench", "load", scratch("none.nii"), words="none.nii")


def test_scope_does_not_depend_on_the_order_of_axes():
    scopes = [run("info", phantom(orientation=o), "--json").json()["scope"] for o in ("RAS", "LPS", "SAL")]
    for scope in scopes[1:]:
        same_numbers(scopes[0], scope, 30)  # ml, of lungs of 4 l


if __name__ == "__main__":
    harness.main(globals())
