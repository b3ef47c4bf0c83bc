# SPDX-License-Identifier: Apache-2.0
"""The window driven by accessible names alone: what a screen reader's user can do."""

from desk import LUNGS, Desk, Reader, wait_for
import harness


def test_open_ask_threshold_layout_close():
    with Desk(harness.phantom(spacing="3,3,3")) as desk:
        reader = Reader(desk)
        desk.wait_encoded()
        reader.find("frame", "phantom-0007*")
        reader.set_text("text", "Task", LUNGS)
        reader.press("text", "Task")
        desk.wait_event("answered")
        card = reader.find("list item", LUNGS + "*")
        assert "score" in card.get_name(), card.get_name()

        n_frames = desk.wait_event("frame")
        reader.set_value("slider", "Threshold", 0.8)
        wait_for("the new threshold", lambda: "0.80" in reader.description("slider", "Threshold"))
        n_frames = desk.wait_event("frame", more_than=n_frames)

        width = desk.events("frame")[-1]["width"]
        reader.press("push button", "Layout")
        reader.find("menu item", "One large*")
        desk.picture("accessible-layout")
        reader.press("menu item", "One large*")
        wait_for("a larger view", lambda: any(e["width"] > 1.2 * width for e in desk.events("frame")[n_frames:]))
        desk.picture("accessible-large")

        reader.press("push button", "Close")
        desk.wait_end()


def test_no_control_is_nameless():
    """Every control says what it is: a name, a description, or the words inside it."""
    with Desk(harness.phantom(spacing="4,4,4")) as desk:
        reader = Reader(desk)
        desk.wait_encoded()
        roles = ("push button", "toggle button", "slider", "text", "check box", "combo box", "spin button", "list")
        nameless = set()
        for one in reader.walk():
            if one.get_role_name() not in roles:
                continue
            words = [one.get_name(), one.get_description() or ""]
            words += [below.get_name() for below in reader.walk(one)]
            if all(word == "" or word.startswith(("Gtk", "Adw", "SagUi")) for word in words):
                nameless.add((one.get_role_name(), one.get_name(), one.get_parent().get_name()))
        assert not nameless, nameless
        reader.press("push button", "Close")
        desk.wait_end()


if __name__ == "__main__":
    harness.main(globals(), needs=("gi",))
