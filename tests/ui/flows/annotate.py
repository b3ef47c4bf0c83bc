# SPDX-License-Identifier: Apache-2.0
"""The mouse alone: a scan is labelled and painted on, a model is fine-tuned on labels and adopted.

Things are found by their accessible names and clicked where they say they are. The projects are made by the command,
because a file chooser asks for a name to be typed.
"""

import csv
import glob
import hashlib
import json
import os
import re
import subprocess

from desk import EFFUSION, PROGRAM, Desk, Reader, quietly, wait_for
import harness

WINDOWS = ("frame", "dialog", "menu")  # what has a window of the screen's to itself
N_CASES = 12
BRUSH_MM = 10
TOLERANCE_MM = 0.3  # places are said to a tenth, in each direction


def ask_screen(*words):
    return subprocess.run(["xdotool", *words], check=False, capture_output=True, text=True).stdout


def screen_windows(name):
    """(x, y, width, height) of all of this name that can be seen."""
    text = ask_screen("search", "--onlyvisible", "--name", f"^{re.escape(name)}$", "getwindowgeometry", "--shell", "%@")
    numbers = [int(value) for value in re.findall(r"^(?:X|Y|WIDTH|HEIGHT)=(-?[0-9]+)$", text, re.MULTILINE)]
    return list(zip(*[iter(numbers)] * 4))


class Hand:
    """A pointer that goes to things by their names."""

    def __init__(self, desk, reader):
        self.desk = desk
        self.reader = reader

    def extents(self, one):
        box = quietly(lambda: self.reader.atspi.Component.get_extents(one, self.reader.atspi.CoordType.WINDOW))
        return box if box is not None and box.width > 0 and box.height > 0 else None

    def is_so(self, one, *states):
        found = quietly(one.get_state_set)
        return found is not None and all(found.contains(getattr(self.reader.atspi.StateType, name)) for name in states)

    def corner(self, one):
        """Where the point (0, 0) of what @one says lies on the screen: extents are those within its window."""
        while one is not None and quietly(one.get_role_name) not in WINDOWS:
            one = quietly(one.get_parent)
        box = self.extents(one) if one is not None else None
        if box is None:
            return None
        is_menu = one.get_role_name() == "menu"
        name = os.path.basename(PROGRAM) if is_menu else one.get_name()
        for x, y, width, height in screen_windows(name):
            border = 0 if is_menu else (width - box.width) // 2  # what a window has beyond its contents
            if (width, height) == (box.width + 2 * border, box.height + 2 * border):
                return x + border - box.x, y + border - box.y
        return None

    def box(self, role, name, window=None):
        """(x, y, width, height) on the screen of the first that can be clicked, when it has come to rest."""

        def look():
            root = self.reader.look(None, window) if window is not None else None
            for one in self.reader.matches(role, name, root):
                box = self.extents(one)
                if box is not None and self.is_so(one, "SENSITIVE"):
                    corner = self.corner(one)
                    if corner is not None:
                        return box.x + corner[0], box.y + corner[1], box.width, box.height
            return None

        def rest():
            found = look()
            return found if found is not None and found == look() else None

        return wait_for(f"{role} {name!r} to stand still", rest)

    def click(self, role, name, window=None):
        x, y, width, height = self.box(role, name, window)
        self.desk.click(x + width // 2, y + height // 2)

    def choose(self, item):
        """An item of the main menu."""
        self.click("push button", "Main menu")
        self.click("menu item", item)
        wait_for("the menu to go", lambda: self.reader.look("menu item", item) is None)


def say_who_works(hand):
    hand.click("push button", "Use This Name*")
    wait_for("the question to go", lambda: hand.reader.look("dialog", "Who Works Here?") is None)


def cross(reader):
    """Where the views meet, in mm to the right, the front and the head."""
    words = [reader.description("slider", name + " slice") for name in ("Sagittal", "Coronal", "Axial")]
    return [float(text.split(", ")[1].removesuffix(" mm")) for text in words]


def place_of(hand, x, y):
    """The same of a place of the screen in the axial view, which must be beside where the views meet already."""
    before = cross(hand.reader)
    hand.desk.click(x, y)
    wait_for("the views to go there", lambda: all(a != b for a, b in zip(cross(hand.reader)[:2], before)))
    return cross(hand.reader)


def name_of_mask(reader):
    """What is said of the only mask."""
    one = reader.look("list item", "Mask 1: *")
    return quietly(one.get_name, "") if one is not None else ""


def capsule(voxels_mm, begin, end, radius):
    """Which voxels lie within @radius of the way between two places, all in mm."""
    import numpy

    begin, way = numpy.array(begin), numpy.subtract(end, begin)
    along = numpy.clip((voxels_mm - begin) @ way / (way @ way), 0, 1)
    return numpy.linalg.norm(voxels_mm - begin - along[:, None] * way, axis=1) <= radius


def assert_painted(path, scan, begin, end):
    """The project's only mask is the stroke, in the left lung, and nothing else."""
    import nibabel
    import numpy

    folder = harness.scratch("masks")
    harness.run("export", path, "masks", "-o", folder)
    (found,) = glob.glob(os.path.join(folder, "*.nii.gz"))
    image = nibabel.load(found)
    mask = numpy.asarray(image.dataobj) != 0
    all_mm = nibabel.affines.apply_affine(image.affine, numpy.argwhere(numpy.ones_like(mask)))
    in_slice = numpy.abs(all_mm[:, 2] - begin[2]) < 0.1  # places are said to a tenth
    flat_mm = numpy.column_stack([all_mm[:, :2], numpy.full(len(all_mm), begin[2])])
    surely = in_slice & capsule(flat_mm, begin, end, BRUSH_MM / 2 - TOLERANCE_MM)
    perhaps = in_slice & capsule(flat_mm, begin, end, BRUSH_MM / 2 + TOLERANCE_MM)
    painted = mask.ravel()
    assert surely.sum() > 20 and not (surely & ~painted).any() and not (painted & ~perhaps).any(), (
        surely.sum(), painted.sum(), perhaps.sum(), all_mm[surely != painted].tolist())  # fmt: skip

    with open(scan.replace(".nii.gz", ".json"), encoding="utf-8") as file:
        left = [one["label"] for one in json.load(file)["labels"] if "lung" in one["name"] and "left" in one["name"]]
    organs = numpy.asarray(nibabel.load(scan.replace(".nii.gz", "_labels.nii.gz")).dataobj)
    assert numpy.isin(organs[mask], left).mean() > 0.8, (left, numpy.unique(organs[mask], return_counts=True))
    assert all_mm[painted, 0].max() < 0, "to the left x falls"
    return int(mask.sum())


def assert_labelled(path):
    table = harness.scratch("labels.csv")
    harness.run("export", path, "labels", "-o", table)
    with open(table, newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["task"], row["value"], row["side"]) == ("effusion", "present", "left"), row


def test_annotate():
    path = harness.scratch("study.sagitta")
    scan = harness.phantom(findings="", spacing="4,4,4")
    harness.run("project", "create", path, scan, "-t", f"effusion={EFFUSION}")
    with Desk(path) as desk:
        reader = Reader(desk)
        hand = Hand(desk, reader)
        desk.wait_encoded()
        say_who_works(hand)

        hand.click("page tab", "Labels")
        hand.click("push button", "Present")
        reader.find("list item", EFFUSION + ": Present*")
        hand.click("push button", "The patient’s left")
        wait_for("the side", lambda: hand.is_so(reader.look("push button", "The patient’s left"), "PRESSED"))

        # The patient's right is on the left of the screen, and the other way round.
        x, y, width, height = hand.box("image", "Axial view")
        # Each step of the way is of whole pixels, so that it is straight however many of them are heard.
        right, left = ((int(x + width * share), int(y + height * 0.4)) for share in (0.28, 0.72))
        right, left = (right, (right[0] - 12, right[1] + 84)), (left, (left[0] + 12, left[1] + 84))
        begin, end = (place_of(hand, *place) for place in left)

        hand.click("page tab", "Masks")
        hand.click("push button", "Brush")
        wait_for("the brush", lambda: hand.is_so(reader.look("push button", "Brush"), "PRESSED"))
        desk.drag(*right[0], *right[1])
        wait_for("the stroke", lambda: " ml, " in name_of_mask(reader))
        desk.picture("annotate-painted")
        hand.choose("Undo")
        wait_for("the stroke to go", lambda: "Empty" in name_of_mask(reader))
        desk.drag(*left[0], *left[1])
        said = wait_for("the other stroke", lambda: " ml, " in name_of_mask(reader) and name_of_mask(reader))
        desk.picture("annotate-painted-again")
        hand.click("push button", "Close")
        desk.wait_end()
    n_voxels = assert_painted(path, scan, begin, end)
    assert f" {n_voxels * 4 ** 3 / 1000:.2f} ml" in said, (said, n_voxels)
    assert_labelled(path)


def study():
    """A project in which half of the scans have an effusion, and the labels say which."""
    folder, path = harness.scratch("scans"), harness.scratch("Effusions.sagitta")
    half = N_CASES // 2
    small = ("--count", half, "--spacing", "8,8,8", "-o", folder)
    harness.run("phantom", "--seed", 1, "--findings", "effusion-left", *small)
    harness.run("phantom", "--seed", 1 + half, *small)
    scans = [os.path.join(folder, f"phantom-{seed:04d}.nii.gz") for seed in range(1, N_CASES + 1)]
    harness.run("project", "create", path, *scans, "-t", f"effusion={EFFUSION}")
    for number in range(1, N_CASES + 1):
        harness.run("project", "label", path, number, "effusion", "present" if number <= half else "absent")
    return path


def small_bundle():
    folder = harness.scratch("small")
    size = ("--input", "64,64,64", "--width", "0.15", "--hidden", "32")
    harness.run("bundle", "create", "--random", "--seed", 3, *size, "-o", folder)
    return folder


def sha256(folder):
    with open(os.path.join(folder, "bundle.json"), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def assert_adopted(bundle):
    """A copy lies among the known models, and says what it came from."""
    (folder,) = glob.glob(harness.scratch(".data", "sagitta", "bundles", "*"))
    with open(os.path.join(folder, "bundle.json"), encoding="utf-8") as file:
        about = json.load(file)
    assert about["name"] == "small, fine-tuned" and about["provenance"]["parent"] == sha256(bundle), about
    assert sha256(folder) != sha256(bundle)
    harness.run("bundle", "check", folder)


def test_fine_tune():
    path, bundle = study(), small_bundle()
    with Desk("--bundle", bundle, path) as desk:
        reader = Reader(desk)
        hand = Hand(desk, reader)
        desk.wait_encoded()
        say_who_works(hand)
        hand.choose("Fine-Tune a Model…")

        # With nothing to learn there is nothing to start.
        hand.box("push button", "Start*")
        hand.click("check box", EFFUSION)
        wait_for("Start to go grey", lambda: not hand.is_so(reader.look("push button", "Start*"), "SENSITIVE"))
        reader.find("label", "Choose at least one task.")
        hand.click("check box", EFFUSION)
        hand.box("push button", "Start*")
        desk.picture("annotate-tune")
        hand.click("push button", "Start*")
        hand.box("label", "Change")  # of the table of figures
        desk.picture("annotate-tuned")
        hand.click("push button", "Adopt*")
        reader.find("label", "Adopted: *")
        reader.find("label", "small, fine-tuned · *")
        desk.picture("annotate-adopted")
        assert_adopted(bundle)

        hand.click("push button", "Close", window="Fine-Tune")
        wait_for("the window to go", lambda: reader.look(None, "Fine-Tune") is None)
        hand.click("push button", "Close")
        desk.wait_end()


if __name__ == "__main__":
    harness.main(globals(), needs=("gi", "numpy", "nibabel"))
