#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The full-size network against the public code: weights and image come from the oracle's formula."""

import os
import subprocess
import sys

import harness
from harness import load_tensors, run, scratch, shared
from oracle import check_forward

BERT = {
    "model_type": "bert", "hidden_size": 768, "num_attention_heads": 12, "num_hidden_layers": 12,
    "intermediate_size": 3072, "vocab_size": 30522, "max_position_embeddings": 512,
}  # fmt: skip


def full_bundle():
    """Imports the checkpoint once; its input lies beside it."""
    folder, case = scratch("full"), scratch("case.safetensors")
    if not os.path.exists(folder):
        maker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle", "make-full-weights.py")
        weights = scratch("weights.safetensors")
        subprocess.run([sys.executable, maker, shared("oracle"), weights, case], check=True)
        with open(scratch("config.json"), "w", encoding="utf-8") as file:
            harness.json.dump(BERT, file)
        run("bundle", "import", "--weights", weights, "--config", scratch("config.json"),
            "--vocab", shared("oracle", "vocab", "bert-base-uncased-vocab.txt"), "-o", folder)  # fmt: skip
        os.remove(weights)
    return folder, case


def check(*options):
    bundle, case = full_bundle()
    golden = load_tensors(shared("oracle", "full", "full_256x160x128.safetensors"))
    check_forward(bundle, load_tensors(case), golden, "full size", *options)


def test_avx2():
    check()


def test_portable():
    check("--portable")


def test_bundle_is_whole():
    run("bundle", "check", full_bundle()[0])


def test_ask_a_real_scan():
    """The whole way with a network of the paper's size."""
    scan = shared("data", "ct", "lidc-idri-0314_chest_2mm.nii.gz")
    folder = scratch("maps")
    document = run("ask", scan, "--task", harness.LUNGS, "--bundle", full_bundle()[0], "--heatmaps", folder, "--json").json()
    assert document["bundle"]["trained"] is True and document["results"][0]["patch_head"] == "unknown"
    path = document["results"][0]["heatmap"]["file"].replace(".nii.gz", ".json")
    assert run("replay", path, scan, "--bundle", full_bundle()[0]).out.count("equal") == 1


if __name__ == "__main__":
    harness.main(globals())
