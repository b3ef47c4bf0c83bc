# SPDX-License-Identifier: Apache-2.0
"""What the flows share: the program as a person starts it, its trace, its accessible tree, keys, mouse, screenshots.

Nothing sleeps for its own sake: a flow waits for an event of the trace or for what a screen reader would find, and
PATIENCE_S is for hangs only. $SAGITTA is the program, $SAGITTA_PICTURES keeps what the screen looked like.
"""

import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "app"))
import harness  # pylint: disable=wrong-import-position

PATIENCE_S = 90 * float(os.environ.get("SAGITTA_PATIENCE", "1"))
PROGRAM = os.environ.get("SAGITTA", "sagitta")
PICTURES = os.environ.get("SAGITTA_PICTURES")
LUNGS = "Segment lungs in the image."
EFFUSION = "Diagnose the presence of pleural effusion around the lungs"

_n_started = 0


def wait_for(what, look, patience=PATIENCE_S):
    """Looks again and again until it finds something, and returns that."""
    end = time.monotonic() + patience
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, f"waited {patience:.0f} s in vain for {what}"
        time.sleep(0.05)


def xdotool(*arguments):
    subprocess.run(["xdotool", *map(str, arguments)], check=True, capture_output=True)


class Desk:
    """The running program."""

    def __init__(self, *arguments, environment=None, folder=None):
        global _n_started  # pylint: disable=global-statement
        _n_started += 1
        self.trace_path = harness.scratch(f"trace-{_n_started}")
        self.log_path = harness.scratch(f"log-{_n_started}")
        self.app = None
        env = dict(os.environ)
        env.update(environment or {})
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "--trace", self.trace_path, *map(str, arguments)], env=env, cwd=folder, stdout=log, stderr=log
            )

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        if kind is not None and "DISPLAY" in os.environ:
            self.picture(f"failed-{_n_started}")
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if kind is not None:
            print("# the program said: " + self.said().replace("\n", "\n# "), flush=True)

    def said(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    # What happened.

    def events(self, name):
        if not os.path.exists(self.trace_path):
            return []
        with open(self.trace_path, encoding="utf-8") as trace:
            lines = [json.loads(line) for line in trace.read().split("\n")[:-1]]
        return [line for line in lines if line["event"] == name]

    def wait_event(self, name, more_than=0):
        """Waits until the event came more than so many times; returns how often it has come."""

        def look():
            assert self.process.poll() is None, f"the program ended with {self.process.returncode}"
            n = len(self.events(name))
            return n if n > more_than else 0

        return wait_for(f"the event {name}", look)

    def wait_encoded(self):
        """The first case is there and can be asked at once."""
        for name in ("mapped", "loaded", "encoded", "first-slice"):
            self.wait_event(name)

    def wait_end(self, code=0):
        """The program ends by itself, cleanly and without a word of trouble."""
        wait_for("the end of the program", lambda: self.process.poll() is not None)
        said = self.said()
        assert self.process.returncode == code, (self.process.returncode, said)
        for word in ("CRITICAL", "WARNING", "Sanitizer"):
            assert word not in said, said

    # What the screen shows.

    def picture(self, name):
        """A screenshot that is kept, and its path."""
        path = os.path.join(PICTURES, name + ".png") if PICTURES else harness.scratch(name + ".png")
        env = dict(os.environ, OMP_NUM_THREADS="1")  # its threads would wait for each other on a busy machine
        subprocess.run(["import", "-silent", "-window", "root", path], check=True, capture_output=True, env=env)
        return path

    def key(self, *keys):
        xdotool("key", "--delay", "40", *keys)

    def type(self, text):
        xdotool("type", "--delay", "25", text)

    def move(self, x, y):
        """In logical pixels."""
        scale = int(os.environ.get("GDK_SCALE", "1"))
        xdotool("mousemove", int(x * scale), int(y * scale))

    def click(self, x, y, button=1):
        self.move(x, y)
        xdotool("click", button)

    def drag(self, x0, y0, x1, y1):
        self.move(x0, y0)
        xdotool("mousedown", 1)
        for step in range(1, 7):
            self.move(x0 + (x1 - x0) * step / 6, y0 + (y1 - y0) * step / 6)
        xdotool("mouseup", 1)


# What a screen reader finds.


def atspi():
    """The accessibility library, or Skip."""
    try:
        import gi

        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi
    except (ImportError, ValueError) as reason:
        raise harness.Skip(f"there is no accessibility library: {reason}") from reason
    return Atspi


def quietly(call, otherwise=None):
    """Things vanish while one looks at them."""
    from gi.repository import GLib

    try:
        return call()
    except GLib.Error:
        return otherwise


class Reader:
    """Looks at the program as a screen reader does."""

    def __init__(self, desk):
        self.atspi = atspi()
        self.desk = desk

    def windows(self):
        desktop = self.atspi.get_desktop(0)
        desktop.clear_cache()
        apps = [quietly(lambda i=i: desktop.get_child_at_index(i)) for i in range(desktop.get_child_count())]
        return [app for app in apps if app is not None and quietly(app.get_name) == os.path.basename(PROGRAM)]

    def walk(self, root=None):
        """Everything below, parents first."""
        waiting = [root] if root is not None else self.windows()
        while waiting:
            one = waiting.pop(0)
            yield one
            for i in range(quietly(one.get_child_count, 0)):
                child = quietly(lambda i=i, one=one: one.get_child_at_index(i))
                if child is not None:
                    waiting.append(child)

    def matches(self, role, name, root=None):
        """All of a role (or of any) whose name is @name, or begins with it if it ends in an asterisk."""
        for one in self.walk(root):
            if role is not None and quietly(one.get_role_name) != role:
                continue
            found = quietly(one.get_name, "").replace("_", "")  # of keys in labels
            if found == name or (name.endswith("*") and found.startswith(name[:-1])):
                yield one

    def look(self, role, name, root=None):
        return next(self.matches(role, name, root), None)

    def find(self, role, name, root=None):
        return wait_for(f"{role} {name!r}", lambda: self.look(role, name, root))

    def press(self, role, name):
        """Activates the first action of what has this name."""

        def act():
            for one in self.matches(role, name):
                if quietly(lambda one=one: self.atspi.Action.do_action(one, 0), False):
                    return True
            return False

        wait_for(f"{role} {name!r} to be pressed", act)

    def description(self, role, name):
        one = self.look(role, name)
        return quietly(one.get_description, "") if one is not None else ""

    def set_value(self, role, name, value):
        def act():
            one = self.look(role, name)
            return one is not None and quietly(lambda: self.atspi.Value.set_current_value(one, value), False)

        wait_for(f"{role} {name!r} to take {value}", act)

    def set_text(self, role, name, text):
        def act():
            one = self.look(role, name)
            return one is not None and quietly(lambda: self.atspi.EditableText.set_text_contents(one, text), False)

        wait_for(f"{role} {name!r} to take a text", act)
