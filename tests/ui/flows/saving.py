# SPDX-License-Identifier: Apache-2.0
"""Pictures, tables and maps leave the window: through its menus and file choosers, into files that others read."""

import csv
import os
import signal

from desk import LUNGS, Desk, Reader, wait_for
import harness


def choose(reader, desk, item, name=None):
    """Takes @item of the menu, then the folder that the chooser shows, or a file @name in it."""
    reader.press("push button", "Main menu")
    reader.press("menu item", "Save and Copy")
    reader.press("menu item", item)
    if name is not None:
        # The chooser's own entry has the focus, with a name in it; without a window manager keys go where the pointer is.
        wait_for("the file chooser", lambda: reader.look("push button", "Cancel*"))
        desk.move(300, 200)
        desk.key("ctrl+a")
        desk.type(name)
    reader.press("push button", "Save*")
    wait_for("the file chooser to go", lambda: not reader.look("push button", "Cancel*"))


def saved(path):
    return wait_for(path, lambda: os.path.exists(path) and path)


def test_saving():
    folder = harness.new_folder("saved")
    with Desk(harness.phantom(spacing="3,3,3"), folder=folder) as desk:
        reader = Reader(desk)
        desk.wait_encoded()
        reader.set_text("text", "Task", LUNGS)
        reader.press("text", "Task")
        desk.wait_event("answered")
        desk.key("Escape", "m", "period", "Tab", "Tab", "Tab", "Up", "Up", "Up", "period")
        desk.wait_event("measured")

        path = os.path.join(folder, "all.png")
        choose(reader, desk, "Picture of All Views…", path)
        with open(saved(path), "rb") as file:
            assert file.read(8) == b"\x89PNG\r\n\x1a\n"

        path = os.path.join(folder, "values.csv")
        choose(reader, desk, "Measurements as CSV…", path)
        with open(saved(path), encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == 1 and rows[0]["kind"] == "ruler" and rows[0]["value"] == "9.000", rows

        choose(reader, desk, "Heatmaps as NIfTI…")
        wait_for("a map", lambda: [name for name in os.listdir(folder) if name.endswith("__score.nii.gz")])
        wait_for("its answer", lambda: [name for name in os.listdir(folder) if name.endswith(".json")])
        assert not [name for name in os.listdir(folder) if name.startswith(".")], os.listdir(folder)
        desk.key("ctrl+q")
        desk.wait_end()


def test_a_place_that_cannot_be_written():
    folder = harness.new_folder("saved")
    with Desk(harness.phantom(spacing="4,4,4"), folder=folder) as desk:
        reader = Reader(desk)
        desk.wait_encoded()
        choose(reader, desk, "Picture of the View…", "/proc/picture.png")
        said = wait_for(
            "a sentence that names the place",
            lambda: [one for one in reader.matches("label", "*") if "/proc/picture.png" in one.get_name()],
        )
        assert said[0].get_name().endswith("."), said[0].get_name()
        desk.key("ctrl+q")
        desk.wait_end()


def test_the_session_ends():
    """As at a shutdown, whatever is under way: no question, nothing lost, and no crash."""
    for event in ("mapped", "loaded", "encoded"):
        with Desk(harness.phantom(spacing="3,3,3")) as desk:
            desk.wait_event(event)
            desk.process.send_signal(signal.SIGTERM)
            desk.wait_end()


if __name__ == "__main__":
    harness.main(globals(), needs=("gi",))
