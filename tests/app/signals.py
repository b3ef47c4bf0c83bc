#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Interrupts: the program ends soon, says so in one line, and leaves nothing half-written."""

import os
import signal
import subprocess
import time

import harness
from harness import EFFUSION, LUNGS, list_tree, new_folder, phantom, random_bundle, scratch

SOON = 60  # seconds, of a slow build on a machine with other things to do


def interrupt(arguments, after, number=signal.SIGINT):
    """Starts the program, interrupts it @after seconds; returns exit code, stdout, stderr and how long it took to end."""
    process = harness.start(*arguments)
    try:
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            pass
        sent = time.monotonic()
        process.send_signal(number)
        out, err = process.communicate(timeout=300)
    finally:
        process.kill()
    return process.returncode, out.decode(), err.decode(), time.monotonic() - sent


def check(arguments, folder, whole, waits=(0.02, 0.1, 0.3, 0.8), number=signal.SIGINT):
    """Whatever the moment: done, or stopped with a word; @whole(name) says which files may be there."""
    stopped = 0
    waits = list(waits)
    while waits:
        after = waits.pop(0)
        code, out, err, seconds = interrupt(arguments, after, number)
        assert seconds < SOON, seconds
        assert code in (0, 1, -number), (after, code, err)
        if code == 1:
            stopped += 1
            assert err == "sagitta-cli: Stopped; nothing half-written is left.\n", err
            assert "--json" not in arguments or out == "", out
        bad = [name for name in list_tree(folder) if not whole(name)]
        assert not bad, bad
        if code == -number and not waits and not stopped and after < 30:
            waits.append(2 * after)  # it had not even begun
    return stopped


def is_map(name):
    return name.endswith(("__score.nii.gz", "__score.json", "__evidence.nii.gz"))


def test_robust():
    folder = new_folder("robust")
    scan = phantom(spacing="2,2,2")
    arguments = ("ask", scan, *["--task", EFFUSION, "--task", LUNGS] * 6, "--robust", "--heatmaps", folder, "--json")
    assert check(arguments, folder, is_map, (0.3, 0.8, 1.5)) > 0


def test_evidence():
    folder = new_folder("evidence")
    scan = phantom(spacing="1.5,1.5,1.5")
    arguments = ("ask", scan, *["--task", EFFUSION] * 20, "--evidence", "--heatmaps", folder)
    assert check(arguments, folder, is_map, (0.3, 0.8, 1.5)) > 0


def test_full_size_network():
    bundle = scratch("full")
    harness.run("bundle", "create", "--random", "--size", "full", "--vocab", os.path.join(random_bundle(), "vocab.txt"), "-o", bundle)
    arguments = ("ask", phantom(), *["--task", EFFUSION] * 200, "--bundle", bundle, "--portable", "--json")
    assert check(arguments, new_folder("nothing"), lambda name: False, (0.5, 1, 2)) > 0


def test_prepare_and_phantom():
    folder = new_folder("prepare")
    scan = phantom(spacing="1.5,1.5,1.5")
    whole = {"o.nii.gz", "x.safetensors"}
    arguments = ("prepare", scan, "-o", os.path.join(folder, "o.nii.gz"), "--tensor", os.path.join(folder, "x.safetensors"))
    check(arguments, folder, whole.__contains__)
    folder = new_folder("phantoms")

    def whole_phantom(name):
        stem = name.replace("_labels", "").split(".")[0]
        others = (f"{stem}.nii.gz", f"{stem}_labels.nii.gz", f"{stem}.json")
        return name in others and all(os.path.exists(os.path.join(folder, other)) for other in others)

    assert check(("phantom", "--count", "500", "-o", folder), folder, whole_phantom, (0.5, 1.5)) > 0


def test_terminate():
    folder = new_folder("terminate")
    arguments = ("ask", phantom(spacing="2,2,2"), *["--task", EFFUSION] * 30, "--robust", "--heatmaps", folder)
    assert check(arguments, folder, is_map, (0.5, 1), signal.SIGTERM) > 0


def test_several_scans_stop_at_once():
    scans = [phantom(seed=seed, findings="", spacing="2,2,2") for seed in (21, 22, 23)]
    code, out, err, _ = interrupt(("ask", *scans, *["--task", LUNGS] * 10, "--robust", "--json"), 0.7)
    if code == 1:
        assert err.count("Stopped") == 1 and len(err.splitlines()) == 1, err
        harness.json.loads(out)


def test_bundle_create():
    folder = new_folder("bundles")
    bundle = os.path.join(folder, "new")
    arguments = ("bundle", "create", "--random", "--size", "full", "--vocab", os.path.join(random_bundle(), "vocab.txt"), "-o", bundle)
    assert check(arguments, folder, lambda name: name == "new" or name.startswith("new" + os.sep), (0.3, 0.7)) > 0
    if os.path.exists(bundle):
        harness.run("bundle", "inspect", bundle)


if __name__ == "__main__":
    harness.main(globals(), needs=())
