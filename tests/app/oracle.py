#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The golden values of the public code, compared from outside: network, tokenizer, preparation.

Errors of activations are the largest difference over the tensor's root mean square, as in the oracle's README.
"""

import glob
import hashlib
import os
import re

import nibabel
import numpy

import harness
from harness import load_tensors, run, save_tensors, scratch, shared

ACTIVATION = 3e-4
LOGIT = 1e-4
VARIANTS = ([], ["--portable"], ["--threads", "1"])


def tiny_bundle():
    folder = scratch("tiny")
    if not os.path.exists(folder):
        with open(shared("oracle", "model", "tiny_config.json"), encoding="utf-8") as file:
            config = harness.json.load(file)["bert"]
        config.update(model_type="bert", hidden_act="gelu")
        with open(scratch("config.json"), "w", encoding="utf-8") as file:
            harness.json.dump(config, file)
        run("bundle", "import", "--weights", shared("oracle", "model", "tiny_weights.safetensors"),
            "--vocab", shared("oracle", "vocab", "tiny-vocab-200.txt"), "--config", scratch("config.json"), "-o", folder)  # fmt: skip
    return folder


def compare(name, ours, golden):
    """Largest difference over the root mean square; logits also in absolute terms."""
    assert ours.shape == golden.shape, (name, ours.shape, golden.shape)
    difference = numpy.abs(ours.astype(numpy.float64) - golden).max()
    error = difference / (numpy.sqrt(numpy.mean(golden.astype(numpy.float64) ** 2)) + 1e-30)
    assert error <= ACTIVATION, (name, error)
    if name.startswith("out.logits"):
        assert difference <= LOGIT, (name, difference)
    return error


def check_forward(bundle, inputs, golden, title, *options):
    """Runs forward and compares every tap that the golden file and the program share."""
    inputs = {name: inputs[name] for name in ("images", "input_ids", "attention_mask") if name in inputs}
    source, result = scratch("in.safetensors"), scratch("out.safetensors")
    save_tensors(source, inputs)
    run("forward", "--bundle", bundle, "--input", source, "--output", result, "--taps", *options)
    ours = load_tensors(result)
    names = [name for name in golden if name.startswith("out.") and "mask" not in name and name in ours]
    wanted = {name for name in golden if re.fullmatch(r"out\.(stem|head|stage\d|bert_layer\d+|logits_\w+)", name)}
    assert wanted and wanted <= set(names), wanted - set(names)
    worst = max((compare(name, ours[name], golden[name]), name) for name in names)
    print(f"# {title} {' '.join(options)}: {len(names)} tensors, worst {worst[1]} {worst[0]:.1e}")


def check_case(bundle, path, *options):
    golden = load_tensors(path)
    check_forward(bundle, golden, golden, os.path.basename(path), *options)


def test_network_batch_of_two():
    for options in VARIANTS:
        check_case(tiny_bundle(), shared("oracle", "model", "case_a_64x32x32_batch2.safetensors"), *options)


def test_network_twelve_tokens():
    for options in VARIANTS:
        check_case(tiny_bundle(), shared("oracle", "model", "case_b_96x64x64_batch1.safetensors"), *options)


def test_network_odd_size():
    for options in VARIANTS:
        check_case(tiny_bundle(), shared("oracle", "model", "case_c_oddsize_45x38x52_stages.safetensors"), *options)


STEP_INPUTS = ("images", "input_ids", "attention_mask", "labels", "seg_label", "task_mask")


def rms(values):
    return numpy.sqrt(numpy.mean(values.astype(numpy.float64) ** 2)) + 1e-30


def check_gradients(ours, golden, skipped):
    names = [name for name in golden if name.startswith("grad.") and name[5:] not in skipped]
    assert len(names) > 200, len(names)
    for name in names:
        assert ours[name].shape == golden[name].shape, name
        error = numpy.abs(ours[name].astype(numpy.float64) - golden[name]).max() / rms(golden[name])
        assert error <= 1e-2, (name, error)


def check_after_step(ours, golden):
    """Adam's first step is lr * sign (gradient): only where the gradient is more than rounding."""
    names = [name for name in golden if name.startswith("after_step.")]
    assert len(names) >= 15, names
    for name in names:
        gradient = ours["grad." + name[len("after_step.") :]]
        sure = numpy.abs(gradient) > 1e-2 * rms(gradient)
        difference = numpy.abs(ours[name].astype(numpy.float64) - golden[name])[sure]
        assert difference.size and difference.max() <= 1e-6, (name, difference.max())


def check_step(golden_name, *options):
    golden = load_tensors(shared("oracle", "model", golden_name + ".safetensors"))
    with open(shared("oracle", "model", "train_param_groups_unfrozen.json"), encoding="utf-8") as file:
        skipped = set(harness.json.load(file)["analytically_zero_grad_params"])
    whole = load_tensors(shared("oracle", "model", "train_unfrozen.safetensors"))
    source, result = scratch("batch.safetensors"), scratch("step.safetensors")
    save_tensors(source, {name: whole[name] for name in STEP_INPUTS})
    run("step", "--bundle", tiny_bundle(), "--input", source, "--output", result, *options)
    ours = load_tensors(result)
    assert abs(float(ours["loss"]) - float(whole["out.loss"])) <= 5e-5
    assert numpy.abs(ours["losses"] - whole["out.losses"]).max() <= 5e-5 * max(1, numpy.abs(whole["out.losses"]).max())
    norm = float(golden["grad_total_norm"])
    assert abs(float(ours["grad_total_norm"]) / norm - 1) <= 1e-3, (ours["grad_total_norm"], norm)
    running = [name for name in whole if name.startswith("bn_after_forward.") and "running" in name]
    assert len(running) > 90
    for name in running:
        assert numpy.abs(ours[name] - whole[name]).max() <= 5e-5 * max(1, numpy.abs(whole[name]).max()), name
    check_after_step(ours, golden)
    return ours, golden, skipped


def test_training_step():
    for options in VARIANTS:
        ours, golden, skipped = check_step("train_unfrozen", *options)
        check_gradients(ours, golden, skipped)


def test_training_step_with_frozen_text():
    ours, _, _ = check_step("train_frozen_llm", "--freeze-text")
    assert not any(name.startswith("grad.model.") for name in ours)
    weights = load_tensors(shared("oracle", "model", "tiny_weights.safetensors"))
    name = "model.encoder.layer.0.output.dense.weight"
    assert (ours["after_step." + name] == weights[name]).all()


def test_tokenizer():
    with open(shared("oracle", "tokenizer", "tokenizer_golden.json"), encoding="utf-8") as file:
        golden = harness.json.load(file)
    total = 0
    for part in golden.values():
        cases = part["cases"]
        with open(scratch("strings.json"), "w", encoding="utf-8") as file:
            harness.json.dump([case["text"] for case in cases], file)
        vocabulary = shared("oracle", "vocab", part["vocab_file"])
        ids = run("tokenize", "--vocab", vocabulary, "--input", scratch("strings.json")).json()
        assert len(ids) == len(cases)
        for case, ours in zip(cases, ids):
            assert ours == case["ids"], (case["text"][:80], ours[:20], case["ids"][:20])
        total += len(cases)
    assert total >= 190, total


def check_standardised(path, golden, sha256):
    """The int16 volume that the network sees: its place, and its very bytes."""
    image = nibabel.load(path)
    voxels = numpy.ascontiguousarray(image.dataobj)
    assert list(voxels.shape) == golden["shape"], (voxels.shape, golden["shape"])
    assert numpy.abs(image.affine - golden["affine"]).max() < 1e-3
    assert voxels.dtype == numpy.int16
    assert hashlib.sha256(voxels.tobytes()).hexdigest() == sha256, (golden["stats"], voxels.mean())
    return voxels


def check_input(images, golden):
    """The network's input, where the golden file looked at it."""
    images = images.reshape(256, 160, 128)
    means = images.astype(numpy.float64).reshape(32, 8, 20, 8, 16, 8).mean((1, 3, 5))
    assert numpy.abs(means - golden["input.pool8_mean_32x20x16"]).max() < 1e-6
    assert numpy.abs(images[tuple(golden["input.samples_idx"].T)] - golden["input.samples"]).max() < 1e-6
    for name, view in (("i128", images[128]), ("j80", images[:, 80]), ("k64", images[:, :, 64])):
        assert numpy.abs(view - golden[f"input.mid_{name}"]).max() < 1e-6, name


def test_preparation():
    paths = sorted(glob.glob(os.path.join(shared("oracle", "preproc"), "*.json")))
    assert len(paths) == 6, paths
    out, tensor = scratch("o.nii.gz"), scratch("x.safetensors")
    for path in paths:
        with open(path, encoding="utf-8") as file:
            golden = harness.json.load(file)
        scan = shared("oracle", "ct", golden["source"])
        run("prepare", scan, "-o", out, "--tensor", tensor, "--recipe", "upstream")
        standard = golden["standardised"]
        voxels = check_standardised(out, standard, standard["sha256_int16_C"])
        tensors = load_tensors(path.replace(".json", ".safetensors"))
        assert (voxels[tuple(tensors["std.samples_idx"].T)] == tensors["std.samples"]).all()
        check_input(load_tensors(tensor)["images"], tensors)


def test_preparation_with_a_mask():
    for name, mask in (("phantom_1mm_RAS", "phantom_1mm_RAS_seg"), ("phantom_LPS_aniso", "phantom_LPS_aniso_seg"),
                       ("example_ct_sm", "example_seg")):  # fmt: skip
        with open(shared("oracle", "preproc", f"{name}.json"), encoding="utf-8") as file:
            golden = harness.json.load(file)
        out, lungs = scratch("o.nii.gz"), shared("oracle", "ct", f"{mask}.nii.gz")
        run("prepare", shared("oracle", "ct", golden["source"]), "-o", out, "--lungs", lungs, "--recipe", "upstream")
        masked = golden["with_mask"]
        check_standardised(out, {"stats": masked["image_stats"], **masked["image"]}, masked["image_sha256"])


if __name__ == "__main__":
    harness.main(globals())
