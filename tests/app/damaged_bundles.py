#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bundles and checkpoints that are damaged: refused in one line that names what is wrong, and nothing left behind."""

import hashlib
import os
import struct

import numpy

import harness
from harness import LUNGS, load_tensors, new_folder, phantom, random_bundle, refuse, run, save_tensors, scratch, shared

WEIGHT = "lm_head_cls.weight"


def copy_bundle(name="damaged"):
    folder = scratch(name)
    harness.shutil.rmtree(folder, ignore_errors=True)
    harness.shutil.copytree(random_bundle(), folder)
    return folder


def record(folder, name):
    """Writes the size and hash that a file has now into bundle.json, as whoever damages it on purpose would."""
    path = os.path.join(folder, "bundle.json")
    with open(path, encoding="utf-8") as file:
        manifest = harness.json.load(file)
    with open(os.path.join(folder, name), "rb") as file:
        data = file.read()
    manifest["files"][name] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    with open(path, "w", encoding="utf-8") as file:
        harness.json.dump(manifest, file)


def change_file(name, func, recorded=False):
    """A copy of the bundle with one file's bytes through @func (None: removed)."""
    folder = copy_bundle()
    path = os.path.join(folder, name)
    with open(path, "rb") as file:
        data = func(file.read())
    if data is None:
        os.remove(path)
        return folder
    with open(path, "wb") as file:
        file.write(data)
    if recorded:
        record(folder, name)
    return folder


def change_tensors(func=None, change_header=None, recorded=True):
    """A copy of the bundle with its tensors through @func, or the header of their file through @change_header."""
    folder = copy_bundle()
    path = os.path.join(folder, "model.safetensors")
    tensors = {name: tensor.copy() for name, tensor in load_tensors(path).items()}
    if func:
        func(tensors)
    save_tensors(path, tensors, change_header)
    if recorded:
        record(folder, "model.safetensors")
    return folder


def refuse_bundle(folder, words=(), loads=False):
    """ask says one line, and bundle check fails; @loads: only a look at the values finds it."""
    maps = scratch("maps")
    if not loads:
        refused = refuse("bundle", "inspect", folder, words=words)
        assert refused.out == ""
    refused = refuse("ask", phantom(), "--task", LUNGS, "--bundle", folder, "--heatmaps", maps, "--json", words=words if not loads else ())
    assert not os.path.exists(maps) and refused.out == ""
    print(f"# {refused.err.strip()}")
    report = refuse("bundle", "check", folder, words="did not pass")
    assert "FAIL" in report.out.upper(), report.out
    refuse("bundle", "check", folder, "--json")


def get_name(tensors, ending):
    return next(name for name in tensors if name.endswith(ending))


def test_missing_files():
    for name in ("bundle.json", "model.safetensors", "vocab.txt"):
        refuse_bundle(change_file(name, lambda data: None), name)
    refuse("bundle", "inspect", scratch("no-bundle"), words="no-bundle")
    refuse("bundle", "inspect", new_folder("empty"), words="bundle.json")
    refuse("ask", phantom(), "--task", LUNGS, "--bundle", phantom())


def test_truncated_files():
    for name in ("bundle.json", "model.safetensors", "vocab.txt"):
        refuse_bundle(change_file(name, lambda data: b""))
        refuse_bundle(change_file(name, lambda data: data[: len(data) // 2]))
        refuse_bundle(change_file(name, lambda data: bytes(1000)))
    for name in ("model.safetensors", "vocab.txt"):
        refuse_bundle(change_file(name, lambda data: b"", True))
    refuse_bundle(change_file("model.safetensors", lambda data: data[: len(data) // 2], True))


def test_missing_tensor():
    refuse_bundle(change_tensors(lambda t: t.pop(get_name(t, WEIGHT))), WEIGHT)


def test_extra_tensor():
    refuse_bundle(change_tensors(lambda t: t.update({"surplus.weight": numpy.zeros(3, numpy.float32)})), "surplus.weight")


def test_misshapen_tensor():
    def widen(tensors):
        name = get_name(tensors, WEIGHT)
        tensors[name] = numpy.concatenate([tensors[name], tensors[name]])

    refuse_bundle(change_tensors(widen), WEIGHT)


def test_nan_tensor():
    def spoil(tensors):
        tensors[get_name(tensors, WEIGHT)][0, 0] = numpy.nan

    folder = change_tensors(spoil)
    refuse_bundle(folder, loads=True)
    report = harness.call("bundle", "check", folder).out
    assert WEIGHT in report, report


def test_other_weights():
    """Weights that were exchanged are found by their hash."""

    def nudge(tensors):
        tensors[get_name(tensors, WEIGHT)][0, 0] += 1

    report = refuse("bundle", "check", change_tensors(nudge, recorded=False), words="did not pass").out
    assert "model.safetensors" in report, report
    run("bundle", "check", change_tensors(nudge))


def test_overlapping_offsets():
    def overlap(header):
        names = list(header)
        start, end = header[names[1]]["data_offsets"]
        header[names[1]]["data_offsets"] = [start - 4, end - 4]

    refuse_bundle(change_tensors(change_header=overlap))


def test_bad_offsets():
    def shift(by):
        def change(header):
            entry = header[list(header)[-1]]
            entry["data_offsets"] = [value + by for value in entry["data_offsets"]]

        return change

    def swap(header):
        entry = header[list(header)[0]]
        entry["data_offsets"] = entry["data_offsets"][::-1]

    for change in (shift(4), shift(10**12), shift(2**63), shift(-(2**62)), swap):
        refuse_bundle(change_tensors(change_header=change))


def test_bad_header_of_tensors():
    def give(**changes):
        return lambda header: header[list(header)[0]].update(changes)

    for change in (give(dtype="F7"), give(dtype=5), give(shape=[2**40, 2**40]), give(shape=[-1]), give(shape="big"), give(data_offsets=[0])):
        refuse_bundle(change_tensors(change_header=change))
    for length in (0, 7, 2**40, 2**64 - 1):
        refuse_bundle(change_file("model.safetensors", lambda data, n=length: struct.pack("<Q", n) + data[8:], True))
    refuse_bundle(change_file("model.safetensors", lambda data: struct.pack("<Q", 8) + b"[[[[[[[[" + data[16:], True))


def test_bad_description():
    for before, after in (
        (b'"input"', b'"inptu"'), (b"{", b"["), (b'"', b"'"), (b"128", b"-128"), (b"128", b"131072"), (b"128", b"1e99"),
    ):  # fmt: skip
        folder = change_file("bundle.json", lambda data, b=before, a=after: data.replace(b, a, 1) if b != b"{" else a + data)
        refuse_bundle(folder)


def test_vocabulary_of_another_model():
    refuse_bundle(change_file("vocab.txt", lambda data: data + b"more\nwords\n"), "vocab.txt")
    refuse_bundle(change_file("vocab.txt", lambda data: data + b"more\nwords\n", True), "words")
    refuse_bundle(change_file("vocab.txt", lambda data: data.replace(b"[CLS]", b"[CLF]"), True), "[CLS]")
    refuse_bundle(change_file("vocab.txt", lambda data: data + b"\xff\xfe\n", True), "vocab.txt")


def checkpoint(name, func=None, change_header=None):
    """Options that import the oracle's tiny checkpoint, its tensors through @func."""
    tensors = dict(load_tensors(shared("oracle", "model", "tiny_weights.safetensors")))
    if func:
        func(tensors)
    save_tensors(scratch(name), tensors, change_header)
    vocabulary = shared("oracle", "vocab", "tiny-vocab-200.txt")
    return ["--weights", scratch(name), "--vocab", vocabulary, "--heads", "4"]


def refuse_import(options, words):
    folder = new_folder("imports")
    refused = refuse("bundle", "import", *options, "-o", os.path.join(folder, "new"), words=words)
    assert harness.list_tree(folder) == [], harness.list_tree(folder)
    print(f"# {refused.err.strip()}")


def test_import_of_damaged_checkpoints():
    name = "lm_head_seg.weight"
    run("bundle", "import", *checkpoint("whole.safetensors"), "-o", scratch("whole"))

    def misshape(tensors):
        tensors[name] = tensors[name][:, :-1]

    def spoil(tensors):
        tensors[name] = tensors[name].copy()
        tensors[name][0, 0] = numpy.inf

    refuse_import(checkpoint("missing.safetensors", lambda t: t.pop(name)), name)
    refuse_import(checkpoint("extra.safetensors", lambda t: t.update({"surplus.weight": numpy.zeros(3, "f4")})), "surplus")
    refuse_import(checkpoint("misshapen.safetensors", misshape), name)
    refuse_import(checkpoint("inf.safetensors", spoil), name)
    refuse_import(["--weights", scratch("none.safetensors"), "--vocab", scratch("none.txt")], "none.safetensors")
    refuse_import(["--weights", phantom(), *checkpoint("w.safetensors")[2:]], "phantom-0007.nii.gz")
    refuse_import([*checkpoint("w.safetensors")[:2], "--vocab", phantom(), "--heads", "4"], "phantom-0007.nii.gz")


def test_forward_with_bad_tensors():
    images = numpy.zeros((1, 1, 32, 32, 32), numpy.float32)
    ids = numpy.array([[2, 5, 3]], numpy.int64)
    out = scratch("out.safetensors")
    for tensors, words in (
        ({"pictures": images}, "images"),
        ({"images": images[0]}, "images"),
        ({"images": images.astype(numpy.int32)}, "images"),
        ({"images": numpy.zeros((1, 2, 32, 32, 32), "f4")}, "images"),
        ({"images": images, "input_ids": ids + 100000}, "input_ids"),
        ({"images": images, "input_ids": ids - 10}, "input_ids"),
        ({"images": images, "input_ids": ids.astype("f4")}, "input_ids"),
        ({"images": images, "input_ids": numpy.repeat(ids, 2, 0)}, "input_ids"),
        ({"images": images, "input_ids": ids, "attention_mask": numpy.array([[1, 0, 1]])}, "attention_mask"),
        ({"images": images, "input_ids": ids, "attention_mask": numpy.array([[0, 0, 0]])}, "attention_mask"),
        ({"images": images, "input_ids": ids, "attention_mask": numpy.ones((1, 4), "i8")}, "attention_mask"),
        ({"images": images, "input_ids": numpy.full((1, 5000), 5)}, "positions"),
    ):
        save_tensors(scratch("forward.safetensors"), tensors)
        refused = refuse("forward", "--bundle", random_bundle(), "--input", scratch("forward.safetensors"), "--output", out, words=words)
        print(f"# {refused.err.strip()}")
        assert not os.path.exists(out)
    refuse("forward", "--bundle", random_bundle(), "--input", scratch("none"), "--output", out, words="none")


def test_tokenize_with_bad_files():
    vocabulary, strings = os.path.join(random_bundle(), "vocab.txt"), scratch("strings.json")
    for content in (b"", b"{", b'["a"', b'[1, 2]', b'{"a": "b"}', b'["\xff"]', b"[" * 10000):
        with open(strings, "wb") as file:
            file.write(content)
        refuse("tokenize", "--vocab", vocabulary, "--input", strings, words="strings.json")
    with open(strings, "wb") as file:
        file.write(b'["lungs"]')
    refuse("tokenize", "--vocab", scratch("none.txt"), "--input", strings, words="none.txt")
    refuse("tokenize", "--vocab", phantom(), "--input", strings, words="phantom-0007")
    refuse("tokenize", "--vocab", vocabulary, "--input", scratch("none.json"), words="none.json")


if __name__ == "__main__":
    harness.main(globals())
