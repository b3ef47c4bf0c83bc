#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""German and Turkish rules change nothing: not a number, not a word, not a letter's case."""

import os
import re
import subprocess

import harness
from harness import EFFUSION, LUNGS, call, new_folder, phantom, run, scratch

LOCALES = ("de_DE.UTF-8", "tr_TR.UTF-8")


def make_locale(name):
    """The environment that switches the program to a locale, made in the test's own folder."""
    folder = scratch("locales")
    os.makedirs(folder, exist_ok=True)
    target = os.path.join(folder, name)
    if not os.path.exists(target):
        command = ["localedef", "-i", name.split(".")[0], "-f", "UTF-8", target]
        try:
            subprocess.run(command, check=False, capture_output=True)
        except FileNotFoundError as error:
            raise harness.Skip("there is no localedef") from error
        if not os.path.exists(target):
            raise harness.Skip(f"there are no sources of {name}")
    return {"LOCPATH": folder, "LC_ALL": name, "LANG": name, "LANGUAGE": name.split("_", maxsplit=1)[0]}


def environments():
    yield {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "LANGUAGE": ""}
    for name in LOCALES:
        yield make_locale(name)


def without_times(text):
    text = re.sub(r"^  time .*$", "", text, flags=re.M)
    return re.sub(r'"timings_ms": \{.*?\}', '"timings_ms": {}', text, flags=re.S)


def outputs(*arguments, code=0):
    """What the program prints under each locale, times left out; they must be one."""
    found = set()
    for environment in environments():
        result = call(*arguments, environment=environment)
        assert result.code == code, (environment, result.err)
        found.add((without_times(result.out), result.err))
    assert len(found) == 1, found
    return found.pop()


def test_locales_really_differ():
    """The locales made here write a decimal comma, or the other tests would show nothing."""
    for name in LOCALES:
        script = "import locale; locale.setlocale(locale.LC_ALL, ''); print(locale.format_string('%.1f', 0.5))"
        env = dict(os.environ, **make_locale(name))
        out = subprocess.run([harness.sys.executable, "-c", script], check=True, capture_output=True, env=env).stdout
        assert out.strip() == b"0,5", (name, out)


def test_documents():
    out, _ = outputs("ask", phantom(), "--task", EFFUSION, "--task", LUNGS, "--robust", "--shift", "1.5,-2.25,0", "--json")
    assert harness.json.loads(out)["provenance"]["shift_mm"] == [1.5, -2.25, 0]
    outputs("info", phantom(), "--json")


def test_words():
    outputs("ask", phantom(), "--task", EFFUSION, "--robust")
    outputs("info", phantom())
    outputs("--help")
    outputs("ask", "--help")
    outputs("bundle", "inspect", harness.random_bundle())


def test_errors():
    outputs("ask", phantom(), "--no-such-option", code=2)
    outputs("ask", scratch("missing.nii.gz"), "--task", LUNGS, code=1)
    outputs("ask", phantom(), "--task", LUNGS, "--threads", "x", code=2)
    outputs("bundle", "inspect", scratch("missing"), code=1)


def test_numbers_that_are_typed():
    """A point is the decimal sign, a comma never."""
    for environment in environments():
        out = scratch("x.safetensors")
        harness.refuse("render", phantom(), "--threshold", "0,7", "-o", out, code=2, environment=environment)
        harness.refuse("prepare", phantom(), "--shift", "1,5;2;3", "--tensor", out, code=2, environment=environment)
        run("render", phantom(), "--threshold", "0.7", "--scale", "0.5", "--window", "400.5/40", "-o", out, environment=environment)


def test_files():
    """Maps, documents, phantoms, bundles and pictures have the same bytes."""
    found = {}
    for number, environment in enumerate(environments()):
        folder = new_folder(f"files-{number}")
        run("phantom", "--seed", 3, "--spacing", "5.5,5.5,6.25", "-o", folder, environment=environment)
        run("ask", phantom(), "--task", EFFUSION, "--heatmaps", folder, "--evidence", environment=environment)
        run("bundle", "create", "--random", "--name", "same", "--width", "0.3", "-o", os.path.join(folder, "b"), environment=environment)
        run("render", phantom(), "--task", LUNGS, "-o", os.path.join(folder, "p.png"), environment=environment)
        for name in harness.list_tree(folder):
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    found.setdefault(name, set()).add(file.read())
    assert len(found) >= 10, list(found)
    assert all(len(contents) == 1 for contents in found.values()), [n for n, c in found.items() if len(c) > 1]


def test_letters_of_orientations():
    """The Turkish small i has no dot to lose."""
    for environment in environments():
        folder = new_folder("turkish")
        run("phantom", "--orientation", "IRP", "--spacing", "8,8,8", "-o", folder, environment=environment)
        document = run("info", os.path.join(folder, "phantom-0001.nii.gz"), "--json", environment=environment).json()
        assert document["axes"] == "IRP"
        tasks = [word for text in ("SEGMENT LUNGS IN THE IMAGE.", "Diagnose the presence of INFILTRATION") for word in ("--task", text)]
        document = run("ask", phantom(), *tasks, "--json", environment=environment).json()
        assert [r["probability"] is None for r in document["results"]] == [True, False]


def test_names_of_files():
    folder = new_folder("Größe-Ölçü")
    path = os.path.join(folder, "Hüfte İç.nii.gz")
    harness.shutil.copy(phantom(), path)
    for environment in environments():
        document = run("ask", path, "--task", LUNGS, "--heatmaps", folder, "--json", environment=environment).json()
        assert document["case"] == "Hüfte İç"
        assert os.path.exists(document["results"][0]["heatmap"]["file"])


if __name__ == "__main__":
    harness.main(globals(), needs=())
