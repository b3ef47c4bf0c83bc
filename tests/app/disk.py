#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Folders that cannot be written and disks that are full: one line with a way out, and nothing half-written."""

import contextlib
import os

import numpy

import harness
from harness import EFFUSION, LUNGS, call, list_tree, new_folder, phantom, random_bundle, refuse, run, save_tensors, scratch, tiny_disk


def commands(folder):
    """Everything that writes, each into @folder."""
    tensors = scratch("images.safetensors")
    if not os.path.exists(tensors):
        save_tensors(tensors, {"images": numpy.random.default_rng(1).random((1, 1, 96, 64, 64), numpy.float32)})
    scan = phantom(spacing="3,3,3")
    inside = lambda name: os.path.join(folder, name)  # noqa: E731
    return (
        ("ask", scan, "--task", LUNGS, "--heatmaps", folder),
        ("ask", scan, "--task", EFFUSION, "--heatmaps", inside("maps"), "--evidence", "--json"),
        ("prepare", scan, "-o", inside("o.nii.gz")),
        ("prepare", scan, "-o", inside("o.nii")),
        ("prepare", scan, "--tensor", inside("x.safetensors")),
        ("forward", "--bundle", random_bundle(), "--input", tensors, "--output", inside("y.safetensors"), "--taps"),
        ("bundle", "create", "--random", "-o", inside("bundle")),
        ("phantom", "--spacing", "3,3,3", "-o", folder),
        ("phantom", "--spacing", "3,3,3", "-o", inside("phantoms")),
        ("render", scan, "--size", "1600x1200", "-o", inside("p.png")),
    )


def test_folder_that_cannot_be_made():
    """A file stands where the folder should be: as root, too, nobody can write there."""
    blocked = os.path.join(new_folder("blocked"), "file")
    with open(blocked, "w", encoding="utf-8") as file:
        file.write("kept")
    for arguments in commands(os.path.join(blocked, "sub")):
        refused = refuse(*arguments)
        assert refused.out == "", refused.out
        print(f"# {refused.err.strip()}")
    with open(blocked, encoding="utf-8") as file:
        assert file.read() == "kept"
    assert list_tree(os.path.dirname(blocked)) == ["file"]


def test_folder_that_is_not_there():
    missing = scratch("missing", "folder")
    for command in (("prepare", phantom(), "-o"), ("render", phantom(), "-o")):
        name = "o.nii.gz" if command[0] == "prepare" else "p.png"
        refuse(*command, os.path.join(missing, name), words=(name, "folder"))
    assert not os.path.exists(scratch("missing"))


def test_read_only_folder():
    folder = new_folder("read-only")
    os.chmod(folder, 0o555)
    try:
        if os.access(folder, os.W_OK):
            raise harness.Skip("this user may write everywhere")
        for arguments in commands(folder):
            print(f"# {refuse(*arguments, words='choose').err.strip()}")
        assert list_tree(folder) == []
    finally:
        os.chmod(folder, 0o755)


def test_full_disk():
    with tiny_disk(65536) as disk:
        with contextlib.suppress(OSError), open(os.path.join(disk, "full"), "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        before = list_tree(disk)
        for arguments in commands(disk):
            refused = refuse(*arguments)
            left = [name for name in list_tree(disk) if name not in before and not os.path.isdir(os.path.join(disk, name))]
            assert left == [], (arguments, left)
            print(f"# {refused.err.strip()}")


def test_disk_that_fills_up():
    """There is room for a beginning only."""
    for size in (20480, 131072):
        with tiny_disk(size) as disk:
            for arguments in commands(disk):
                result = harness.call(*arguments)
                files = [name for name in list_tree(disk) if not os.path.isdir(os.path.join(disk, name))]
                if result.code == 0:
                    for name in files:
                        os.remove(os.path.join(disk, name))
                    continue
                assert result.code == 1 and len(result.err.splitlines()) == 1, result.err
                assert "space" in result.err, result.err
                assert files == [], (arguments, files)


def test_existing_files_survive():
    """What stood under the name is replaced whole or not at all."""
    with tiny_disk(131072) as disk:
        path = os.path.join(disk, "o.nii.gz")
        with open(path, "wb") as file:
            file.write(b"old" * 1000)
        refuse("prepare", phantom(), "-o", path, words="space")
        with open(path, "rb") as file:
            assert file.read() == b"old" * 1000
    path = scratch("o.nii.gz")
    for _ in range(2):
        run("prepare", phantom(), "-o", path)


def test_full_cache():
    """A cache ends with its disk, not the evaluation: the figures are there, and what could not be kept is told."""
    table = scratch("table.csv")
    with open(table, "w", encoding="utf-8") as file:
        file.write("question,img_file_path,label,split\n")
        file.writelines(f"{EFFUSION},{phantom(seed, spacing='6,6,6')},{seed % 2},test\n" for seed in range(1, 5))
    asked = ("evaluate", table, "--bundle", random_bundle(), "--json")
    expected = run(*asked).json()
    with tiny_disk(300 << 10) as disk:
        result = call(*asked, "--cache", os.path.join(disk, "cache"))
    assert result.code == 0 and "The cache took no more" in result.err and "free some space" in result.err, result.err
    document = result.json()
    assert all(document[part] == expected[part] for part in ("tasks", "groups", "cases")), document


if __name__ == "__main__":
    harness.main(globals(), needs=("numpy",))
