#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""DICOM on the command line: lists, conversion, and what is never said of a patient."""

import contextlib
import os
import sqlite3
import struct
import zipfile

import nibabel
import numpy

import harness
from harness import LUNGS, call, new_folder, phantom, random_bundle, refuse, run, scratch

NAME, ID = "SECRET^PERSON", "ID-4711-SECRET"


def element(tag, kind, value):
    if isinstance(value, int):
        value = struct.pack("<H", value)
    elif isinstance(value, str):
        value = value.encode()
    value += (b"\0" if kind == "UI" else b" ") * (len(value) % 2)
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + kind.encode()
    if kind in ("OW", "OB", "SQ"):
        return head + b"\0\0" + struct.pack("<I", len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def write_slice(path, pixels, place, spacing, number, series):
    """One axial slice; @pixels (rows, columns) of HU."""
    data = bytes(128) + b"DICM" + element(0x00020010, "UI", "1.2.840.10008.1.2.1")
    for tag, kind, value in (
        (0x00080008, "CS", "ORIGINAL\\PRIMARY\\AXIAL"),
        (0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2"),
        (0x00080018, "UI", f"{series}.{number}"),
        (0x00080020, "DA", "20240131"),
        (0x00080060, "CS", "CT"),
        (0x0008103E, "LO", "Chest"),
        (0x00100010, "PN", NAME),
        (0x00100020, "LO", ID),
        (0x0020000D, "UI", "1.2.7"),
        (0x0020000E, "UI", series),
        (0x00200011, "IS", "3"),
        (0x00200013, "IS", str(number)),
        (0x00200032, "DS", "\\".join(f"{v:.4f}" for v in place)),
        (0x00200037, "DS", "1\\0\\0\\0\\1\\0"),
        (0x00280002, "US", 1),
        (0x00280004, "CS", "MONOCHROME2"),
        (0x00280010, "US", pixels.shape[0]),
        (0x00280011, "US", pixels.shape[1]),
        (0x00280030, "DS", f"{spacing[1]}\\{spacing[0]}"),
        (0x00280100, "US", 16),
        (0x00280101, "US", 16),
        (0x00280102, "US", 15),
        (0x00280103, "US", 1),
        (0x00281052, "DS", "-1024"),
        (0x00281053, "DS", "1"),
        (0x7FE00010, "OW", (pixels + 1024).astype("<i2").tobytes()),
    ):
        data += element(tag, kind, value)
    with open(path, "wb") as file:
        file.write(data)


def chest(name="chest", series="1.2.7.3"):
    """A phantom as a DICOM series in a folder."""
    image = nibabel.as_closest_canonical(nibabel.load(phantom(spacing="3,3,3")))
    values = numpy.asanyarray(image.dataobj)[::-1, ::-1]  # to the left, to the back, up
    spacing = numpy.diag(image.affine)[:3]
    last = image.affine @ numpy.array([values.shape[0] - 1, values.shape[1] - 1, 0, 1])
    folder = new_folder(name)
    for k in range(values.shape[2]):
        place = (-last[0], -last[1], last[2] + k * spacing[2])
        file = f"IM{(k * 37) % 1000:04d}"
        write_slice(os.path.join(folder, file), values[:, :, k].T, place, spacing, k + 1, series)
    return folder, image


def zipped(folder):
    path = scratch("disc.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in os.listdir(folder):
            archive.write(os.path.join(folder, name), "DICOM/" + name)
    return path


def test_list():
    folder, _ = chest()
    with open(os.path.join(folder, "notes.txt"), "w", encoding="utf-8") as file:
        file.write("not DICOM\n")
    text = run("dicom", "list", folder).out
    assert "Patient 1" in text and "1.2.7.3" in text and "Chest" in text and "1 others" in text, text
    listed = run("dicom", "list", folder, "--json").json()
    assert [s["uid"] for s in listed["series"]] == ["1.2.7.3"] and listed["series"][0]["best"]
    assert listed["n_foreign"] == 1 and listed["problems"] == []


def test_convert_gives_the_phantom_back():
    folder, image = chest()
    for place in (folder, folder + "#1", folder + "#1.2.7.3", zipped(folder)):
        out = scratch("back.nii.gz")
        run("dicom", "convert", place, "-o", out)
        back = nibabel.as_closest_canonical(nibabel.load(out))
        assert numpy.array_equal(numpy.asanyarray(back.dataobj), numpy.asanyarray(image.dataobj)), place
        assert numpy.abs(back.affine - image.affine).max() < 1e-3


def test_every_command_takes_a_folder():
    """Alone, with a series UID, and with a number of the list."""
    folder, _ = chest()
    for place in (folder, folder + "#1.2.7.3", folder + "#1"):
        info = run("info", place, "--json").json()
        assert info["dicom"]["series_uid"] == "1.2.7.3" and "Chest" in run("info", place).out
        assert info["scope"]["verdict"] == "in" and info["axes"] == "LPS"
        run("prepare", place, "-o", scratch("prepared.nii.gz"))
        run("render", place, "-o", scratch("picture.png"), "--size", "300x200")
        run("ask", place, "--task", LUNGS, "--bundle", random_bundle())


def test_choice_is_told():
    """Of several scans in a folder the one that suits the model best is taken, and that is said."""
    folder, _ = chest()
    air = numpy.full((8, 8), -1000)
    for k in range(4):
        write_slice(os.path.join(folder, f"other-{k}"), air, (0, 0, k), (1, 1), k + 1, "1.2.7.1")
    told = "holds 2 scans: this is number 2, which suits the model best"
    text = " ".join(run("info", folder).out.split())
    assert told in text, text
    assert told not in " ".join(run("info", folder + "#2").out.split())
    assert "of all, number 2 suits the model best" in run("dicom", "list", folder).out
    for command in (
        ("prepare", folder, "-o", scratch("prepared.nii.gz")),
        ("render", folder, "-o", scratch("picture.png"), "--size", "300x200"),
        ("project", "create", scratch("told.sagitta"), folder),
    ):
        assert told in " ".join(run(*command).out.split()), command


def paths_of(project):
    with contextlib.closing(sqlite3.connect(f"file:{project}?mode=ro", uri=True)) as database:
        return [path for (path,) in database.execute("SELECT path FROM cases ORDER BY id")]


def test_a_project_keeps_the_series():
    """What comes into the folder later does not change which scan a case is, and its folder still names it."""
    folder, _ = chest()
    whole = chest("other", "1.2.7.0")[0]
    project = scratch("series.sagitta")
    made = run("project", "create", project, folder, "--task", f"lungs={LUNGS}").out
    assert "added" in made and "note" not in made, made
    assert paths_of(project) == [folder + "#1.2.7.3"]
    for name in os.listdir(whole):
        os.rename(os.path.join(whole, name), os.path.join(folder, "other-" + name))
    assert "known" in run("project", "add", project, folder + "#1.2.7.3").out
    run("project", "label", project, folder, "lungs", "present")
    table = scratch("labels.csv")
    with open(table, "w", encoding="utf-8") as file:
        file.write(f"img_file_path,task,value,reader\n{folder},lungs,absent,Ann\n")
    run("project", "import", project, table)
    assert "added" in run("project", "add", project, folder + "#1.2.7.0").out
    assert paths_of(project) == [folder + "#1.2.7.3", folder + "#1.2.7.0"]
    refuse("project", "label", project, folder, "lungs", "present", code=2, words="Several cases")


def test_a_project_keeps_its_folders():
    """A case that was added by its folder alone is met again, not added a second time."""
    folder, _ = chest()
    project = scratch("folder.sagitta")
    run("project", "create", project, folder, "--task", f"lungs={LUNGS}")
    run("project", "label", project, folder, "lungs", "present")
    out = new_folder("upstream")
    assert "by its folder alone" not in call("export", project, "upstream", "-o", out).err
    with contextlib.closing(sqlite3.connect(project)) as database, database:
        database.execute("UPDATE cases SET path = ?", (folder,))
    assert "known" in run("project", "add", project, folder).out
    assert paths_of(project) == [folder]
    again = call("export", project, "upstream", "-o", new_folder("again"))
    assert again.code == 0 and "by its folder alone" in again.err, again.err


def test_no_name_leaves():
    """Names and numbers of a patient are in no output, file or file's name unless asked for."""
    folder, _ = chest("SECRET-folder")
    air = numpy.full((8, 8), -1000)
    for k in range(4):
        write_slice(os.path.join(folder, f"SECRET-{k}"), air, (0, 0, k), (1, 1), k + 1, "1.2.7.1")
    with open(os.path.join(folder, "SECRET.dcm"), "wb") as file:
        file.write(b"broken")
    maps = new_folder("maps")
    outputs = [
        run("info", folder).out,
        run("info", folder, "--json").out,
        run("ask", folder, "--task", LUNGS, "--bundle", random_bundle(), "--heatmaps", maps, "--json").out,
    ]
    run("dicom", "convert", folder, "-o", os.path.join(maps, "scan.nii"))
    run("prepare", folder, "-o", os.path.join(maps, "prepared.nii"))
    run("render", folder, "-o", os.path.join(maps, "picture.png"), "--size", "300x200")
    plain, _ = chest()  # a project does hold the path of its scans
    run("project", "create", os.path.join(maps, "work.sagitta"), plain, "--task", f"lungs={LUNGS}")
    for name in os.listdir(maps):
        assert "SECRET" not in name
        with open(os.path.join(maps, name), "rb") as file:
            outputs.append(file.read().decode("latin-1"))
    assert len(outputs) >= 9 and not any("SECRET" in text for text in outputs)
    assert any(name.startswith("ct-") for name in os.listdir(maps))
    os.remove(os.path.join(folder, "SECRET.dcm"))  # the list says which file is damaged
    for listed in (run("dicom", "list", folder).out, run("dicom", "list", folder, "--json").out):
        assert "SECRET" not in listed
    named = run("dicom", "list", folder, "--names").out
    assert NAME in named and ID in named


def test_damaged_files_are_told():
    folder, _ = chest()
    names = sorted(os.listdir(folder))
    for name, keep in ((names[3], 400), (names[4], 3000)):
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            data = file.read(keep)
        with open(path, "wb") as file:
            file.write(data)
    text = run("dicom", "list", folder).out
    assert f"{names[3]} ends within its header" in text and f"{names[4]} ends after" in text, text
    out = scratch("rest.nii.gz")
    converted = " ".join(run("dicom", "convert", folder, "-o", out).out.split())
    assert "missing" in converted and "2 files or folders beside this scan" in converted


def test_a_shorter_scan_is_told():
    """The last slices are cut, so there is no hole: still it is said, and nothing where all can be read."""
    folder, _ = chest()
    ask = ("ask", folder, "--task", LUNGS, "--bundle", random_bundle(), "--json")
    assert "left out" not in run("info", folder).out
    last = [f"IM{(k * 37) % 1000:04d}" for k in range(len(os.listdir(folder)))][-2:]
    for name in last:
        with open(os.path.join(folder, name), "r+b") as file:
            file.truncate(400)
    told = "2 files or folders beside this scan, maybe parts of it, could not be read"
    assert told in " ".join(run("info", folder).out.split())
    assert told in " ".join(run("info", folder + "#1").out.split())
    assert any(told in warning for warning in run(*ask).json()["warnings"])


def test_refusals():
    folder, _ = chest()
    empty = new_folder("empty")
    refuse("dicom", "list", empty, words=("empty", "no DICOM files"))
    refuse("dicom", "list", scratch("nowhere"), words="nowhere")
    refuse("info", empty, words="no DICOM files")
    refuse("dicom", "convert", folder + "#9", "-o", scratch("never.nii"), code=2, words=("series 9", "dicom list"))
    refuse("dicom", "convert", folder, code=2, words="-o OUT.nii.gz")
    refuse("dicom", "convert", folder, "-o", scratch("never.png"), code=2, words=".nii")
    assert not os.path.exists(scratch("never.nii"))


def test_purge():
    """Caches, recent scans and the last folder go; everything else of the person's stays."""
    home = new_folder("home")
    places = {"XDG_CACHE_HOME": "cache", "XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config"}
    environment = {key: os.path.join(home, value) for key, value in places.items()}
    kept = os.path.join(home, "kept")
    files = {
        "cache/sagitta/training/a/scan": True,
        "cache/other": False,
        "data/sagitta/recent": True,
        "data/sagitta/bundles/mine": False,
        "data/sagitta/unsaved/a.sagitta": False,
        "config/sagitta/settings.ini": False,
        "kept/scan": False,
    }
    for name in files:
        os.makedirs(os.path.dirname(os.path.join(home, name)), exist_ok=True)
        with open(os.path.join(home, name), "w", encoding="utf-8") as file:
            file.write("[sagitta]\nlast-folder='file:///SECRET'\ntheme='light'\n")
    os.symlink(kept, os.path.join(home, "cache", "sagitta", "link"))
    before = harness.list_tree(home)
    text = run("purge", "--dry-run", environment=environment).out
    assert "Would be removed" in text and harness.list_tree(home) == before
    run("purge", environment=environment)
    left = harness.list_tree(home)
    for name, goes in files.items():
        assert (name in left) != goes, name
    assert "cache/sagitta" not in left
    with open(os.path.join(home, "config/sagitta/settings.ini"), encoding="utf-8") as file:
        settings = file.read()
    assert "SECRET" not in settings and "theme='light'" in settings
    assert "--unsaved" in run("purge", environment=environment).out
    assert "a.sagitta" in run("purge", "--unsaved", "--dry-run", environment=environment).out
    assert "data/sagitta/unsaved/a.sagitta" in harness.list_tree(home)
    run("purge", "--unsaved", environment=environment)
    assert not [name for name in harness.list_tree(home) if "a.sagitta" in name]


def main():
    probe = new_folder("probe")
    if "reads no DICOM" in call("dicom", "list", probe).err:
        print("1..0 # SKIP this build reads no DICOM")
        return
    harness.main(globals())


if __name__ == "__main__":
    main()
