# SPDX-License-Identifier: Apache-2.0
"""Under Wayland without any X display: everything works but 3D, which says so."""

from desk import LUNGS, Desk, Reader, wait_for
import harness


def test_without_x():
    with Desk(harness.phantom(spacing="4,4,4")) as desk:
        reader = Reader(desk)
        desk.wait_encoded()
        wait_for(
            "the 3D view to say why it is empty",
            lambda: any("3D" in label.get_name() and "X" in label.get_name() for label in reader.matches("label", "*")),
        )
        reader.set_text("text", "Task", LUNGS)
        reader.press("text", "Task")
        desk.wait_event("answered")
        reader.find("list item", LUNGS + "*")
        reader.press("push button", "Close")
        desk.wait_end()


if __name__ == "__main__":
    harness.main(globals(), needs=("gi",))
