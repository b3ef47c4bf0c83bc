#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Projects by the command line: scans, labels, masks in and out, voxel for voxel on every grid."""

import csv
import glob
import json
import os
import shutil
import sqlite3
import struct

import harness
from harness import call, new_folder, refuse, run, scratch, shared

EFFUSION = "effusion=" + harness.EFFUSION
LUNGS = "lungs=" + harness.LUNGS


def make_scan(path, dims, affine, seed=1):
    """A scan of noise with any affine."""
    import nibabel
    import numpy

    data = numpy.random.default_rng(seed).integers(-1000, 1000, dims).astype(numpy.int16)
    image = nibabel.Nifti1Image(data, affine)
    image.set_sform(affine, 1)
    nibabel.save(image, path)
    return path


def make_labels(path, like, seed=2):
    """A map of three labels on the grid of @like, speckled and solid."""
    import nibabel
    import numpy

    scan = nibabel.load(like)
    shape = scan.shape[:3]
    random = numpy.random.default_rng(seed)
    labels = numpy.where(random.random(shape) < 0.02, 3, 0).astype(numpy.uint8)
    labels[: shape[0] // 2, : max(shape[1] // 3, 1), : max(shape[2] // 4, 1)] = 1
    labels[-1, -1, -1] = 2
    image = nibabel.Nifti1Image(labels, scan.affine)
    image.set_sform(scan.affine, 1)
    nibabel.save(image, path)
    return path, labels


def read(path):
    """Voxels and affines of a file that Sagitta wrote, as nibabel sees it."""
    import nibabel
    import numpy

    image = nibabel.load(path)
    assert image.header["scl_slope"] == 1 or numpy.isnan(image.header["scl_slope"]), image.header["scl_slope"]
    assert int(image.header["sform_code"]) > 0 and int(image.header["qform_code"]) > 0
    return numpy.asarray(image.dataobj), image


def grids():
    """Affines: rotated, flipped, sheared, anisotropic, permuted."""
    import numpy

    turn = numpy.array([[0.8, -0.6, 0], [0.6, 0.8, 0], [0, 0, 1]]) @ numpy.array(
        [[1, 0, 0], [0, 0.96, -0.28], [0, 0.28, 0.96]]
    )
    shear = numpy.array([[1, 0.2, 0], [0, 1, 0.1], [0, 0, 1]])
    spacing = numpy.diag([0.7, 0.9, 2.5])
    found = {
        "plain": spacing,
        "flipped": numpy.diag([-1, -1, 1]) @ spacing,
        "rotated": turn @ spacing,
        "sheared": turn @ shear @ spacing,
        "permuted": numpy.array([[0, 0, -1], [1, 0, 0], [0, -1, 0]]) @ spacing,
    }
    for name, linear in found.items():
        affine = numpy.eye(4)
        affine[:3, :3] = linear
        affine[:3, 3] = [-120.5, 33.25, -700]
        yield name, affine


def check_round_trip(scan, folder, exact_affine=True):
    """A label map goes into a project of @scan and comes back as masks, as a map, in nibabel."""
    import nibabel
    import numpy

    project = os.path.join(folder, "p.sagitta")
    labels, truth = make_labels(os.path.join(folder, "labels.nii.gz"), scan)
    run("project", "create", project, scan)
    run("project", "import", project, labels, "--case", "1")
    assert run("project", "check", project).out == "sound\n"
    out = os.path.join(folder, "out")
    run("export", project, "masks", "-o", out)
    run("export", project, "label-maps", "-o", out)
    affine = nibabel.load(scan).affine
    values = [v for v in (1, 2, 3) if (truth == v).any()]
    assert len(glob.glob(out + "/*__mask.nii.gz")) == len(values)
    for value in values:
        (path,) = glob.glob(f"{out}/*__label-{value}-*__mask.nii.gz")
        voxels, image = read(path)
        assert voxels.dtype == numpy.uint8 and numpy.array_equal(voxels, truth == value), (scan, value)
        assert numpy.allclose(image.affine, affine, atol=1e-3 if not exact_affine else 1e-4), (image.affine, affine)
    (path,) = glob.glob(out + "/*__labels.nii.gz")
    voxels, image = read(path)
    back = numpy.zeros_like(truth)
    for place, value in enumerate(values):
        back[voxels == place + 1] = value
    assert numpy.array_equal(back, truth), scan


def test_masks_on_every_grid():
    for name, affine in grids():
        folder = new_folder("grid-" + name)
        check_round_trip(make_scan(os.path.join(folder, "scan.nii.gz"), (41, 37, 23), affine), folder)


def test_masks_on_odd_volumes():
    import nibabel

    n = 0
    paths = glob.glob(shared("data", "nifti-odd") + "/*/*.nii*")
    for path in sorted(paths):
        try:
            header = nibabel.load(path)
            usable = 3 <= len(header.shape) and min(header.shape[:3]) > 0
        except Exception:  # pylint: disable=broad-except
            usable = False
        if not usable or call("info", path).code != 0:
            continue
        folder = new_folder(f"odd-{n}")
        check_round_trip(path, folder, exact_affine=False)
        n += 1
    assert n >= 15, n


def test_mask_of_another_grid():
    """A mask with flipped axes over the same patient comes to lie where it should, and that is said."""
    import nibabel
    import numpy

    folder = new_folder("other-grid")
    affine = numpy.diag([1.5, 1.5, 3, 1])
    scan = make_scan(os.path.join(folder, "scan.nii.gz"), (40, 30, 20), affine)
    truth = numpy.zeros((40, 30, 20), numpy.uint8)
    truth[3:9, 10:29, 4:6] = 1
    flipped = nibabel.Nifti1Image(truth[::-1], affine @ numpy.array([[-1, 0, 0, 39], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]))
    nibabel.save(flipped, os.path.join(folder, "lesion.nii.gz"))
    project = os.path.join(folder, "p.sagitta")
    run("project", "create", project, scan)
    result = call("project", "import", project, os.path.join(folder, "lesion.nii.gz"), "--case", "scan")
    assert result.code == 0 and "another grid" in result.err, result.err
    run("export", project, "masks", "-o", folder)
    voxels, _ = read(glob.glob(folder + "/*lesion-*__mask.nii.gz")[0])
    assert numpy.array_equal(voxels, truth)
    far = nibabel.Nifti1Image(truth, numpy.diag([1.5, 1.5, 3, 1]) + numpy.array([[0, 0, 0, 900]] + [[0] * 4] * 3))
    nibabel.save(far, os.path.join(folder, "far.nii.gz"))
    refuse("project", "import", project, os.path.join(folder, "far.nii.gz"), "--case", "scan", words="another scan")


def make_project(name="study", count=3, small=False):
    """A project of phantoms with labels by two readers and the true lungs as masks."""
    import nibabel
    import numpy

    folder = new_folder(name)
    project = os.path.join(folder, "study.sagitta")
    scans = []
    for seed in range(1, count + 1):
        scan = os.path.join(folder, f"phantom-{seed:04d}.nii.gz")
        if small:
            make_scan(scan, (40, 30, 20), numpy.diag([1.5, 1.5, 2, 1]), seed)
            lungs = numpy.zeros((40, 30, 20), numpy.uint8)
            lungs[5 + seed : 20, 3:25, 4:15] = 1
            nibabel.save(nibabel.Nifti1Image(lungs, numpy.diag([1.5, 1.5, 2, 1])), os.path.join(folder, f"lungs-{seed}.nii.gz"))
            scans.append(scan)
            continue
        source = harness.phantom(seed=seed, findings="effusion-left" if seed % 2 else "")
        shutil.copy(source, scan)
        labels = nibabel.load(source.replace(".nii.gz", "_labels.nii.gz"))
        lungs = numpy.isin(numpy.asarray(labels.dataobj), [10, 11, 12, 13, 14]).astype(numpy.uint8)
        nibabel.save(nibabel.Nifti1Image(lungs, labels.affine), os.path.join(folder, f"lungs-{seed}.nii.gz"))
        scans.append(scan)
    run("project", "create", project, *scans, "-t", EFFUSION, "-t", LUNGS, "--reader", "Ann")
    for seed in range(1, count + 1):
        case = f"phantom-{seed:04d}"
        value = "present" if seed % 2 else "absent"
        run("project", "label", project, case, "effusion", value, "--reader", "Ann", "--side", "left", "--certainty", 90)
        run("project", "import", project, os.path.join(folder, f"lungs-{seed}.nii.gz"), "--case", case, "-t", "lungs",
            "--reader", "Ann")  # fmt: skip
    return folder, project


def test_training_folder_trains():
    import nibabel
    import numpy

    folder, project = make_project("training", 4)
    run("project", "label", project, "phantom-0004", "effusion", "absent", "--reader", "Ann", "--seen")
    out = os.path.join(folder, "out")
    result = call("export", project, "training", "-o", out)
    assert result.code == 0 and "1 labels or masks that were made after an answer" in result.err, result.err
    with open(os.path.join(out, "manifest.csv"), encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert sum(row["question"] == harness.EFFUSION for row in rows) == 3, rows
    assert [row["label"] for row in rows if row["question"] == harness.EFFUSION] == ["1", "0", "1"]
    masks = [row for row in rows if row["mask_file_path"]]
    assert len(masks) == 4 and all(row["question"] == harness.LUNGS for row in masks)
    voxels = numpy.asarray(nibabel.load(os.path.join(out, masks[0]["mask_file_path"])).dataobj)
    truth = numpy.asarray(nibabel.load(os.path.join(folder, "lungs-1.nii.gz")).dataobj)
    assert numpy.array_equal(voxels, truth)
    result = call("export", project, "training", "-o", out + "2", "--assisted", "--shares", "50,50,0")
    with open(os.path.join(out + "2", "manifest.csv"), encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert sum(row["assisted"] == "true" for row in rows) >= 1
    assert {row["split"] for row in rows} <= {"train", "val"}
    bundle = scratch("train-bundle")
    run("bundle", "create", "--random", "--seed", 3, "--input", "64,64,64", "--width", "0.15", "--hidden", "32", "-o", bundle)
    result = call("train", os.path.join(out, "manifest.csv"), "--bundle", bundle, "-o", os.path.join(folder, "trained"),
                  "--steps", 2, "--images-per-batch", 2, "--texts-per-image", 1, "--warm-up", 1)  # fmt: skip
    assert result.code == 0, result.err


def test_upstream_folder():
    folder, project = make_project("upstream", small=True, count=2)
    out = os.path.join(folder, "out")
    result = call("export", project, "upstream", "-o", out)
    assert result.code == 0 and "cannot express" in result.err and "2 sides" in result.err, result.err
    assert sorted(os.listdir(out)) == ["bin", "manifest.csv", "manifest.parquet", "nodule_seg", "seg"]
    assert len(os.listdir(os.path.join(out, "bin"))) == 2
    with open(os.path.join(out, "manifest.parquet"), "rb") as file:
        data = file.read()
    assert data[:4] == data[-4:] == b"PAR1" and b"Segment:lungs" in data
    with open(os.path.join(out, "seg", "phantom-0001__lungs.bin"), "rb") as file:
        assert file.read(4) == b"ZST0"
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise harness.Skip("no pyarrow here: the table was not read back by it") from error
    rows = pyarrow.parquet.read_table(os.path.join(out, "manifest.parquet")).to_pylist()
    assert [row["question"] for row in rows] == [harness.EFFUSION, "Segment:lungs"] * 2, rows
    assert [row["label"] for row in rows] == [1.0, None, 0.0, None]
    assert rows[1]["mask_file_path"] == "seg/phantom-0001__lungs.bin" and rows[0]["mask_file_path"] is None
    assert all(os.path.exists(os.path.join(out, row["img_file_path"])) for row in rows)


def test_upstream_folder_comes_back():
    """Its labels and masks in another project of the same scans, voxel for voxel; nothing where the place is not known."""
    import nibabel
    import numpy

    folder, project = make_project("upstream-back", small=True, count=2)
    scans = sorted(glob.glob(folder + "/phantom-*.nii.gz"))
    run("project", "add", project, "-t", "left-side=Segment what lies left.", "-t", "spine-1=Segment spine in the image.")
    lungs = os.path.join(folder, "lungs-2.nii.gz")
    run("project", "import", project, lungs, "--case", "1", "-t", "left-side", "--reader", "Ann")
    run("project", "import", project, lungs, "--case", "2", "-t", "spine-1", "--reader", "Ann")
    up = os.path.join(folder, "up")
    call("export", project, "upstream", "-o", up)
    with open(os.path.join(up, "manifest.csv"), encoding="utf-8") as file:
        questions = {row["question"] for row in csv.DictReader(file)}
    # As upstream asks it, "Segment KEY in the image.", where the task is worded so.
    assert questions == {harness.EFFUSION, "Segment:lungs", "Segment:left-side", "Segment:spine"}, questions
    other = os.path.join(folder, "other.sagitta")
    run("project", "create", other, *scans, "-t", "left-side=Segment what lies left.")
    result = call("project", "import", other, os.path.join(up, "manifest.csv"), "--reader", "Ben")
    assert result.code == 0 and result.out.startswith("6 masks or labels"), (result.out, result.err)
    assert "4 masks came by way" in result.err, result.err
    info = run("project", "info", other, "--json", "--reader", "Ben").json()
    assert sorted(task["wording"] for task in info["tasks"]) == sorted(
        [harness.EFFUSION, harness.LUNGS, "Segment spine in the image.", "Segment what lies left."]
    ), info["tasks"]  # "Segment:left-side" is the task of that key
    for name in (project, other):
        run("export", name, "masks", "-o", name + "-masks")
    keys = {task["wording"]: task["key"] for task in info["tasks"]}
    for wording, scan, source in ((harness.LUNGS, 1, 1), (harness.LUNGS, 2, 2), ("Segment what lies left.", 1, 2)):
        (case,) = [one for one in info["cases"] if one["name"] == f"phantom-{scan:04d}"]
        (mask,) = [one for one in case["masks"] if one["task"] == keys[wording]]
        truth = numpy.asarray(nibabel.load(os.path.join(folder, f"lungs-{source}.nii.gz")).dataobj)
        assert mask["voxels"] == int(truth.sum()) and mask["reader"] == "Ben", mask
        found = [read(path)[0] for path in glob.glob(f"{other}-masks/{case['name']}__*__mask.nii.gz")]
        assert any(numpy.array_equal(voxels, truth) for voxels in found), (wording, scan)
    result = call("project", "import", other, os.path.join(up, "manifest.csv"), "--reader", "Ben")
    assert result.code == 0 and result.out.startswith("0 masks or labels"), result.out
    refuse("project", "import", other, os.path.join(up, "manifest.parquet"), words=("Parquet", ".csv"))
    # NIfTI of a .bin's size lies on the .bin of its line; beside a NIfTI scan the same file says itself where it lies.
    with open(os.path.join(up, "bin", "phantom-0001.bin"), "rb") as file:
        dims = struct.unpack("<4x3I", file.read(16))
    nibabel.save(nibabel.Nifti1Image(numpy.ones(dims, numpy.int16), numpy.diag([1, 1, 1, 1]) + 1e4 * numpy.eye(4, k=3)),
                 os.path.join(up, "far.nii.gz"))  # fmt: skip
    with open(os.path.join(up, "far.csv"), "w", encoding="utf-8") as file:
        file.write("question,img_file_path,label,mask_file_path\n")
        file.write(f"Segment:lungs,bin/phantom-0001.bin,,far.nii.gz\nSegment:spine,{scans[0]},,far.nii.gz\n")
    result = call("project", "import", other, os.path.join(up, "far.csv"), "--reader", "Cleo")
    assert result.out.startswith("1 masks or labels") and "nothing of them lies in the scan" in result.err, (result.out, result.err)
    # A .bin that is of another scan, or none, says nothing of where the mask lies.
    swap = [os.path.join(up, "bin", f"phantom-000{n}.bin") for n in (1, 2)]
    os.rename(swap[0], swap[0] + "-")
    os.rename(swap[1], swap[0])
    os.rename(swap[0] + "-", swap[1])
    third = os.path.join(folder, "third.sagitta")
    run("project", "create", third, *scans)
    result = call("project", "import", third, os.path.join(up, "manifest.csv"), "--reader", "Ben")
    assert result.code == 0 and result.err.count("cannot be laid on the scan") == 4, result.err
    assert all(case["masks"] == [] for case in run("project", "info", third, "--json").json()["cases"])
    with open(os.path.join(up, "odd.csv"), "w", encoding="utf-8") as file:
        file.write("question,img_file_path,label,mask_file_path\n")
        file.write(f"Segment:lungs,{scans[0]},,seg/phantom-0001__lungs.bin\nSegment:lungs,bin/none.bin,,seg/none.bin\n")
    result = call("project", "import", third, os.path.join(up, "odd.csv"), "--reader", "Ben")
    assert result.code == 0 and "Line 2: phantom-0001__lungs.bin knows no place" in result.err, result.err
    result = call("project", "import", third, os.path.join(up, "manifest.csv"), "--add-scans")
    assert result.code == 0 and "2 scans of the table are .bin" in result.err, result.err


def test_archive_opens_elsewhere():
    import numpy

    folder, project = make_project("archive", small=True, count=2)
    run("export", project, "archive", "-o", os.path.join(folder, "archive"))
    moved = scratch("moved")
    shutil.rmtree(moved, ignore_errors=True)
    shutil.move(os.path.join(folder, "archive"), moved)
    copy = os.path.join(moved, "project.sagitta")
    assert run("project", "check", copy).out == "sound\n"
    result = call("export", copy, "upstream", "-o", os.path.join(moved, "up"))
    assert result.code == 0, result.err  # it finds its scans
    run("export", copy, "masks", "-o", os.path.join(moved, "masks"))
    run("export", project, "masks", "-o", os.path.join(folder, "masks"))
    for path in glob.glob(os.path.join(folder, "masks", "*.nii.gz")):
        assert numpy.array_equal(read(path)[0], read(os.path.join(moved, "masks", os.path.basename(path)))[0])
    refuse("export", project, "archive", "-o", moved, words="already there")


def test_labels_out_and_in():
    folder, project = make_project("labels", small=True, count=3)
    run("project", "label", project, "2", "effusion", "unsure", "--reader", "Ben", "--comment", 'a, "b"; c', "--seen")
    table, document = os.path.join(folder, "labels.csv"), os.path.join(folder, "labels.json")
    run("export", project, "labels", "-o", table)
    run("export", project, "labels", "-o", document)
    with open(document, encoding="utf-8") as file:
        labels = json.load(file)["labels"]
    assert len(labels) == 4
    (bens,) = [label for label in labels if label["reader"] == "Ben"]
    assert bens["comment"] == 'a, "b"; c' and bens["answer_seen"] is True and bens["value"] == "unsure"
    other = os.path.join(folder, "other.sagitta")
    scans = sorted(glob.glob(folder + "/phantom-*.nii.gz"))
    run("project", "create", other, *scans)
    run("project", "import", other, table)
    run("export", other, "labels", "-o", os.path.join(folder, "again.csv"))
    with open(table, encoding="utf-8") as one, open(os.path.join(folder, "again.csv"), encoding="utf-8") as two:
        a, b = list(csv.DictReader(one)), list(csv.DictReader(two))
    for row in a + b:
        row.pop("case_uuid")
    assert a == b, (a, b)
    # Once more changes nothing, and says so.
    result = call("project", "import", other, table)
    assert result.code == 0 and result.err.count("it stays") == 4, result.err
    with open(os.path.join(folder, "up.csv"), "w", encoding="utf-8") as file:
        file.write("question,img_file_path,label,split\n")
        file.write(f"{harness.EFFUSION},{scans[0]},0,train\nIs it day?,{scans[1]},1,train\n,{scans[1]},,\n")
    run("project", "import", other, os.path.join(folder, "up.csv"), "--reader", "table")
    info = run("project", "info", other, "--json", "--reader", "table").json()
    assert [case["labelled"] for case in info["cases"]] == [1, 1, 0], info
    assert "Is it day?" in [task["wording"] for task in info["tasks"]]
    with open(os.path.join(folder, "bad.csv"), "w", encoding="utf-8") as file:
        file.write(f"question,img_file_path,label\nIs it day?,{scans[0]},perhaps\n")
    refuse("project", "import", other, os.path.join(folder, "bad.csv"), words=("line 2", "perhaps"))


def test_manifest_comes_in():
    """A cohort's manifest, given by a relative path: scans, labels, splits, and masks of the voxels that it names."""
    import numpy

    folder = new_folder("manifest")
    run("phantom", "--cohort", "--count", "1", "--seed", "5", "--spacing", "6,6,6", "-o", folder)
    with open(os.path.join(folder, "manifest.csv"), encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    project = os.path.join(folder, "p.sagitta")
    run("project", "create", project)
    manifest = os.path.relpath(os.path.join(folder, "manifest.csv"))
    result = call("project", "import", project, manifest, "--reader", "truth")
    assert result.code == 0 and "not in the project" in result.err and "more lines" in result.err, result.err
    result = call("project", "import", project, manifest, "--reader", "truth", "--add-scans")
    assert result.code == 0, result.err
    info = run("project", "info", project, "--json", "--reader", "truth").json()
    (case,) = info["cases"]
    wordings = {task["key"]: task["wording"] for task in info["tasks"]}
    assert case["labelled"] == len({row["question"] for row in rows if row["label"]}), case["labelled"]
    wanted = {}
    for row in rows:
        if row["mask_file_path"]:
            values = [int(value) for value in row["mask_values"].split(";") if value]
            voxels, _ = read(os.path.join(folder, row["mask_file_path"]))
            count = int(numpy.isin(voxels, values).sum() if values else (voxels != 0).sum())
            if count:
                wanted[row["question"]] = count
    assert len(wanted) > 3
    assert {wordings[mask["task"]]: mask["voxels"] for mask in case["masks"]} == wanted
    assert len(case["masks"]) == len(wanted) and all(mask["reader"] == "truth" for mask in case["masks"])
    result = call("project", "import", project, manifest, "--reader", "truth")
    assert result.code == 0 and result.out.startswith("0 masks or labels"), result.out
    assert f"{len(wanted)} masks were left out because the reader has one" in result.err, result.err
    # The split of the manifest is that of what is exported to train on.
    out = os.path.join(folder, "out")
    run("export", project, "training", "-o", out)
    (table,) = glob.glob(out + "/*.csv")
    with open(table, encoding="utf-8") as file:
        assert {row["split"] for row in csv.DictReader(file)} == {rows[0]["split"]}
    with open(os.path.join(folder, "bad.csv"), "w", encoding="utf-8") as file:
        file.write("question,img_file_path,label,mask_file_path,mask_values\n")
        file.write(f"Is it day?,{rows[0]['img_file_path']},,nothing.nii.gz,\n")
        file.write(f"Is it night?,{rows[0]['img_file_path']},,{rows[0]['img_file_path']},\n")
    result = call("project", "import", project, os.path.join(folder, "bad.csv"))
    assert result.code == 0 and "Line 2: " in result.err and "nothing.nii.gz" in result.err, result.err
    assert "Line 3: " in result.err and "no mask" in result.err, result.err


def test_odd_manifest():
    """Other words for the same, a row that spoils nothing for the next, and scans that cannot be read."""
    folder = new_folder("odd-manifest")
    run("phantom", "--seed", "6", "--spacing", "6,6,6", "-o", folder)
    with open(os.path.join(folder, "broken.nii.gz"), "wb") as file:
        file.write(b"no scan")
    os.mkdir(os.path.join(folder, "emptiness"))
    scan, mask = "phantom-0006.nii.gz", "phantom-0006_labels.nii.gz"
    with open(os.path.join(folder, "odd.csv"), "w", encoding="utf-8") as file:
        file.write("question,img_file_path,label,split,mask_file_path,mask_values\n")
        file.write(f"Is it day?,broken.nii.gz,1,train,,\nSegment:liver,{scan},,Valid,{mask},0\n")
        file.write(f"Segment:liver,{scan},,Valid,gone.nii.gz,5\nSegment:liver,{scan},,Valid,{mask},5\n")
        file.write(f"Segment:liver,{scan},,Valid,{mask},6\nIs it day?,{scan},1,nowhere,,\n")
        file.write("Is it day?,nobody.nii.gz,1,train,,\nIs it day?,emptiness,1,train,,\n")
    project = os.path.join(folder, "p.sagitta")
    run("project", "create", project)
    result = call("project", "import", project, os.path.join(folder, "odd.csv"), "--reader", "truth", "--add-scans")
    assert result.code == 0, result.err
    for words in ("broken.nii.gz", "from 1 up", "gone.nii.gz", "a row before gave it", '"nowhere"',
                  "nobody.nii.gz was not added: it is not there", "emptiness was not added", "broken.nii.gz was not added"):
        assert words in result.err, (words, result.err)
    info = run("project", "info", project, "--json", "--reader", "truth").json()
    assert {task["wording"] for task in info["tasks"]} == {"Segment liver in the image.", "Is it day?"}, info["tasks"]
    assert [mask["voxels"] > 0 for mask in info["cases"][0]["masks"]] == [True], info
    out = os.path.join(folder, "out")
    run("export", project, "training", "-o", out)
    (table,) = glob.glob(out + "/*.csv")
    with open(table, encoding="utf-8") as file:
        assert {row["split"] for row in csv.DictReader(file)} == {"val"}


def test_label_table_of_itksnap():
    folder, project = make_project("table", small=True, count=1)
    out = os.path.join(folder, "out")
    run("export", project, "label-maps", "-o", out)
    (table,) = glob.glob(out + "/*__labels.txt")
    (labels,) = glob.glob(out + "/*__labels.nii.gz")
    other = os.path.join(folder, "other.sagitta")
    run("project", "create", other, os.path.join(folder, "phantom-0001.nii.gz"))
    run("project", "import", other, labels, "--table", table, "--case", "1", "--by-model")
    (mask,) = run("project", "info", other, "--json").json()["cases"][0]["masks"]
    assert mask["name"] == "lungs-1" and mask["share_from_a_model"] == 1, mask
    refuse("project", "import", other, labels, "--table", labels, "--case", "1")


def test_second_reading():
    folder, project = make_project("second", small=True, count=4)
    copy = os.path.join(folder, "ben.sagitta")
    run("project", "split", project, "--by", "Ben", "-o", copy)
    info = run("project", "info", copy, "--json").json()
    assert all(case["readers"] == 0 and case["masks"] == [] for case in info["cases"]), info
    with open(copy, "rb") as file:
        assert b"Ann" not in file.read()
    for case, value in ((1, "present"), (2, "present"), (3, "present"), (4, "absent")):
        run("project", "label", copy, case, "effusion", value, "--reader", "Ben")
    run("project", "import", copy, os.path.join(folder, "lungs-1.nii.gz"), "--case", "1", "-t", "lungs", "--reader", "Ben")
    merged = run("project", "merge", project, copy, "--json").json()["merged"][0]
    assert merged["labels"] == 4 and merged["masks"] == 1 and merged["conflicts"] == [], merged
    agreement = run("project", "agreement", project, "--json").json()
    (pair,) = [task for task in agreement["tasks"] if task["task"] == "effusion"][0]["pairs"]
    assert [pair[key] for key in ("both", "only_first", "only_second", "neither")] == [2, 0, 1, 1], pair
    assert abs(pair["kappa"] - 0.5) < 1e-9
    assert agreement["masks"][0]["dice"] == 1
    assert "Dice 1.000" in run("project", "agreement", project).out
    # What readers say differently does not train.
    result = call("export", project, "training", "-o", os.path.join(folder, "out"))
    assert result.code == 0 and "1 labels on which readers differ" in result.err, result.err
    run("project", "label", copy, 1, "effusion", "absent", "--reader", "Ben")
    merged = run("project", "merge", project, copy, "--json").json()["merged"][0]
    assert len(merged["conflicts"]) == 1 and "present here, absent there" in merged["conflicts"][0], merged


def test_moved_and_changed_scans():
    import numpy

    folder = new_folder("moved-scans")
    scan = make_scan(os.path.join(folder, "a.nii.gz"), (20, 20, 10), numpy.eye(4))
    project = os.path.join(folder, "p.sagitta")
    assert "added" in run("project", "create", project, scan).out
    assert "known" in run("project", "add", project, scan).out
    os.rename(scan, os.path.join(folder, "b.nii.gz"))
    assert "moved" in run("project", "add", project, os.path.join(folder, "b.nii.gz")).out
    make_scan(os.path.join(folder, "b.nii.gz"), (20, 20, 10), numpy.eye(4), seed=5)
    assert "changed" in run("project", "add", project, os.path.join(folder, "b.nii.gz")).out
    make_scan(os.path.join(folder, "b.nii.gz"), (20, 20, 11), numpy.eye(4))
    refuse("project", "add", project, os.path.join(folder, "b.nii.gz"), words="another grid")


def test_damage_is_found_and_mended():
    folder, project = make_project("damage", small=True, count=2)
    connection = sqlite3.connect(project)
    connection.execute("UPDATE bricks SET data = zeroblob (5) WHERE id = 1")
    connection.commit()
    connection.close()
    result = call("project", "check", project)
    assert result.code == 1 and "checksums" in result.err, result
    refuse("export", project, "masks", "-o", os.path.join(folder, "out"), words=("checksum", "recover"))
    mended = os.path.join(folder, "mended.sagitta")
    result = call("project", "recover", project, "-o", mended)
    assert result.code == 1 and "1 pieces of masks" in result.out and "not everything" in result.err, result
    assert run("project", "check", mended).out == "sound\n"
    run("export", mended, "masks", "-o", os.path.join(folder, "out"))


def test_what_cannot_be():
    folder, project = make_project("errors", small=True, count=1)
    refuse("project", "create", project, words="already there")
    assert os.path.getsize(project) > 0
    for wrong in ("effusion", "=Is there fluid?"):
        wanted = os.path.join(folder, "wanted.sagitta")
        before = sorted(os.listdir(folder))
        result = call("project", "create", wanted, "--task", "ok=Is there air?", "--task", wrong)
        assert result.code in (1, 2) and result.err, result
        assert sorted(os.listdir(folder)) == before
    refuse("project", "info", os.path.join(folder, "none.sagitta"), words="none.sagitta")
    refuse("project", "info", os.path.join(folder, "lungs-1.nii.gz"), words="no project")
    refuse("project", "label", project, "nobody", "effusion", "present", code=2, words="nobody")
    refuse("project", "label", project, "1", "nothing", "present", code=2, words="nothing")
    refuse("project", "label", project, "1", "effusion", "perhaps", code=2, words="perhaps")
    refuse("project", "label", project, "1", "effusion", "present", "--side", "up", code=2, words="up")
    refuse("project", "import", project, os.path.join(folder, "lungs-1.nii.gz"), code=2, words="--case")
    refuse("export", project, "masks", code=2, words="--output")
    refuse("export", project, "dreams", "-o", folder, code=2, words="dreams")
    refuse("export", project, "training", "-o", folder, "--shares", "1,2,-3", code=2, words="--shares")


if __name__ == "__main__":
    harness.main(globals())
