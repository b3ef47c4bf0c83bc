# SPDX-License-Identifier: Apache-2.0
"""The window by keyboard alone, real key presses included: look around, ask, measure, undo, leave."""

from desk import EFFUSION, LUNGS, Desk, Reader, wait_for
import harness


def slices(reader):
    """What the sliders say: the slice of each view."""
    names = ("Axial slice", "Coronal slice", "Sagittal slice")
    return [reader.description("slider", name).split(" ")[0] for name in names]


def press_until(desk, key, what, look, patience=2):
    """A key that means the same however often it is pressed, until it has been heard; @patience: seconds between."""

    def act():
        desk.key(key)
        return wait_for_a_moment(look, patience)

    wait_for(what, act)


def wait_for_a_moment(look, patience):
    try:
        return wait_for("", look, patience=patience)
    except AssertionError:
        return None


def test_keyboard_alone():
    with Desk(harness.phantom(spacing="3,3,3")) as desk:
        reader = Reader(desk)
        desk.wait_encoded()

        # Windows and layouts.
        press_until(desk, "2", "the mediastinum window", lambda: reader.look("push button", "Mediastinum"))
        press_until(desk, "1", "the lung window", lambda: reader.look("push button", "Lung"))
        n = desk.wait_event("frame")
        width = desk.events("frame")[-1]["width"]
        desk.key("F2")
        wait_for("a larger view", lambda: any(e["width"] > 1.2 * width for e in desk.events("frame")[n:]))
        n = desk.wait_event("frame")
        desk.key("F1")
        wait_for("four views", lambda: any(e["width"] <= width for e in desk.events("frame")[n:]))

        # A question. Letters go into the entry, not to the views.
        press_until(desk, "slash", "the entry", lambda: reader.look("text", "Task"))
        desk.type(LUNGS)
        desk.key("Return")
        wait_for("the answer", lambda: reader.look("list item", LUNGS + "*"))
        desk.wait_event("answered")
        desk.key("ctrl+a")
        desk.type(EFFUSION)
        desk.key("Return")
        wait_for("the second answer", lambda: reader.look("list item", EFFUSION + "*"))
        desk.picture("keyboard-asked")

        # Back to the views: arrows move the active one by slices.
        before = slices(reader)
        assert all(before), before
        desk.key("Escape")
        press_until(desk, "Up", "the next slice", lambda: slices(reader) != before)

        # The entry comes from behind another pane, and gives the letters back when its own pane goes.
        desk.key("F6", "slash", "F6")
        press_until(desk, "2", "letters from another pane", lambda: reader.look("push button", "Mediastinum"))
        desk.key("1", "Escape")

        # A menu that is left from within a submenu gives the keys back.
        press_until(desk, "F10", "the menu", lambda: reader.look(None, "Full Screen"), 20)
        desk.key("j")
        reader.find(None, "New Project…")
        before = slices(reader)
        desk.key("Escape", "Escape")
        press_until(desk, "Up", "the next slice again", lambda: slices(reader) != before)

        # Two points on one place are no ruler. Another view moves the crosshair between them: now it is one.
        desk.key("m", "period", "Up", "Down", "period")
        assert not desk.events("measured")
        desk.key("period", "Tab", "Tab", "Tab", "Up", "Up", "Up", "period")
        desk.wait_event("measured")
        assert abs(desk.events("measured")[0]["value"] - 9) < 0.01, desk.events("measured")
        desk.picture("keyboard-ruler")
        desk.key("Escape")
        ruler = reader.find("list item", "Ruler 1*")
        desk.key("ctrl+z")
        wait_for("the ruler to go", lambda: not reader.look("list item", "Ruler 1*"))
        desk.key("ctrl+shift+z")
        reader.find("list item", "Ruler 1*")
        assert ruler is not None

        # The case is closed, and what was open before it comes: the welcome page.
        desk.key("ctrl+w")
        reader.find("list", "How to begin")
        desk.picture("keyboard-welcome")
        desk.key("ctrl+q")
        desk.wait_end()


if __name__ == "__main__":
    harness.main(globals(), needs=("gi",))
