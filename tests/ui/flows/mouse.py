# SPDX-License-Identifier: Apache-2.0
"""A smoke run with a real pointer; the screenshots are for people to look at."""

import subprocess

from desk import LUNGS, Desk, wait_for
import harness


def n_colours(path):
    """A window that draws nothing has one or two."""
    return int(subprocess.run(["identify", "-format", "%k", path], check=True, capture_output=True).stdout)


def test_look_around_and_measure():
    with Desk(harness.phantom(spacing="3,3,3")) as desk:
        desk.wait_encoded()
        desk.wait_event("scene-frame")
        desk.picture("mouse-opened")

        # The middle of the first view; it lies left and above the middle of the window, whatever is beside it.
        x, y = 480, 260
        n = desk.wait_event("frame")
        desk.click(x, y)
        n = desk.wait_event("frame", more_than=n)
        for button in (4, 5, 4, 4):
            desk.click(x, y, button)
        n = desk.wait_event("frame", more_than=n)
        desk.drag(x, y, x + 60, y + 20)  # window and level
        n = desk.wait_event("frame", more_than=n)

        desk.key("m")
        desk.drag(x - 60, y - 30, x + 40, y + 30)
        wait_for("a ruler", lambda: len(desk.events("measured")) == 1)
        desk.key("a")
        desk.drag(x - 80, y + 60, x, y + 90)
        desk.click(x + 60, y + 40)
        wait_for("an angle", lambda: len(desk.events("measured")) == 2)
        desk.key("c")
        desk.drag(x - 20, y - 80, x + 30, y - 50)
        wait_for("an ellipse", lambda: len(desk.events("measured")) == 3)
        ruler, angle, _ = (event["value"] for event in desk.events("measured"))
        assert ruler > 10 and 0 < angle < 180, (ruler, angle)
        desk.key("Escape")

        desk.key("slash")
        desk.type(LUNGS)
        desk.key("Return")
        desk.wait_event("answered")
        answered = desk.events("answered")[0]["t_ms"]
        for name in ("frame", "scene-frame"):  # with the map
            wait_for(f"a {name} with the map", lambda name=name: desk.events(name)[-1]["t_ms"] > answered)
        path = desk.picture("mouse-asked")
        assert n_colours(path) > 100, path
        desk.key("Escape")
        desk.key("ctrl+q")
        desk.wait_end()


if __name__ == "__main__":
    harness.main(globals(), needs=())
